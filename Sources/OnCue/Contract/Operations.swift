/// What an operator does to jobs.
public enum JobChange: Hashable, Sendable {
    /// A waiting job never runs after this was answered. A running one is told to stop and ends as cancelled; with
    /// `force` it is cancelled at once and whatever its handler still answers is not taken.
    case cancel(reason: String?, force: Bool)
    /// Runs a dead, cancelled, retrying or delayed job now. Without `resetAttempts` it gets one more attempt than it
    /// has used up; with it, it starts anew.
    case retry(resetAttempts: Bool)
    /// Removes the job and all that is kept of it, and frees its unique key. A running one loses its lease.
    case delete
    case edit(JobEdit)
}

/// Changes to a waiting job; nil leaves as it is.
public struct JobEdit: Hashable, Sendable {
    public var payload: [UInt8]?
    public var priority: JobPriority?
    public var due: NewJob.Due?

    public init(payload: [UInt8]? = nil, priority: JobPriority? = nil, due: NewJob.Due? = nil) {
        self.payload = payload
        self.priority = priority
        self.due = due
    }
}

/// What became of one change.
public enum ChangeAnswer: Hashable, Sendable {
    /// Done; the state that the job is in now. Nil: it is gone.
    case done(JobState?)
    /// It runs and has been told to stop.
    case requested
    case notFound
    /// Its state does not allow this.
    case refused(JobState)
}

/// What an operator does to a queue.
public enum QueueChange: Hashable, Sendable {
    case pause
    case resume
    /// Replaces the settings.
    case settings(QueueSettings)
}

/// How many jobs a filter means.
public struct JobCount: Hashable, Sendable {
    public var count: Int
    /// False when counting stopped at its bound.
    public var isExact: Bool

    public init(_ count: Int, isExact: Bool) {
        self.count = count
        self.isExact = isExact
    }
}

/// Bounded housekeeping, with every policy passed in as data.
public struct MaintenanceRequest: Sendable {
    /// Finished jobs of one queue and state that may go.
    public struct Prune: Hashable, Sendable {
        public var queue: QueueName
        public var state: JobState
        /// Those that finished before this moment.
        public var before: Timestamp
        /// And the oldest above this number.
        public var keep: Int

        public init(queue: QueueName, state: JobState, before: Timestamp, keep: Int) {
            self.queue = queue
            self.state = state
            self.before = before
            self.keep = keep
        }
    }

    /// Rows to touch at most for each kind of work.
    public var limit: Int
    public var prunes: [Prune]
    /// Events older than this go,
    public var eventsBefore: Timestamp
    /// and the oldest above this number.
    public var eventsKeep: Int
    /// Sessions that ended before this are forgotten.
    public var sessionsBefore: Timestamp

    public init(
        limit: Int = 1_000, prunes: [Prune] = [], eventsBefore: Timestamp, eventsKeep: Int = 10_000,
        sessionsBefore: Timestamp
    ) {
        self.limit = limit
        self.prunes = prunes
        self.eventsBefore = eventsBefore
        self.eventsKeep = eventsKeep
        self.sessionsBefore = sessionsBefore
    }
}

/// What maintenance did.
public struct MaintenanceReport: Hashable, Sendable {
    /// Delayed and retrying jobs made pending.
    public var promoted: Int
    /// Jobs buried because they were not started in time.
    public var expired: Int
    /// Finished jobs and events removed.
    public var pruned: Int
    /// True when a bound was reached: call again soon.
    public var hasMore: Bool

    public init(promoted: Int = 0, expired: Int = 0, pruned: Int = 0, hasMore: Bool = false) {
        self.promoted = promoted
        self.expired = expired
        self.pruned = pruned
        self.hasMore = hasMore
    }
}

/// What a store is and how safe it keeps things.
public struct StoreInfo: Sendable {
    /// `sqlite`, `memory`.
    public var kind: String
    /// The file or address, without secrets.
    public var location: String
    /// The version of what is underneath.
    public var engineVersion: String
    public var schemaVersion: Int
    /// In words: what survives what.
    public var durability: String
    public var sizeInBytes: Int64?

    public init(
        kind: String, location: String, engineVersion: String, schemaVersion: Int, durability: String,
        sizeInBytes: Int64? = nil
    ) {
        self.kind = kind
        self.location = location
        self.engineVersion = engineVersion
        self.schemaVersion = schemaVersion
        self.durability = durability
        self.sizeInBytes = sizeInBytes
    }
}

/// Something that a check of the store found.
public struct StoreFinding: Hashable, Sendable {
    public enum Severity: String, Sendable, Comparable {
        case fine, warning, problem

        private var rank: Int {
            switch self {
            case .fine: 0
            case .warning: 1
            case .problem: 2
            }
        }

        public static func < (lhs: Severity, rhs: Severity) -> Bool { lhs.rank < rhs.rank }
    }

    public var severity: Severity
    /// What was looked at, in a word or two.
    public var subject: String
    public var message: String
    /// What to do about it; nil when all is well.
    public var cure: String?

    public init(_ severity: Severity, _ subject: String, _ message: String, cure: String? = nil) {
        self.severity = severity
        self.subject = subject
        self.message = message
        self.cure = cure
    }
}
