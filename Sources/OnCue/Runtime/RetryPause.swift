/// Waits between tries at a store in trouble: 100 ms, doubled up to 5 s, varied by a quarter either way.
struct RetryPause {
    private var failures = 0
    private let backoff = Backoff.exponential(base: .milliseconds(100), max: .seconds(5), jitter: 0.25)

    /// How often it has been asked since the last ``reset()``.
    var count: Int { failures }

    /// When to try again (``Uptime``).
    mutating func next() -> Int64 {
        failures += 1
        return Uptime.after(backoff.delay(afterAttempt: failures, spread: Double.random(in: -1...1)))
    }

    mutating func reset() {
        failures = 0
    }
}
