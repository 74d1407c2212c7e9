#if Redis
    import NIOCore
    import RedisTestServers
    import Testing

    @testable import RedisWire

    @Suite("Behind Sentinels", .enabled(if: RedisServer.isInstalled), .serialized, .timeLimit(.minutes(5)))
    struct SentinelTests {
        @Test("The master is found, also by one Sentinel of three, and with a password")
        func discovery() async throws {
            try await withReplication(password: "open-sesame", sentinelPassword: "sesame-open") { replication, client in
                await replication.sentinels[0].kill()
                try await client.connect()
                _ = try await client.send(RedisCommand("SET", key: "k", "v"))
                #expect(try await client.masters().map(\.description) == ["127.0.0.1:\(replication.servers[0].port)"])
                let (results, acknowledged) = await client.replicated(
                    [RedisCommand("SET", key: "k", "w")], replicas: 2, within: .seconds(5))
                #expect(results.allSatisfy { !$0.isFailure })
                #expect(acknowledged == 2)
                var transaction = RedisTransaction()
                transaction.append(RedisCommand("SET", key: "k", "1"))
                transaction.append(RedisCommand("INCR", key: "k"))
                let whole = try await client.run(transaction, replicas: 2, within: .seconds(5))
                #expect(whole.reply.elements?.map(\.integer).last == 2)
                #expect(whole.acknowledged == 2)

                var wrong = client.configuration
                wrong.password = "guess"
                let stranger = RedisClient(wrong)
                let error = await #expect(throws: RedisError.self) { try await stranger.connect() }
                #expect(error?.code == .authentication)
                await stranger.shutdown()
                wrong.topology = .sentinel(master: replication.name, sentinels: replication.sentinels.map(\.address))
                let uninvited = RedisClient(wrong)
                let refused = await #expect(throws: RedisError.self) { try await uninvited.connect() }
                #expect(refused?.code == .authentication)
                #expect(refused?.message.contains("Sentinel") == true)
                await uninvited.shutdown()
                wrong.topology = .sentinel(
                    master: "another", sentinels: replication.sentinels.map(\.address), sentinelPassword: "sesame-open")
                let lost = RedisClient(wrong)
                let unknown = await #expect(throws: RedisError.self) { try await lost.connect() }
                #expect(unknown?.code == .configuration)
                #expect(unknown?.message.contains("another") == true)
                await lost.shutdown()
            }
        }

        @Test("Without Sentinels a command waits for its deadline, and a server that is none is named")
        func nobody() async throws {
            let server = try await RedisServer.start()
            let mistaken = RedisClient(RedisConfiguration(.sentinel(master: "m", sentinels: [server.address])))
            let wrong = await #expect(throws: RedisError.self) { try await mistaken.connect() }
            #expect(wrong?.code == .configuration)
            await mistaken.shutdown()
            await server.stop()
            var configuration = RedisConfiguration(.sentinel(master: "m", sentinels: [server.address]))
            configuration.commandTimeout = .seconds(1)
            let client = RedisClient(configuration)
            let refused = await #expect(throws: RedisError.self) { try await client.connect() }
            #expect(refused?.code == .notSent)
            let late = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
            #expect(late?.code == .timedOut)
            await client.shutdown()
        }

        @Test("A failover under load: each command is answered or its fate is said")
        func failover() async throws {
            try await withReplication(configure: { $0.commandTimeout = .seconds(60) }) { replication, client in
                let load = Load()
                try await load.run(tasks: 16) { task, _ in
                    await client.send([RedisCommand("INCR", key: "n:\(task)"), RedisCommand("INCR", key: "n:\(task)")])
                } while: {
                    try await eventually(within: .seconds(60)) { load.total.answered > 1_000 }
                    let kept = await client.replicated(
                        [RedisCommand("SET", key: "kept", "1")], replicas: 2, within: .seconds(5))
                    #expect(kept.acknowledged == 2)
                    let dead = try await replication.killMaster()
                    try await replication.masterPort(otherThan: dead.port)
                    let before = load.each.map(\.answered)
                    try await eventually(within: .seconds(60)) {
                        zip(load.each, before).allSatisfy { $0.answered > $1 + 100 }
                    }
                    // On a busy machine there may have been another one since.
                    try await eventually(within: .seconds(60)) {
                        let port = try await replication.masterPort(otherThan: dead.port)
                        return try await client.masters().map(\.description) == ["127.0.0.1:\(port)"]
                    }
                }
                #expect(load.total.strange.isEmpty, "\(load.total.strange.prefix(3))")
                #expect(load.total.refused == 0)
                #expect(try await client.send(RedisCommand("GET", key: "kept")).text == "1")
                for (task, counts) in load.each.enumerated() {
                    let value = try #require(try await client.send(RedisCommand("GET", key: "n:\(task)")).integer)
                    #expect(value <= Int64(counts.answered + counts.unknown))
                }
            }
        }

        @Test("What all replicas have acknowledged survives the master")
        func acknowledged() async throws {
            try await withReplication(configure: { $0.commandTimeout = .seconds(60) }) { replication, client in
                let load = Load()
                try await load.run(tasks: 8) { task, _ in
                    let (results, acknowledged) = await client.replicated(
                        [RedisCommand("INCR", key: "n:\(task)")], replicas: 2, within: .milliseconds(100))
                    // Only these are promised: what one replica lacks may be lost, or not.
                    if acknowledged == 2 { return results }
                    return results.map { _ in .failure(RedisError(.outcomeUnknown, "\(acknowledged ?? 0) replicas")) }
                } while: {
                    try await eventually(within: .seconds(60)) { load.total.answered > 200 }
                    let dead = try await replication.killMaster()
                    try await replication.masterPort(otherThan: dead.port)
                    let before = load.total.unknown
                    try await eventually(within: .seconds(60)) { load.total.unknown > before + 16 }
                }
                for (task, counts) in load.each.enumerated() {
                    let value = try #require(try await client.send(RedisCommand("GET", key: "n:\(task)")).integer)
                    #expect(value >= Int64(counts.answered) && value <= Int64(counts.answered + counts.unknown))
                }
            }
        }

        @Test("Commands that block go on at the next master, transactions and scripts too")
        func plannedFailover() async throws {
            try await withReplication { replication, client in
                let count = RedisScript("return redis.call('INCR', KEYS[1])")
                _ = try await client.evaluate(count, keys: ["n"], arguments: RedisArguments())
                var wait = RedisCommand("BLPOP", key: "list")
                wait.append(0)
                wait.isSafeToRepeat = true
                let blocking = wait
                async let popped = client.blocking(blocking, timeout: .seconds(60)).elements?.map(\.text)
                try await eventually(within: .seconds(60)) {
                    try await client.send(RedisCommand(words: "CLIENT", "LIST")).text?.contains("cmd=blpop") == true
                }
                let port = try await replication.failover()
                try await eventually(within: .seconds(60)) {
                    try await client.masters().map(\.description) == ["127.0.0.1:\(port)"]
                }
                try await eventually(within: .seconds(60)) {
                    try await client.send(RedisCommand(words: "CLIENT", "LIST")).text?.contains("cmd=blpop") == true
                }
                let whole = try await client.transaction([
                    RedisCommand("RPUSH", key: "list", "x"), RedisCommand("INCR", key: "n"),
                ])
                #expect(try whole[1].get().integer == 2)
                #expect(try await client.evaluate(count, keys: ["n"], arguments: RedisArguments()).integer == 3)
                #expect(try await popped == ["list", "x"])
            }
        }

        @available(macOS 26, *)
        @Test("A master that hangs is left as soon as the Sentinels have another")
        func frozenMaster() async throws {
            try await withReplication { replication, client in
                _ = try await client.send(RedisCommand("SET", key: "k", "v"))
                let master = try await replication.master()
                master.freeze()
                // Nothing but the Sentinels' message tells of the switch: the connection stays open.
                // Begun at once: a task that starts late would meet the new master.
                let stuck = Task.immediate {
                    await client.send([RedisCommand("INCR", key: "n")], timeout: .seconds(60))[0]
                }
                try await eventually(within: .seconds(60)) {
                    try await client.masters() != [RedisNodeID(master.address)]
                }
                let error = await stuck.value.failure
                #expect(error?.code == .outcomeUnknown)
                #expect(try await client.send(RedisCommand("SET", key: "k", "w")).text == "OK")
                master.thaw()
            }
        }
    }
#endif
