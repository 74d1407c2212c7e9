import OnCue
import Testing

extension Conformance {
    static let queueCases: [StoreCase] = [
        StoreCase("Queues are listed by their order, then by name") { scene async throws in
            #expect(try await scene.store.queues().isEmpty)
            _ = try await scene.accept(["c", "a", "b"].map { NewJob(name: "work", queue: $0) })
            try await scene.store.changeQueue("z", .settings(QueueSettings(order: -1)))
            try await scene.store.changeQueue("a", .settings(QueueSettings(order: 2)))
            #expect(try await scene.store.queues().map(\.name) == ["z", "b", "c", "a"])
        },
        StoreCase("A queue counts its jobs by state, and all that ever happened") { scene async throws in
            let session = try await scene.session()
            for outcome: Settlement.Outcome in [
                .completed(output: nil), .dead(.permanent), .cancelled(reason: nil),
                .retry(after: .seconds(9), counts: true), .snooze(.seconds(9)),
            ] {
                try await scene.end(try await scene.running(by: session), outcome)
            }
            _ = try await scene.running(by: session)
            _ = try await scene.accept()
            let queue = try await scene.queue()
            for state in JobState.allCases where state != .blocked { #expect(queue.count(state) == 1) }
            #expect(queue.waiting == 3)
            #expect(queue.totals == QueueTotals(enqueued: 7, completed: 1, dead: 1, cancelled: 1, retried: 1))
        },
        StoreCase("A queue tells since when its oldest job has been pending") { scene async throws in
            let start = scene.time.now()
            _ = try await scene.accept(NewJob(name: "work", priority: .bulk))
            scene.time.advance(by: .seconds(5))
            _ = try await scene.accept(NewJob(name: "work", priority: .critical))
            #expect(try await scene.queue().oldestPendingSince == start)
            let session = try await scene.session()
            _ = try await scene.take(session)
            #expect(try await scene.queue().oldestPendingSince == nil)
        },
        StoreCase("A queue's settings are kept and replaced as a whole") { scene async throws in
            let settings = QueueSettings(
                order: 3, maxAttempts: 9, backoff: .constant(.seconds(4)), timeout: .seconds(60),
                softTimeout: .seconds(50),
                retention: RetentionPolicy(completed: .none, dead: .init(age: .seconds(7), count: 8)), maxWaiting: 77)
            try await scene.store.changeQueue("new", .settings(settings))
            #expect(try await scene.queue("new").settings == settings)
            try await scene.store.changeQueue("new", .settings(QueueSettings(order: 1)))
            #expect(try await scene.queue("new").settings == QueueSettings(order: 1))
            #expect(try await scene.queue("new").counts.values.allSatisfy { $0 == 0 })
        },
        StoreCase("A pause is seen, may be said twice, and leaves the settings alone") { scene async throws in
            try await scene.store.changeQueue("q", .settings(QueueSettings(order: 1)))
            try await scene.store.changeQueue("q", .pause)
            try await scene.store.changeQueue("q", .pause)
            let queue = try await scene.queue("q")
            #expect(queue.isPaused && queue.settings == QueueSettings(order: 1))
            // Jobs are taken in meanwhile.
            _ = try await scene.accept(NewJob(name: "work", queue: "q"))
            try await scene.store.changeQueue("q", .resume)
            try await scene.store.changeQueue("q", .resume)
            #expect(try await scene.queue("q").isPaused == false)
        },
        StoreCase("Settings and names that break a rule are refused with their field") { scene async throws in
            let bad: [(QueueName, QueueChange, String)] = [
                ("a b", .pause, "queue"), ("", .resume, "queue"),
                ("q", .settings(QueueSettings(maxAttempts: 0)), "max_attempts"),
                ("q", .settings(QueueSettings(timeout: .seconds(-1))), "timeout"),
                ("q", .settings(QueueSettings(timeout: .seconds(5), softTimeout: .seconds(5))), "soft_timeout"),
                ("q", .settings(QueueSettings(maxWaiting: -1)), "max_waiting"),
                (
                    "q",
                    .settings(
                        QueueSettings(retention: RetentionPolicy(completed: .init(age: .seconds(-1), count: 1)))),
                    "retention"
                ),
            ]
            for (queue, change, field) in bad {
                let error = await scene.error { () throws(StoreError) in
                    try await scene.store.changeQueue(queue, change)
                }
                #expect(error?.code == .invalid && error?.field == field)
            }
            let error = await scene.error { () throws(StoreError) in
                try await scene.store.setDefaults(QueueSettings(maxAttempts: 0))
            }
            #expect(error?.code == .invalid && error?.field == "max_attempts")
            #expect(try await scene.store.queues().isEmpty)
        },
        StoreCase("The store's defaults are kept and replaced as a whole") { scene async throws in
            #expect(try await scene.store.defaults() == QueueSettings())
            let settings = QueueSettings(maxAttempts: 3, retention: RetentionPolicy.none, maxWaiting: 5)
            try await scene.store.setDefaults(settings)
            #expect(try await scene.store.defaults() == settings)
            try await scene.store.setDefaults(QueueSettings())
            #expect(try await scene.store.defaults() == QueueSettings())
        },
        StoreCase("A purge removes the jobs of the given states of its queue alone") { scene async throws in
            let session = try await scene.session()
            let done = try await scene.running(NewJob(name: "work", queue: "q"), by: session)
            try await scene.end(done)
            let running = try await scene.running(NewJob(name: "work", queue: "q"), by: session)
            let waiting = try await scene.accept([
                NewJob(name: "work", queue: "q", unique: UniqueKey("k")),
                NewJob(name: "work", queue: "q", due: .after(.seconds(9))), NewJob(name: "work", queue: "other"),
            ])
            #expect(try await scene.store.purge("q", states: [.pending, .completed], limit: 100) == 2)
            #expect(
                try await scene.states([done.id, running.id] + waiting) == [nil, .running, nil, .delayed, .pending])
            let queue = try await scene.queue("q")
            #expect(queue.count(.pending) == 0 && queue.count(.completed) == 0 && queue.totals.completed == 1)
            // What went has freed its key.
            _ = try await scene.accept(NewJob(name: "work", queue: "q", unique: UniqueKey("k")))
        },
        StoreCase("A purge removes no more than its limit") { scene async throws in
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 10))
            #expect(try await scene.store.purge(.default, states: [.pending], limit: 4) == 4)
            #expect(try await scene.store.purge(.default, states: [.pending], limit: 0) == 0)
            #expect(try await scene.queue().count(.pending) == 6)
            #expect(try await scene.store.purge(.default, states: [.pending], limit: 100) == 6)
            #expect(try await scene.store.purge(.default, states: [.pending], limit: 100) == 0)
            #expect(try await scene.store.purge(.default, states: [], limit: 100) == 0)
            #expect(try await scene.store.purge("no-such-queue", states: [.pending], limit: 100) == 0)
            let session = try await scene.session()
            #expect(try await scene.take(session).isEmpty)
        },
        StoreCase("A purge of running jobs is refused") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let pending = try await scene.accept()
            let error = await scene.error { () throws(StoreError) in
                _ = try await scene.store.purge(.default, states: [.pending, .running], limit: 10)
            }
            #expect(error?.code == .invalid && error?.field == "states")
            #expect(try await scene.states([job.id, pending]) == [.running, .pending])
        },
        StoreCase("A queue without jobs is forgotten when that is asked for") { scene async throws in
            try await scene.store.changeQueue("q", .settings(QueueSettings(order: 5)))
            let id = try await scene.accept(NewJob(name: "work", queue: "q"))
            let withJobs = await scene.error { () throws(StoreError) in try await scene.store.removeQueue("q") }
            guard withJobs?.code != .unsupported else { return }
            #expect(withJobs?.code == .conflict)
            _ = try await scene.change(id, .delete)
            try await scene.store.removeQueue("q")
            #expect(try await scene.store.queues().isEmpty)
            let gone = await scene.error { () throws(StoreError) in try await scene.store.removeQueue("q") }
            #expect(gone?.code == .notFound)
            _ = try await scene.accept(NewJob(name: "work", queue: "q"))
            let queue = try await scene.queue("q")
            #expect(queue.settings == QueueSettings() && queue.totals.enqueued == 1 && queue.count(.pending) == 1)
        },
    ]
}
