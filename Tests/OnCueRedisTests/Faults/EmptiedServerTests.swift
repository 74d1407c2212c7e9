#if Redis
    import OnCue
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    /// What processes remember of a server that was emptied under them.
    @Suite struct EmptiedServerTests {
        /// Queues get other numbers then, and the ids of jobs say the number of their queue.
        @Test("A session that comes back before anybody enqueues leaves no queue with a number of before")
        func numbers() async throws {
            let server = try await RedisServer.start()
            let store = try await OutageScene.Setting(server).open()
            let producer = try await OutageScene.Setting(server).open()
            for queue in ["first", "second"] as [QueueName] {
                _ = try await producer.enqueue([NewJob(name: "work", queue: queue)], atomically: false)
            }
            let session = try await store.openSession(
                SessionOpening(
                    worker: "w", process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 10))
            let request = ClaimRequest(session: session, queues: [.init("second")], limit: 10)
            #expect(try await store.claim(request).count == 1)

            try await server.command("FLUSHDB")
            _ = try await store.renew(session)
            #expect(try await store.claim(request).isEmpty)
            let id = try #require(
                try await producer.enqueue([NewJob(name: "work", queue: "second")], atomically: false).first?.id)
            let jobs = try await store.claim(request)
            #expect(jobs.map(\.id) == [id])
            _ = try await store.settle(
                SettleBatch(session: session, sequence: 1, items: jobs.map { Settlement($0, .completed(output: nil)) }))
            for looking in [store, producer, try await OutageScene.Setting(server).open()] {
                #expect(try await looking.queues().map(\.name) == ["second"])
                #expect(try await looking.find([id]).map { $0?.state } == [.completed])
                await looking.close()
            }
            await server.stop()
        }
    }
#endif
