#if Server
    import Synchronization

    /// Claims that wait, by the names that their clients gave them: so that a client ends one and still gets its answer.
    final class ClaimTickets: Sendable {
        private let waiting = Mutex<[String: AsyncStream<Void>.Continuation]>([:])

        /// Runs `claim`, which is cancelled when it is interrupted and answers all the same.
        func hold<Value: Sendable>(
            _ ticket: String, _ claim: @escaping @Sendable () async throws -> Value
        ) async throws -> Value {
            let (interrupts, continuation) = AsyncStream<Void>.makeStream()
            waiting.withLock { $0[ticket] = continuation }
            defer { waiting.withLock { _ = $0.removeValue(forKey: ticket) } }
            return try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask { try await claim() }
                group.addTask {
                    for await _ in interrupts { break }
                    return nil
                }
                var answer: Value?
                while let ended = try await group.next() {
                    answer = ended ?? answer
                    group.cancelAll()
                }
                guard let answer else { throw CancellationError() }
                return answer
            }
        }

        /// - Returns: whether such a claim waits here.
        func interrupt(_ ticket: String) -> Bool {
            guard let continuation = waiting.withLock({ $0[ticket] }) else { return false }
            continuation.yield()
            return true
        }
    }
#endif
