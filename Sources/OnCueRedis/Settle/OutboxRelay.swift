#if Redis
    import OnCue
    import RedisWire

    // Follow-ups for other queues. The outcome's script notes them in its queue's outbox; they are passed on by a script of their
    // own queue, which takes each token once, and then removed. Whoever passes one on again does no harm.
    extension StoreCore {
        /// Bytes and follow-ups that one script takes at most.
        private static let relayedBytes = 8 << 20
        private static let relayedAtMost = 200

        private struct Noted {
            let token: [UInt8]
            let queue: QueueName
            let notedAt: Timestamp
            let mark: [UInt8]
            let body: [UInt8]
            let special: [UInt8]

            init?(_ token: [UInt8], _ bytes: [UInt8]) {
                var reader = MessagePackReader(bytes)
                guard let map = reader.value()?.map, let queue = map["q"]?.text, let at = map["at"]?.integer,
                    let mark = map["m"]?.bytes, let body = map["b"]?.bytes
                else { return nil }
                self.token = token
                self.queue = QueueName(rawValue: queue)
                notedAt = Timestamp(microseconds: at)
                self.mark = mark
                self.body = body
                var writer = MessagePackWriter()
                if let special = map["r"] { writer.write(special) }
                special = writer.bytes
            }
        }

        /// Passes on these follow-ups, where they are still in the outbox.
        func relay(_ tokens: [String], from source: Queue) async throws(StoreError) {
            for start in stride(from: 0, to: tokens.count, by: Self.relayedAtMost) {
                let some = tokens[start..<min(start + Self.relayedAtMost, tokens.count)]
                var command = RedisCommand("HMGET", key: source.keys[.outbox])
                command.isSafeToRepeat = true
                for token in some { command.append(token) }
                guard let values = try await send(command).elements else { throw .unreadable("follow-ups") }
                try await relay(
                    zip(some, values).compactMap { token, value in
                        value.array.flatMap { Noted(Array(token.utf8), $0) }
                    }, from: source)
            }
        }

        /// Passes on what has been in a queue's outbox for so long, at most `limit`; how many.
        func relayOutbox(
            of source: Queue, olderThan age: Duration, limit: Int = 1_000
        ) async throws(StoreError) -> Int {
            let now = try await now()
            var cursor = "0"
            var relayed = 0
            repeat {
                var command = RedisCommand("HSCAN", key: source.keys[.outbox])
                command.isSafeToRepeat = true
                for word in [cursor, "COUNT", "50"] { command.append(word) }
                guard let parts = try await send(command).elements.map(Array.init), parts.count == 2,
                    let next = parts[0].text
                else { throw .unreadable("follow-ups") }
                let noted = try parts[1].bytePairs("follow-ups").compactMap { Noted($0.name, $0.value) }
                let old = noted.filter { $0.notedAt <= now - age }
                try await relay(old, from: source)
                relayed += old.count
                cursor = next
            } while cursor != "0" && relayed < limit
            return relayed
        }

        private func relay(_ noted: [Noted], from source: Queue) async throws(StoreError) {
            var rest = noted[...]
            while let first = rest.first {
                var bytes = 0
                let part = rest.prefix { one in
                    bytes += one.body.count
                    return one.queue == first.queue && bytes <= Self.relayedBytes
                }
                try await apply(part.isEmpty ? rest.prefix(1) : part)
                var removal = RedisCommand("HDEL", key: source.keys[.outbox])
                removal.isSafeToRepeat = true
                for one in rest.prefix(max(1, part.count)) { removal.append(one.token) }
                _ = try await send(removal)
                rest = rest.dropFirst(max(1, part.count))
            }
        }

        /// Takes follow-ups of one queue in, each once.
        private func apply(_ noted: ArraySlice<Noted>) async throws(StoreError) {
            guard let name = noted.first?.queue else { return }
            for _ in 0..<3 {
                let queue = try await registry.makeQueue(name)
                let command = command(Scripts.takeFollowUps, on: queue, isSafeToRepeat: true) { arguments in
                    arguments.append(noted.count)
                    for one in noted {
                        arguments.append(one.token)
                        arguments.append(one.mark)
                        arguments.append(one.body)
                        arguments.append(one.special)
                    }
                }
                let reply = try await sendDurably([command])[0].get()
                guard reply.text == "U" else { return }
                registry.forget(name)
            }
            throw StoreError(.unavailable, "the queue '\(name)' goes as soon as it is made")
        }
    }
#endif
