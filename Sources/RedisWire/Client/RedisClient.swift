#if Redis
    import NIOCore
    import Synchronization

    /// A client of Redis: one server, a server found through Sentinels, or a cluster.
    ///
    /// Any number of tasks share it. Their commands are pipelined on one connection a server; what blocks has connections of
    /// its own. Cancelling a task does not call a command back: it ends by its reply or its deadline.
    public final class RedisClient: Sendable {
        let configuration: RedisConfiguration
        private let node: RedisNode?
        private let subscribers = Mutex<[Listed]>([])

        /// Closed with the client, but not kept by it.
        private struct Listed: Sendable {
            weak let value: RedisSubscriber?
        }

        /// Connects at the first command.
        public init(_ configuration: RedisConfiguration) {
            self.configuration = configuration
            let tls = configuration.tls.map { settings in
                Result { () throws(RedisError) in try RedisTLS.Context(settings) }
            }
            switch configuration.topology {
            case .single(let address):
                node = RedisNode(
                    configuration.connector(address, tls: tls), on: configuration.group.next(),
                    logger: configuration.logger)
            case .sentinel, .cluster: node = nil
            }
        }

        /// Connects now. Optional: it says at once what is wrong.
        ///
        /// - Throws: what the first attempt meets: refused, a wrong password, no TLS.
        public func connect() async throws(RedisError) {
            try await resolved().connect()
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
        /// A script that the server does not know is sent again in full, after the others.
        public func send(_ commands: [RedisCommand], timeout: Duration? = nil) async -> [Result<RESPToken, RedisError>]
        {
            guard !commands.isEmpty else { return [] }
            let deadline = self.deadline(timeout)
            do throws(RedisError) {
                let node = try resolved()
                return await repeating(commands, on: node, until: deadline) { commands in
                    await node.send(commands, deadline: deadline).results
                }
            } catch {
                return Array(repeating: .failure(error), count: commands.count)
            }
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

        /// Sends a command that waits at the server (`XREADGROUP … BLOCK`, `BLPOP`) over a connection of its own.
        ///
        /// Cancelling the task closes the connection and throws `.cancelled`; the command may have run.
        /// - Parameter timeout: longer than the command itself waits.
        public func blocking(_ command: RedisCommand, timeout: Duration) async throws(RedisError) -> RESPToken {
            let node = try resolved()
            let deadline = self.deadline(timeout)
            return try await repeating([command], on: node, until: deadline) { commands in
                await node.sendBlocking(commands[0], deadline: deadline).results
            }[0].get()
        }

        /// The servers that take writes. For a command to each set `route = .node(id)`.
        public func masters() async throws(RedisError) -> [RedisNodeID] {
            [try resolved().id]
        }

        /// Listens to channels over a connection of its own, as long as the subscriber is kept and not closed.
        ///
        /// - Parameter onEvent: called in order on the connection's event loop: it must not block.
        public func subscriber(
            onEvent: @escaping @Sendable (RedisSubscriptionEvent) -> Void
        ) -> RedisSubscriber {
            let subscriber = RedisSubscriber(
                node?.connector, on: node?.eventLoop ?? configuration.group.next(),
                silence: configuration.commandTimeout,
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
            await node?.close()
        }

        // MARK: -

        func resolved() throws(RedisError) -> RedisNode {
            guard let node else {
                throw RedisError(.unsupported, "This version talks to a single server only: no Sentinel, no cluster.")
            }
            return node
        }

        func deadline(_ timeout: Duration?) -> NIODeadline {
            .now() + (timeout ?? configuration.commandTimeout)
        }

        /// Sends what may be sent again until it succeeds, fails for good, or the deadline is near.
        func repeating(
            _ commands: [RedisCommand], on node: RedisNode, until deadline: NIODeadline,
            _ send: ([RedisCommand]) async -> [RedisResult]
        ) async -> [RedisResult] {
            var results = await send(commands)
            var commands = commands
            var attempt = 0
            while true {
                var again: [Int] = []
                var pauses = false
                for (index, result) in results.enumerated() {
                    guard case .failure(let error) = result else { continue }
                    switch Repetition.decide(commands[index], error) {
                    case .no: continue
                    case .now(let command): commands[index] = command
                    case .later: pauses = true
                    }
                    if error.server?.code == "READONLY" { node.replaceConnections() }
                    again.append(index)
                }
                guard !again.isEmpty else { return results }
                if pauses {
                    attempt += 1
                    let delay = Backoff().delay(attempt: attempt)
                    guard NIODeadline.now() + delay < deadline else { return results }
                    await node.eventLoop.pause(delay)
                }
                let replies = await send(again.map { commands[$0] })
                for (index, reply) in zip(again, replies) { results[index] = reply }
            }
        }
    }
#endif
