import OnCue
import Synchronization

/// Checks off which job ran how often, and tells when enough have.
final class BenchTally: Sendable {
    private struct State {
        var runs: [UInt8]
        var handled = 0
        var starts: [ContinuousClock.Instant?]
        var goal: Int
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    /// - Parameter goal: how many runs ``wait()`` waits for.
    init(jobs: Int, goal: Int) {
        state = Mutex(
            State(runs: Array(repeating: 0, count: jobs), starts: Array(repeating: nil, count: jobs), goal: goal))
    }

    /// One run of the job with this number.
    func ran(_ number: Int) {
        let now = ContinuousClock.now
        let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard number < state.runs.count else { return nil }
            if state.runs[number] < .max { state.runs[number] += 1 }
            if state.starts[number] == nil { state.starts[number] = now }
            state.handled += 1
            guard state.handled >= state.goal else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns once the goal is reached.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.handled >= state.goal { return true }
                state.waiter = continuation
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    /// Sets a new goal.
    func expect(_ goal: Int) {
        state.withLock { $0.goal = goal }
    }

    var handled: Int { state.withLock { $0.handled } }

    /// When the first run of a job began.
    func start(of number: Int) -> ContinuousClock.Instant? {
        state.withLock { $0.starts[number] }
    }

    var lost: Int { state.withLock { $0.runs.count { $0 == 0 } } }
    var duplicates: Int { state.withLock { $0.runs.reduce(0) { $0 + max(0, Int($1) - 1) } } }

    /// How long after `origin` each job that ran was started.
    func waits(since origin: ContinuousClock.Instant) -> Latencies {
        var latencies = Latencies()
        for start in state.withLock({ $0.starts }) {
            if let start { latencies.append(start - origin) }
        }
        return latencies
    }
}
