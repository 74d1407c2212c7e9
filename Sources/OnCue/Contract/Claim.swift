/// What a session wants to take.
public struct ClaimRequest: Sendable {
    public struct Queue: Hashable, Sendable {
        public var name: QueueName
        /// Jobs to take from it at most.
        public var limit: Int

        public init(_ name: QueueName, limit: Int = .max) {
            self.name = name
            self.limit = limit
        }
    }

    public var session: SessionID
    /// In the order in which they are served. A paused queue gives nothing.
    public var queues: [Queue]
    /// How many jobs of each name may be taken; a name that is absent is not taken and costs nothing to pass over.
    /// Nil: any name.
    public var names: [JobName: Int]?
    /// Jobs to take at most.
    public var limit: Int
    /// Of these, how many are to be the oldest jobs below the level that would be served: the floor of the priorities.
    public var floor: Int
    /// How many jobs may be taken that have lost a worker before.
    public var suspects: Int
    /// How long to wait when there is nothing. Zero: answer at once.
    public var wait: Duration

    public init(
        session: SessionID, queues: [Queue], names: [JobName: Int]? = nil, limit: Int, floor: Int = 0,
        suspects: Int = 1, wait: Duration = .zero
    ) {
        self.session = session
        self.queues = queues
        self.names = names
        self.limit = limit
        self.floor = floor
        self.suspects = suspects
        self.wait = wait
    }
}

/// A job that a session holds: the right to run one attempt of it.
///
/// A class, for it passes through many hands on several threads: as a value it cost a worker of Redis a tenth of what it does for a
/// short job.
public final class LeasedJob: Sendable {
    public let id: JobID
    public let name: JobName
    public let queue: QueueName
    public let priority: JobPriority
    public let payload: [UInt8]
    /// 1 is the first.
    public let attempt: Int
    /// How many workers were lost while they held it; it is then run by one process at a time beside no other such.
    public let lostWorkers: Int
    public let createdAt: Timestamp
    public let session: SessionID
    /// Counts the claims of this job. With the session it is the fencing token: an outcome is taken only from the latest.
    public let delivery: Int64
    /// The store's own handle; means nothing outside it.
    public let place: Int64
    /// What most jobs do not have; nil when this one has nothing of it.
    public let details: Details?

    public init(
        id: JobID, name: JobName, queue: QueueName, priority: JobPriority, payload: [UInt8], attempt: Int,
        lostWorkers: Int, createdAt: Timestamp, session: SessionID, delivery: Int64, place: Int64, details: Details?
    ) {
        self.id = id
        self.name = name
        self.queue = queue
        self.priority = priority
        self.payload = payload
        self.attempt = attempt
        self.lostWorkers = lostWorkers
        self.createdAt = createdAt
        self.session = session
        self.delivery = delivery
        self.place = place
        self.details = details
    }

    /// The less common properties, kept apart so that a plain job stays small.
    public final class Details: Sendable {
        public let contentType: String?
        public let options: JobOptions
        public let tags: [String: String]
        public let correlationID: String?
        public let headers: [String: String]
        public let unique: UniqueKey?
        public let expiresAt: Timestamp?
        public let parent: JobID?
        /// Whether a checkpoint or the result of an effect is stored.
        public let hasMemory: Bool

        public init(
            contentType: String? = nil, options: JobOptions = .init(), tags: [String: String] = [:],
            correlationID: String? = nil, headers: [String: String] = [:], unique: UniqueKey? = nil,
            expiresAt: Timestamp? = nil, parent: JobID? = nil, hasMemory: Bool = false
        ) {
            self.contentType = contentType
            self.options = options
            self.tags = tags
            self.correlationID = correlationID
            self.headers = headers
            self.unique = unique
            self.expiresAt = expiresAt
            self.parent = parent
            self.hasMemory = hasMemory
        }
    }
}
