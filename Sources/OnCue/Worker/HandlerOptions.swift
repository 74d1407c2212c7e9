/// What can be set for a handler. Nil means "not set here": then the job's type, its queue and the store are asked.
public struct HandlerOptions: Sendable {
    /// Jobs of this name that one worker runs at once. Nil: as many as the worker has slots.
    public var concurrency: Int?
    /// After this the run is cancelled and the attempt fails. Zero: no timeout, whatever the queue says.
    public var timeout: Duration?
    /// After this the handler is told that its time is nearly up. Shorter than `timeout`; zero: none.
    public var softTimeout: Duration?
    /// Runs in all, the first included.
    public var maxAttempts: Int?
    public var backoff: Backoff?
    /// Works out the wait itself, from the attempt that failed (1 is the first) and its error. It wins over every
    /// ``Backoff``, but not over a wait that the error asks for; nil leaves the wait to the backoff.
    public var customBackoff: (@Sendable (_ attempt: Int, _ error: any Error) -> Duration?)?
    /// How long the finished job is kept. Zero: not at all, counters only.
    public var retention: Duration?
    /// True for handlers that block their thread (synchronous I/O, `sleep`): they get threads of their own.
    public var blocking: Bool

    public init(
        concurrency: Int? = nil, timeout: Duration? = nil, softTimeout: Duration? = nil, maxAttempts: Int? = nil,
        backoff: Backoff? = nil, customBackoff: (@Sendable (_ attempt: Int, _ error: any Error) -> Duration?)? = nil,
        retention: Duration? = nil, blocking: Bool = false
    ) {
        self.concurrency = concurrency
        self.timeout = timeout
        self.softTimeout = softTimeout
        self.maxAttempts = maxAttempts
        self.backoff = backoff
        self.customBackoff = customBackoff
        self.retention = retention
        self.blocking = blocking
    }

    /// What of this can also be set on a job.
    var jobOptions: JobOptions {
        JobOptions(
            maxAttempts: maxAttempts, backoff: backoff, timeout: timeout, softTimeout: softTimeout,
            retention: retention)
    }

    /// - Throws: ``ValidationError`` for the first setting that is out of range.
    func validate() throws(ValidationError) {
        try jobOptions.validate()
        if let concurrency, concurrency < 1 {
            throw ValidationError(field: "concurrency", message: "takes a number from 1, this is \(concurrency)")
        }
    }
}
