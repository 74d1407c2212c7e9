/// A job as the memory store keeps it. What few jobs have is kept apart, in ``MemoryPast`` and in the details.
struct MemoryJob {
    var id: JobID
    var name: JobName
    var queue: Int
    var priority: JobPriority
    var state: JobState
    var payload: [UInt8]
    var details: LeasedJob.Details?

    /// Given anew each time the job takes a place (in a lane, among the due times, among the finished); what still
    /// stands elsewhere under another number is out of date.
    var order: Int64
    /// Since when it has been pending.
    var readyAt: Timestamp
    var delivery: Int64 = 0
    var attempt = 0
    var lostWorkers = 0

    var createdAt: Timestamp
    var updatedAt: Timestamp
    var dueAt: Timestamp?
    var startedAt: Timestamp?
    var finishedAt: Timestamp?

    var isCancelRequested = false
    var session: SessionID?
    var worker: String?
    /// Kept apart from the retention policy, until a moment of its own.
    var isExempt = false
    /// False once the place in the table is free.
    var isLive = true

    var isSuspect: Bool { lostWorkers > 0 }
    var isWaitingForItsTime: Bool { state == .delayed || state == .retrying }
    var unique: UniqueKey? { details?.unique }
    var expiresAt: Timestamp? { details?.expiresAt }
}

/// What a job gathers on its way.
struct MemoryPast {
    var output: [UInt8]?
    var lastError: String?
    var lastErrorCategory: FailureCategory?
    var deadReason: DeadReason?
    var cancelReason: String?
    var progress: Double?
    var progressMessage: String?
    var attempts: [AttemptRecord] = []
    var memory = JobMemory()

    static let attemptsKept = 100

    mutating func add(_ attempt: AttemptRecord) {
        if attempts.count >= Self.attemptsKept { attempts.removeFirst(attempts.count - Self.attemptsKept + 1) }
        attempts.append(attempt)
        lastError = attempt.error
        lastErrorCategory = attempt.category
    }
}

extension LeasedJob.Details {
    /// These details with some of them replaced.
    func with(
        options: JobOptions? = nil, expiresAt: Timestamp?? = nil, hasMemory: Bool? = nil
    ) -> LeasedJob.Details {
        LeasedJob.Details(
            contentType: contentType, options: options ?? self.options, tags: tags, correlationID: correlationID,
            headers: headers, unique: unique, expiresAt: expiresAt ?? self.expiresAt, parent: parent,
            hasMemory: hasMemory ?? self.hasMemory)
    }

    /// The details of a new job; nil when it has none.
    static func of(_ job: NewJob, now: Timestamp) -> LeasedJob.Details? {
        let isPlain =
            job.contentType == nil && job.expires == nil && job.unique == nil && job.options == JobOptions()
            && job.tags.isEmpty && job.correlationID == nil && job.headers.isEmpty && job.parent == nil
        guard !isPlain else { return nil }
        return LeasedJob.Details(
            contentType: job.contentType, options: job.options, tags: job.tags, correlationID: job.correlationID,
            headers: job.headers, unique: job.unique, expiresAt: job.expires?.moment(from: now), parent: job.parent)
    }
}

extension NewJob.Due {
    /// The moment that is meant, counted from `now`.
    func moment(from now: Timestamp) -> Timestamp {
        switch self {
        case .now: now
        case .after(let wait): now + wait
        case .at(let moment): moment
        }
    }
}
