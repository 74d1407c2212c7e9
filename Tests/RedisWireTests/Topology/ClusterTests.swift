#if Redis
    import NIOCore
    import RedisTestServers
    import Testing

    @testable import RedisWire

    @Suite("A cluster", .enabled(if: RedisServer.isInstalled), .serialized, .timeLimit(.minutes(5)))
    struct ClusterTests {
        private let count = RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")

        private var one: RedisArguments {
            var arguments = RedisArguments()
            arguments.append(1)
            return arguments
        }

        @Test("Commands, pipelines, scripts and transactions find their servers")
        func everyday() async throws {
            try await withCluster { cluster, client in
                try await client.connect()
                let keys = (0..<60).map { "key:\($0)" }
                let sets = await client.send(keys.map { RedisCommand("SET", key: $0, $0) })
                #expect(sets.allSatisfy { (try? $0.get().text) == "OK" })
                let gets = await client.send(keys.map { RedisCommand("GET", key: $0) } + [RedisCommand("PING")])
                #expect(gets.map { try? $0.get().text } == keys + ["PONG"])

                // No server knows the script yet: each of them says so.
                let counts = await client.send(
                    keys.map { client.command(for: count, keys: ["n:\($0)"], arguments: one) })
                #expect(counts.map { try? $0.get().integer } == keys.map { _ in 1 })
                #expect(try await client.evaluate(count, keys: ["n:key:7"], arguments: one).integer == 2)

                let masters = try await client.masters()
                #expect(Set(masters.map(\.description)) == Set(cluster.ports.prefix(3).map { "127.0.0.1:\($0)" }))
                let sizes = await client.send(
                    masters.map { master in
                        var command = RedisCommand("DBSIZE")
                        command.route = .node(master)
                        return command
                    })
                #expect(sizes.reduce(0) { $0 + (((try? $1.get())?.integer) ?? 0) } == 120)
                #expect(sizes.allSatisfy { ((try? $0.get())?.integer ?? 0) > 0 })

                let whole = try await client.transaction([
                    RedisCommand("SET", key: "{t}1", "1"), RedisCommand("INCR", key: "{t}1"),
                    RedisCommand("GET", key: "{t}2"),
                ])
                #expect(try whole[1].get().integer == 2)
                #expect(try whole[2].get().isNull)
            }
        }

        @Test("A URL leads to a cluster, and each server that forgot a script is told it again")
        func forgottenScripts() async throws {
            try await withCluster { cluster, client in
                let hosts = cluster.ports.suffix(3).map { "127.0.0.1:\($0)" }.joined(separator: ",")
                let other = RedisClient(try RedisConfiguration(url: "redis+cluster://\(hosts)"))
                let calls = (0..<30).map { client.command(for: count, keys: ["n:\($0)"], arguments: one) }
                for turn in 1...3 {
                    for server in cluster.servers { try await server.command("SCRIPT", "FLUSH") }
                    let counts = await (turn == 2 ? other : client).send(calls)
                    #expect(counts.map { try? $0.get().integer } == calls.map { _ in Int64(turn) })
                }
                await other.shutdown()
            }
        }

        @Test("Transactions and commands that block go on while their slots move")
        func wholesWhileResharding() async throws {
            try await withCluster(configure: { $0.commandTimeout = .seconds(60) }) { cluster, client in
                let load = Load()
                try await load.run(tasks: 6) { task, turn in
                    let key = "{\(task):\(turn % 100)}"
                    do throws(RedisError) {
                        if task % 2 == 0 {
                            let whole = try await client.transaction([
                                RedisCommand("INCR", key: key + "a"), RedisCommand("INCR", key: key + "b"),
                            ])
                            return [whole[1]]
                        }
                        _ = try await client.send(RedisCommand("RPUSH", key: key + "list", "x"))
                        var pop = RedisCommand("BLPOP", key: key + "list")
                        pop.append(0)
                        return [.success(try await client.blocking(pop, timeout: .seconds(60)))]
                    } catch {
                        return [.failure(error)]
                    }
                } while: {
                    try await eventually(within: .seconds(60)) { load.each.allSatisfy { $0.answered > 20 } }
                    try await cluster.moveSlots(500, from: 0, to: 1)
                    let counts = load.each.map(\.answered)
                    try await eventually(within: .seconds(60)) {
                        zip(load.each, counts).allSatisfy { $0.answered > $1 + 20 }
                    }
                }
                let total = load.total
                #expect(total.strange.isEmpty && total.unknown == 0 && total.refused == 0, "\(total)")
            }
        }

        @Test("A master that hangs is left as soon as its replica has taken over")
        func frozenMaster() async throws {
            try await withCluster { cluster, client in
                let keys = (0..<30).map { "k:\($0)" }
                _ = await client.send(keys.map { RedisCommand("SET", key: $0, "1") })
                cluster.servers[0].freeze()
                // None of these is answered before its deadline by a server that hangs.
                try await eventually(within: .seconds(60)) {
                    await client.send(keys.map { RedisCommand("SET", key: $0, "2") }, timeout: .seconds(1))
                        .allSatisfy { !$0.isFailure }
                }
                let masters = try await client.masters()
                #expect(!masters.contains(RedisNodeID(cluster.servers[0].address)))
                cluster.servers[0].thaw()
            }
        }

        @Test("Keys of different slots are refused before anything is sent")
        func crossSlot() async throws {
            try await withCluster { _, client in
                var command = RedisCommand("MGET", key: "a")
                command.append(key: "b")
                let replies = await client.send([RedisCommand("SET", key: "a", "1"), command])
                let first = try replies[0].get()
                #expect(first.text == "OK")
                #expect(replies[1].failure?.code == .unsupported)
                let error = await #expect(throws: RedisError.self) {
                    _ = try await client.transaction([RedisCommand("GET", key: "a"), RedisCommand("GET", key: "b")])
                }
                #expect(error?.code == .unsupported)
                #expect(error?.message.contains("{tag}") == true)
            }
        }

        @Test("Commands that block and writes that wait for replicas go by their keys")
        func blockingAndReplicated() async throws {
            try await withCluster { _, client in
                for key in ["list:a", "list:b", "list:c"] {
                    var wait = RedisCommand("BLPOP", key: key)
                    wait.append(5)
                    let blocking = wait
                    async let popped = client.blocking(blocking, timeout: .seconds(10)).elements?.map(\.text)
                    _ = try await client.send(RedisCommand("RPUSH", key: key, "x"))
                    #expect(try await popped == [key, "x"])
                }
                let writes = (0..<30).map { RedisCommand("SET", key: "w:\($0)", "1") }
                let (results, acknowledged) = await client.replicated(writes, replicas: 1, within: .seconds(5))
                #expect(results.allSatisfy { (try? $0.get().text) == "OK" })
                #expect(acknowledged == 1)
                var transaction = RedisTransaction()
                for number in 0..<5 { transaction.append(RedisCommand("SET", key: "{w}\(number)", "1")) }
                let whole = try await client.run(transaction, replicas: 1, within: .seconds(5))
                #expect(whole.reply.elements?.map(\.text) == Array(repeating: "OK", count: 5))
                #expect(whole.acknowledged == 1)
            }
        }

        @Test("A slot that moves asks for its new place, and what is refused meanwhile is sent again")
        func movingSlot() async throws {
            try await withCluster { cluster, client in
                let slot = RedisSlot.of(key: "{m}a").number
                let source = try #require((0..<3).first { slot < 16_384 * ($0 + 1) / 3 })
                let target = (source + 1) % 3
                _ = try await client.send(RedisCommand("SET", key: "{m}a", "1"))
                let (from, to) = (cluster.servers[source], cluster.servers[target])
                try await to.command("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", cluster.id(source))
                try await from.command("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", cluster.id(target))

                // What is there stays, what is not is with the other.
                let replies = await client.send([
                    RedisCommand("GET", key: "{m}a"), RedisCommand("SET", key: "{m}b", "2"),
                    RedisCommand("INCR", key: "{m}b"), RedisCommand("INCR", key: "{m}a"),
                    client.command(for: count, keys: ["{m}c"], arguments: one),
                ])
                #expect(
                    replies.map { try? $0.get().text ?? "\($0.get().integer ?? -1)" } == ["1", "OK", "3", "2", "1"])
                let whole = try await client.transaction([
                    RedisCommand("INCR", key: "{m}b"), RedisCommand("INCR", key: "{m}b"),
                ])
                #expect(try whole[1].get().integer == 5)

                // One key here, one there: TRYAGAIN until both are there.
                var both = RedisCommand("MGET", key: "{m}a")
                both.append(key: "{m}b")
                let command = both
                async let values = client.send(command).elements?.map(\.text)
                try await from.command("MIGRATE", "127.0.0.1", "\(to.port)", "{m}a", "0", "5000")
                #expect(try await values == ["2", "5"])
                for server in [to, from, cluster.servers[3 - source - target]] {
                    try await server.command("CLUSTER", "SETSLOT", "\(slot)", "NODE", cluster.id(target))
                }
                #expect(try await client.send(RedisCommand("GET", key: "{m}c")).integer == 1)
            }
        }

        @Test("Slots move while pipelines run: no caller sees it")
        func resharding() async throws {
            try await withCluster(configure: { $0.commandTimeout = .seconds(60) }) { cluster, client in
                let load = Load()
                try await load.run(tasks: 8) { [count, one] task, turn in
                    await client.send(
                        (0..<20).map { place in
                            let key = "{\(task):\(place)}n"
                            return place % 2 == 0
                                ? RedisCommand("INCR", key: key)
                                : client.command(for: count, keys: [key], arguments: one)
                        })
                } while: {
                    try await eventually(within: .seconds(60)) { load.total.answered > 1_000 }
                    try await cluster.moveSlots(600, from: 0, to: 1)
                    try await cluster.moveSlots(600, from: 1, to: 2)
                    let before = load.total.answered
                    try await eventually(within: .seconds(60)) { load.total.answered > before + 1_000 }
                }
                let total = load.total
                #expect(total.strange.isEmpty && total.unknown == 0 && total.refused == 0, "\(total)")
                for (task, counts) in load.each.enumerated() {
                    let values = await client.send((0..<20).map { RedisCommand("GET", key: "{\(task):\($0)}n") })
                    let sum = values.reduce(0) { $0 + (((try? $1.get())?.integer) ?? 0) }
                    #expect(sum == Int64(counts.answered))
                }
            }
        }

        @Test("A master dies and its replica takes over: each command is answered or its fate is said")
        func killedMaster() async throws {
            try await withCluster(configure: { $0.commandTimeout = .seconds(60) }) { cluster, client in
                let load = Load()
                try await load.run(tasks: 16) { task, turn in
                    await client.send([
                        RedisCommand("INCR", key: "{\(task)}n"), RedisCommand("INCR", key: "{\(task)}n"),
                    ])
                } while: {
                    try await eventually(within: .seconds(60)) { load.each.allSatisfy { $0.answered > 100 } }
                    let before = await client.replicated(
                        (0..<16).map { RedisCommand("SET", key: "{\($0)}kept", "1") }, replicas: 1, within: .seconds(5))
                    #expect(before.acknowledged == 1)
                    await cluster.kill(0)
                    try await cluster.waitUntilOk()
                    let counts = load.each.map(\.answered)
                    try await eventually(within: .seconds(60)) {
                        zip(load.each, counts).allSatisfy { $0.answered > $1 + 100 }
                    }
                }
                #expect(load.total.strange.isEmpty, "\(load.total.strange.prefix(3))")
                #expect(load.total.refused == 0)
                let masters = try await client.masters()
                #expect(masters.count == 3 && !masters.contains(RedisNodeID(cluster.servers[0].address)))
                for (task, counts) in load.each.enumerated() {
                    let value = try #require(try await client.send(RedisCommand("GET", key: "{\(task)}n")).integer)
                    #expect(value <= Int64(counts.answered + counts.unknown))
                    #expect(try await client.send(RedisCommand("GET", key: "{\(task)}kept")).text == "1")
                }
                // Who was asked for by name is gone.
                var gone = RedisCommand("PING")
                gone.route = .node(RedisNodeID(cluster.servers[0].address))
                let stranger = gone
                let error = await #expect(throws: RedisError.self) { try await client.send(stranger) }
                #expect(error?.code == .configuration)
            }
        }

        @Test("What is wrong is said by its kind")
        func typedErrors() async throws {
            let server = try await RedisServer.start()
            let client = RedisClient(RedisConfiguration(.cluster([server.address])))
            let error = await #expect(throws: RedisError.self) { try await client.connect() }
            #expect(error?.code == .configuration)
            #expect(error?.message.contains("cluster") == true)
            let second = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("GET", key: "a")) }
            #expect(second?.code == .configuration)
            await client.shutdown()
            await server.stop()

            var configuration = RedisConfiguration(.cluster([server.address]))
            configuration.commandTimeout = .milliseconds(200)
            let lonely = RedisClient(configuration)
            let refused = await #expect(throws: RedisError.self) { try await lonely.connect() }
            #expect(refused?.code == .notSent)
            let late = await #expect(throws: RedisError.self) { try await lonely.send(RedisCommand("PING")) }
            #expect(late?.code == .timedOut)
            await lonely.shutdown()
            let closed = await #expect(throws: RedisError.self) { try await lonely.send(RedisCommand("PING")) }
            #expect(closed?.code == .closed)
        }
    }
#endif
