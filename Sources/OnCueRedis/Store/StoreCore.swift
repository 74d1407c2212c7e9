#if Redis
    import Logging
    import OnCue
    import RedisWire
    import Synchronization

    /// What all parts of the store share: the client, the clock, the registry, the sessions, and how a script is called.
    final class StoreCore: Sendable {
        let client: RedisClient
        let options: RedisStore.Options
        let registry: Registry
        let sessions: SessionTable
        let wakes: WakeHub
        let outlooks = ClaimOutlooks()
        /// Sessions with a read that waits at the server.
        let blockedReads = Mutex<Set<SessionID>>([])
        /// Runs tasks on the client's event loop: no change of threads between a reply and what it leads to, and nothing that
        /// handlers which block Swift's pool could hold up.
        let executor: EventLoopTasks
        let unknownSessions = UnknownSessions(grace: Upkeep.unknownFor)
        /// How far the server's clock is ahead of this machine's, as it was last seen.
        private let clockOffset = Mutex<(offset: Duration, seenAt: Duration)?>(nil)

        init(client: RedisClient, options: RedisStore.Options) {
            self.client = client
            self.options = options
            let calls = StoreCalls(client: client, options: options)
            registry = Registry(calls: calls, prefix: options.prefix)
            sessions = SessionTable(calls: calls, registry: registry)
            wakes = WakeHub(client: client, time: options.time)
            executor = EventLoopTasks(client.eventLoop)
            self.calls = calls
        }

        private let calls: StoreCalls
        private let isClosed = Mutex(false)

        var prefix: KeyPrefix { options.prefix }
        var logger: Logger { options.logger }

        /// Connects, and sees to the registry.
        func begin() async throws(StoreError) {
            do throws(RedisError) {
                try await client.connect()
            } catch {
                throw StoreError(error)
            }
            try await registry.begin()
            try await loadLateScripts()
        }

        /// What is sent without waiting for the answer would come late where the server does not know the script yet.
        private func loadLateScripts() async throws(StoreError) {
            let masters: [RedisNodeID]
            do throws(RedisError) {
                masters = try await client.masters()
            } catch {
                throw StoreError(error)
            }
            _ = try await send(
                masters.map { master in
                    var command = RedisCommand("SCRIPT")
                    command.append("LOAD")
                    command.append(Scripts.begin.script.source)
                    command.route = .node(master)
                    command.isSafeToRepeat = true
                    return command
                })
        }

        /// Ends every wait; calls say from now on that the store is closed.
        func close() {
            isClosed.withLock { $0 = true }
            wakes.close()
        }

        /// Whether there is nothing to do; a closed store says that it is closed all the same.
        func isNothing(_ items: [some Any]) throws(StoreError) -> Bool {
            if isClosed.withLock({ $0 }) { throw StoreError(.closed, "the store was closed; open it again") }
            return items.isEmpty
        }

        // MARK: Clocks

        /// The first argument of every script.
        var clockArgument: String { calls.clockArgument }

        /// The server's clock, or a test's.
        func now() async throws(StoreError) -> Timestamp {
            if let time = options.time { return time.now() }
            let before = SystemTime().uptime()
            let answer = try await send(RedisCommand("TIME"))
            guard let parts = answer.elements.map({ $0.compactMap { $0.text.flatMap { Int64($0) } } }), parts.count == 2
            else { throw .unreadable("TIME") }
            let now = Timestamp(microseconds: parts[0] * 1_000_000 + parts[1])
            let after = SystemTime().uptime()
            let seen = now + (after - before) / 2
            clockOffset.withLock { $0 = (seen - SystemTime().now(), after) }
            return now
        }

        /// How long it is until `moment` of the store's clock, by what was last seen of that.
        func time(until moment: Timestamp) async -> Duration {
            if let time = options.time { return moment - time.now() }
            let known = clockOffset.withLock { $0 }
            if known.map({ SystemTime().uptime() - $0.seenAt > .seconds(30) }) ?? true {
                // Where it cannot be asked, this machine's clock has to do.
                _ = try? await now()
            }
            let offset = clockOffset.withLock { $0?.offset } ?? .zero
            return moment - (SystemTime().now() + offset)
        }

        func uptime() -> Duration { (options.time ?? SystemTime()).uptime() }

        // MARK: Calls

        /// A script of one queue as a command. Its first arguments are the clock and the queue's channel, then comes what `fill`
        /// appends.
        func command(
            _ script: QueueScript, on queue: Queue, session: SessionID? = nil, isSafeToRepeat: Bool = false,
            _ fill: (inout RedisArguments) -> Void = { _ in }
        ) -> RedisCommand {
            calls.command(script, on: queue, session: session, isSafeToRepeat: isSafeToRepeat, fill)
        }

        func commandInFull(
            _ script: QueueScript, on queue: Queue, _ fill: (inout RedisArguments) -> Void
        ) -> RedisCommand {
            calls.commandInFull(script, on: queue, fill)
        }

        func run(
            _ script: QueueScript, on queue: Queue, session: SessionID? = nil, isSafeToRepeat: Bool = false,
            _ fill: (inout RedisArguments) -> Void = { _ in }
        ) async throws(StoreError) -> RESPToken {
            try await send(command(script, on: queue, session: session, isSafeToRepeat: isSafeToRepeat, fill))
        }

        func send(_ command: RedisCommand) async throws(StoreError) -> RESPToken {
            try await calls.send(command)
        }

        /// All replies in order; the first failure is thrown.
        func send(_ commands: [RedisCommand]) async throws(StoreError) -> [RESPToken] {
            try await calls.send(commands)
        }

        func sendEach(_ commands: [RedisCommand]) async -> [Result<RESPToken, StoreError>] {
            await calls.sendEach(commands)
        }

        /// Over a connection of their own, of which the first may wait at the server. Cancelling the task does not end it.
        func sendBlocking(_ commands: [RedisCommand], wait: Duration) async -> [Result<RESPToken, StoreError>] {
            await calls.sendBlocking(commands, wait: wait)
        }

        /// Writes that others rely on from now on: where ``RedisStore/Options/replicas`` are asked for, they have to have them.
        func sendDurably(_ commands: [RedisCommand]) async -> [Result<RESPToken, StoreError>] {
            await calls.sendDurably(commands)
        }

        /// The same as one whole: the replies of all that the transaction has.
        func runDurably(_ transaction: RedisTransaction) async throws(StoreError) -> RESPToken {
            try await calls.runDurably(transaction)
        }
    }
#endif
