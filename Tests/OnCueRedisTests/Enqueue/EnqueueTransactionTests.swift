#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire
    import Synchronization
    import Testing

    @testable import OnCueRedis

    @Suite(.enabled(if: RedisServer.isInstalled, "needs redis-server"))
    struct EnqueueTransactionTests {
        /// A server of its own, whose transactions are counted.
        private static func with(_ body: (ClaimScene) async throws -> Void) async throws {
            let server = try await RedisServer.start()
            do {
                try await ClaimScene.with(RedisConfiguration(.single(.tcp(host: server.host, port: server.port))), body)
            } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }

        private static func jobs(_ count: Int, _ priority: JobPriority = .normal) -> [NewJob] {
            (0..<count).map { NewJob(name: "work", priority: priority, payload: Array("\($0)".utf8)) }
        }

        @Test("Ids, order, events and counters of many jobs are those of as many single ones")
        func agree() async throws {
            try await Self.with { scene in
                var cursor = try await scene.store.latestEvent()
                var hasTicked = false
                for round in 1...300 where round <= 10 || !hasTicked {
                    let jobs = Self.jobs(700, round.isMultiple(of: 2) ? .high : .normal)
                    let before = SystemTime().now()
                    let ids = try await scene.store.enqueue(jobs, atomically: true).compactMap(\.id)
                    #expect(ids.count == 700 && ids == ids.sorted())
                    #expect(try await scene.transactions() == round)

                    let events = try await scene.store.events(after: cursor, limit: 1_000, wait: .zero)
                    cursor = events.next
                    #expect(events.events.map(\.job) == ids)
                    #expect(events.events.allSatisfy { $0.kind == .created && $0.name == "work" })
                    let found = try await scene.store.find([ids[0], ids[350], ids[699]])
                    #expect(found.map { $0?.payload } == ["0", "350", "699"].map { Array($0.utf8) })
                    let moments = found.compactMap { $0?.createdAt }
                    #expect(moments.allSatisfy { $0 + .milliseconds(1) >= before && $0 <= SystemTime().now() })

                    let taken = try await scene.take(700)
                    #expect(taken.map(\.id) == ids)
                    #expect(taken.map(\.payload) == jobs.map(\.payload))
                    _ = try await scene.store.settle(
                        SettleBatch(
                            session: scene.session, sequence: Int64(round),
                            items: taken.map { Settlement($0, .completed(output: nil)) }))
                    cursor = try await scene.store.latestEvent()
                    if try await scene.hasLoggedSeveralRuns() { hasTicked = true }
                }
                #expect(hasTicked)
                let queue = try await scene.store.queues().first
                #expect(queue?.waiting == 0 && queue?.count(.running) == 1)
                #expect(try await scene.send("HGET", scene.key("meta"), "enqueued").integer ?? 0 >= 7_001)
            }
        }

        @Test("Few jobs, jobs of several levels, and jobs with something special go another way, in their order")
        func others() async throws {
            try await Self.with { scene in
                var ids: [JobID] = []
                for _ in 0..<20 {
                    ids += try await scene.add()
                    ids += try await scene.store.enqueue(Self.jobs(100), atomically: false).compactMap(\.id)
                    ids += try await scene.add(NewJob(name: "work", unique: UniqueKey("\(ids.count)")))
                    ids += try await scene.store.enqueue(Self.jobs(63), atomically: false).compactMap(\.id)
                }
                #expect(ids.count == 20 * 165 && Set(ids).count == ids.count && ids == ids.sorted())
                #expect(try await scene.take(10_000).map(\.id) == ids)

                let before = try await scene.transactions()
                let mixed = Self.jobs(100) + Self.jobs(100, .high)
                let answers = try await scene.store.enqueue(mixed, atomically: true).compactMap(\.id)
                #expect(try await scene.transactions() == before)
                #expect(try await scene.take(1_000).map(\.id) == Array(answers[100...] + answers[..<100]))
            }
        }

        @Test("A queue that has filled up meanwhile takes as many as it may, or none of an atomic call")
        func full() async throws {
            try await Self.with { scene in
                _ = try await scene.add()
                let cursor = try await scene.store.latestEvent()
                try await scene.send("HSET", scene.key("meta"), "max", "50")
                let error = await #expect(throws: StoreError.self) {
                    try await scene.store.enqueue(Self.jobs(100), atomically: true)
                }
                #expect(error?.code == .queueFull)
                #expect(try await scene.transactions() == 1)
                #expect(try await scene.send("XLEN", scene.key("2")).integer == 2)
                #expect(try await scene.store.latestEvent() == cursor)

                try await scene.send("HSET", scene.key("meta"), "max", "10000000")
                _ = try await scene.add()
                try await scene.send("HSET", scene.key("meta"), "max", "50")
                let ids = try await scene.store.enqueue(Self.jobs(100), atomically: false).compactMap(\.id)
                #expect(try await scene.transactions() == 2)
                // One is running.
                #expect(ids.count == 48 && ids == ids.sorted())
                #expect(try await scene.send("HGET", scene.key("meta"), "enqueued").integer == 51)
            }
        }

        @Test("Where the queue, its stream or its settings are gone, nothing is written twice or lost without a word")
        func gone() async throws {
            try await Self.with { scene in
                for names in [["meta", "2"], ["2"]] {
                    _ = try await scene.add()
                    for name in names { try await scene.send("DEL", scene.key(name)) }
                    let enqueued = try await scene.send("HGET", scene.key("meta"), "enqueued").integer ?? 0
                    let ids = try await scene.store.enqueue(Self.jobs(100), atomically: true).compactMap(\.id)
                    #expect(ids.count == 100)
                    #expect(try await scene.send("XLEN", scene.key("2")).integer == 100)
                    #expect(try await scene.send("HGET", scene.key("meta"), "enqueued").integer == enqueued + 100)
                }
                _ = try await scene.add()
                try await scene.send("DEL", scene.key("meta"))
                let error = await #expect(throws: StoreError.self) {
                    try await scene.store.enqueue(Self.jobs(100), atomically: true)
                }
                #expect(error?.code == .outcomeUnknown)
                #expect(try await scene.send("XLEN", scene.key("2")).integer == 201)
                #expect(try await scene.store.enqueue(Self.jobs(100), atomically: true).count == 100)
            }
        }

        @Test("Behind a position that is ahead of the clock, jobs say when they came")
        func clockSetBack() async throws {
            try await Self.with { scene in
                _ = try await scene.add()
                let ahead = SystemTime().now() + .seconds(3_600)
                let position = "\(ahead.microseconds / 1_000)-0"
                try await scene.send("XADD", scene.key("2"), position, "d", "none")
                try await scene.send("XDEL", scene.key("2"), position)
                let first = try await scene.store.enqueue(Self.jobs(100), atomically: true).compactMap(\.id)
                #expect(try await scene.transactions() == 1)
                // The last answer has told.
                let second = try await scene.store.enqueue(Self.jobs(100), atomically: true).compactMap(\.id)
                #expect(try await scene.transactions() == 1)
                #expect((first + second) == (first + second).sorted() && Set(first + second).count == 200)
                let job = try #require(try await scene.store.find([second[0]])[0])
                #expect(job.createdAt < ahead - .seconds(3_000))
            }
        }

        @Test("A server that has no memory left takes nothing of it, and one that has forgotten all scripts takes all")
        func refused() async throws {
            try await Self.with { scene in
                _ = try await scene.add()
                try await scene.send("CONFIG", "SET", "maxmemory", "1")
                let error = await #expect(throws: StoreError.self) {
                    try await scene.store.enqueue(Self.jobs(100), atomically: true)
                }
                #expect(error?.code == .diskFull)
                try await scene.send("CONFIG", "SET", "maxmemory", "0")
                #expect(try await scene.send("XLEN", scene.key("2")).integer == 2)

                // After a failure a script asks first. What was refused counts too.
                _ = try await scene.add()
                let before = try await scene.transactions()
                try await scene.send("SCRIPT", "FLUSH")
                #expect(try await scene.store.enqueue(Self.jobs(100), atomically: true).compactMap(\.id).count == 100)
                #expect(try await scene.transactions() == before + 1)
                #expect(try await scene.send("HGET", scene.key("meta"), "enqueued").integer == 103)
            }
        }

        @Test(
            "Several processes that enqueue one by one and many at once get ids of their own, each in its callers' order"
        )
        func together() async throws {
            try await Self.with { scene in
                let other = try await scene.fixture.open()
                let ids = try await withThrowingTaskGroup(of: [JobID].self) { group in
                    for caller in 0..<8 {
                        group.addTask {
                            let store = caller.isMultiple(of: 2) ? scene.store : other
                            var ids: [JobID] = []
                            for call in 0..<15 {
                                let jobs = Self.jobs(call % 3 == 0 ? 1 : 100)
                                ids += try await store.enqueue(jobs, atomically: call % 3 == 1).compactMap(\.id)
                            }
                            #expect(ids.count == 1_005 && ids == ids.sorted())
                            return ids
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                await other.close()
                #expect(try await scene.transactions() > 40)
                #expect(Set(ids).count == 8 * 1_005)
                let events = try await scene.store.events(after: .start, limit: 20_000, wait: .zero).events
                #expect(
                    events.filter { $0.kind == .created }.compactMap(\.job).suffix(ids.count).sorted() == ids.sorted())
                #expect(try await scene.take(20_000).map(\.id) == ids.sorted())
            }
        }

        @Test(
            "Whatever becomes of the connection at any of its commands, all jobs are there or none, and who is told so knows it",
            arguments: [RedisProxy.Action.cutBefore, .dropReply, .stall, .loseReply])
        func connection(_ action: RedisProxy.Action) async throws {
            let server = try await RedisServer.start()
            // MULTI, the jobs, the script, EXEC.
            let commands = 64 + 3
            let isSlow = action == .stall || action == .loseReply
            let places = isSlow ? [0, 1, 33, commands - 2, commands - 1] : Array(0..<commands)
            do {
                var written = 0
                for place in places {
                    if try await Self.enqueue(through: server, place, action) { written += 1 }
                }
                // Only what became of an EXEC that was carried out can be there.
                #expect(written == (action == .dropReply || action == .loseReply ? 1 : 0))
            } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }

        /// Whether jobs were written whose transaction met trouble at that one of its commands.
        private static func enqueue(
            through server: RedisServer, _ place: Int, _ action: RedisProxy.Action
        ) async throws -> Bool {
            let first = Mutex<Int?>(nil)
            let proxy = try await RedisProxy.start(to: server) { command in
                let begin = first.withLock { first in
                    if command.name == "MULTI", first == nil { first = command.number }
                    return first
                }
                return begin.map { $0 + place } == command.number ? action : .pass
            }
            let prefix = try KeyPrefix("\(action)\(place)")
            let store = try await RedisStore(
                RedisConfiguration(.single(.tcp(host: proxy.host, port: proxy.port))),
                options: .init(prefix: prefix, callTimeout: .milliseconds(500)))
            let onlooker = try await RedisStore(
                RedisConfiguration(.single(.tcp(host: server.host, port: server.port))), options: .init(prefix: prefix))
            _ = try await store.enqueue([NewJob(name: "work")], atomically: true)
            let error = await #expect(throws: StoreError.self) {
                try await store.enqueue(jobs(64), atomically: true)
            }
            #expect(error?.code == .outcomeUnknown)
            // What the server has not carried out by now it never will: its connection is gone.
            await store.close()
            await proxy.stop()
            // One more behind it, whose position has to be free.
            _ = try await onlooker.enqueue([NewJob(name: "work")], atomically: true)
            let queue = try #require(try await onlooker.queues().first)
            let events = try await onlooker.events(after: .start, limit: 1_000, wait: .zero).events
            #expect(queue.waiting == 2 || queue.waiting == 66)
            #expect(events.filter { $0.kind == .created }.count == queue.waiting)
            await onlooker.close()
            return queue.waiting == 66
        }

        @Test("A claim that waits gets what a transaction has added, and nothing of one that was taken back")
        func waitingClaim() async throws {
            try await Self.with { scene in
                _ = try await scene.take()
                _ = try await scene.add()
                _ = try await scene.take()
                func claim() -> Task<[JobID], any Error> {
                    Task {
                        try await scene.store.claim(
                            ClaimRequest(
                                session: scene.session, queues: [.init(.default)], names: nil, limit: 100,
                                suspects: 1, wait: .seconds(60))
                        ).map(\.id)
                    }
                }
                func waits() async throws {
                    try await eventually("it waits at the server") {
                        try await scene.ask("CLIENT", "LIST").contains("cmd=xreadgroup")
                    }
                }
                var claiming = claim()
                try await waits()
                try await scene.send("HSET", scene.key("meta"), "max", "50")
                await #expect(throws: StoreError.self) {
                    try await scene.store.enqueue(Self.jobs(100), atomically: true)
                }
                #expect(try await scene.transactions() == 1)
                try await waits()
                try await scene.send("HSET", scene.key("meta"), "max", "10000000")
                let one = try await scene.add()
                #expect(try await claiming.value == one)

                claiming = claim()
                try await waits()
                let many = try await scene.store.enqueue(Self.jobs(100), atomically: true).compactMap(\.id)
                #expect(try await scene.transactions() == 2)
                #expect(try await claiming.value == many)
            }
        }
    }

    extension ClaimScene {
        fileprivate func ask(_ name: String, _ what: String) async throws -> String {
            var command = RedisCommand(name)
            command.append(what)
            return try await store.client.send(command).text ?? ""
        }

        /// How many the server has run.
        fileprivate func transactions() async throws -> Int {
            let stats = try await ask("INFO", "commandstats")
            let calls = stats.split(separator: "\r\n").first { $0.hasPrefix("cmdstat_exec:") }?
                .split(separator: "=")[1].prefix { $0.isNumber }
            return calls.flatMap { Int($0) } ?? 0
        }

        /// Whether the newest entries of the log have jobs whose positions do not all follow one another.
        fileprivate func hasLoggedSeveralRuns() async throws -> Bool {
            try await send("XREVRANGE", key("events"), "+", "-", "COUNT", "4").elements?.contains { entry in
                let fields = entry.elements.map(Array.init)?[1].elements.map { $0.map { $0.text ?? "" } } ?? []
                return fields.firstIndex(of: "p").map { fields[$0 + 1].contains(" ") } ?? false
            } ?? false
        }
    }
#endif
