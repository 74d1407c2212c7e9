#if Redis
    public import NIOCore

    /// Commands that run as one (`MULTI … EXEC`): all or none, without others in between. On a cluster all their keys are in one
    /// slot. They are encoded as they are added.
    public struct RedisTransaction: Sendable {
        fileprivate var whole = RedisCommand("MULTI")

        /// Without commands. It cannot be run like that.
        public init() {
            whole.isSafeToRepeat = true
        }

        /// Commands in it.
        public var count: Int { whole.taken }

        /// Adds a command. The whole may be sent again when all its commands may (``RedisCommand/isSafeToRepeat``).
        public mutating func append(_ command: RedisCommand) {
            add(command, nil)
        }

        /// Adds a command with one argument more: of many that differ in their last argument only that has to be encoded.
        public mutating func append(_ command: RedisCommand, _ last: ByteBuffer) {
            add(command, last)
        }

        private mutating func add(_ command: RedisCommand, _ last: ByteBuffer?) {
            whole.take(command, last)
            whole.isSafeToRepeat = whole.isSafeToRepeat && command.isSafeToRepeat
        }
    }

    extension RedisClient {
        /// Runs the commands as one: see ``RedisTransaction``.
        ///
        /// - Parameter timeout: for everything together, the configuration's `commandTimeout` by default.
        /// - Returns: one result for each command. A script that the server does not know is an error of its command here:
        ///   the others have run.
        /// - Throws: when none has run, or when that is not known (`outcomeUnknown`).
        public func transaction(
            _ commands: [RedisCommand], timeout: Duration? = nil
        ) async throws(RedisError) -> [Result<RESPToken, RedisError>] {
            guard !commands.isEmpty else { return [] }
            var transaction = RedisTransaction()
            for command in commands { transaction.append(command) }
            let reply = try await run(transaction, timeout: timeout)
            return (reply.elements.map(Array.init) ?? []).map { element in
                element.error.map { .failure(RedisError($0)) } ?? .success(element)
            }
        }

        /// Runs a transaction.
        ///
        /// - Parameter timeout: for everything together, the configuration's `commandTimeout` by default.
        /// - Returns: an array of as many replies as the transaction has commands. Some may be errors: the others have run.
        /// - Throws: when none has run, or when that is not known (`outcomeUnknown`); `unsupported` when the transaction is empty, or on
        ///   a cluster has keys of several slots.
        public func run(
            _ transaction: RedisTransaction, timeout: Duration? = nil
        ) async throws(RedisError) -> RESPToken {
            try await run(transaction, wait: nil, until: deadline(timeout)).reply
        }

        /// Runs a transaction, and then waits until `replicas` replicas have it, but not longer than `within`.
        ///
        /// - Returns: as ``run(_:timeout:)``, and how many replicas have acknowledged it; nil where that is not known.
        /// - Throws: as ``run(_:timeout:)``. That too few replicas have it is no error.
        public func run(
            _ transaction: RedisTransaction, replicas: Int, within: Duration
        ) async throws(RedisError) -> (reply: RESPToken, acknowledged: Int?) {
            try await run(
                transaction, wait: Self.wait(for: replicas, within),
                until: deadline(configuration.commandTimeout + within))
        }

        private func run(
            _ transaction: RedisTransaction, wait: RedisCommand?, until deadline: NIODeadline
        ) async throws(RedisError) -> (reply: RESPToken, acknowledged: Int?) {
            guard transaction.count > 0 else {
                throw RedisError(.unsupported, "The transaction is empty: append commands before it is run.")
            }
            let outcome = await router.deliver(
                [transaction.whole], by: .transaction(wait: wait), until: deadline)
            let reply = try outcome.results[0].get()
            guard reply.elements?.count == transaction.count else {
                throw RedisError(.protocolViolation, "EXEC did not answer for each command.")
            }
            return (reply, outcome.acknowledged)
        }

        /// Sends the commands and then waits until `replicas` replicas have them, but not longer than `within`.
        ///
        /// - Returns: a result for each command, and how many replicas have acknowledged all that succeeded; nil where that is
        ///   not known.
        public func replicated(
            _ commands: [RedisCommand], replicas: Int, within: Duration
        ) async -> (results: [Result<RESPToken, RedisError>], acknowledged: Int?) {
            let deadline = deadline(configuration.commandTimeout + within)
            let wait = Self.wait(for: replicas, within)
            let outcome = await router.deliver(commands, by: .replicated(wait: wait), until: deadline)
            return (outcome.results, outcome.acknowledged)
        }

        private static func wait(for replicas: Int, _ time: Duration) -> RedisCommand {
            var wait = RedisCommand("WAIT")
            wait.append(replicas)
            // 0 would wait without end.
            wait.append(max(1, Int(time / .milliseconds(1))))
            return wait
        }
    }
#endif
