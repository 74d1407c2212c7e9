#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    @Suite(.enabled(if: RedisServer.isInstalled, "needs redis-server"))
    struct ClaimTests {
        @Test("Who claims much need not ask what there is while there is more, and gets what has come above it first")
        func largeClaimsAskOnce() async throws {
            try await ClaimScene.with { scene in
                func jobs(_ priority: JobPriority, _ count: Int) -> [NewJob] {
                    var job = NewJob(name: "work")
                    job.priority = priority
                    return [NewJob](repeating: job, count: count)
                }
                _ = try await scene.store.enqueue(jobs(.normal, 1_000), atomically: true)
                let channel = try QueueKeys(prefix: scene.store.core.prefix, queue: .default).channel
                // A look finds out at once that nothing is parked. What was seen counts for a short while: on a busy machine it
                // may be over.
                var hasLooked = true
                let patience = ContinuousClock.now + .seconds(60)
                while hasLooked, ContinuousClock.now < patience {
                    _ = try await scene.store.enqueue(jobs(.normal, 128), atomically: true)
                    #expect(try await scene.take(64).count == 64)
                    try await scene.send("HSET", scene.key("parked"), "0:~back", "5")
                    #expect(try await scene.take(64).count == 64)
                    hasLooked = try await scene.parked().isEmpty
                }
                #expect(!hasLooked)

                let mark = await scene.store.core.wakes.mark([channel], .claimable)
                _ = try await scene.store.enqueue(jobs(.high, 70), atomically: true)
                await scene.store.core.wakes.wait(for: mark, until: SystemTime().uptime() + .seconds(20))
                let mixed = try await scene.take(100).map(\.priority)
                #expect(
                    mixed == [JobPriority](repeating: .high, count: 70) + [JobPriority](repeating: .normal, count: 30))
                // Fewer are left than it wants: it has to look.
                #expect(try await scene.take(2_000).count == 970)
                #expect(try await scene.take(100).isEmpty)
            }
        }

        @Test("The starts of a large claim stand in the log before what comes of them")
        func largeClaimsAreLoggedFirst() async throws {
            try await ClaimScene.with { scene in
                var cursor = try await scene.store.latestEvent()
                for round in 1...30 {
                    _ = try await scene.store.enqueue(
                        [NewJob](repeating: NewJob(name: "work"), count: 100), atomically: true)
                    let taken = try await scene.take(100)
                    _ = try await scene.store.settle(
                        SettleBatch(
                            session: scene.session, sequence: Int64(round),
                            items: taken.map { Settlement($0, .completed(output: nil)) }))
                    let page = try await scene.store.events(after: cursor, limit: 1_000, wait: .zero)
                    cursor = page.next
                    let kinds: [JobEvent.Kind] = [.created, .started, .completed]
                    #expect(page.events.map(\.kind) == kinds.flatMap { [JobEvent.Kind](repeating: $0, count: 100) })
                }
            }
        }

        @Test("A queue that has forgotten a session is joined again, also by a claim that need not ask what there is")
        func forgottenSession() async throws {
            try await ClaimScene.with { scene in
                _ = try await scene.store.enqueue(
                    [NewJob](repeating: NewJob(name: "work"), count: 1_000), atomically: true)
                let channel = try QueueKeys(prefix: scene.store.core.prefix, queue: .default).channel
                _ = await scene.store.core.wakes.mark([channel], .claimable)
                for _ in 0..<5 {
                    #expect(try await scene.take(64).count == 64)
                    try await scene.send("DEL", scene.key("session:\(scene.session)"))
                    #expect(try await scene.take(64).count == 64)
                }
            }
        }

        @Test("A claim of plain jobs costs one look, one read and one small script, whatever else the queue has")
        func commands() async throws {
            let server = try await RedisServer.start()
            let configuration = RedisConfiguration(.single(.tcp(host: server.host, port: server.port)))
            try await ClaimScene.with(configuration) { scene in
                // A job with a record that waits for its time.
                _ = try await scene.add(NewJob(name: "work", due: .after(.seconds(600))))
                for _ in 0..<100 { _ = try await scene.add() }
                var reset = RedisCommand("CONFIG")
                reset.append("RESETSTAT")
                _ = try await scene.store.client.send(reset)
                #expect(try await scene.take(50).count == 50)
                // What the claim does not wait for stands before this on the connection.
                _ = try await scene.store.now()
                var info = RedisCommand("INFO")
                info.append("commandstats")
                let stats = try await scene.store.client.send(info).text ?? ""
                func calls(_ command: String) -> Substring? {
                    stats.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(command):calls=") }?
                        .split(separator: "=")[1].prefix { $0.isNumber }
                }
                #expect(calls("evalsha") == "2" && calls("xreadgroup") == "1" && calls("eval") == nil)
                #expect(calls("xclaim") == nil && calls("xrange") == nil)
            }
            await server.stop()
        }

        @Test("What a claim read before its connection broke is found, started once, and can be settled")
        func heldOfBrokenClaim() async throws {
            try await ClaimScene.with { scene in
                let session = try await ClaimScene.session(scene.store)
                #expect(try await scene.take(as: session).isEmpty)
                let ids = try await scene.add(NewJob(name: "work"), NewJob(name: "work", unique: UniqueKey("k")))
                try await scene.readOnly(session)
                for _ in 0..<2 {
                    let held = try await scene.store.held(by: session, besides: [])
                    #expect(held.map(\.id) == ids && held.map(\.attempt) == [1, 1] && held.map(\.delivery) == [1, 1])
                    #expect(held.map(\.place) == [EntryPlace.plain.rawValue, EntryPlace.record.rawValue])
                }
                let states = try await scene.store.find(ids).map { $0?.state }
                #expect(states == [.running, .running])
                let held = try await scene.store.held(by: session, besides: [ids[0]])
                #expect(held.map(\.id) == [ids[1]])
                let answers = try await scene.store.settle(
                    SettleBatch(
                        session: session, sequence: 1, items: held.map { Settlement($0, .completed(output: nil)) }))
                #expect(answers == [.applied(.completed)])
            }
        }

        @Test("A waiting job that lost a worker and was given another level still counts as one that did")
        func suspectWithNewEntry() async throws {
            try await ClaimScene.with { scene in
                let lost = try await ClaimScene.session(scene.store)
                let ids = try await scene.add(NewJob(name: "work"), NewJob(name: "work"))
                #expect(try await scene.take(as: lost).count == 2)
                #expect(try await scene.store.fence(lost, ifRenewals: nil, error: "gone") == 2)
                _ = try await scene.store.change(ids, .edit(JobEdit(priority: .high)))
                let good = try await scene.add()
                #expect(try await scene.take(suspects: 0).map(\.id) == good)
                let one = try await scene.take(suspects: 1)
                #expect(one.map(\.id) == [ids[0]] && one.map(\.lostWorkers) == [1])
                #expect(one.map(\.priority) == [.high])
                #expect(try await scene.take(suspects: 5).map(\.id) == [ids[1]])
                #expect(try await scene.parked().isEmpty)
            }
        }

        @Test("Names that may not be taken are set aside once, and given to who takes them, in their order")
        func setAside() async throws {
            try await ClaimScene.with { scene in
                let ids = try await scene.add(
                    NewJob(name: "a"), NewJob(name: "a"), NewJob(name: "b"), NewJob(name: "a", unique: UniqueKey("k")))
                #expect(try await scene.take(names: ["a": 1, "b": 5]).map(\.id) == [ids[0], ids[2]])
                #expect(try await scene.parked() == ["2:~name:a": 2])
                let last = try await scene.add(NewJob(name: "a"))
                #expect(try await scene.take(names: ["b": 5]).isEmpty)
                #expect(try await scene.parked() == ["2:~name:a": 3])
                let taken = try await scene.take()
                #expect(taken.map(\.id) == [ids[1], ids[3]] + last && taken.allSatisfy { $0.attempt == 1 })
                #expect(taken.allSatisfy { $0.delivery == 1 })
                #expect(try await scene.parked().isEmpty)
            }
        }

        @Test("What cannot be read is set aside, and does not stand in the way of others")
        func damaged() async throws {
            try await ClaimScene.with { scene in
                // Behind all that was minted so far.
                try await scene.send("XADD", scene.key("2"), "*", "d", "damaged")
                try await scene.send("XADD", scene.key("2"), "*", "x", "y")
                let body = try JobBody(name: "work", nonce: 0, extra: JobExtra(), payload: [])
                var bytes = body.encoded()
                bytes.insert(contentsOf: [99, 99], at: 12)
                bytes[3] += 2
                var command = RedisCommand("XADD", key: scene.key("2"))
                for word in ["*", "d"] { command.append(word) }
                command.append(bytes)
                _ = try await scene.store.client.send(command)
                let good = try await scene.add(NewJob(name: "work", priority: .low))
                #expect(try await scene.take().map(\.id) == good)
                #expect(try await scene.parked() == ["2:~damaged": 3])
                #expect(try await scene.take().isEmpty)
            }
        }

        @Test("A number of set aside jobs that is wrong is set right by the next who looks")
        func repairsNumbers() async throws {
            try await ClaimScene.with { scene in
                let ids = try await scene.add(NewJob(name: "a"), NewJob(name: "a"))
                #expect(try await scene.take(names: ["b": 1]).isEmpty)
                try await scene.send("HSET", scene.key("parked"), "2:~name:a", "7", "2:~back", "3")
                #expect(try await scene.take(names: ["a": 1]).map(\.id) == [ids[0]])
                #expect(try await scene.take(names: ["a": 9]).map(\.id) == [ids[1]])
                #expect(try await scene.parked().isEmpty)
            }
        }

        @Test("By a test's clock a plain job was started when that says")
        func startedAt() async throws {
            let time = ManualTime()
            try await ClaimScene.with(time: time) { scene in
                let ids = try await scene.add()
                time.advance(by: .seconds(3_600))
                let jobs = try await scene.take()
                #expect(jobs.map(\.id) == ids && jobs[0].createdAt == time.now() - .seconds(3_600))
                time.advance(by: .seconds(60))
                #expect(try await scene.store.find(ids).map { $0?.startedAt } == [time.now() - .seconds(60)])
            }
        }

        @Test("What is read as a queue is paused or the session ends goes back as it was")
        func admits() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                try await scene.enqueue(1)
                let stream = ScriptScene.key("2")
                func standing(_ session: String = "s") async throws -> Admission.Standing {
                    let queue = Queue(name: .default, number: 7, keys: scene.keys)
                    let commands = Admission.commands(queue, for: SessionID(rawValue: session))
                    return try Admission(await scene.client.send(commands).map { $0.mapError(StoreError.init) })
                        .standing
                }
                #expect(try await standing() == .open)
                #expect(try await standing("stranger") == .unknown)
                _ = try await scene.number("HSET", ScriptScene.key("meta"), "paused", "1")
                #expect(try await standing() == .paused)
                let entries = try await scene.read()
                try await scene.run(Scripts.park) { arguments in
                    for word in ["s", "2", "~back", "1", "1", entries[0]] { arguments.append(word) }
                }
                func reclaim() async throws -> Int? {
                    try await scene.run(Scripts.reclaim) { arguments in
                        for word in ["s", "2", "10", "0", "10", "~back"] { arguments.append(word) }
                    }.elements?.count
                }
                #expect(try await reclaim() == 0)
                _ = try await scene.number("HDEL", ScriptScene.key("meta"), "paused")
                _ = try await scene.number("HSET", ScriptScene.key("session:s"), "st", "fenced")
                #expect(try await standing() == .ended)
                #expect(try await reclaim() == 0)
                _ = try await scene.number("HSET", ScriptScene.key("session:s"), "st", "open")
                #expect(try await reclaim() == 1)
                #expect(try await scene.number("XLEN", stream) == 1)
            }
        }
    }
#endif
