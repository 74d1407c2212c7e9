#if Redis
    import OnCue
    import RedisWire
    import Synchronization

    /// The queues of a store, their numbers and their settings.
    final class Registry: Sendable {
        /// What this version writes.
        static let schema = 1

        let keys: RegistryKeys
        private let calls: StoreCalls
        private let prefix: KeyPrefix
        private let known = Mutex(Known())

        private struct Known {
            var queues: [QueueName: Queue] = [:]
            /// Those whose streams are there as far as is known here.
            var prepared: Set<QueueName> = []
        }

        init(calls: StoreCalls, prefix: KeyPrefix) {
            self.calls = calls
            self.prefix = prefix
            keys = RegistryKeys(prefix: prefix)
        }

        /// Rung when a queue is made.
        var channel: String { keys.channel }

        /// - Throws: `newerSchema`.
        func begin() async throws(StoreError) {
            let answer = try await run(RegistryScripts.begin, isSafeToRepeat: true) { $0.append(Self.schema) }
            guard let schema = answer.text.flatMap({ Int($0) }) else { throw .unreadable("the schema of the store") }
            guard schema <= Self.schema else {
                throw StoreError(
                    .newerSchema,
                    "the store under the prefix '\(prefix)' was made by a newer OnCue (schema \(schema)); update this one"
                )
            }
        }

        /// Nil: there is no such queue.
        func queue(_ name: QueueName) async throws(StoreError) -> Queue? {
            if let queue = known.withLock({ $0.queues[name] }) { return queue }
            let answer = try await calls.send(command("HGET", keys.queues, [name.rawValue]))
            guard let number = answer.text.flatMap({ UInt16($0) }) else { return nil }
            return try remember(name, number)
        }

        /// Nil: there is no such queue.
        func queue(numbered number: UInt16) async throws(StoreError) -> Queue? {
            if let queue = known.withLock({ $0.queues.values.first { $0.number == number } }) { return queue }
            return try await allQueues().first { $0.number == number }
        }

        /// Registers a queue and makes its streams where they are missing.
        ///
        /// - Throws: `invalid` for a name that breaks its rules, `unsupported` when no number is left.
        func makeQueue(_ name: QueueName) async throws(StoreError) -> Queue {
            if let queue = known.withLock({ $0.prepared.contains(name) ? $0.queues[name] : nil }) { return queue }
            _ = try queueKeys(name)
            let answer = try await run(RegistryScripts.makeQueue, isSafeToRepeat: true) { $0.append(name.rawValue) }
            guard let parts = answer.elements.map(Array.init), let number = parts.first?.integer else {
                throw .unreadable("the number of a queue")
            }
            guard number > 0, let number = UInt16(exactly: number), parts.count == 3 else {
                throw StoreError(.unsupported, "the store has 65535 queues already; remove some that are empty")
            }
            let queue = try remember(name, number)
            let settings = try QueueSettings(json: parts[1].array ?? [])
            let defaults = try QueueSettings(json: parts[2].array ?? [])
            let maximum = settings.maxWaiting ?? defaults.maxWaiting ?? Limits.waitingJobs
            _ = try await calls.send(
                calls.command(Scripts.prepare, on: queue, session: nil, isSafeToRepeat: true) { arguments in
                    arguments.append(Int(number))
                    arguments.append(maximum)
                })
            known.withLock { _ = $0.prepared.insert(name) }
            return queue
        }

        /// After a script answered that the queue is not there: it was removed, or the server was emptied.
        func forget(_ name: QueueName) {
            known.withLock {
                $0.queues[name] = nil
                $0.prepared.remove(name)
            }
        }

        /// By name, as Redis has them now.
        func allQueues() async throws(StoreError) -> [Queue] {
            try queues(in: try await calls.send(command("HGETALL", keys.queues)), "the queues")
                .map { (queue) throws(StoreError) in try remember(queue.name, queue.number) }
        }

        /// The queues that a hash of names and numbers lists, by name.
        func queues(in answer: RESPToken, _ what: String) throws(StoreError) -> [Queue] {
            var queues: [Queue] = []
            for (name, value) in try answer.pairs(what) {
                guard let number = value.text.flatMap({ UInt16($0) }) else { throw .unreadable(what) }
                let name = QueueName(rawValue: name)
                queues.append(Queue(name: name, number: number, keys: try queueKeys(name)))
            }
            return queues.sorted { $0.name.rawValue < $1.name.rawValue }
        }

        /// What is set, as Redis has it now.
        func settings() async throws(StoreError) -> (defaults: QueueSettings, of: [QueueName: QueueSettings]) {
            let answers = try await calls.send([
                command("HGET", keys.meta, ["defaults"]), command("HGETALL", keys.settings),
            ])
            var settings: [QueueName: QueueSettings] = [:]
            for (name, value) in try answers[1].pairs("the settings") {
                settings[QueueName(rawValue: name)] = try QueueSettings(json: value.array ?? [])
            }
            return (try QueueSettings(json: answers[0].array ?? []), settings)
        }

        /// A script of the registry.
        ///
        /// - Parameter others: keys behind those of the registry.
        func run(
            _ script: RedisScript, session: SessionID? = nil, and others: [String] = [], isSafeToRepeat: Bool = false,
            _ fill: (inout RedisArguments) -> Void = { _ in }
        ) async throws(StoreError) -> RESPToken {
            try await calls.send(
                self.command(script, session: session, and: others, isSafeToRepeat: isSafeToRepeat, fill))
        }

        func command(
            _ script: RedisScript, session: SessionID? = nil, and others: [String] = [], isSafeToRepeat: Bool = false,
            _ fill: (inout RedisArguments) -> Void = { _ in }
        ) -> RedisCommand {
            calls.command(
                script, keys: (session.map { keys.all(for: $0) } ?? keys.all) + others, channel: keys.channel,
                isSafeToRepeat: isSafeToRepeat, fill)
        }

        func send(_ command: RedisCommand) async throws(StoreError) -> RESPToken {
            try await calls.send(command)
        }

        private func command(_ name: String, _ key: String, _ arguments: [String] = []) -> RedisCommand {
            var command = RedisCommand(name, key: key)
            for argument in arguments { command.append(argument) }
            command.isSafeToRepeat = true
            return command
        }

        private func remember(_ name: QueueName, _ number: UInt16) throws(StoreError) -> Queue {
            let queue = Queue(name: name, number: number, keys: try queueKeys(name))
            known.withLock { known in
                // Another number: the server was emptied meanwhile, and its streams may be missing.
                if let old = known.queues[name], old.number != number { known.prepared.remove(name) }
                known.queues[name] = queue
            }
            return queue
        }

        private func queueKeys(_ name: QueueName) throws(StoreError) -> QueueKeys {
            do throws(ValidationError) {
                return try QueueKeys(prefix: prefix, queue: name)
            } catch {
                throw StoreError(error)
            }
        }
    }
#endif
