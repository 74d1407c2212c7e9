/// The identity of a worker's session: unique for ever.
public struct SessionID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// A new one, which sorts by the time of its making.
    public static func make(at now: Timestamp) -> SessionID {
        SessionID(rawValue: JobID.make(at: now).description)
    }

    public var description: String { rawValue }
}

/// What a worker tells the store when it begins.
public struct SessionOpening: Sendable {
    /// For people: `host-pid` unless chosen.
    public var worker: String
    public var process: ProcessIdentity
    /// How long the session may stay silent before others may fence it off.
    public var lease: Duration
    /// The job names that it has handlers for.
    public var names: Set<JobName>
    /// The queues that it serves; empty: every one.
    public var queues: [QueueName]
    /// Jobs it runs at once.
    public var concurrency: Int

    public init(
        worker: String, process: ProcessIdentity, lease: Duration, names: Set<JobName>, queues: [QueueName],
        concurrency: Int
    ) {
        self.worker = worker
        self.process = process
        self.lease = lease
        self.names = names
        self.queues = queues
        self.concurrency = concurrency
    }
}

/// A session as others see it.
public struct SessionInfo: Hashable, Sendable {
    public enum Standing: String, Sendable {
        /// It may claim, renew and settle. Only an explicit fence or a close ends this.
        case open
        /// It has ended of its own accord.
        case closed
        /// It was silent for longer than its lease and others took over what it held.
        case fenced
    }

    public var id: SessionID
    public var worker: String
    public var process: ProcessIdentity
    public var lease: Duration
    public var names: Set<JobName>
    public var queues: [QueueName]
    public var concurrency: Int
    public var standing: Standing
    /// Counts the renewals. Whoever sees it unchanged for a whole lease may fence the session.
    public var renewals: Int64
    public var openedAt: Timestamp
    public var renewedAt: Timestamp
    /// Jobs that it holds: running and prefetched.
    public var held: Int

    public init(
        id: SessionID, worker: String, process: ProcessIdentity, lease: Duration, names: Set<JobName>,
        queues: [QueueName], concurrency: Int, standing: Standing, renewals: Int64, openedAt: Timestamp,
        renewedAt: Timestamp, held: Int
    ) {
        self.id = id
        self.worker = worker
        self.process = process
        self.lease = lease
        self.names = names
        self.queues = queues
        self.concurrency = concurrency
        self.standing = standing
        self.renewals = renewals
        self.openedAt = openedAt
        self.renewedAt = renewedAt
        self.held = held
    }
}

/// What a session has to know of what others did.
public struct SessionNews: Hashable, Sendable {
    /// A job that the session holds or held and is to stop.
    public struct Cancellation: Hashable, Sendable {
        public var job: JobID
        public var reason: String?
        /// True when the job is no longer the session's: its outcome will not be taken.
        public var isTakenAway: Bool

        public init(job: JobID, reason: String?, isTakenAway: Bool) {
            self.job = job
            self.reason = reason
            self.isTakenAway = isTakenAway
        }
    }

    public var cancellations: [Cancellation]
    /// How many jobs the store believes the session to hold.
    public var held: Int
    /// The session is to claim nothing more.
    public var isQuiet: Bool
    /// The session is to shut down.
    public var isStopping: Bool

    public init(cancellations: [Cancellation] = [], held: Int = 0, isQuiet: Bool = false, isStopping: Bool = false) {
        self.cancellations = cancellations
        self.held = held
        self.isQuiet = isQuiet
        self.isStopping = isStopping
    }
}
