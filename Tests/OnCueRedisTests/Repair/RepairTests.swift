#if Redis
    import OnCue
    import OnCueTesting
    import RedisWire
    import Testing

    @testable import OnCueRedis

    /// One way to damage a store, and what it is called.
    struct Damage: Sendable, CustomTestStringConvertible {
        let finding: String
        let inflict: @Sendable (StoreScene, RepairTests.Jobs) async throws -> Void

        init(_ finding: String, _ inflict: @escaping @Sendable (StoreScene, RepairTests.Jobs) async throws -> Void) {
            self.finding = finding
            self.inflict = inflict
        }

        var testDescription: String { finding }
    }

    @Suite struct RepairTests {
        struct Jobs: Sendable {
            var plain: [JobID]
            var keyed: JobID
            var expiring: JobID
            var delayed: JobID
            var cancelled: JobID
            var running: LeasedJob
            var session: SessionID
        }

        /// A queue with jobs of every kind.
        private func jobs(_ scene: StoreScene) async throws -> Jobs {
            let session = try await scene.session()
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 30))
            let done = try await scene.take(session).map { Settlement($0, .completed(output: nil)) }
            _ = try await scene.store.settle(SettleBatch(session: session, sequence: 1, items: done))
            let runs = try await scene.accept([NewJob(name: "work", unique: UniqueKey("runs"))])
            let running = try #require(try await scene.take(session).first)
            #expect(running.id == runs[0])
            let plain = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 3))
            let others = try await scene.accept([
                NewJob(name: "work", unique: UniqueKey("key")), NewJob(name: "work", expires: .after(.seconds(600))),
                NewJob(name: "work", due: .after(.seconds(60))), NewJob(name: "work", unique: UniqueKey("gone")),
            ])
            let cancel = try await scene.store.change([others[3]], .cancel(reason: nil, force: false))
            #expect(cancel == [.done(.cancelled)])
            return Jobs(
                plain: plain, keyed: others[0], expiring: others[1], delayed: others[2], cancelled: others[3],
                running: running, session: session)
        }

        static let damages: [Damage] = [
            Damage("records without entries") { scene, jobs in
                let entry = try await Self.entry(of: jobs.keyed, scene)
                try await scene.send("XDEL", try scene.key(.normal), entry)
            },
            Damage("records without entries") { scene, jobs in
                // One that runs.
                let entry = try await Self.entry(of: jobs.running.id, scene)
                try await scene.send("XACK", try scene.key(.normal), "w", entry)
                try await scene.send("XDEL", try scene.key(.normal), entry)
            },
            Damage("jobs handed out that are not there") { scene, jobs in
                try await scene.send("XDEL", try scene.key(.normal), try await Self.entry(of: jobs.running.id, scene))
            },
            Damage("running jobs that nobody holds") { scene, jobs in
                let entry = try await Self.entry(of: jobs.running.id, scene)
                try await scene.send("XCLAIM", try scene.key(.normal), "w", "~lost", "0", entry, "JUSTID")
            },
            Damage("jobs that nobody would hand out") { scene, jobs in
                // A running job that has a record.
                try await scene.send("XGROUP", "DELCONSUMER", try scene.key(.normal), "w", jobs.session.rawValue)
            },
            Damage("jobs that nobody would hand out") { scene, jobs in
                // Two that are plain.
                #expect(try await scene.take(jobs.session, 2).map(\.id) == Array(jobs.plain[..<2]))
                try await scene.send("XGROUP", "DELCONSUMER", try scene.key(.normal), "w", jobs.session.rawValue)
            },
            Damage("entries without records") { scene, jobs in
                try await scene.send(["HDEL", try scene.key(.records)], jobs.keyed)
            },
            Damage("damaged entries") { scene, _ in
                let newest = try await scene.send("HMGET", try scene.key(.meta), "lastms", "lastseq")
                let position = try #require(newest.elements.map { $0.compactMap(\.integer) })
                let behind = "\(position[0])-\(position[1] + 1)"
                try await scene.send("XADD", try scene.key(.normal), behind, "what", "ever")
            },
            Damage("damaged records") { scene, jobs in
                try await scene.send(["HSET", try scene.key(.records)], jobs.delayed, [0xff, 1, 2])
            },
            Damage("damaged records") { scene, _ in
                try await scene.change(bundlePart: "s", to: [0xff, 1, 2])
            },
            Damage("damaged records") { scene, _ in
                try await scene.change(bundlePart: "b", to: [0, 0, 0, 9])
            },
            Damage("damaged records") { scene, _ in
                try await scene.change(bundlePart: "i", to: nil)
            },
            Damage("finished jobs that nobody would find") { scene, _ in
                try await scene.send("DEL", try scene.key(.bundleIndex))
            },
            Damage("places of jobs that are not there") { scene, _ in
                try await scene.send("ZADD", try scene.key(.bundleIndex), "1", "number??1")
            },
            Damage("places of jobs that are not there") { scene, _ in
                try await scene.send("RPUSH", try scene.key(.doneCompleted), "01234567890123456789012345678901")
            },
            Damage("finished jobs that nothing would remove") { scene, _ in
                try await scene.send("DEL", try scene.key(.doneCompleted))
            },
            Damage("wrong counters") { scene, _ in
                try await scene.send("HINCRBY", try scene.key(.meta), "kc", "2")
            },
            Damage("waiting jobs without their time") { scene, jobs in
                try await scene.send(["ZREM", try scene.key(.due)], jobs.delayed)
            },
            Damage("jobs that listings pass by") { scene, jobs in
                try await scene.send(["ZREM", try scene.key(.ids)], jobs.keyed)
            },
            Damage("jobs that would not expire") { scene, jobs in
                try await scene.send(["ZREM", try scene.key(.expiring)], jobs.expiring)
            },
            Damage("finished jobs that nothing would remove") { scene, _ in
                try await scene.send("DEL", try scene.key(.doneCancelled))
            },
            Damage("places of jobs that are not there") { scene, jobs in
                try await scene.send(["ZADD", try scene.key(.due), "1"], jobs.plain[0])
            },
            Damage("places of jobs that are not there") { scene, _ in
                try await scene.send("RPUSH", try scene.key(.doneDead), "012345678901234567890123")
            },
            Damage("what dead jobs left behind") { scene, jobs in
                try await scene.send(["HSET", try scene.key(.history)], .make(at: scene.time.now()), [0])
            },
            Damage("what dead jobs left behind") { scene, jobs in
                try await scene.send(["HSET", try scene.key(.memory)], .make(at: scene.time.now()), [0])
            },
            Damage("unique keys of jobs that are gone") { scene, jobs in
                let id = StoreScene.bytes(.make(at: scene.time.now()))
                var command = RedisCommand("HSET", key: try scene.key(.unique))
                command.append("stuck")
                command.append(id + [UInt8](repeating: 0, count: 8))
                _ = try await scene.store.client.send(command)
            },
            Damage("wrong counters") { scene, _ in
                try await scene.send("HINCRBY", try scene.key(.meta), "delayed", "7")
            },
            Damage("wrong counters") { scene, _ in
                try await scene.send("HSET", try scene.key(.parked), "2:~back", "3")
            },
            Damage("wrong counters") { scene, _ in
                try await scene.send("HINCRBY", try scene.key(.meta), "kx", "-3")
            },
            Damage("streams without their group") { scene, _ in
                try await scene.send("XGROUP", "DESTROY", try scene.key(.bulk), "w")
            },
            Damage("queues that are not listed") { scene, _ in
                try await scene.send("HDEL", scene.store.core.registry.keys.queues, "default")
            },
            Damage("consumers without sessions") { scene, jobs in
                try await scene.send("HSET", scene.store.core.registry.keys.session(jobs.session), "st", "fenced")
            },
            Damage("sessions of which nothing is left") { scene, jobs in
                try await scene.send("ZADD", scene.store.core.registry.keys.sessions, "1", "nobody")
            },
        ]

        private static func entry(of id: JobID, _ scene: StoreScene) async throws -> String {
            let bytes = try #require(try await scene.send(["HGET", try scene.key(.records)], id).array)
            return try #require(StoredRecord(bytes)?.facts.entry).description
        }

        @Test("What is damaged is found, told of, mended once and then well", arguments: damages)
        func damage(_ damage: Damage) async throws {
            try await StoreScene.with { scene in
                let jobs = try await jobs(scene)
                #expect(try await scene.store.repair(dryRun: true).map(\.severity) == [.fine])
                try await damage.inflict(scene, jobs)

                for _ in 0..<2 {
                    let found = try await scene.store.repair(dryRun: true)
                    #expect(found.contains { $0.severity == .problem && $0.message.contains(damage.finding) })
                }
                let mended = try await scene.store.repair(dryRun: false)
                #expect(mended.contains { $0.severity == .warning && $0.message.contains(damage.finding) })
                #expect(
                    try await scene.store.repair(dryRun: true) == [
                        StoreFinding(.fine, "repair", "Nothing is damaged or left behind.")
                    ])

                // And it is a store again: what is counted is there, what waits can be taken, what came is told.
                #expect(try await scene.countsAreRight())
                scene.time.advance(by: .seconds(61))
                let next = try await scene.session("next")
                let waiting = try await scene.store.queues().first?.waiting
                #expect(try await scene.take(next).count == waiting)
                #expect(try await scene.store.queues().first?.waiting == 0)
                #expect(try await scene.countsAreRight())
            }
        }

        @Test("A repair while others work touches nothing of theirs")
        func alongside() async throws {
            try await StoreScene.with { scene in
                let session = try await scene.session()
                let work = Task {
                    var (sequence, done): (Int64, Int) = (0, 0)
                    while !Task.isCancelled || done < 400 {
                        _ = try await scene.accept(
                            (0..<10).map {
                                NewJob(name: "work", unique: $0 % 2 == 0 ? nil : UniqueKey("\(done)-\($0)"))
                            })
                        let jobs = try await scene.take(session)
                        sequence += 1
                        let answers = try await scene.store.settle(
                            SettleBatch(
                                session: session, sequence: sequence,
                                items: jobs.map { Settlement($0, .completed(output: nil)) }))
                        #expect(answers.allSatisfy { $0 == .applied(.completed) })
                        done += answers.count
                    }
                    return done
                }
                var repairs: [StoreFinding] = []
                for _ in 0..<20 {
                    repairs += try await scene.store.repair(dryRun: false).filter { $0.severity != .fine }
                }
                work.cancel()
                let done = try await work.value
                #expect(repairs.isEmpty)
                #expect(try await scene.store.queues().first?.totals.completed == done)
                #expect(try await scene.countsAreRight())
            }
        }
    }

    extension StoreScene {
        /// Damages the first bundle.
        fileprivate func change(bundlePart part: String, to bytes: [UInt8]?) async throws {
            var command = RedisCommand(bytes == nil ? "HDEL" : "HSET", key: try key(.bundles))
            command.append([0, 0, 0, 0, 0, 0, 0, 1] + Array(part.utf8))
            if let bytes { command.append(bytes) }
            #expect(try await store.client.send(command).integer == (bytes == nil ? 1 : 0))
        }
    }
#endif
