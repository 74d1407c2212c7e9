#if Redis
    import OnCue
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    @Suite(.enabled(if: RedisServer.isInstalled, "needs redis-server"))
    struct EnqueueTests {
        /// A store of its own, and what stands in its queue `default`.
        private struct Shop {
            let store: RedisStore
            let fixture: RedisFixture

            static func with(_ body: (Shop) async throws -> Void) async throws {
                let fixture = try await RedisFixture()
                let store = try await fixture.open()
                let result: Result<Void, any Error>
                do {
                    result = .success(try await body(Shop(store: store, fixture: fixture)))
                } catch {
                    result = .failure(error)
                }
                await store.close()
                await fixture.cleanUp()
                try result.get()
            }

            func key(_ name: String, of queue: String = "default") -> String { "{\(fixture.prefix):\(queue)}:\(name)" }

            func send(_ name: String, _ key: String, _ words: String...) async throws -> RESPToken {
                var command = RedisCommand(name, key: key)
                for word in words { command.append(word) }
                return try await store.client.send(command)
            }

            /// The payloads of a level's entries, in order.
            func payloads(_ level: Int = 2) async throws -> [[UInt8]] {
                try await send("XRANGE", key("\(level)"), "-", "+").elements?.compactMap { entry in
                    let fields = entry.elements.map(Array.init)?[1].elements.map(Array.init) ?? []
                    return fields[1].array.flatMap { JobBody($0)?.payload }
                } ?? []
            }
        }

        @Test("Many callers are gathered into few scripts: one wake each, ids of their own, each in its caller's order")
        func gathers() async throws {
            try await Shop.with { shop in
                _ = try await shop.store.enqueue([NewJob(name: "work", payload: [255])], atomically: false)
                let before = try await shop.send("XLEN", shop.key("events")).integer ?? 0
                let ids = try await withThrowingTaskGroup(of: [JobID].self) { group in
                    for caller in 0..<200 {
                        group.addTask {
                            var ids: [JobID] = []
                            for call in 0..<5 {
                                let job = NewJob(name: "work", payload: [UInt8(caller), UInt8(call)])
                                let answers = try await shop.store.enqueue([job], atomically: false)
                                ids += answers.compactMap(\.id)
                            }
                            #expect(ids == ids.sorted())
                            return ids
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(Set(ids).count == 1_000)
                // Every script logs one entry of events.
                let scripts = try await shop.send("XLEN", shop.key("events")).integer ?? 0
                #expect(scripts - before < 500)
                #expect(try await shop.send("HGET", shop.key("meta"), "enqueued").integer == 1_001)
                let payloads = try await shop.payloads()
                for caller in 0..<UInt8(200) {
                    #expect(payloads.filter { $0.first == caller }.map(\.last) == [0, 1, 2, 3, 4])
                }
            }
        }

        @Test("A call larger than a script is written in several, in order")
        func inParts() async throws {
            try await Shop.with { shop in
                for round in 0..<2 {
                    let jobs = (0..<5_500).map { NewJob(name: "work", payload: Array("\(round) \($0)".utf8)) }
                    let ids = try await shop.store.enqueue(jobs, atomically: false).compactMap(\.id)
                    #expect(ids.count == 5_500 && ids == ids.sorted())
                    #expect(try await shop.payloads().suffix(5_500) == jobs.map(\.payload)[...])
                }
                let large = (0..<20).map { NewJob(name: "work", payload: [UInt8](repeating: $0, count: 1 << 20)) }
                #expect(try await shop.store.enqueue(large, atomically: false).compactMap(\.id).count == 20)
                #expect(try await shop.payloads().suffix(20).map(\.first) == (0..<20).map { $0 })
            }
        }

        @Test("A queue that was removed, or a server that was emptied, takes jobs again")
        func emptied() async throws {
            try await Shop.with { shop in
                _ = try await shop.store.enqueue([NewJob(name: "work")], atomically: false)
                for special in [false, true] {
                    for name in ["meta", "2"] { _ = try await shop.send("DEL", shop.key(name)) }
                    let job = NewJob(name: "work", unique: special ? UniqueKey("k") : nil)
                    #expect(try await shop.store.enqueue([job], atomically: false).count == 1)
                    #expect(try await shop.send("HGET", shop.key("meta"), "enqueued").integer == 1)
                }
            }
        }

        @Test("An atomic batch has jobs of one queue only, and nothing is written of another")
        func atomicQueues() async throws {
            try await Shop.with { shop in
                let error = await #expect(throws: StoreError.self) {
                    try await shop.store.enqueue(
                        [NewJob(name: "work"), NewJob(name: "work", queue: "other")], atomically: true)
                }
                #expect(error?.code == .unsupported)
                let isThere = try await shop.send("EXISTS", shop.key("2"))
                #expect(isThere.integer == 0)
            }
        }

        @Test("Plain and other jobs of one call stand in its order, and a full queue refuses the rest of it")
        func mixed() async throws {
            try await Shop.with { shop in
                _ = try await shop.store.enqueue([NewJob(name: "work", payload: [0])], atomically: false)
                _ = try await shop.send("HSET", shop.key("meta"), "max", "4")
                let answers = try await shop.store.enqueue(
                    [
                        NewJob(name: "work", payload: [1]), NewJob(name: "work", payload: [2], unique: UniqueKey("k")),
                        NewJob(name: "work", unique: UniqueKey("k")), NewJob(name: "work", payload: [3]),
                        NewJob(name: "work", payload: [4]),
                    ], atomically: false)
                let second = try #require(answers[1].id)
                #expect(answers[2] == .duplicate(of: second))
                let taken = [answers[0], answers[1], answers[3]].compactMap(\.id)
                #expect(taken.count == 3 && taken == taken.sorted())
                guard case .refused(let error) = answers[4] else {
                    Issue.record("\(answers[4])")
                    return
                }
                #expect(error.code == .queueFull)
                // Plain jobs alone are refused as exactly.
                guard
                    case .refused(let again) = try await shop.store.enqueue([NewJob(name: "work")], atomically: false)[
                        0]
                else {
                    Issue.record("a full queue took a job")
                    return
                }
                #expect(again.code == .queueFull)
            }
        }

        @Test("Callers of a server that is gone are told soon that nothing was written")
        func gone() async throws {
            let server = try await RedisServer.start()
            let store = try await RedisStore(
                RedisConfiguration(.single(.tcp(host: server.host, port: server.port))),
                options: .init(callTimeout: .seconds(1)))
            _ = try await store.enqueue([NewJob(name: "work")], atomically: false)
            await server.stop()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let error = await #expect(throws: StoreError.self) {
                            try await store.enqueue([NewJob(name: "work")], atomically: false)
                        }
                        // The connection may be found broken only by the first write.
                        #expect([.unavailable, .timedOut, .outcomeUnknown].contains(error?.code))
                    }
                }
            }
            await store.close()
        }
    }
#endif
