#if Redis
    import NIOCore
    import RedisTestServers
    import Testing

    @testable import RedisWire

    @Suite(.timeLimit(.minutes(2))) struct SingleServerTests {
        @Test(arguments: [true, false])
        func commandsAreAnsweredInBothProtocols(resp3: Bool) async throws {
            try await withServer(
                ["requirepass": "open-sesame"],
                configure: { configuration, _ in
                    configuration.password = "open-sesame"
                    configuration.database = 3
                    configuration.clientName = "tester"
                    configuration.offersRESP3 = resp3
                }
            ) { _, client in
                _ = try await client.send(RedisCommand("SET", key: "k", "v"))
                #expect(try await client.send(RedisCommand("GET", key: "k")).text == "v")
                let info = try #require(try await client.send(RedisCommand(words: "CLIENT", "INFO")).text)
                #expect(info.contains(" db=3 ") && info.contains(" name=tester "))
                #expect(info.contains(resp3 ? " resp=3" : " resp=2") || !info.contains(" resp="))
                _ = try await client.send(RedisCommand("HSET", key: "h", "f", "1"))
                #expect(try await client.send(RedisCommand("HGETALL", key: "h")).elements?.map(\.text) == ["f", "1"])
            }
        }

        @Test func aUserOfTheServersListIsKnown() async throws {
            try await withServer(
                users: ["worker on >secret ~* &* +@all"],
                configure: { configuration, _ in
                    configuration.user = "worker"
                    configuration.password = "secret"
                }
            ) { server, client in
                let name = try await client.send(RedisCommand(words: "ACL", "WHOAMI")).text
                #expect(name == "worker")
                var wrong = RedisConfiguration(.single(server.address))
                wrong.user = "worker"
                wrong.password = "guess"
                let stranger = RedisClient(wrong)
                let error = await #expect(throws: RedisError.self) { try await stranger.connect() }
                #expect(error?.code == .authentication)
                #expect(error?.message.contains("guess") == false)
                let second = await #expect(throws: RedisError.self) { try await stranger.send(RedisCommand("PING")) }
                #expect(second?.code == .authentication)
                await stranger.shutdown()
            }
        }

        @Test func aPipelineKeepsItsOrderAndItsErrors() async throws {
            try await withServer { _, client in
                let replies = await client.send([
                    RedisCommand("SET", key: "s", "1"), RedisCommand("INCR", key: "s"),
                    RedisCommand("LPUSH", key: "s", "x"),
                    RedisCommand("INCR", key: "s"),
                ])
                let numbers = try [replies[1], replies[3]].map { try $0.get().integer }
                #expect(numbers == [2, 3])
                #expect(replies[2].failure?.server?.code == "WRONGTYPE")
            }
        }

        @Test func callersAnywhereShareOneConnection() async throws {
            try await withServer { _, client in
                await withTaskGroup(of: Int.self) { group in
                    for task in 0..<64 {
                        group.addTask {
                            var right = 0
                            for turn in 0..<100 {
                                let text = "\(task)/\(turn)"
                                var echo = RedisCommand("ECHO")
                                echo.append(text)
                                if (try? await client.send(echo).text) == text { right += 1 }
                            }
                            return right
                        }
                    }
                    var right = 0
                    for await count in group { right += count }
                    #expect(right == 6_400)
                }
                let count = try await connections(client)
                #expect(count == 1)
            }
        }

        @Test func bytesComeBackAsTheyWere() async throws {
            try await withServer { _, client in
                var bytes = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
                bytes.append(contentsOf: [13, 10, 0, 255])
                var set = RedisCommand("SET", key: "big")
                set.append(bytes)
                _ = try await client.send(set)
                #expect(try await client.send(RedisCommand("GET", key: "big")).array == bytes)
            }
        }

        @Test func aForgottenScriptIsSentAgainInFull() async throws {
            try await withServer { _, client in
                let script = RedisScript("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}")
                var arguments = RedisArguments()
                arguments.append("a")
                for turn in 1...3 {
                    if turn == 3 { _ = try await client.send(RedisCommand(words: "SCRIPT", "FLUSH")) }
                    let reply = try await client.evaluate(script, keys: ["n"], arguments: arguments)
                    #expect(reply.elements?.map(\.text) == ["n", "a", nil])
                    #expect(reply.elements?.map(\.integer).last == Int64(turn))
                }
                _ = try await client.send(RedisCommand(words: "SCRIPT", "FLUSH"))
                let replies = await client.send([
                    RedisCommand(words: "PING"), client.command(for: script, keys: ["n"], arguments: arguments),
                    RedisCommand(words: "ECHO", "end"),
                ])
                let texts = try replies.map { try $0.get().text }
                #expect(texts == ["PONG", nil, "end"])
                #expect(try replies[1].get().elements?.map(\.integer).last == 4)
            }
        }

        @Test func whoIsNotThereIsNamed() async throws {
            let server = try await RedisServer.start()
            let port = server.port
            await server.stop()
            var configuration = RedisConfiguration(.single(.tcp(host: "127.0.0.1", port: port)))
            configuration.commandTimeout = .milliseconds(100)
            let client = RedisClient(configuration)
            let error = await #expect(throws: RedisError.self) { try await client.connect() }
            #expect(error?.code == .notSent)
            #expect(error?.message.contains("127.0.0.1:\(port)") == true)
            let late = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
            #expect(late?.code == .timedOut)
            await client.shutdown()
            let closed = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
            #expect(closed?.code == .closed)
        }

        @Test func aTransactionIsOneWhole() async throws {
            try await withServer { _, client in
                let replies = try await client.transaction([
                    RedisCommand("SET", key: "n", "1"), RedisCommand("INCR", key: "n"),
                    RedisCommand("LPUSH", key: "n", "x"),
                    RedisCommand("INCR", key: "n"),
                ])
                #expect(replies.count == 4)
                #expect(try replies[1].get().integer == 2)
                #expect(replies[2].failure?.server?.code == "WRONGTYPE")
                #expect(try replies[3].get().integer == 3)
            }
        }

        @Test func aTransactionIsEncodedAsItIsMade() async throws {
            try await withServer { _, client in
                var transaction = RedisTransaction()
                let push = RedisCommand("RPUSH", key: "list")
                for number in 0..<300 { transaction.append(push, ByteBuffer(string: "\(number)")) }
                transaction.append(RedisCommand("LRANGE", key: "list", "0", "-1"))
                #expect(transaction.count == 301)
                // Others on the same connection are answered in their order.
                async let before = client.send(RedisCommand(words: "ECHO", "before"))
                let reply = try await client.run(transaction)
                #expect(try await before.text == "before")
                let elements = reply.elements.map(Array.init) ?? []
                #expect(elements.dropLast().map(\.integer) == (1...300).map { $0 })
                #expect(elements.last?.elements?.map(\.text) == (0..<300).map { "\($0)" })

                let none = await #expect(throws: RedisError.self) { try await client.run(RedisTransaction()) }
                #expect(none?.code == .unsupported)
                var refused = RedisTransaction()
                refused.append(RedisCommand("SET", key: "kept", "1"))
                refused.append(RedisCommand("NONSENSE", key: "list"))
                let error = await #expect(throws: RedisError.self) { try await client.run(refused) }
                #expect(error?.message.contains("NONSENSE") == true)
                #expect(try await client.send(RedisCommand("EXISTS", key: "kept")).integer == 0)
            }
        }

        @Test func aBlockingCommandHoldsNobodyUp() async throws {
            try await withServer { _, client in
                var wait = RedisCommand("BLPOP", key: "list")
                wait.append(5)
                let blocked = Task { try await client.blocking(wait, timeout: .seconds(10)).elements?.map(\.text) }
                try await eventually {
                    try await client.send(RedisCommand(words: "CLIENT", "LIST")).text?.contains("cmd=blpop") == true
                }
                _ = try await client.send(RedisCommand("RPUSH", key: "list", "x"))
                #expect(try await blocked.value == ["list", "x"])
            }
        }

        @Test func aBlockingCommandEndsWithItsTask() async throws {
            try await withServer { _, client in
                var wait = RedisCommand("BLPOP", key: "list")
                wait.append(0)
                let blocked = Task { try await client.blocking(wait, timeout: .seconds(60)) }
                func waits() async throws -> Bool {
                    try await client.send(RedisCommand(words: "CLIENT", "LIST")).text?.contains("cmd=blpop") == true
                }
                try await eventually { try await waits() }
                blocked.cancel()
                let error = await #expect(throws: RedisError.self) { try await blocked.value }
                #expect(error?.code == .cancelled)
                try await eventually { try await !waits() }
                // What comes now is nobody's but the next one's.
                _ = try await client.send(RedisCommand("RPUSH", key: "list", "x"))
                #expect(try await client.blocking(wait, timeout: .seconds(10)).elements?.map(\.text) == ["list", "x"])
            }
        }

        @Test func aBlockingCommandNeedNotEndWithItsTask() async throws {
            try await withServer { _, client in
                var wait = RedisCommand("BLPOP", key: "list")
                wait.append(0)
                let blocked = Task { [wait] in
                    await client.blocking([wait], timeout: .seconds(60), endsWithTask: false)
                }
                func connections() async throws -> [Substring] {
                    let all = try await client.send(RedisCommand(words: "CLIENT", "LIST")).text ?? ""
                    return all.split(whereSeparator: \.isNewline).filter { $0.contains("cmd=blpop") }
                        .compactMap { $0.split(separator: " ").first }
                }
                try await eventually { try await !connections().isEmpty }
                let before = try await connections()
                blocked.cancel()
                _ = try await client.send(RedisCommand("RPUSH", key: "list", "x"))
                #expect(try await blocked.value[0].get().elements?.map(\.text) == ["list", "x"])
                // Its connection serves the next one.
                let next = Task { [wait] in try await client.blocking(wait, timeout: .seconds(60)).elements?.map(\.text)
                }
                try await eventually { try await !connections().isEmpty }
                _ = try await client.send(RedisCommand("RPUSH", key: "list", "y"))
                #expect(try await next.value == ["list", "y"])
                #expect(try await connections() == before)
            }
        }

        @Test func whatIsSentBehindABlockingCommandRunsWithIt() async throws {
            try await withServer { _, client in
                var wait = RedisCommand("BLPOP", key: "list")
                wait.append(5)
                let blocked = Task {
                    await client.blocking([wait, RedisCommand("GET", key: "there")], timeout: .seconds(10))
                }
                try await eventually {
                    try await client.send(RedisCommand(words: "CLIENT", "LIST")).text?.contains("cmd=blpop") == true
                }
                _ = try await client.send(RedisCommand("SET", key: "there", "yes"))
                _ = try await client.send(RedisCommand("RPUSH", key: "list", "x"))
                let replies = await blocked.value
                #expect(try replies[0].get().elements?.map(\.text) == ["list", "x"])
                #expect(try replies[1].get().text == "yes")
            }
        }

        @Test func aUnixSocketIsAsGoodAsAPort() async throws {
            try await withServer { server, _ in
                let client = RedisClient(try RedisConfiguration(url: "redis+unix://\(server.unixSocket)"))
                let answer = try? await client.send(RedisCommand("PING")).text
                await client.shutdown()
                #expect(answer == "PONG")
            }
        }

        @Test func howManyReplicasHaveAWriteIsSaid() async throws {
            try await withServer { server, client in
                let alone = await client.replicated(
                    [RedisCommand("SET", key: "k", "1")], replicas: 1, within: .milliseconds(50))
                #expect(try alone.results.map { try $0.get().text } == ["OK"])
                #expect(alone.acknowledged == 0)
                let replica = try await RedisServer.start(["replicaof": "127.0.0.1 \(server.port)"])
                do {
                    try await eventually {
                        await client.replicated(
                            [RedisCommand("SET", key: "k", "2")], replicas: 1, within: .seconds(1)
                        ).acknowledged == 1
                    }
                } catch {
                    await replica.stop()
                    throw error
                }
                await replica.stop()
            }
        }

        @Test func aRestartedServerIsFoundAgain() async throws {
            try await withServer { server, client in
                _ = try await client.send(RedisCommand("SET", key: "k", "v"))
                await server.kill()
                try await server.restart()
                // The data went with the server; the client did not. It may hear of the end only by what it sends.
                var read = RedisCommand("GET", key: "k")
                read.isSafeToRepeat = true
                #expect(try await client.send(read).isNull)
            }
        }

        @Test func whatWasSentAndNotAnsweredIsReportedAsUnknown() async throws {
            try await withServer(configure: { configuration, _ in configuration.commandTimeout = .milliseconds(300) }) {
                server, client in
                _ = try await client.send(RedisCommand("SET", key: "n", "0"))
                server.freeze()
                // The signal takes its time on a busy machine: another client finds out when it has arrived.
                var impatient = RedisConfiguration(.single(server.address))
                impatient.commandTimeout = .milliseconds(50)
                let witness = RedisClient(impatient)
                try await eventually { (try? await witness.send(RedisCommand("PING"))) == nil }
                let error = await #expect(throws: RedisError.self) {
                    try await client.send(RedisCommand("INCR", key: "n"))
                }
                server.thaw()
                await witness.shutdown()
                #expect(error?.code == .outcomeUnknown)
                try await eventually { (try? await client.send(RedisCommand("GET", key: "n")).integer) == 1 }
            }
        }

        @Test func aSubscriberHearsWhatIsPublished() async throws {
            try await withServer { _, client in
                let (events, continuation) = AsyncStream.makeStream(of: RedisSubscriptionEvent.self)
                let subscriber = client.subscriber { continuation.yield($0) }
                subscriber.subscribe(["{q}:wake"])
                var heard: [String] = []
                for await event in events {
                    switch event {
                    case .subscribed(let channel):
                        heard.append("subscribed \(channel)")
                        _ = try await client.send(RedisCommand("SPUBLISH", key: "{q}:wake", "w"))
                        continue
                    case .message(let channel, let payload): heard.append("\(channel) \(String(buffer: payload))")
                    case .interrupted: heard.append("interrupted")
                    }
                    break
                }
                subscriber.close()
                #expect(heard == ["subscribed {q}:wake", "{q}:wake w"])
            }
        }

        @Test func tlsWithACertificateOfItsOwnAuthorityIsTrusted() async throws {
            try await withServer(tls: true) { server, _ in
                let port = try #require(server.tlsPort)
                var configuration = RedisConfiguration(.single(.tcp(host: "localhost", port: port)))
                configuration.tls = RedisTLS(
                    authorityFile: server.caFile, certificateFile: server.certificateFile,
                    privateKeyFile: server.keyFile)
                let client = RedisClient(configuration)
                let answer = try? await client.send(RedisCommand("PING")).text
                await client.shutdown()
                #expect(answer == "PONG")

                configuration.tls = RedisTLS()
                let stranger = RedisClient(configuration)
                await #expect(throws: RedisError.self) { try await stranger.connect() }
                await stranger.shutdown()
            }
        }
    }

    /// How many clients the server has, this one included.
    func connections(_ client: RedisClient) async throws -> Int {
        try await client.send(RedisCommand(words: "CLIENT", "LIST")).text?.split(separator: "\n").count ?? 0
    }
#endif
