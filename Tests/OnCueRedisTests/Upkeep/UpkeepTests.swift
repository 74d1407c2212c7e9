#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    @Suite struct UpkeepTests {
        @Test("A fence that was begun and left is finished by whoever keeps house next")
        func halfEnded() async throws {
            try await StoreScene.with { scene in
                let id = try #require(try await scene.accept([NewJob(name: "work")]).first)
                let session = try await scene.session()
                #expect(try await scene.take(session).map(\.id) == [id])
                let key = scene.store.core.registry.keys.session(session)
                let begun = String((scene.time.now() - .seconds(1)).microseconds)
                try await scene.send("HSET", key, "st", "fencing", "e", begun, "err", "silent for too long")
                // Who began it may still be at it.
                try await scene.maintain()
                #expect(try await scene.store.find([id]).first??.state == .running)
                scene.time.advance(by: .seconds(2))
                try await scene.maintain()
                let job = try #require(try await scene.store.find([id]).first ?? nil)
                #expect(job.state == .pending && job.lostWorkers == 1 && job.lastError == "silent for too long")
                #expect(try await scene.store.sessions().map(\.standing) == [.fenced])
            }
        }

        @Test("What a session holds that has ended goes back, and nothing of a forgotten one stays")
        func endedSessions() async throws {
            try await StoreScene.with { scene in
                let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 2))
                let session = try await scene.session()
                let jobs = try await scene.take(session)
                #expect(jobs.map(\.id) == ids)
                let answers = try await scene.store.settle(
                    SettleBatch(session: session, sequence: 1, items: [Settlement(jobs[0], .completed(output: nil))]))
                #expect(answers == [.applied(.completed)])
                // The registry says closed, and the queue was never told.
                let ended = String(scene.time.now().microseconds)
                try await scene.send(
                    "HSET", scene.store.core.registry.keys.session(session), "st", "closed", "e", ended)
                try await scene.maintain()
                #expect(try await scene.store.find(ids).map { $0?.state } == [.completed, .pending])
                #expect(try await scene.keys(with: session.rawValue).isEmpty == false)
                try await scene.maintain(sessionsBefore: scene.time.now() + .seconds(1))
                #expect(try await scene.keys(with: session.rawValue).isEmpty)
                #expect(try await scene.store.sessions().isEmpty)
            }
        }

        @Test("A session that the registry has lost keeps what it holds for a while, for it may live")
        func unknownSessions() async throws {
            try await StoreScene.with { scene in
                let id = try #require(try await scene.accept([NewJob(name: "work")]).first)
                let session = try await scene.session()
                #expect(try await scene.take(session).count == 1)
                let keys = scene.store.core.registry.keys
                try await scene.send("DEL", keys.session(session), keys.sessions)
                try await scene.maintain()
                #expect(try await scene.store.find([id]).first??.state == .running)
                let queue = try #require(try await scene.store.core.registry.queue(.default))
                try await scene.store.core.sweepUnknown(session, queue)
                let job = try #require(try await scene.store.find([id]).first ?? nil)
                #expect(job.state == .pending && job.lostWorkers == 1)
                #expect(try await scene.keys(with: session.rawValue).isEmpty)
            }
            let patient = UnknownSessions(grace: .seconds(60))
            #expect(!patient.isUnknownForLong(SessionID(rawValue: "a")))
            #expect(!patient.isUnknownForLong(SessionID(rawValue: "a")))
            let strict = UnknownSessions(grace: .zero)
            #expect(strict.isUnknownForLong(SessionID(rawValue: "a")))
        }

        @Test("More than one script takes is done in several, up to the bound")
        func pieces() async throws {
            try await StoreScene.with { scene in
                _ = try await scene.accept(
                    [NewJob](repeating: NewJob(name: "work", due: .after(.seconds(1))), count: 1_300))
                scene.time.advance(by: .seconds(1))
                let first = try await scene.maintain(limit: 1_200)
                #expect(first.promoted == 1_200 && first.hasMore)
                let second = try await scene.maintain(limit: 1_200)
                #expect(second.promoted == 100 && !second.hasMore)
                #expect(try await scene.store.queues().first?.count(.pending) == 1_300)
            }
        }

        @Test("A log that has grown long is cut in pieces: nobody waits for all of it")
        func cutsTheLogInPieces() async throws {
            let server = try await RedisServer.start()
            let store = try await RedisStore(RedisConfiguration(.single(.tcp(host: server.host, port: server.port))))
            func cut(keeping count: Int) async throws -> MaintenanceReport {
                try await store.maintain(
                    MaintenanceRequest(
                        limit: 20_000, eventsBefore: .init(microseconds: 0), eventsKeep: count,
                        sessionsBefore: .init(microseconds: 0)))
            }
            // Many events in few entries.
            for _ in 0..<24 {
                _ = try await store.enqueue([NewJob](repeating: NewJob(name: "work"), count: 500), atomically: true)
            }
            let report = try await cut(keeping: 500)
            #expect(report.pruned == 11_500 && !report.hasMore)
            #expect(try await server.command("INFO", "commandstats").contains("cmdstat_xtrim:calls=3,"))
            // And as many entries as events.
            for _ in 0..<550 {
                try await store.changeQueue("q", .pause)
                try await store.changeQueue("q", .resume)
            }
            #expect(try await cut(keeping: 0).pruned == 1_600)
            #expect(try await server.command("INFO", "commandstats").contains("cmdstat_xtrim:calls=7,"))
            await store.close()
            await server.stop()
        }

        @Test("A removed queue is gone for good when its log is, and nobody can still believe in it")
        func removedQueue() async throws {
            try await StoreScene.with { scene in
                try await scene.store.changeQueue("q", .pause)
                try await scene.store.removeQueue("q")
                try await scene.maintain(eventsKeep: 0)
                try await scene.maintain(eventsKeep: 0)
                #expect(try await scene.store.core.registry.removedQueues().map(\.name) == ["q"])
                try await scene.send("HSET", try scene.key(.meta, of: "q"), "retired", "1")
                try await scene.maintain(eventsKeep: 0)
                #expect(try await scene.store.core.registry.removedQueues().isEmpty)
                #expect(try await scene.keys(with: "q}").isEmpty)
            }
        }
    }
#endif
