#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    /// Plain jobs that were completed together are kept together.
    @Suite(.enabled(if: RedisServer.isInstalled, "needs redis-server"))
    struct BundleTests {
        /// Takes in jobs, completes all that wait in one batch, and says their ids.
        private func complete(_ jobs: [NewJob], in scene: StoreScene) async throws -> [JobID] {
            let ids = try await scene.accept(jobs)
            let session = try await scene.session()
            scene.time.advance(by: .seconds(1))
            let taken = try await scene.take(session, 1_000)
            scene.time.advance(by: .seconds(2))
            let answers = try await scene.store.settle(
                SettleBatch(session: session, sequence: 1, items: taken.map { Settlement($0, .completed(output: nil)) })
            )
            #expect(answers.count >= jobs.count && answers.allSatisfy { $0 == .applied(.completed) })
            return ids
        }

        private func jobs(_ count: Int) -> [NewJob] {
            (0..<count).map { NewJob(name: "work", payload: [UInt8(truncatingIfNeeded: $0)]) }
        }

        private func prune(_ scene: StoreScene, keep: Int, limit: Int = 1_000) async throws -> MaintenanceReport {
            try await scene.store.maintain(
                MaintenanceRequest(
                    limit: limit,
                    prunes: [
                        .init(queue: .default, state: .completed, before: .init(microseconds: 0), keep: keep)
                    ], eventsBefore: .init(microseconds: 0), eventsKeep: 1_000_000,
                    sessionsBefore: .init(microseconds: 0)))
        }

        private func isEmpty(_ scene: StoreScene) async throws -> Bool {
            for key in [QueueKeys.Key.records, .bundles, .bundleIndex, .doneCompleted] {
                guard try await scene.send("EXISTS", try scene.key(key)).integer == 0 else { return false }
            }
            return true
        }

        @Test("Every job of a bundle is found as it was, and listed in its place")
        func found() async throws {
            try await StoreScene.with { scene in
                let began = scene.time.now()
                let wanted: [NewJob] = (0..<300).map { index in
                    let bytes = (0..<[0, 80, 4_000][index % 3]).map { UInt8(truncatingIfNeeded: $0 &* index) }
                    return NewJob(
                        name: index % 2 == 0 ? "work" : "another.name", priority: index % 7 == 0 ? .high : .normal,
                        payload: bytes, tags: index % 5 == 0 ? ["number": "\(index)"] : [:])
                }
                let ids = try await complete(wanted, in: scene)
                #expect(try await scene.send("EXISTS", try scene.key(.records)).integer == 0)
                for (job, new) in zip(try await scene.store.find(ids), wanted) {
                    let job = try #require(job)
                    #expect(job.state == .completed && job.attempt == 1 && job.lostWorkers == 0)
                    #expect(job.name == new.name && job.payload == new.payload && job.tags == new.tags)
                    #expect(job.priority == new.priority && job.worker == "worker" && job.lastError == nil)
                    #expect(job.createdAt == began && job.startedAt == began + .seconds(1))
                    #expect(job.finishedAt == began + .seconds(3) && job.updatedAt == job.finishedAt)
                    #expect(job.session == nil && job.output == nil && job.dueAt == nil)
                }
                for order in [JobOrder.oldestFirst, .newestFirst] {
                    let page = try await scene.store.search(JobFilter(), order: order, after: nil, limit: 1_000)
                    #expect(page.jobs.map(\.id) == (order == .oldestFirst ? ids.sorted() : ids.sorted().reversed()))
                }
                #expect(try await scene.countsAreRight())
            }
        }

        @Test("A job that was enqueued while the clock was set back keeps the moment of its enqueue")
        func setBack() async throws {
            try await StoreScene.with { scene in
                _ = try await scene.accept(jobs(1))
                scene.time.jumpWallClock(by: .seconds(-60))
                let now = scene.time.now()
                let ids = try await complete(jobs(2), in: scene)
                for job in try await scene.store.find(ids) {
                    #expect(job?.state == .completed && job?.createdAt == now)
                }
            }
        }

        @Test("What is deleted is gone from its bundle, and nothing else; the last takes all with it")
        func deletes() async throws {
            try await StoreScene.with { scene in
                let ids = try await complete(jobs(200), in: scene)
                #expect(
                    try await scene.store.change([ids[0]], .cancel(reason: nil, force: false)) == [.refused(.completed)]
                )
                #expect(try await scene.store.change([ids[0]], .retry(resetAttempts: true)) == [.refused(.completed)])
                let some = Set([0, 1, 63, 127, 128, 199].map { ids[$0] })
                let answers = try await scene.store.change(Array(some), .delete)
                #expect(answers == [ChangeAnswer](repeating: .done(nil), count: some.count))
                #expect(try await scene.store.change(Array(some), .delete).allSatisfy { $0 == .notFound })
                for (index, job) in try await scene.store.find(ids).enumerated() {
                    #expect(some.contains(ids[index]) ? job == nil : job?.payload == [UInt8(index)])
                }
                let left = ids.filter { !some.contains($0) }
                let page = try await scene.store.search(JobFilter(), order: .oldestFirst, after: nil, limit: 1_000)
                #expect(page.jobs.map(\.id) == left)
                #expect(try await scene.countsAreRight())
                #expect(try await scene.store.repair(dryRun: true).map(\.severity) == [.fine])

                #expect(try await scene.store.change(left, .delete).allSatisfy { $0 == .done(nil) })
                #expect(try await isEmpty(scene))
                #expect(try await scene.countsAreRight())
                try await scene.store.removeQueue(.default)
            }
        }

        @Test("Retention keeps as many as it is to keep, and drops no more than it may at once")
        func prunes() async throws {
            try await StoreScene.with { scene in
                let ids = try await complete(jobs(300), in: scene)
                let first = try await prune(scene, keep: 250, limit: 20)
                #expect(first.pruned == 20 && first.hasMore)
                let second = try await prune(scene, keep: 250)
                #expect(second.pruned == 30 && !second.hasMore)
                #expect(try await scene.store.find(ids).compactMap(\.self).count == 250)
                #expect(try await scene.countsAreRight())
                #expect(try await scene.store.repair(dryRun: true).map(\.severity) == [.fine])
                #expect(try await prune(scene, keep: 250).pruned == 0)
                #expect(try await prune(scene, keep: 0).pruned == 250)
                #expect(try await isEmpty(scene))
                #expect(try await scene.countsAreRight())
            }
        }

        @Test("A purge removes as many as it is told, and tells of each")
        func purges() async throws {
            try await StoreScene.with { scene in
                _ = try await complete(jobs(300), in: scene)
                #expect(try await scene.store.purge(.default, states: [.completed], limit: 50) == 50)
                #expect(try await scene.countsAreRight())
                #expect(try await scene.store.purge(.default, states: [.completed], limit: 10_000) == 250)
                #expect(try await isEmpty(scene))
                let page = try await scene.store.events(after: .start, limit: 10_000, wait: .zero)
                #expect(page.events.filter { $0.kind == .deleted }.count == 300)
            }
        }

        @Test("A job whose lease was lost is kept in no bundle")
        func lost() async throws {
            try await StoreScene.with { scene in
                // The log says a name where it changes: here with the one that is lost.
                let names = (0..<40).map { JobName($0 < 20 ? "early" : "late") }
                let ids = try await scene.accept(names.map { NewJob(name: $0) })
                let (one, other) = (try await scene.session("one"), try await scene.session("other"))
                let taken = try await scene.take(one, 40)
                // An operator gives one of them to somebody else.
                let entry = try #require(StoreMadeID(ids[20])).position.description
                try await scene.send("XCLAIM", try scene.key(.normal), "w", other.rawValue, "0", entry, "JUSTID")
                let answers = try await scene.store.settle(
                    SettleBatch(session: one, sequence: 1, items: taken.map { Settlement($0, .completed(output: nil)) })
                )
                #expect(answers.enumerated().allSatisfy { $1 == ($0 == 20 ? .leaseLost : .applied(.completed)) })
                let states = try await scene.store.find(ids).map { $0?.state }
                #expect(states.enumerated().allSatisfy { $1 == ($0 == 20 ? .running : .completed) })
                let page = try await scene.store.events(after: .start, limit: 1_000, wait: .zero)
                let named = Dictionary(uniqueKeysWithValues: zip(ids, names))
                for (kind, count) in [(JobEvent.Kind.created, 40), (.started, 40), (.completed, 39)] {
                    let events = page.events.filter { $0.kind == kind }
                    #expect(events.count == count)
                    #expect(events.allSatisfy { $0.name == $0.job.flatMap { named[$0] } }, "\(kind)")
                }
                #expect(try await scene.countsAreRight())
                #expect(try await scene.store.repair(dryRun: true).map(\.severity) == [.fine])
            }
        }
    }
#endif
