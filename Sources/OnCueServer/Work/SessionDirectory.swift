#if Server
    import OnCue
    import Synchronization

    /// What the sessions of workers were opened with. That never changes, so the store is asked once for each.
    final class SessionDirectory: Sendable {
        struct Entry: Sendable {
            var names: Set<JobName>
            /// Empty: every one.
            var queues: [QueueName]
        }

        /// Sessions that are remembered; with one more all are forgotten, and asked for again.
        private static let capacity = 10_000

        private let store: any JobStore
        private let known = Mutex<[SessionID: Entry]>([:])

        init(_ store: any JobStore) {
            self.store = store
        }

        func add(_ session: SessionID, _ opening: SessionOpening) {
            add(session, Entry(names: opening.names, queues: opening.queues))
        }

        func remove(_ session: SessionID) {
            known.withLock { _ = $0.removeValue(forKey: session) }
        }

        /// - Throws: `fenced` for a session that has ended or never was.
        func entry(of session: SessionID) async throws(StoreError) -> Entry {
            if let entry = known.withLock({ $0[session] }) { return entry }
            guard let info = try await store.sessions().first(where: { $0.id == session && $0.standing == .open })
            else {
                throw StoreError(.fenced, "the session has ended and what it held is others' now; open a new one")
            }
            let entry = Entry(names: info.names, queues: info.queues)
            add(session, entry)
            return entry
        }

        private func add(_ session: SessionID, _ entry: Entry) {
            known.withLock { known in
                if known.count >= Self.capacity { known = [:] }
                known[session] = entry
            }
        }
    }
#endif
