/// What kind of failure ended an attempt.
public enum FailureCategory: String, Sendable, Codable, CaseIterable, Hashable {
    /// May well succeed when tried again.
    case temporary
    /// Trying again is of no use.
    case permanent
    /// Ran longer than its timeout.
    case timeout
    /// The worker was lost, or something below the handler failed.
    case system
    /// Something asked us to slow down.
    case rateLimit = "rate_limit"
}

/// Why a job is in the dead letters.
public enum DeadReason: String, Sendable, Codable, CaseIterable, Hashable {
    /// Each attempt that it was given has failed.
    case attemptsExhausted = "attempts_exhausted"
    /// A handler said that trying again is of no use.
    case permanent
    /// It was not started by the time it was given.
    case expired
    /// Its last attempts each lost the worker that ran it.
    case workerLost = "worker_lost"
}

/// Whether a failed attempt is followed by another, and when. Pure.
public enum RetryDecision: Hashable, Sendable {
    /// Try again after the wait; the attempt is used up unless `counts` is false.
    case retry(after: Duration, counts: Bool)
    case bury(DeadReason)

    /// - Parameters:
    ///   - attempt: the attempt that failed; 1 is the first.
    ///   - maxAttempts: how many the job has, the first included.
    ///   - category: what the failure was.
    ///   - requested: a wait that the handler asked for; it wins over the backoff.
    ///   - counts: false when the failure is not to use up an attempt.
    ///   - spread: from -1 to 1, the place in the band of the jitter.
    public static func after(
        attempt: Int, of maxAttempts: Int, category: FailureCategory, requested: Duration? = nil,
        counts: Bool = true, backoff: Backoff, spread: Double
    ) -> RetryDecision {
        if category == .permanent { return .bury(.permanent) }
        let wait = requested.map { max(.zero, min($0, Limits.horizon)) }
        if !counts {
            return .retry(after: wait ?? backoff.delay(afterAttempt: attempt, spread: spread), counts: false)
        }
        guard attempt < maxAttempts else { return .bury(.attemptsExhausted) }
        return .retry(after: wait ?? backoff.delay(afterAttempt: attempt, spread: spread), counts: true)
    }
}
