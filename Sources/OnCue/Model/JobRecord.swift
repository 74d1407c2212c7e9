/// A job as a store shows it to operators: all that is known of it at one moment.
public struct JobRecord: Hashable, Sendable {
    public var id: JobID
    public var name: JobName
    public var queue: QueueName
    public var priority: JobPriority
    public var state: JobState
    public var payload: [UInt8]
    /// Nil means `application/json`.
    public var contentType: String?
    public var tags: [String: String]
    public var correlationID: String?
    public var headers: [String: String]
    public var unique: UniqueKey?
    public var options: JobOptions
    public var parent: JobID?

    /// Attempts used up or under way; 0 before the first.
    public var attempt: Int
    /// How many workers were lost while they held it, since it last ended an attempt of its own accord.
    public var lostWorkers: Int

    public var createdAt: Timestamp
    public var updatedAt: Timestamp
    /// When it is or was due: set for jobs that were delayed or wait for a retry.
    public var dueAt: Timestamp?
    public var expiresAt: Timestamp?
    /// When the latest attempt was claimed.
    public var startedAt: Timestamp?
    public var finishedAt: Timestamp?

    /// From 0 to 1.
    public var progress: Double?
    public var progressMessage: String?
    public var output: [UInt8]?
    public var lastError: String?
    public var lastErrorCategory: FailureCategory?
    public var deadReason: DeadReason?
    /// Why it was cancelled, or, while it runs, why it is to stop.
    public var cancelReason: String?
    /// True while it runs and has been told to stop.
    public var isCancelRequested: Bool
    /// The session that holds it while it runs.
    public var session: SessionID?
    /// The name of the worker that holds it or ran it last.
    public var worker: String?

    public init(
        id: JobID, name: JobName, queue: QueueName, priority: JobPriority, state: JobState, payload: [UInt8],
        contentType: String? = nil, tags: [String: String] = [:], correlationID: String? = nil,
        headers: [String: String] = [:], unique: UniqueKey? = nil, options: JobOptions = .init(), parent: JobID? = nil,
        attempt: Int = 0, lostWorkers: Int = 0, createdAt: Timestamp, updatedAt: Timestamp, dueAt: Timestamp? = nil,
        expiresAt: Timestamp? = nil, startedAt: Timestamp? = nil, finishedAt: Timestamp? = nil, progress: Double? = nil,
        progressMessage: String? = nil, output: [UInt8]? = nil, lastError: String? = nil,
        lastErrorCategory: FailureCategory? = nil, deadReason: DeadReason? = nil, cancelReason: String? = nil,
        isCancelRequested: Bool = false, session: SessionID? = nil, worker: String? = nil
    ) {
        self.id = id
        self.name = name
        self.queue = queue
        self.priority = priority
        self.state = state
        self.payload = payload
        self.contentType = contentType
        self.tags = tags
        self.correlationID = correlationID
        self.headers = headers
        self.unique = unique
        self.options = options
        self.parent = parent
        self.attempt = attempt
        self.lostWorkers = lostWorkers
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.dueAt = dueAt
        self.expiresAt = expiresAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.progress = progress
        self.progressMessage = progressMessage
        self.output = output
        self.lastError = lastError
        self.lastErrorCategory = lastErrorCategory
        self.deadReason = deadReason
        self.cancelReason = cancelReason
        self.isCancelRequested = isCancelRequested
        self.session = session
        self.worker = worker
    }
}

/// One attempt that did not succeed, as it is kept with the job.
public struct AttemptRecord: Hashable, Sendable {
    /// 1 is the first.
    public var attempt: Int
    public var startedAt: Timestamp
    /// How long it ran, on a monotonic clock.
    public var duration: Duration
    /// The name of the worker that ran it.
    public var worker: String
    public var category: FailureCategory
    /// Cut at ``Limits/errorBytes``.
    public var error: String

    public init(
        attempt: Int, startedAt: Timestamp, duration: Duration, worker: String, category: FailureCategory, error: String
    ) {
        self.attempt = attempt
        self.startedAt = startedAt
        self.duration = duration
        self.worker = worker
        self.category = category
        self.error = error
    }
}

/// What a job has saved for its later attempts.
public struct JobMemory: Hashable, Sendable {
    public var checkpoint: [UInt8]?
    /// The stored results of effects by their keys; they are not repeated.
    public var effects: [String: [UInt8]]

    public init(checkpoint: [UInt8]? = nil, effects: [String: [UInt8]] = [:]) {
        self.checkpoint = checkpoint
        self.effects = effects
    }
}
