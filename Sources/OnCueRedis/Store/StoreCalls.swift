#if Redis
    import OnCue
    import RedisWire

    /// How scripts and commands are sent, and what their errors mean.
    struct StoreCalls: Sendable {
        let client: RedisClient
        let options: RedisStore.Options
        /// Nil where a test drives the clock.
        let health: StoreHealth?

        init(client: RedisClient, options: RedisStore.Options) {
            self.client = client
            self.options = options
            health = options.time == nil ? StoreHealth() : nil
        }

        var clockArgument: String { options.time.map { String($0.now().microseconds) } ?? "" }

        func command(
            _ script: QueueScript, on queue: Queue, session: SessionID?, isSafeToRepeat: Bool,
            _ fill: (inout RedisArguments) -> Void
        ) -> RedisCommand {
            command(
                script.script, keys: script.keys(of: queue.keys, session), channel: queue.keys.channel,
                isSafeToRepeat: isSafeToRepeat, fill)
        }

        func command(
            _ script: RedisScript, keys: [String], channel: String, isSafeToRepeat: Bool,
            _ fill: (inout RedisArguments) -> Void
        ) -> RedisCommand {
            var arguments = RedisArguments()
            arguments.append(clockArgument)
            arguments.append(channel)
            fill(&arguments)
            var command = client.command(for: script, keys: keys, arguments: arguments)
            command.isSafeToRepeat = isSafeToRepeat
            return command
        }

        /// A script for a transaction.
        func commandInFull(
            _ script: QueueScript, on queue: Queue, _ fill: (inout RedisArguments) -> Void
        ) -> RedisCommand {
            var arguments = RedisArguments()
            arguments.append(clockArgument)
            arguments.append(queue.keys.channel)
            fill(&arguments)
            return client.commandInFull(
                for: script.script, keys: script.keys(of: queue.keys, nil), arguments: arguments)
        }

        func send(_ command: RedisCommand) async throws(StoreError) -> RESPToken {
            let start = SystemTime().uptime()
            let result: Result<RESPToken, StoreError>
            do throws(RedisError) {
                result = .success(try await client.send(command))
            } catch {
                result = .failure(StoreError(error))
            }
            health?.note([result], sentAt: start)
            return try result.get()
        }

        func send(_ commands: [RedisCommand]) async throws(StoreError) -> [RESPToken] {
            var replies: [RESPToken] = []
            for reply in await sendEach(commands) { replies.append(try reply.get()) }
            return replies
        }

        func sendEach(_ commands: [RedisCommand]) async -> [Result<RESPToken, StoreError>] {
            let start = SystemTime().uptime()
            let results = await client.send(commands).map { $0.mapError(StoreError.init) }
            health?.note(results, sentAt: start)
            return results
        }

        /// It says nothing of the server's health: whoever waits is not without an answer.
        ///
        /// - Parameter wait: how long the first command waits at the server.
        func sendBlocking(
            _ commands: [RedisCommand], wait: Duration
        ) async -> [Result<RESPToken, StoreError>] {
            let timeout = wait + min(.seconds(5), options.callTimeout)
            return await client.blocking(commands, timeout: timeout, endsWithTask: false).map {
                $0.mapError(StoreError.init)
            }
        }

        func sendDurably(_ commands: [RedisCommand]) async -> [Result<RESPToken, StoreError>] {
            guard options.replicas > 0 else { return await sendEach(commands) }
            let (results, acknowledged) = await client.replicated(
                commands, replicas: options.replicas, within: Self.replicationTime)
            let lack = lack(of: acknowledged)
            return results.map { result in
                result.mapError(StoreError.init).flatMap { reply in lack.map { .failure($0) } ?? .success(reply) }
            }
        }

        /// The replies of all that the transaction has. Throws when none of it was written, or when that is not known.
        func runDurably(_ transaction: RedisTransaction) async throws(StoreError) -> RESPToken {
            let start = SystemTime().uptime()
            let outcome: (reply: RESPToken, acknowledged: Int?)
            do throws(RedisError) {
                guard options.replicas > 0 else {
                    let reply = try await client.run(transaction)
                    health?.note([.success(reply)], sentAt: start)
                    return reply
                }
                outcome = try await client.run(
                    transaction, replicas: options.replicas, within: Self.replicationTime)
            } catch {
                let error = StoreError(error)
                if options.replicas == 0 { health?.note([.failure(error)], sentAt: start) }
                throw error
            }
            if let lack = lack(of: outcome.acknowledged) { throw lack }
            return outcome.reply
        }

        private static let replicationTime: Duration = .seconds(1)

        /// What is wrong with a write that so many replicas have confirmed in time.
        private func lack(of acknowledged: Int?) -> StoreError? {
            if let acknowledged, acknowledged >= options.replicas { return nil }
            let seen = acknowledged.map(String.init) ?? "no"
            return StoreError(
                .outcomeUnknown,
                "written, but \(seen) of \(options.replicas) replicas have confirmed it within a second; look at the replication of Redis"
            )
        }
    }

    extension StoreError {
        init(_ error: RedisError) {
            self.init(Self.code(of: error), error.message)
        }

        init(_ error: RedisServerError) {
            self.init(RedisError(.server(error), error.message))
        }

        private static func code(of error: RedisError) -> Code {
            switch error.code {
            case .notSent: .unavailable
            case .outcomeUnknown, .cancelled: .outcomeUnknown
            case .timedOut: .timedOut
            case .closed: .closed
            case .configuration, .authentication: .invalid
            case .unsupported: .unsupported
            case .protocolViolation: .unavailable
            case .server(let server):
                switch server.code {
                case "OOM", "MISCONF": .diskFull
                case "READONLY": .readOnly
                case "NOPERM", "NOAUTH", "WRONGPASS": .invalid
                case "WRONGTYPE": .notADatabase
                case "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY", "NOREPLICAS": .unavailable
                default: .corrupt
                }
            }
        }

        /// A reply that is not what the command or script answers.
        static func unreadable(_ what: String) -> StoreError {
            StoreError(.corrupt, "Redis answered \(what) with something else than expected")
        }

        static var sessionEnded: StoreError {
            StoreError(.fenced, "the session has ended and what it held is others' now; open a new one")
        }
    }
#endif
