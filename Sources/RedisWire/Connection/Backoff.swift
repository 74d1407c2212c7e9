/// How long to wait before trying again: doubled each time, jittered so that many clients do not come back together.
struct Backoff: Sendable {
    var shortest: Duration = .milliseconds(10)
    var longest: Duration = .seconds(2)

    /// Between half and the whole of the step for this attempt, counted from 1. `jitter` is 0 to 1.
    func delay(attempt: Int, jitter: Double) -> Duration {
        let step = min(longest, shortest * (1 << min(max(attempt, 1) - 1, 20)))
        return step * (0.5 + 0.5 * jitter)
    }

    func delay(attempt: Int) -> Duration {
        delay(attempt: attempt, jitter: .random(in: 0...1))
    }
}
