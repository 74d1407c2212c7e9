#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire
    import Synchronization
    import Testing

    @testable import OnCueRedis

    /// A claim that waits reads at the server.
    @Suite(.enabled(if: RedisServer.isInstalled, "needs redis-server"))
    struct BlockedReadTests {
        private func wait(_ scene: ClaimScene, limit: Int = 10) -> Task<[LeasedJob], any Error> {
            Task {
                try await scene.store.claim(
                    ClaimRequest(
                        session: scene.session, queues: [.init(.default)], names: nil, limit: limit, suspects: 1,
                        wait: .seconds(30)))
            }
        }

        private func isReading(_ scene: ClaimScene) async throws {
            try await eventually("it waits at the server") {
                scene.store.core.blockedReads.withLock { $0.contains(scene.session) }
            }
        }

        @Test("Whatever the moment at which a claim ends, a job is its or the next one's, with no attempt used up")
        func nothingIsTakenInSecret() async throws {
            try await ClaimScene.with { scene in
                for round in 0..<200 {
                    let claim = wait(scene)
                    let added = Task { try await scene.add() }
                    for _ in 0..<(round % 40) { await Task.yield() }
                    claim.cancel()
                    let id = try await added.value
                    let jobs = try await claim.value + scene.take()
                    #expect(jobs.map(\.id) == id)
                    #expect(jobs.map(\.attempt) == [1])
                }
                // With the scene's own: whatever was read came in an answer.
                #expect(try await scene.store.held(by: scene.session, besides: []).count == 201)
            }
        }

        @Test("A job for a claim that waits is its at once, and does not wait where the queue was paused meanwhile")
        func pausedMeanwhile() async throws {
            try await ClaimScene.with { scene in
                let claim = wait(scene)
                try await isReading(scene)
                let first = try await scene.add()
                #expect(try await claim.value.map(\.id) == first)

                let other = wait(scene)
                try await isReading(scene)
                // Without a word to those who wait, as if it came too late.
                try await scene.send("HSET", scene.key("meta"), "paused", "1")
                let second = try await scene.add()
                try await eventually("it was given back") { try await scene.parked().values.reduce(0, +) == 1 }
                try await scene.store.changeQueue(.default, .resume)
                let jobs = try await other.value
                #expect(jobs.map(\.id) == second)
                #expect(jobs.map(\.attempt) == [1])
            }
        }

        @Test("Of two claims of one session that wait, one reads and both are served")
        func twoOfOneSession() async throws {
            try await ClaimScene.with { scene in
                let claims = [wait(scene, limit: 1), wait(scene, limit: 1)]
                try await isReading(scene)
                let ids = try await scene.add(NewJob(name: "work"), NewJob(name: "work"))
                var found: [JobID] = []
                for claim in claims { found += try await claim.value.map(\.id) }
                #expect(found.sorted() == ids.sorted())
            }
        }

        @Test("A claim that waits beside a read of its session does not end it when it ends")
        func besideARead() async throws {
            try await ClaimScene.with { scene in
                let reading = wait(scene)
                try await isReading(scene)
                let beside = try await scene.store.claim(
                    ClaimRequest(
                        session: scene.session, queues: [.init(.default)], names: nil, limit: 10, suspects: 1,
                        wait: .milliseconds(200)))
                #expect(beside.isEmpty)
                // What would end the read leaves a trace.
                let bell = scene.key("bell:\(scene.session.rawValue)")
                #expect(try await scene.send("XLEN", bell).integer == 0)
                let ids = try await scene.add()
                #expect(try await reading.value.map(\.id) == ids)
            }
        }

        @Test("Of jobs that come together a claim that waits gets the most urgent first, wherever it stands")
        func theMostUrgentFirst() async throws {
            try await ClaimScene.with { scene in
                let claim = wait(scene, limit: 1)
                try await isReading(scene)
                let levels: [JobPriority] = [.bulk, .normal, .normal, .critical, .normal, .bulk, .critical]
                let ids = try await scene.store.enqueue(
                    levels.map { level in
                        var job = NewJob(name: "work")
                        job.priority = level
                        return job
                    }, atomically: true
                ).compactMap(\.id)
                let first = try await claim.value
                #expect(first.map(\.id) == [ids[3]])
                #expect(try await scene.take().map(\.id) == [6, 1, 2, 4, 0, 5].map { ids[$0] })
            }
        }

        @Test("A read brings no more than its queue may give: nothing has to go back")
        func noMoreThanTheQueueMayGive() async throws {
            try await ClaimScene.with { scene in
                let claim = Task {
                    try await scene.store.claim(
                        ClaimRequest(
                            session: scene.session, queues: [.init(.default, limit: 2)], names: nil, limit: 10,
                            suspects: 1, wait: .seconds(30)))
                }
                try await isReading(scene)
                let ids = try await scene.add(NewJob(name: "work"), NewJob(name: "work"), NewJob(name: "work"))
                #expect(try await claim.value.map(\.id) == Array(ids.prefix(2)))
                #expect(try await scene.parked().isEmpty)
                #expect(try await scene.take().map(\.id) == Array(ids.suffix(1)))
            }
        }

        @Test("A read of one queue does not keep a claim from another that was made meanwhile")
        func anotherQueue() async throws {
            try await ClaimScene.with { scene in
                let claim = Task {
                    try await scene.store.claim(
                        ClaimRequest(
                            session: scene.session, queues: [.init(.default), .init("new")], names: nil, limit: 10,
                            suspects: 1, wait: .seconds(30)))
                }
                try await isReading(scene)
                var job = NewJob(name: "work")
                job.queue = "new"
                let begin = ContinuousClock.now
                let ids = try await scene.add(job)
                #expect(try await claim.value.map(\.id) == ids)
                // Not by the look that is due every five seconds.
                #expect(ContinuousClock.now - begin < .seconds(3))
            }
        }

        @Test("What is not a new job ends the read: what another gives back is had at once")
        func givenBack() async throws {
            try await ClaimScene.with { scene in
                let other = try await ClaimScene.session(scene.store)
                let ids = try await scene.add()
                let held = try await scene.take(as: other)
                #expect(held.map(\.id) == ids)
                let claim = wait(scene)
                try await isReading(scene)
                _ = try await scene.store.settle(
                    SettleBatch(session: other, sequence: 1, items: held.map { Settlement($0, .released) }))
                #expect(try await claim.value.map(\.id) == ids)
            }
        }
    }
#endif
