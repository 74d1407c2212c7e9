#if Redis
    import OnCue
    import RedisWire
    import Synchronization

    /// Whether Redis has answered this process at once lately.
    ///
    /// Who has been without answers himself cannot tell a session that is silent from one that could not renew: the others come
    /// back one by one, in the order in which their connections are tried again.
    final class StoreHealth: Sendable {
        /// Half of the shortest lease.
        private static let promptness: Duration = .seconds(1)
        /// From this lease on nobody is late for an outage: it is far longer than the largest gap between two looks that whoever
        /// watches lets pass, and the recovery after it.
        static let unaffectedLease: Duration = .seconds(15)
        /// A lost connection is tried again every two seconds at least; then there has to be time for a renewal.
        private static let recovery: Duration = .seconds(5)

        private let troubledAt = Mutex<Duration?>(nil)

        /// Takes in what commands were answered that were sent at `start`.
        func note(_ results: [Result<RESPToken, StoreError>], sentAt start: Duration) {
            let now = SystemTime().uptime()
            guard now - start >= Self.promptness || results.contains(where: Self.isTrouble) else { return }
            troubledAt.withLock { $0 = now }
        }

        var isSound: Bool {
            troubledAt.withLock { $0.map { SystemTime().uptime() - $0 >= Self.recovery } ?? true }
        }

        private static func isTrouble(_ result: Result<RESPToken, StoreError>) -> Bool {
            guard case .failure(let error) = result else { return false }
            return [.unavailable, .timedOut, .outcomeUnknown, .readOnly].contains(error.code)
        }
    }
#endif
