import Synchronization

/// Wakes one waiting task. Ringing while nobody waits is remembered once.
final class Doorbell: Sendable {
    private let isRung = Atomic<Bool>(false)
    private let waiting = Mutex<CheckedContinuation<Void, Never>?>(nil)

    func ring() {
        // Most rings come while one is remembered already; they cost a read.
        guard !isRung.load(ordering: .sequentiallyConsistent),
            !isRung.exchange(true, ordering: .sequentiallyConsistent)
        else { return }
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume()
    }

    /// Returns after a ring, at once when there was one since the last wait. For one task at a time.
    func wait() async {
        await withCheckedContinuation { continuation in
            let goesOn = waiting.withLock { waiting in
                if isRung.load(ordering: .sequentiallyConsistent) { return true }
                waiting = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
        isRung.store(false, ordering: .sequentiallyConsistent)
    }
}
