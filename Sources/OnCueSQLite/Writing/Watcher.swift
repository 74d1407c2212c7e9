#if SQLite
import OnCue
import Synchronization

/// Someone outside the writer who waits for a commit that may concern him.
///
/// It is made before he looks, so that what is committed between his look and his wait rings all the same.
final class Watcher: Sendable {
    enum Subject: Sendable {
        case job(JobID)
        case events
    }

    private struct State {
        var hasRung = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    let number: Int
    private let subject: Subject
    /// On the store's clock that never jumps.
    let deadline: Duration
    private let state = Mutex(State())

    init(number: Int, subject: Subject, deadline: Duration) {
        self.number = number
        self.subject = subject
        self.deadline = deadline
    }

    func isMeant(by news: GroupWriter.News) -> Bool {
        if news.hasForeign { return true }
        return switch subject {
        case .job(let id): news.ends.contains(id)
        case .events: news.hasCommitted
        }
    }

    /// Waits for the next ring, or takes one that has come already. Returns when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let hasRung = state.withLock { state in
                    if !state.hasRung { state.continuation = continuation }
                    defer { state.hasRung = false }
                    return state.hasRung
                }
                if hasRung { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
    }

    func ring() {
        let continuation = state.withLock { state in
            defer { state.continuation = nil }
            if state.continuation == nil { state.hasRung = true }
            return state.continuation
        }
        continuation?.resume()
    }
}
#endif
