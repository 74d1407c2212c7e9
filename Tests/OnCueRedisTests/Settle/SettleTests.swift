#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    @Suite(.enabled(if: RedisServer.isInstalled, "needs redis-server"))
    struct SettleTests {
        /// A store with a clock of its own, and a session that works in it.
        private struct Shop {
            let store: RedisStore
            let time: ManualTime
            let session: SessionID

            static func with(_ body: (Shop) async throws -> Void) async throws {
                let fixture = try await RedisFixture()
                let time = ManualTime()
                let store = try await fixture.open(.init(time: time))
                let result: Result<Void, any Error>
                do {
                    let session = try await store.openSession(
                        SessionOpening(
                            worker: "w", process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 1))
                    result = .success(try await body(Shop(store: store, time: time, session: session)))
                } catch {
                    result = .failure(error)
                }
                await store.close()
                await fixture.cleanUp()
                try result.get()
            }

            func take(_ limit: Int = 10_000, _ queues: QueueName...) async throws -> [LeasedJob] {
                try await store.claim(
                    ClaimRequest(
                        session: session, queues: (queues.isEmpty ? [.default] : queues).map { .init($0) },
                        limit: limit))
            }

            func queue(_ name: QueueName) async throws -> Queue {
                try #require(try await store.core.registry.queue(name))
            }

            /// How many follow-ups of `default` are still to be sent on.
            func outbox() async throws -> Int64? {
                let command = RedisCommand("HLEN", key: try await queue(.default).keys[.outbox])
                return try await store.client.send(command).integer
            }
        }

        @Test("A follow-up for another queue exists once, however often the outcome is sent and whoever sends it on")
        func otherQueues() async throws {
            try await Shop.with { shop in
                _ = try await shop.store.enqueue([NewJob(name: "work")], atomically: false)
                let job = try #require(try await shop.take().first)
                let next = (0..<3).map { NewJob(name: "next", queue: $0 == 1 ? "b" : "a", payload: [UInt8($0)]) }
                let batch = SettleBatch(
                    session: shop.session, sequence: 1,
                    items: [Settlement(job, .completed(output: nil), followUps: next)])
                // A process that is gone right behind its write.
                let chunk = try #require(SettlePlan(batch).chunks.first)
                _ = try await shop.store.core.run(
                    Scripts.settle, on: try await shop.queue(.default), session: shop.session
                ) { chunk.write(batch, worker: "w", into: &$0) }
                #expect(try await shop.outbox() == 3)
                // Its writes are not old enough for others yet.
                _ = try await shop.store.maintain(.nothing)
                #expect(try await shop.outbox() == 3)
                shop.time.advance(by: .seconds(2))
                let tokens = chunk.tokensOfOthers(batch)
                let source = try await shop.queue(.default)
                for _ in 0..<2 {
                    _ = try await shop.store.maintain(.nothing)
                    #expect(try await shop.store.settle(batch) == [.applied(.completed)])
                    try await shop.store.core.relay(tokens, from: source)
                }
                #expect(try await shop.outbox() == 0)
                #expect(try await shop.take(10, "a", "b").map(\.payload) == [[0], [2], [1]])
                let totals = try await shop.store.queues().map { [$0.name.rawValue: $0.totals.enqueued] }
                #expect(totals.contains(["a": 2]) && totals.contains(["b": 1]))
            }
        }

        @Test("A follow-up that someone sends on twice at once is taken once")
        func sentTwice() async throws {
            try await Shop.with { shop in
                _ = try await shop.store.enqueue([NewJob(name: "work")], atomically: false)
                let job = try #require(try await shop.take().first)
                let delayed = NewJob(name: "next", queue: "a", due: .after(.seconds(60)), unique: UniqueKey("k"))
                let batch = SettleBatch(
                    session: shop.session, sequence: 1,
                    items: [Settlement(job, .completed(output: nil), followUps: [delayed])])
                let chunk = try #require(SettlePlan(batch).chunks.first)
                let source = try await shop.queue(.default)
                _ = try await shop.store.core.run(Scripts.settle, on: source, session: shop.session) {
                    chunk.write(batch, worker: "w", into: &$0)
                }
                let before = shop.time.now()
                shop.time.advance(by: .seconds(30))
                let tokens = chunk.tokensOfOthers(batch)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 { group.addTask { try await shop.store.core.relay(tokens, from: source) } }
                    try await group.waitForAll()
                }
                let page = try await shop.store.search(JobFilter(), order: .oldestFirst, after: nil, limit: 10)
                let next = page.jobs.filter { $0.queue == "a" }
                #expect(next.count == 1)
                // Its wait counts from the outcome, not from when it was sent on.
                #expect(next.first?.dueAt == before + .seconds(60) && next.first?.unique == UniqueKey("k"))
            }
        }

        @Test("What was completed says when it began, whoever ran it, and what it was, large or small")
        func records() async throws {
            try await Shop.with { shop in
                let jobs = [10, 5_000, 100_000].map {
                    NewJob(name: "work", payload: [UInt8](repeating: 7, count: $0), tags: ["size": "\($0)"])
                }
                let ids = try await shop.store.enqueue(jobs, atomically: false).compactMap(\.id)
                let began = shop.time.now()
                let taken = try await shop.take()
                shop.time.advance(by: .seconds(5))
                let answers = try await shop.store.settle(
                    SettleBatch(
                        session: shop.session, sequence: 1,
                        items: taken.map { Settlement($0, .completed(output: nil)) }))
                #expect(answers == [.applied(.completed), .applied(.completed), .applied(.completed)])
                for (record, job) in zip(try await shop.store.find(ids), jobs) {
                    #expect(record?.payload == job.payload && record?.tags == job.tags && record?.worker == "w")
                    #expect(record?.state == .completed && record?.attempt == 1 && record?.createdAt == began)
                    // The server keeps it to the millisecond.
                    let startedAt = try #require(record?.startedAt)
                    #expect(startedAt >= began - .milliseconds(1) && startedAt <= began + .milliseconds(1))
                    #expect(record?.finishedAt == began + .seconds(5))
                }
            }
        }

        @Test("Outcomes of many queues in one batch are answered in its order")
        func manyQueues() async throws {
            try await Shop.with { shop in
                let names = (0..<5).map { QueueName(rawValue: "q\($0)") }
                let jobs = (0..<2_000).map { NewJob(name: "work", queue: names[$0 % 5]) }
                _ = try await shop.store.enqueue(jobs, atomically: false)
                var taken: [LeasedJob] = []
                for name in names { taken += try await shop.take(400, name) }
                taken.sort { $0.payload.count < $1.payload.count || $0.id < $1.id }
                let items = taken.enumerated().map { index, job in
                    // Some were claimed by nobody.
                    let job = index % 7 == 0 ? job.forged(delivery: job.delivery + 1) : job
                    return Settlement(job, index % 3 == 0 ? .dead(.permanent) : .completed(output: nil))
                }
                let batch = SettleBatch(session: shop.session, sequence: 9, items: items)
                let expected = items.indices.map { index -> SettleAnswer in
                    index % 7 == 0 ? .leaseLost : .applied(index % 3 == 0 ? .dead : .completed)
                }
                #expect(try await shop.store.settle(batch) == expected)
                #expect(try await shop.store.settle(batch) == expected)
                let error = await #expect(throws: StoreError.self) {
                    var late = batch
                    late.sequence = 8
                    _ = try await shop.store.settle(late)
                }
                #expect(error?.code == .conflict)
            }
        }

        @Test("What a job has saved goes with it")
        func savedGoes() async throws {
            try await Shop.with { shop in
                _ = try await shop.store.enqueue([NewJob(name: "work")], atomically: false)
                let job = try #require(try await shop.take().first)
                let notes: [JobNote.Content] = [
                    .checkpoint([1]), .effect(key: "a", result: [2]), .effect(key: "b", result: []), .checkpoint([3]),
                ]
                #expect(try await shop.store.record(notes.map { JobNote(job, $0) }) == [true, true, true, true])
                #expect(
                    try await shop.store.memory(of: job.id)
                        == JobMemory(checkpoint: [3], effects: ["a": [2], "b": []]))
                let keys = try await shop.queue(.default).keys
                #expect(try await shop.store.client.send(RedisCommand("HLEN", key: keys[.memory])).integer == 4)
                let batch = SettleBatch(
                    session: shop.session, sequence: 1,
                    items: [Settlement(job, .completed(output: nil), keep: .nothing)])
                #expect(try await shop.store.settle(batch) == [.applied(.completed)])
                #expect(try await shop.store.client.send(RedisCommand("EXISTS", key: keys[.memory])).integer == 0)
            }
        }
    }

    extension MaintenanceRequest {
        fileprivate static let nothing = MaintenanceRequest(
            eventsBefore: Timestamp(microseconds: 0), eventsKeep: .max, sessionsBefore: Timestamp(microseconds: 0))
    }
#endif
