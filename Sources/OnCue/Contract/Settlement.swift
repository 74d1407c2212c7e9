/// The end of one attempt, with all that has to be written together with it.
public struct Settlement: Sendable {
    public enum Outcome: Hashable, Sendable {
        case completed(output: [UInt8]?)
        /// Failed; again after the wait, counted from the write. Without `counts` the attempt is given back.
        case retry(after: Duration, counts: Bool)
        /// Later, without using up the attempt.
        case snooze(Duration)
        /// Given back unrun: same place in the queue, attempt not used.
        case released
        case cancelled(reason: String?)
        case dead(DeadReason)
    }

    /// What becomes of the finished job.
    public enum Keep: Hashable, Sendable {
        /// Kept within the queue's ``RetentionPolicy``, by the timer.
        case policy
        /// Kept so long, whatever the policy says.
        case atLeast(Duration)
        /// Gone with the outcome; the counters stay. Someone who waits for the job still sees its end.
        case nothing
    }

    /// What is kept of an attempt that did not succeed.
    public struct Failure: Hashable, Sendable {
        public var category: FailureCategory
        public var error: String
        public var startedAt: Timestamp
        public var duration: Duration

        public init(category: FailureCategory, error: String, startedAt: Timestamp, duration: Duration) {
            self.category = category
            self.error = error
            self.startedAt = startedAt
            self.duration = duration
        }
    }

    /// The job as it was claimed. Its session and delivery are the token.
    public var job: LeasedJob
    public var outcome: Outcome
    public var failure: Failure?
    /// Jobs that exist if and only if the outcome is taken. They ignore `maxWaiting`.
    public var followUps: [NewJob]
    public var keep: Keep

    public init(
        _ job: LeasedJob, _ outcome: Outcome, failure: Failure? = nil, followUps: [NewJob] = [], keep: Keep = .policy
    ) {
        self.job = job
        self.outcome = outcome
        self.failure = failure
        self.followUps = followUps
        self.keep = keep
    }
}

extension Settlement.Outcome {
    /// The step in the table of ``JobState/after(_:)``.
    public var transition: JobTransition {
        switch self {
        case .completed: .complete
        case .retry(_, counts: true): .retry
        // An attempt that does not count ends like a snooze: the job waits for its time, not for another try.
        case .retry(_, counts: false), .snooze: .snooze
        case .released: .giveBack
        case .cancelled: .cancel
        case .dead: .bury
        }
    }

    /// Whether the attempt that just ran stays counted.
    public var usesAttempt: Bool {
        switch self {
        case .completed, .retry(_, counts: true), .cancelled, .dead: true
        case .retry(_, counts: false), .snooze, .released: false
        }
    }

    /// The outcome that is written when the job was told to stop while it ran: nothing overwrites a cancellation.
    public func whenCancelRequested(reason: String?) -> Settlement.Outcome {
        .cancelled(reason: reason)
    }
}

/// Settlements of one session, with a number that makes sending them again safe.
public struct SettleBatch: Sendable {
    public var session: SessionID
    /// One more than the last batch's of this session. The same number again gets the same answer and writes nothing.
    public var sequence: Int64
    public var items: [Settlement]

    public init(session: SessionID, sequence: Int64, items: [Settlement]) {
        self.session = session
        self.sequence = sequence
        self.items = items
    }
}

/// What became of one settlement.
public enum SettleAnswer: Hashable, Sendable {
    /// Written. With the state it ended in: `cancelled` when the job had been told to stop.
    case applied(JobState)
    /// The session no longer held the job; nothing of the settlement was written.
    case leaseLost
}

/// Something that a run writes before its end. Taken only from the holder.
public struct JobNote: Sendable {
    public enum Content: Hashable, Sendable {
        /// From 0 to 1, with a message.
        case progress(Double, message: String?)
        /// Replaces the last checkpoint.
        case checkpoint([UInt8])
        /// The result of an effect that is not to be repeated. The first one under a key stays.
        case effect(key: String, result: [UInt8])
    }

    public var job: LeasedJob
    public var content: Content

    public init(_ job: LeasedJob, _ content: Content) {
        self.job = job
        self.content = content
    }
}

/// What became of one enqueued job.
public enum EnqueueAnswer: Hashable, Sendable {
    case accepted(JobID)
    /// A job with the same unique key (or id) exists; nothing was written.
    case duplicate(of: JobID)
    /// Not taken, for this reason; nothing was written.
    case refused(StoreError)

    /// The id of the job that now stands for the request; nil when it was refused.
    public var id: JobID? {
        switch self {
        case .accepted(let id), .duplicate(let id): id
        case .refused: nil
        }
    }
}
