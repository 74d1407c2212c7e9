/// What the store keeps for a queue. Nil means "not set here".
public struct QueueSettings: Hashable, Sendable, Codable {
    /// Where the queue stands among those that a worker serves when it was not told an order: lower first, then by
    /// name. Default 0.
    public var order: Int?
    public var maxAttempts: Int?
    public var backoff: Backoff?
    /// Zero: no timeout.
    public var timeout: Duration?
    /// Shorter than the timeout; zero: none.
    public var softTimeout: Duration?
    public var retention: RetentionPolicy?
    /// Jobs that may wait here (blocked, delayed, pending, retrying); a further enqueue is refused as `queueFull`.
    /// Default ``Limits/waitingJobs``.
    public var maxWaiting: Int?

    public init(
        order: Int? = nil, maxAttempts: Int? = nil, backoff: Backoff? = nil, timeout: Duration? = nil,
        softTimeout: Duration? = nil, retention: RetentionPolicy? = nil, maxWaiting: Int? = nil
    ) {
        self.order = order
        self.maxAttempts = maxAttempts
        self.backoff = backoff
        self.timeout = timeout
        self.softTimeout = softTimeout
        self.retention = retention
        self.maxWaiting = maxWaiting
    }

    /// What of this can also be set on a job.
    public var jobOptions: JobOptions {
        JobOptions(maxAttempts: maxAttempts, backoff: backoff, timeout: timeout, softTimeout: softTimeout)
    }

    /// - Throws: ``ValidationError`` for the first setting that is out of range.
    public func validate() throws(ValidationError) {
        try jobOptions.validate()
        if let maxWaiting, maxWaiting < 0 {
            throw ValidationError(field: "max_waiting", message: "may not be negative, this is \(maxWaiting)")
        }
        for bound in [retention?.completed, retention?.cancelled, retention?.dead] {
            guard let bound else { continue }
            try Limits.checkSpan(bound.age, field: "retention")
            guard bound.count >= 0 else {
                throw ValidationError(field: "retention", message: "a count may not be negative")
            }
        }
    }
}

/// A queue with its settings and its counts. Counts are kept, not scanned for.
public struct QueueInfo: Hashable, Sendable {
    public var name: QueueName
    public var isPaused: Bool
    public var settings: QueueSettings
    /// Jobs by the state they are in now; a state without jobs may be absent.
    public var counts: [JobState: Int]
    /// All-time counters: they outlive the jobs.
    public var totals: QueueTotals
    /// Since when the job at the head has been pending, over all levels; nil when none is.
    public var oldestPendingSince: Timestamp?

    public init(
        name: QueueName, isPaused: Bool = false, settings: QueueSettings = .init(), counts: [JobState: Int] = [:],
        totals: QueueTotals = .init(), oldestPendingSince: Timestamp? = nil
    ) {
        self.name = name
        self.isPaused = isPaused
        self.settings = settings
        self.counts = counts
        self.totals = totals
        self.oldestPendingSince = oldestPendingSince
    }

    public func count(_ state: JobState) -> Int { counts[state] ?? 0 }
    public var waiting: Int { JobState.waiting.reduce(0) { $0 + count($1) } }
}

/// What has happened in a queue since it exists.
public struct QueueTotals: Hashable, Sendable {
    public var enqueued: Int
    public var completed: Int
    public var dead: Int
    public var cancelled: Int
    /// Failed attempts that were followed by another.
    public var retried: Int

    public init(enqueued: Int = 0, completed: Int = 0, dead: Int = 0, cancelled: Int = 0, retried: Int = 0) {
        self.enqueued = enqueued
        self.completed = completed
        self.dead = dead
        self.cancelled = cancelled
        self.retried = retried
    }
}
