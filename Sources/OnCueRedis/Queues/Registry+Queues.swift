#if Redis
    import OnCue
    import RedisWire

    extension Registry {
        /// Keeps what is set for a queue.
        func keep(_ settings: QueueSettings, of name: QueueName) async throws(StoreError) {
            let json = try RegistryJSON.encode(settings)
            _ = try await run(RegistryScripts.keepSettings, isSafeToRepeat: true) { arguments in
                arguments.append(name.rawValue)
                arguments.append(json)
            }
        }

        /// Keeps what is set where queues say nothing.
        func keepDefaults(_ settings: QueueSettings) async throws(StoreError) {
            let json = try RegistryJSON.encode(settings)
            _ = try await run(RegistryScripts.keepDefaults, isSafeToRepeat: true) { $0.append(json) }
        }

        /// Whether Redis has the queue now.
        func isRegistered(_ name: QueueName) async throws(StoreError) -> Bool {
            try await allQueues().contains { $0.name == name }
        }

        /// Takes a queue that is out of use out of the list, with its settings.
        func unregister(_ queue: Queue) async throws(StoreError) {
            _ = try await run(RegistryScripts.unregister, isSafeToRepeat: true) { arguments in
                arguments.append(queue.name.rawValue)
                arguments.append(Int(queue.number))
            }
            forget(queue.name)
        }

        /// Puts a queue that is in use after all back into the list.
        func register(_ queue: Queue) async throws(StoreError) {
            _ = try await run(RegistryScripts.register, isSafeToRepeat: true) { arguments in
                arguments.append(queue.name.rawValue)
                arguments.append(Int(queue.number))
            }
        }

        /// Queues that were removed, whose log may still hold something.
        func removedQueues() async throws(StoreError) -> [Queue] {
            var command = RedisCommand("HGETALL", key: keys.removed)
            command.isSafeToRepeat = true
            return try queues(in: try await send(command), "the removed queues")
        }

        /// Forgets a removed queue of which nothing is left.
        func forgetRemoved(_ queue: Queue) async throws(StoreError) {
            var command = RedisCommand("HDEL", key: keys.removed)
            command.append(queue.name.rawValue)
            command.isSafeToRepeat = true
            _ = try await send(command)
        }
    }

    extension StoreCore {
        /// The queues that are in use, and removed ones whose log may still hold something.
        func loggedQueues() async throws(StoreError) -> [Queue] {
            let queues = try await registry.allQueues()
            let names = Set(queues.map(\.name))
            return queues + (try await registry.removedQueues().filter { !names.contains($0.name) })
        }

        /// A removed queue that someone has put to use meanwhile is listed again.
        func restoreIfInUse(_ queue: Queue) async throws(StoreError) {
            if try await run(Scripts.isPrepared, on: queue, isSafeToRepeat: true, { _ in }).integer == 1 {
                try await registry.register(queue)
            }
        }
    }

    extension RegistryScripts {
        /// Arguments: the queue's name, its settings as JSON.
        static let keepSettings = RedisScript(
            RegistryKeys.prelude + "return call('HSET', SETTINGS, ARGV[3], ARGV[4])")

        /// Arguments: the settings as JSON.
        static let keepDefaults = RedisScript(
            RegistryKeys.prelude + "return call('HSET', META, 'defaults', ARGV[3])")

        /// Arguments: the queue's name and number.
        static let unregister = RedisScript(
            Scripts.outOfMemoryToo + RegistryKeys.prelude + #"""
                call('HDEL', QUEUES, ARGV[3])
                call('HDEL', SETTINGS, ARGV[3])
                call('HSET', REMOVED, ARGV[3], ARGV[4])
                call('SPUBLISH', ARGV[2], 'q')
                return 1
                """#)

        /// Arguments: the queue's name and number.
        static let register = RedisScript(
            Scripts.outOfMemoryToo + RegistryKeys.prelude + #"""
                call('HDEL', REMOVED, ARGV[3])
                call('HSETNX', QUEUES, ARGV[3], ARGV[4])
                call('SPUBLISH', ARGV[2], 'q')
                return 1
                """#)
    }
#endif
