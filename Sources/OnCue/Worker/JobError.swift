/// An error that says how its job is to go on. Any other error is tried again by the job's backoff.
public struct JobError: Error, Sendable, CustomStringConvertible {
    public let message: String
    public let category: FailureCategory
    /// The wait before the next attempt; nil: as the backoff says.
    public let wait: Duration?
    /// False when the failure is not to use up an attempt.
    public let counts: Bool

    init(_ message: String, category: FailureCategory, wait: Duration? = nil, counts: Bool = true) {
        self.message = message
        self.category = category
        self.wait = wait
        self.counts = counts
    }

    /// Trying again is of no use: to the dead letters at once.
    public static func permanent(_ message: String) -> JobError {
        JobError(message, category: .permanent)
    }

    /// Trying again is of no use: to the dead letters at once.
    public static func permanent(_ error: any Error) -> JobError {
        permanent(errorText(error))
    }

    /// Failed; again after `wait`, as long as there are attempts left.
    public static func retry(after wait: Duration, _ message: String = "asked to be run again") -> JobError {
        JobError(message, category: .temporary, wait: wait)
    }

    /// Failed through no fault of the job (something it needs is down): tried again without using up an attempt.
    ///
    /// - Parameter wait: nil: as the backoff says.
    public static func uncounted(_ message: String, retryAfter wait: Duration? = nil) -> JobError {
        JobError(message, category: .temporary, wait: wait, counts: false)
    }

    /// Something asked to be called less often: tried again after `wait`, without using up an attempt.
    public static func rateLimited(retryAfter wait: Duration, _ message: String = "rate limited") -> JobError {
        JobError(message, category: .rateLimit, wait: wait, counts: false)
    }

    public var description: String { message }
}

/// An error's text as it is kept with a job.
func errorText(_ error: any Error) -> String {
    Limits.clipped(String(describing: error), to: Limits.errorBytes)
}
