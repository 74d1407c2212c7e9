/// What can be set for a job at several places. Nil means "not set here".
///
/// A setting is looked for on the job, then its handler, its ``Job`` type, its queue, and the store's defaults:
/// see ``ResolvedOptions``.
public struct JobOptions: Hashable, Sendable, Codable {
    public var queue: QueueName?
    public var priority: JobPriority?
    /// Runs in all, the first included: 1 to 1,000.
    public var maxAttempts: Int?
    public var backoff: Backoff?
    /// After this the run is cancelled and the attempt fails. Zero: no timeout, whatever stands further down.
    public var timeout: Duration?
    /// After this the handler is told that its time is nearly up. Shorter than `timeout`; zero: none.
    public var softTimeout: Duration?
    /// How long the finished job is kept. Zero: not at all, counters only.
    public var retention: Duration?

    public init(
        queue: QueueName? = nil, priority: JobPriority? = nil, maxAttempts: Int? = nil, backoff: Backoff? = nil,
        timeout: Duration? = nil, softTimeout: Duration? = nil, retention: Duration? = nil
    ) {
        self.queue = queue
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.backoff = backoff
        self.timeout = timeout
        self.softTimeout = softTimeout
        self.retention = retention
    }

    /// These options, with what they leave open taken from `fallback`.
    public func or(_ fallback: JobOptions) -> JobOptions {
        JobOptions(
            queue: queue ?? fallback.queue,
            priority: priority ?? fallback.priority,
            maxAttempts: maxAttempts ?? fallback.maxAttempts,
            backoff: backoff ?? fallback.backoff,
            timeout: timeout ?? fallback.timeout,
            softTimeout: softTimeout ?? fallback.softTimeout,
            retention: retention ?? fallback.retention)
    }

    /// - Throws: ``ValidationError`` for the first setting that is out of range.
    public func validate() throws(ValidationError) {
        try queue?.validated(field: "queue")
        if let maxAttempts, !Limits.attempts.contains(maxAttempts) {
            throw ValidationError(
                field: "max_attempts", message: "takes a number from 1 to 1000, this is \(maxAttempts)")
        }
        if let backoff { _ = try backoff.validated() }
        if let timeout { try Limits.checkSpan(timeout, field: "timeout") }
        if let softTimeout { try Limits.checkSpan(softTimeout, field: "soft_timeout") }
        if let retention { try Limits.checkSpan(retention, field: "retention") }
        if let timeout, let softTimeout, timeout > .zero, softTimeout >= timeout {
            throw ValidationError(field: "soft_timeout", message: "has to be shorter than the timeout")
        }
    }
}

/// The settings that one run goes by, after every place was asked.
public struct ResolvedOptions: Hashable, Sendable {
    public var maxAttempts: Int
    public var backoff: Backoff
    /// Nil: no timeout.
    public var timeout: Duration?
    /// Nil: none.
    public var softTimeout: Duration?
    /// Nil: as the queue's ``RetentionPolicy`` says.
    public var retention: Duration?

    /// 5 attempts, ``Backoff/default``, no timeouts.
    public static let defaultMaxAttempts = 5

    /// - Parameters: the places in the order in which they are asked.
    public init(job: JobOptions, handler: JobOptions = .init(), type: JobOptions = .init(), queue: JobOptions = .init())
    {
        let merged = job.or(handler).or(type).or(queue)
        maxAttempts = merged.maxAttempts ?? Self.defaultMaxAttempts
        backoff = merged.backoff ?? .default
        timeout = merged.timeout.flatMap { $0 > .zero ? $0 : nil }
        softTimeout = merged.softTimeout.flatMap { $0 > .zero ? $0 : nil }
        retention = merged.retention
    }

    /// Why a job that was just claimed is not to be run: its last attempts were lost with their workers, or its attempts
    /// were cut down meanwhile. Nil: it is.
    package func reasonToBury(_ job: LeasedJob) -> DeadReason? {
        guard job.attempt > maxAttempts else { return nil }
        return job.lostWorkers > 0 ? .workerLost : .attemptsExhausted
    }

    /// What is kept of a job that ends in `state`.
    ///
    /// - Parameter policy: what holds where the job says nothing.
    package func keep(in state: JobState, by policy: RetentionPolicy) -> Settlement.Keep {
        if let retention { return retention > .zero ? .atLeast(retention) : .nothing }
        return policy.bound(for: state)?.keepsNothing == true ? .nothing : .policy
    }
}
