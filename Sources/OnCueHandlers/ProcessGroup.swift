import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A child's process group, which can be ended as a whole: SIGTERM, and SIGKILL after a grace.
///
/// Works on threads of its own: neither the deadline nor the signals wait for a place in any pool.
final class ProcessGroup: Sendable {
    private enum State {
        /// The child is not there yet; true when it is to be ended as soon as it is.
        case unborn(isDoomed: Bool)
        case alive(pid_t)
        case ending
        case gone
    }

    private struct Storage {
        var state: State = .unborn(isDoomed: false)
        /// The group was told to end while its leader was alive.
        var wasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let storage = Mutex(Storage())
    private let grace: Duration

    init(grace: Duration) {
        self.grace = grace
    }

    /// The child has started as the leader of its group.
    func started(_ pid: pid_t) {
        let isDoomed = storage.withLock { storage in
            guard case .unborn(let isDoomed) = storage.state else { return false }
            storage.state = isDoomed ? .ending : .alive(pid)
            storage.wasEnded = isDoomed
            return isDoomed
        }
        if isDoomed { end(pid) }
    }

    /// Ends the group, now or as soon as it is there. Returns at once.
    func terminate() {
        let pid: pid_t? = storage.withLock { storage in
            switch storage.state {
            case .unborn:
                storage.state = .unborn(isDoomed: true)
                return nil
            case .alive(let pid):
                storage.state = .ending
                storage.wasEnded = true
                return pid
            case .ending, .gone: return nil
            }
        }
        if let pid { end(pid) }
    }

    /// The child has ended by itself, or was never started. Waits until an ending that is under way is over, so that
    /// nothing of the group is left.
    ///
    /// - Returns: whether the group was ended from here.
    func finished() async -> Bool {
        await withCheckedContinuation { continuation in
            let isOver = storage.withLock { storage in
                if case .ending = storage.state {
                    storage.waiters.append(continuation)
                    return false
                }
                storage.state = .gone
                return true
            }
            if isOver { continuation.resume() }
        }
        return storage.withLock { $0.wasEnded }
    }

    private func end(_ pid: pid_t) {
        let thread = Thread { [self] in
            Self.signal(pid, SIGTERM)
            if !Self.waitUntilGone(pid, for: grace) {
                Self.signal(pid, SIGKILL)
                // What is stuck in the kernel cannot be waited for without end.
                _ = Self.waitUntilGone(pid, for: .seconds(5))
            }
            let waiters = storage.withLock { storage in
                storage.state = .gone
                defer { storage.waiters = [] }
                return storage.waiters
            }
            for waiter in waiters { waiter.resume() }
        }
        thread.name = "oncue-end-group"
        thread.start()
    }

    private static func signal(_ pid: pid_t, _ signal: Int32) {
        // A group that was stopped has to go on to heed what it was sent.
        kill(-pid, signal)
        kill(-pid, SIGCONT)
    }

    /// Looks every few milliseconds, less often the longer it takes. A child that has ended but was not reaped yet still
    /// counts; that takes no time.
    private static func waitUntilGone(_ pid: pid_t, for time: Duration) -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + time
        var pause: useconds_t = 1_000
        while true {
            if kill(-pid, 0) != 0, errno == ESRCH { return true }
            if clock.now >= deadline { return false }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
    }
}
