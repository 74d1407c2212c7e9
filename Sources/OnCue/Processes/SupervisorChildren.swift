import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The children that a supervisor has, and the way in which they are ended: SIGTERM, and SIGKILL after a grace.
///
/// Signals and waits run on a queue of its own; they do not wait for a place in Swift's pool.
final class SupervisorChildren: Sendable {
    private struct State {
        var pids: [Int: pid_t] = [:]
        var isStopping = false
        var isKilling = false
        var pauses: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastPause = 0
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "oncue.supervisor")

    var isStopping: Bool { state.withLock { $0.isStopping } }

    var pids: [Int: pid_t] { state.withLock { $0.pids } }

    func started(_ index: Int, pid: pid_t) {
        state.withLock { state in
            state.pids[index] = pid
            // The order came while it was being started.
            if state.isKilling { kill(pid, SIGKILL) } else if state.isStopping { kill(pid, SIGTERM) }
        }
    }

    func ended(_ index: Int) {
        state.withLock { $0.pids[index] = nil }
    }

    /// Tells all to end, and kills what is left after the grace. Nothing is started again. A second call tells them once
    /// more, and its grace counts if it ends earlier.
    func stop(grace: Duration) {
        let pauses = state.withLock { state in
            state.isStopping = true
            for pid in state.pids.values { kill(pid, SIGTERM) }
            defer { state.pauses = [:] }
            return state.pauses.values
        }
        for pause in pauses { pause.resume() }
        queue.asyncAfter(deadline: .now() + grace.dispatchInterval) { [self] in
            state.withLock { state in
                state.isKilling = true
                for pid in state.pids.values { kill(pid, SIGKILL) }
            }
        }
    }

    /// Waits, or until ``stop(grace:)``.
    func pause(_ time: Duration) async {
        await withCheckedContinuation { continuation in
            let number: Int? = state.withLock { state in
                if state.isStopping { return nil }
                state.lastPause += 1
                state.pauses[state.lastPause] = continuation
                return state.lastPause
            }
            guard let number else {
                continuation.resume()
                return
            }
            queue.asyncAfter(deadline: .now() + time.dispatchInterval) { [self] in
                state.withLock { $0.pauses.removeValue(forKey: number) }?.resume()
            }
        }
    }
}

extension Duration {
    fileprivate var dispatchInterval: DispatchTimeInterval {
        .microseconds(Int(clamping: Swift.max(0, wholeMicroseconds)))
    }
}
