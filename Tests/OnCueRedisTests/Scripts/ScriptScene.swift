#if Redis
    import OnCue
    import RedisTestServers
    import RedisWire

    @testable import OnCueRedis

    /// One queue on a server of its own, and short words for what the scripts do.
    struct ScriptScene {
        let server: RedisServer
        let client: RedisClient
        let keys: QueueKeys

        /// Runs `body` on a fresh server, which is stopped whatever happens.
        static func with(_ body: (ScriptScene) async throws -> Void) async throws {
            let server = try await RedisServer.start()
            let client = RedisClient(
                RedisConfiguration(.single(.tcp(host: server.host, port: server.port))))
            let result: Result<Void, any Error>
            do {
                result = .success(
                    try await body(
                        ScriptScene(
                            server: server, client: client, keys: try QueueKeys(prefix: .default, queue: .default))))
            } catch {
                result = .failure(error)
            }
            await client.shutdown()
            await server.stop()
            try result.get()
        }

        static func key(_ name: String) -> String { "{oncue:default}:\(name)" }
        static let stream = key("2")

        /// A plain body: version, length of the head, name, nonce, payload.
        static func body(_ name: String = "work", payload: [UInt8] = [7]) -> [UInt8] {
            [1, 0, 0, UInt8(8 + name.utf8.count), UInt8(name.utf8.count)] + Array(name.utf8) + [1, 2, 3] + payload
        }

        static func mark(_ name: String = "work") -> [UInt8] { [1, 2, 3, UInt8(name.utf8.count)] + Array(name.utf8) }

        @discardableResult
        func run(
            _ script: RedisScript, session: String = "s", now: Int64? = nil, _ fill: (inout RedisArguments) -> Void
        ) async throws -> RESPToken {
            var arguments = RedisArguments()
            arguments.append(now.map(String.init) ?? "")
            arguments.append("wake")
            fill(&arguments)
            return try await client.evaluate(
                script, keys: keys.all(for: SessionID(rawValue: session)),
                arguments: arguments)
        }

        func join(_ session: String = "s") async throws -> String? {
            try await run(Scripts.join, session: session) { $0.append(7) }.text
        }

        /// Takes in plain jobs at the middle level; nil when the bound might not hold.
        @discardableResult
        func enqueue(_ count: Int, maximum: Int = -1, now: Int64? = nil, name: String = "work") async throws -> String?
        {
            let answer = try await run(Scripts.enqueuePlain, now: now) { arguments in
                arguments.append(maximum)
                arguments.append(count)
                arguments.append((0..<count).flatMap { _ in Self.mark(name) })
                for index in 0..<count {
                    arguments.append(2)
                    arguments.append(Self.body(name, payload: [UInt8(truncatingIfNeeded: index)]))
                }
            }
            return answer.elements?.first { _ in true }?.text
        }

        /// Reads new entries as a claim does; their positions.
        func read(_ session: String = "s", _ count: Int = 100) async throws -> [String] {
            var command = RedisCommand("XREADGROUP")
            for word in ["GROUP", "w", session, "COUNT", String(count), "STREAMS"] { command.append(word) }
            command.append(key: Self.stream)
            command.append(">")
            guard var stream = try await client.send(command).elements.map(Array.init) else { return [] }
            // Protocol 3 answers name and entries, protocol 2 puts both into one more array.
            if stream.count == 1 { stream = stream[0].elements.map(Array.init) ?? [] }
            return stream[1].elements.map { $0.compactMap { $0.elements?.first { _ in true }?.text } } ?? []
        }

        /// Settles plain jobs as completed.
        func complete(
            _ entries: [String], session: String = "s", sequence: Int = 1, count: Int = 1, keeps: Bool = true
        ) async throws -> [String?] {
            let answer = try await run(Scripts.settle, session: session) { arguments in
                arguments.append(session)
                arguments.append(sequence)
                arguments.append(0)
                arguments.append(entries.count)
                arguments.append(0)
                arguments.append(entries.indices.flatMap { Self.event(id: $0) })
                arguments.append(1)
                arguments.append(2)
                arguments.append(entries.min() ?? "-")
                arguments.append(entries.max() ?? "+")
                for (index, entry) in entries.enumerated() {
                    arguments.append(2)
                    arguments.append(entry)
                    arguments.append(count)
                    arguments.append(Self.id(index))
                    arguments.append(keeps ? [0x80] + Self.body() : [])
                }
            }
            return answer.elements.map { $0.map(\.text) } ?? [answer.text]
        }

        static func id(_ index: Int) -> [UInt8] { [UInt8](repeating: UInt8(truncatingIfNeeded: index + 1), count: 16) }
        private static func event(id index: Int) -> [UInt8] { id(index) + [0, 0, 0, 1, 4] + Array("work".utf8) }

        func number(_ words: String...) async throws -> Int64? {
            var command = RedisCommand(words[0])
            for word in words.dropFirst() { command.append(word) }
            return try await client.send(command).integer
        }
    }
#endif
