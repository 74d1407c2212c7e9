#if Redis
    import NIOCore
    import Synchronization

    /// A client of Redis: one server, a server found through Sentinels, or a cluster.
    ///
    /// Any number of tasks share it. Their commands are pipelined on one connection a server; what blocks has connections of
    /// its own. Cancelling a task does not call a command back: it ends by its reply or its deadline.
    public final class RedisClient: Sendable {
        let configuration: RedisConfiguration
        let router: RedisRouter
        private let subscribers = Mutex<[Listed]>([])

        /// Closed with the client, but not kept by it.
        private struct Listed: Sendable {
            weak let value: RedisSubscriber?
        }

        /// Connects at the first command.
        public init(_ configuration: RedisConfiguration) {
            var configuration = configuration
            // All of a client lives on one loop: what a reply or a message leads to waits for no other thread.
            configuration.eventLoopGroup = configuration.group.next()
            self.configuration = configuration
            router = RedisRouter(configuration)
        }

        /// Whether keys of several slots have to go out in several commands.
        public var isCluster: Bool { if case .cluster = configuration.topology { true } else { false } }

        /// Connects now. Optional: it says at once what is wrong.
        ///
        /// - Throws: what the first attempt meets: refused, a wrong password, no TLS, no Sentinel that knows the master, no
        ///   server of a cluster.
        public func connect() async throws(RedisError) {
            try await router.connect(until: deadline(nil))
        }

        /// Sends one command and waits for its reply.
        ///
        /// - Parameter timeout: for everything together, the configuration's `commandTimeout` by default.
        /// - Throws: also the server's error, as `.server`.
        public func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RESPToken {
            try await send([command], timeout: timeout)[0].get()
        }

        /// Sends the commands together, in order, and waits for all replies: one for each command, in their order.
        ///
        /// A script that the server does not know is sent again in full, after the others. So is what was refused for a while
        /// (a server that loads its data, a slot that moves). On a cluster each command goes to the server of its keys: those
        /// of one slot keep their order among themselves.
        public func send(_ commands: [RedisCommand], timeout: Duration? = nil) async -> [Result<RESPToken, RedisError>]
        {
            guard !commands.isEmpty else { return [] }
            return await router.deliver(commands, by: .pipeline, until: deadline(timeout)).results
        }

        /// Runs a script by its digest, or in full where the server does not know it.
        public func evaluate(
            _ script: RedisScript, keys: [String], arguments: RedisArguments, isSafeToRepeat: Bool = false,
            timeout: Duration? = nil
        ) async throws(RedisError) -> RESPToken {
            var command = command(for: script, keys: keys, arguments: arguments)
            command.isSafeToRepeat = isSafeToRepeat
            return try await send(command, timeout: timeout)
        }

        /// A script's call as a command, for a pipeline.
        public func command(for script: RedisScript, keys: [String], arguments: RedisArguments) -> RedisCommand {
            RedisCommand(evaluating: script, keys: keys, arguments: arguments)
        }

        /// A script's call as a command with the script in full: for a transaction, which does not learn in time that the server does
        /// not know the digest.
        public func commandInFull(
            for script: RedisScript, keys: [String], arguments: RedisArguments
        ) -> RedisCommand {
            RedisCommand(evaluatingSourceOf: script, keys: keys, arguments: arguments)
        }

        /// Sends a command that waits at the server (`XREADGROUP … BLOCK`, `BLPOP`) over a connection of its own.
        ///
        /// Cancelling the task closes the connection and throws `.cancelled`; the command may have run. There is no `CLIENT UNBLOCK`:
        /// for a client that waits because of `CLIENT PAUSE` Redis 7.0 crashes at it.
        /// - Parameter timeout: longer than the command itself waits.
        public func blocking(_ command: RedisCommand, timeout: Duration) async throws(RedisError) -> RESPToken {
            try await blocking([command], timeout: timeout)[0].get()
        }

        /// The same with commands behind it, which the server runs as soon as it waits no longer. On a cluster all are of one slot.
        ///
        /// - Parameters:
        ///   - timeout: longer than the commands themselves wait.
        ///   - endsWithTask: without it cancelling the task ends nothing: for those who have another way to end what waits, and want
        ///     to know what it brought. Default true.
        public func blocking(
            _ commands: [RedisCommand], timeout: Duration, endsWithTask: Bool = true
        ) async -> [Result<RESPToken, RedisError>] {
            guard !commands.isEmpty else { return [] }
            return await router.deliver(
                commands, by: .blocking(endsWithTask: endsWithTask), until: deadline(timeout)
            ).results
        }

        /// The servers that take writes, as they are now. For a command to each set `route = .node(id)`: on a cluster it
        /// fails when that server is none any more; behind Sentinels it goes to whoever is the master.
        public func masters() async throws(RedisError) -> [RedisNodeID] {
            try await router.masters(until: deadline(nil))
        }

        /// Listens to channels over a connection of its own, as long as the subscriber is kept and not closed.
        ///
        /// - Parameter onEvent: called in order on the connection's event loop: it must not block.
        public func subscriber(
            onEvent: @escaping @Sendable (RedisSubscriptionEvent) -> Void
        ) -> RedisSubscriber {
            let subscriber = RedisSubscriber(
                router.subscriptionPlaces, on: configuration.group.next(), silence: configuration.commandTimeout,
                logger: configuration.logger, onEvent: onEvent)
            subscribers.withLock { subscribers in
                subscribers.removeAll { $0.value == nil }
                subscribers.append(Listed(value: subscriber))
            }
            return subscriber
        }

        /// Closes all connections. What is under way is lost, later calls throw `.closed`.
        public func shutdown() async {
            for subscriber in subscribers.withLock({ $0 }) { subscriber.value?.close() }
            await router.close()
        }

        // MARK: -

        func deadline(_ timeout: Duration?) -> NIODeadline {
            .now() + (timeout ?? configuration.commandTimeout)
        }
    }
#endif
