#if Server
    import OnCue
    import Synchronization

    /// The keys as they were read last, read again when they are too old. One caller reads for all.
    final class KeyCache: Sendable {
        struct Snapshot: Sendable {
            var keys: [String: APIKey] = [:]
            /// Whether there is nothing at all, also nothing that cannot be read as a key.
            var isEmpty = true
            /// On a clock that never jumps: when the reading began.
            var readAt: Duration
        }

        /// How new a snapshot has to be.
        enum Need {
            case recent
            /// For a key that is not known: it may have just been made elsewhere.
            case latest
        }

        typealias Reading = Result<Snapshot, StoreError>

        private struct State {
            var snapshot: Snapshot?
            /// A reading that began before a change that was made here is not kept.
            var changes = 0
            var isReading = false
            var waiting: [CheckedContinuation<Reading?, Never>] = []
        }

        private let time: any TimeSource
        private let read: @Sendable () async throws(StoreError) -> Snapshot
        private let state = Mutex(State())

        init(time: any TimeSource, read: @escaping @Sendable () async throws(StoreError) -> Snapshot) {
            self.time = time
            self.read = read
        }

        /// The keys were changed here.
        func invalidate() {
            state.withLock { state in
                state.changes += 1
                state.snapshot = nil
            }
        }

        /// - Throws: what reading threw, when nothing that is not older than ``KeyRing/patience`` is known.
        func snapshot(_ need: Need) async throws(StoreError) -> Snapshot {
            if let known = state.withLock({ known($0, need) }) { return known }
            let reading: Reading? = await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Reading?? in
                    if let known = known(state, need) { return .some(.success(known)) }
                    guard state.isReading else {
                        state.isReading = true
                        return .some(nil)
                    }
                    state.waiting.append(continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
            guard let reading else { return try await readForAll(need) }
            return try reading.get()
        }

        /// What may be used as it is.
        private func known(_ state: State, _ need: Need) -> Snapshot? {
            guard let snapshot = state.snapshot else { return nil }
            let age = time.uptime() - snapshot.readAt
            let bound =
                switch need {
                // Nobody waits for a reading that is under way as long as what is known will do.
                case .recent: state.isReading ? KeyRing.patience : KeyRing.freshness
                case .latest: Self.latestBound
                }
            return age < bound ? snapshot : nil
        }

        private static let latestBound: Duration = .milliseconds(100)

        private func readForAll(_ need: Need) async throws(StoreError) -> Snapshot {
            while true {
                let changes = state.withLock { $0.changes }
                let reading: Reading
                do throws(StoreError) {
                    reading = .success(try await read())
                } catch {
                    reading = .failure(error)
                }
                let (isOver, waiting, usable) = state.withLock { state in finish(&state, reading, changes, need) }
                guard isOver else { continue }
                for continuation in waiting { continuation.resume(returning: reading) }
                if let usable { return usable }
                return try reading.get()
            }
        }

        /// - Returns: whether it is over, who waits for it, and what may be used although it failed.
        private func finish(
            _ state: inout State, _ reading: Reading, _ changes: Int, _ need: Need
        ) -> (Bool, [CheckedContinuation<Reading?, Never>], Snapshot?) {
            guard state.changes == changes else { return (false, [], nil) }
            defer {
                state.isReading = false
                state.waiting = []
            }
            if case .success(let snapshot) = reading {
                state.snapshot = snapshot
                return (true, state.waiting, snapshot)
            }
            return (true, state.waiting, known(state, need))
        }
    }
#endif
