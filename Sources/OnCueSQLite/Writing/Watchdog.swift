#if SQLite
import Dispatch
import Foundation
import OnCue
import Synchronization

/// Answers callers whose deadline has passed while the writer or a reader is held up by the disk.
///
/// It is a thread of its own, since the one it watches is the one that hangs. It looks a few times a second while calls
/// are under way, and sleeps else.
final class Watchdog: Sendable {
    private struct State {
        var isAsleep = true
        var isEnding = false
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)
    private let interval: Duration

    init(callTimeout: Duration) {
        interval = max(.milliseconds(10), min(.milliseconds(500), callTimeout / 8))
    }

    /// - Parameter pending: the calls that are under way.
    func start(_ pending: @escaping @Sendable () -> [any PendingCall]) {
        let thread = Thread { [self] in run(pending) }
        thread.name = "oncue-watchdog"
        thread.stackSize = 256 << 10
        thread.start()
    }

    /// A call is under way.
    func wake() {
        let wakes = state.withLock { state in
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if wakes { bell.signal() }
    }

    func stop() {
        state.withLock { $0.isEnding = true }
        bell.signal()
    }

    private func run(_ pending: () -> [any PendingCall]) {
        while true {
            bell.wait()
            while true {
                if state.withLock({ $0.isEnding }) { return }
                _ = bell.wait(timeout: .now() + .microseconds(Int(interval.wholeMicroseconds)))
                // Before the look, so that a call which comes after it wakes this again.
                state.withLock { $0.isAsleep = true }
                let calls = pending()
                let now = SystemTime().uptime()
                for call in calls where call.deadline <= now { call.expire() }
                if calls.isEmpty { break }
                state.withLock { $0.isAsleep = false }
            }
        }
    }
}
#endif
