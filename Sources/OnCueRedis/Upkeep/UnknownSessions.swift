import OnCue
import Synchronization

/// Since when this process has seen entries with sessions that the registry does not know.
final class UnknownSessions: Sendable {
    private let since = Mutex<[SessionID: Duration]>([:])
    private let grace: Duration

    /// - Parameter grace: how long an unknown session is left alone.
    init(grace: Duration) {
        self.grace = grace
    }

    /// Notes that it is unknown now, and tells whether it has been so all along the grace.
    func isUnknownForLong(_ session: SessionID) -> Bool {
        let now = SystemTime().uptime()
        return since.withLock { since in
            let first = since[session] ?? now
            since[session] = first
            return now - first >= grace
        }
    }

    /// What is not among these is known again, or gone.
    func keepOnly(_ sessions: Set<SessionID>) {
        since.withLock { $0 = $0.filter { sessions.contains($0.key) } }
    }
}
