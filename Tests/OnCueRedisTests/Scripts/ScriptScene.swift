#if Redis
    import NIOCore
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

        /// Level, nonce, name.
        static func mark(_ name: String = "work") -> [UInt8] {
            [2, 1, 2, 3, UInt8(name.utf8.count)] + Array(name.utf8)
        }

        @discardableResult
        func run(
            _ script: QueueScript, session: String = "s", now: Int64? = nil, _ fill: (inout RedisArguments) -> Void
        ) async throws -> RESPToken {
            var arguments = RedisArguments()
            arguments.append(now.map(String.init) ?? "")
            arguments.append("wake")
            fill(&arguments)
            return try await client.evaluate(
                script.script, keys: script.keys(of: keys, SessionID(rawValue: session)),
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
                arguments.append(String(repeating: "2", count: count))
                for index in 0..<count {
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

        /// Settles plain jobs as completed. Their entries are in order.
        func complete(
            _ entries: [String], session: String = "s", sequence: Int = 1, count: Int = 1, keeps: Bool = true
        ) async throws -> [String?] {
            let answer = try await run(Scripts.settle, session: session) { arguments in
                arguments.append(session)
                arguments.append(sequence)
                arguments.append(0)
                arguments.append(1)
                arguments.append(0)
                arguments.append(entries.indices.flatMap { Self.event(id: $0) })
                arguments.append("worker")
                arguments.append(1)
                arguments.append(2)
                arguments.append(entries.min() ?? "-")
                arguments.append(entries.max() ?? "+")
                for number in [2, count, keeps ? 1 : 0, entries.count] { arguments.append(number) }
                for entry in entries { arguments.append(entry) }
                arguments.append(entries.indices.flatMap { Self.id($0) })
                if keeps {
                    // One bundle.
                    arguments.append(1)
                    arguments.append(entries.count)
                    arguments.append(entries.indices.map { Self.bucket(of: $0) }.joined(separator: " "))
                    var bytes = ByteBuffer()
                    for index in entries.indices { bytes.writeInteger(UInt32((index + 1) * Self.body().count)) }
                    for _ in entries { bytes.writeBytes(Self.body()) }
                    arguments.append(bytes)
                }
            }
            return answer.elements.map { $0.map(\.text) } ?? [answer.text]
        }

        /// Takes in jobs with something special about each; the answers.
        func enqueue(
            _ specials: [[String: MessagePack]], maximum: Int = -1, allOrNone: Bool = false, now: Int64? = nil
        ) async throws -> [[UInt8]] {
            let answer = try await run(Scripts.enqueue, now: now) { arguments in
                arguments.append(maximum)
                arguments.append(allOrNone ? 1 : 0)
                arguments.append(specials.count)
                for special in specials {
                    arguments.append(Self.mark())
                    arguments.append(Self.body())
                    arguments.append(special.isEmpty ? [] : Self.pack(special))
                }
            }
            guard let parts = answer.elements.map(Array.init) else { return [answer.array ?? []] }
            return parts[1].elements.map { $0.compactMap(\.array) } ?? []
        }

        static func pack(_ map: [String: MessagePack]) -> [UInt8] {
            var writer = MessagePackWriter()
            writer.write(.map(map))
            return writer.bytes
        }

        /// Starts a job that has a record; nil where there is nothing to run.
        func start(
            _ id: [UInt8], _ entry: String, session: String = "s", count: Int = 1, suspects: Int = 1, now: Int64? = nil
        ) async throws -> StoredRecord? {
            let answer = try await run(Scripts.start, session: session, now: now) { arguments in
                arguments.append(session)
                arguments.append("worker")
                arguments.append(suspects)
                arguments.append(2)
                arguments.append(entry)
                arguments.append(count)
                arguments.append(id)
                arguments.append("r")
            }
            return answer.elements?.first { _ in true }?.array.flatMap { StoredRecord($0.dropFirst()) }
        }

        /// Settles one job with an outcome that is not the plain one; the letter of its answer.
        func settle(
            _ entry: String, _ id: [UInt8], _ rest: [String: MessagePack], session: String = "s", sequence: Int = 1,
            count: Int = 1
        ) async throws -> String? {
            let answer = try await run(Scripts.settle, session: session) { arguments in
                arguments.append(session)
                for number in [sequence, 0, 0, 1] { arguments.append(number) }
                arguments.append("")
                arguments.append("worker")
                arguments.append(1)
                arguments.append(2)
                arguments.append(entry)
                arguments.append(entry)
                arguments.append(2)
                arguments.append(entry)
                arguments.append(count)
                arguments.append(id)
                arguments.append(Self.pack(rest))
            }
            return answer.elements.map { Array($0).last?.text } ?? answer.text
        }

        /// The record of a job; nil when there is none.
        /// - Parameter entry: nothing: the id does not say it.
        func look(_ id: [UInt8], _ entry: String = "") async throws -> StoredRecord? {
            let answer = try await run(Scripts.look) { arguments in
                arguments.append(id)
                arguments.append(2)
                arguments.append(entry)
            }
            let parts = answer.elements?.first { _ in true }?.elements.map(Array.init)
            return parts?[1].array.flatMap { StoredRecord($0) }
        }

        /// All that the log says, oldest first.
        func events() async throws -> [LoggedEvents.Event] {
            var command = RedisCommand("XRANGE")
            command.append(key: Self.key("events"))
            command.append("-")
            command.append("+")
            return try await client.send(command).elements?.flatMap { entry -> [LoggedEvents.Event] in
                let fields = entry.elements.map(Array.init)?[1].elements.map(Array.init) ?? []
                let pairs = stride(from: 0, to: fields.count, by: 2).map {
                    (name: fields[$0].text ?? "", value: fields[$0 + 1].array ?? [])
                }
                return LoggedEvents(pairs)?.events ?? []
            } ?? []
        }

        static func id(_ index: Int) -> [UInt8] { [UInt8](repeating: UInt8(truncatingIfNeeded: index + 1), count: 16) }
        /// The 16 milliseconds that such an id would be of.
        private static func bucket(of index: Int) -> String {
            String(id(index).prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } / 16)
        }
        private static func event(id index: Int) -> [UInt8] { id(index) + [0, 0, 0, 1, 4] + Array("work".utf8) }

        func number(_ words: String...) async throws -> Int64? {
            var command = RedisCommand(words[0])
            for word in words.dropFirst() { command.append(word) }
            return try await client.send(command).integer
        }
    }
#endif
