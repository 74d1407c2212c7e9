#if SQLite
import Foundation
import OnCue
import Synchronization

/// Meets writers outside the turnstile (a caller's own transaction) with short waits of uneven length.
final class BusyWaiter: Sendable {
    private struct State {
        /// When the wait that is under way began. Readers hardly ever wait, so it is the writer's.
        var began: Duration = .zero
        var isImpatient = false
    }

    private let patience: Duration
    private let state = Mutex(State())

    init(patience: Duration) {
        self.patience = patience
    }

    /// Waits a little; false when it has done so for long enough. SQLite asks with the number of the attempt.
    func waits(attempt: Int) -> Bool {
        let now = SystemTime().uptime()
        let mayWait = state.withLock { state in
            if attempt == 0 { state.began = now }
            return now - state.began < (state.isImpatient ? min(patience, .milliseconds(20)) : patience)
        }
        guard mayWait else { return false }
        usleep(UInt32.random(in: 500...2_000))
        return true
    }

    /// Runs what is better left undone than waited for long.
    func impatiently(_ body: () -> Void) {
        state.withLock { $0.isImpatient = true }
        body()
        state.withLock { $0.isImpatient = false }
    }
}
#endif
