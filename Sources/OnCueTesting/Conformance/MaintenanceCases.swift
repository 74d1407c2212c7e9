import OnCue
import Testing

extension Conformance {
    /// Ends `count` jobs, a second apart.
    private static func finished(
        _ scene: Scene, _ count: Int, _ outcome: Settlement.Outcome = .completed(output: nil),
        queue: QueueName = .default, keep: Settlement.Keep = .policy
    ) async throws -> [JobID] {
        let session = try await scene.session()
        var ids: [JobID] = []
        for _ in 0..<count {
            let job = try await scene.running(NewJob(name: "work", queue: queue), by: session)
            try await scene.end(job, outcome, keep: keep)
            ids.append(job.id)
            scene.time.advance(by: .seconds(1))
        }
        return ids
    }

    static let maintenanceCases: [StoreCase] = [
        StoreCase("Housekeeping of an empty store does nothing") { scene async throws in
            #expect(try await scene.maintain() == MaintenanceReport())
        },
        StoreCase("Housekeeping makes pending what is due, and no more") { scene async throws in
            let ids = try await scene.accept([
                NewJob(name: "work", due: .after(.seconds(1))), NewJob(name: "work", due: .after(.seconds(2))),
                NewJob(name: "work", due: .after(.seconds(3))),
            ])
            scene.time.advance(by: .seconds(2))
            #expect(try await scene.maintain().promoted == 2)
            #expect(try await scene.states(ids) == [.pending, .pending, .delayed])
            #expect(try await scene.maintain().promoted == 0)
        },
        StoreCase("Housekeeping works in bounds and says when there is more") { scene async throws in
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work", due: .after(.seconds(1))), count: 10))
            scene.time.advance(by: .seconds(1))
            let first = try await scene.maintain(limit: 4)
            #expect(first.promoted == 4 && first.hasMore)
            var promoted = first.promoted
            var report = first
            while report.hasMore {
                report = try await scene.maintain(limit: 4)
                promoted += report.promoted
            }
            #expect(promoted == 10)
            #expect(try await scene.queue().count(.pending) == 10)
        },
        StoreCase("A job that was not started in time is buried as expired") { scene async throws in
            let ids = try await scene.accept([
                NewJob(name: "work", expires: .after(.seconds(5)), unique: UniqueKey("k")),
                NewJob(name: "work", due: .after(.seconds(60)), expires: .after(.seconds(5))),
                NewJob(name: "work", expires: .after(.seconds(6))),
            ])
            scene.time.advance(by: .seconds(5))
            let report = try await scene.maintain()
            #expect(report.expired == 2)
            #expect(try await scene.states(ids) == [.dead, .dead, .pending])
            let record = try await scene.job(ids[0])
            #expect(record.deadReason == .expired && record.lastError == "expired before it was started")
            #expect(record.finishedAt == scene.time.now() && record.attempt == 0)
            #expect(try await scene.events(of: ids[0]) == [.created, .dead])
            #expect(try await scene.queue().totals.dead == 2)
            _ = try await scene.accept(NewJob(name: "work", unique: UniqueKey("k")))
        },
        StoreCase("A job that runs does not expire") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(NewJob(name: "work", expires: .after(.seconds(5))), by: session)
            scene.time.advance(by: .seconds(10))
            #expect(try await scene.maintain().expired == 0)
            #expect(try await scene.end(job) == .applied(.completed))
        },
        StoreCase("Finished jobs that are too old go, by queue and state") { scene async throws in
            let done = try await finished(scene, 4)
            let dead = try await finished(scene, 2, .dead(.permanent))
            let other = try await finished(scene, 1, queue: "other")
            let third = try #require(try await scene.job(done[2]).finishedAt)
            let report = try await scene.maintain(
                prunes: [.init(queue: .default, state: .completed, before: third, keep: 100)])
            #expect(report.pruned == 2)
            #expect(
                try await scene.states(done + dead + other)
                    == [nil, nil, .completed, .completed, .dead, .dead, .completed])
            let queue = try await scene.queue()
            #expect(queue.count(.completed) == 2 && queue.totals.completed == 4)
            // A prune is no deletion by anyone.
            #expect(try await scene.events(of: done[0]).contains(.deleted) == false)
        },
        StoreCase("Of the finished jobs above the number to keep the oldest go") { scene async throws in
            let done = try await finished(scene, 5)
            let prune = MaintenanceRequest.Prune(queue: .default, state: .completed, before: .longAgo, keep: 2)
            #expect(try await scene.maintain(prunes: [prune]).pruned == 3)
            #expect(try await scene.states(done) == [nil, nil, nil, .completed, .completed])
            #expect(try await scene.maintain(prunes: [prune]).pruned == 0)
            let bounded = MaintenanceRequest.Prune(queue: .default, state: .completed, before: .longAgo, keep: 0)
            let report = try await scene.maintain(limit: 1, prunes: [bounded])
            #expect(report.pruned == 1 && report.hasMore)
        },
        StoreCase("A job that is kept for a time of its own is out of the policy's reach until then") {
            scene async throws in
            let start = scene.time.now()
            let kept = try await finished(scene, 1, keep: .atLeast(.seconds(100)))
            let prune = MaintenanceRequest.Prune(
                queue: .default, state: .completed, before: start + .seconds(50), keep: 0)
            #expect(try await scene.maintain(prunes: [prune]).pruned == 0)
            #expect(try await scene.states(kept) == [.completed])
            scene.time.advance(by: .seconds(100))
            #expect(try await scene.maintain().pruned == 1)
            #expect(try await scene.states(kept) == [nil])
        },
        StoreCase("What operators cancel or time buries is kept as the policy says") { scene async throws in
            let ids = try await scene.accept([
                NewJob(name: "work"), NewJob(name: "work", expires: .after(.seconds(1))),
            ])
            _ = try await scene.change(ids[0], .cancel(reason: nil, force: false))
            scene.time.advance(by: .seconds(2))
            try await scene.maintain()
            #expect(try await scene.states(ids) == [.cancelled, .dead])
            let now = scene.time.now() + .seconds(1)
            let report = try await scene.maintain(prunes: [
                .init(queue: .default, state: .cancelled, before: now, keep: 100),
                .init(queue: .default, state: .dead, before: now, keep: 100),
            ])
            #expect(report.pruned == 2)
            #expect(try await scene.states(ids) == [nil, nil])
        },
        StoreCase("A job that runs again is not pruned for its earlier end") { scene async throws in
            let dead = try await finished(scene, 1, .dead(.permanent))
            _ = try await scene.change(dead[0], .retry(resetAttempts: true))
            let prunes = [JobState.dead, .completed].map {
                MaintenanceRequest.Prune(queue: .default, state: $0, before: scene.time.now(), keep: 0)
            }
            #expect(try await scene.maintain(prunes: prunes).pruned == 0)
            #expect(try await scene.states(dead) == [.pending])
        },
        StoreCase("Events that are too old go") { scene async throws in
            _ = try await scene.accept()
            scene.time.advance(by: .seconds(10))
            let moment = scene.time.now()
            let id = try await scene.accept()
            #expect(try await scene.maintain(eventsBefore: moment).pruned == 1)
            let page = try await scene.store.events(after: .start, limit: 10, wait: .zero)
            #expect(page.events.map(\.job) == [id] && page.hasGap)
        },
        StoreCase("Housekeeping by several at once does each thing once") { scene async throws in
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work", due: .after(.seconds(1))), count: 50))
            scene.time.advance(by: .seconds(1))
            let promoted = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await scene.maintain().promoted } }
                return try await group.reduce(0, +)
            }
            #expect(promoted == 50)
            let session = try await scene.session()
            #expect(try await scene.take(session).count == 50)
        },
        StoreCase("A store says what it is, what time it is and how it is") { scene async throws in
            let info = try await scene.store.info()
            #expect(!info.kind.isEmpty && !info.location.isEmpty && !info.durability.isEmpty && info.schemaVersion > 0)
            #expect(try await scene.store.now() == scene.time.now())
            #expect(try await scene.store.check().allSatisfy { $0.severity < .problem })
        },
        StoreCase("A wall clock that jumps far ahead and back again loses no job") { scene async throws in
            let ids = try await scene.accept([NewJob(name: "work"), NewJob(name: "work", due: .after(.seconds(60)))])
            let done = try await finished(scene, 1, queue: "other")
            scene.time.jumpWallClock(by: .seconds(-7_200))
            try await scene.maintain()
            #expect(try await scene.states(ids + done) == [.pending, .delayed, .completed])
            scene.time.jumpWallClock(by: .seconds(7_200 + 61))
            let session = try await scene.session()
            #expect(try await scene.take(session).map(\.id) == ids)
        },
    ]
}
