import OnCue
import Synchronization
import Testing

extension SessionOpening {
    static func named(_ worker: String) -> SessionOpening {
        SessionOpening(
            worker: worker, process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 10)
    }
}

extension ClaimRequest {
    /// Any job of the default queue.
    static func all(
        _ session: SessionID, limit: Int, names: [JobName: Int]? = nil, wait: Duration = .zero
    ) -> ClaimRequest {
        ClaimRequest(
            session: session, queues: [.init(.default)], names: names, limit: limit, suspects: limit, wait: wait)
    }
}

/// Waits for a condition, and fails the test when it does not come in time.
func waitUntil(
    _ what: Comment? = nil, within patience: Duration = .seconds(10), _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    while try await !condition() {
        guard clock.now < deadline else {
            Issue.record(what ?? "The condition did not come true in time.")
            return
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// A value that several tasks of a test share.
final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }
}
