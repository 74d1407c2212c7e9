import OnCue
import Testing

extension Conformance {
    static let settleCases: [StoreCase] = [
        StoreCase("A completed job keeps its output and when it ended, and no error") { scene async throws in
            let session = try await scene.session()
            var job = try await scene.running(by: session)
            try await scene.end(job, .retry(after: .zero, counts: true), failure: .of("not yet"))
            job = try await scene.takeOne(session)
            scene.time.advance(by: .seconds(3))
            #expect(try await scene.end(job, .completed(output: [1, 0, 255])) == .applied(.completed))
            let record = try await scene.job(job.id)
            #expect(record.state == .completed && record.output == [1, 0, 255] && record.attempt == 2)
            #expect(record.finishedAt == scene.time.now() && record.session == nil && record.worker == "worker")
            #expect(record.lastError == nil && record.lastErrorCategory == nil)
            #expect(try await scene.store.attempts(of: job.id).map(\.error) == ["not yet"])
            let queue = try await scene.queue()
            #expect(queue.count(.completed) == 1 && queue.count(.running) == 0 && queue.totals.completed == 1)
        },
        StoreCase("A retry waits its time as retrying, with its attempt used and its error kept") {
            scene async throws in
            let session = try await scene.session("w-7")
            let job = try await scene.running(by: session)
            let start = scene.time.now()
            let failure = Settlement.Failure.of("boom", .rateLimit, at: start, duration: .milliseconds(1_500))
            #expect(
                try await scene.end(job, .retry(after: .seconds(10), counts: true), failure: failure)
                    == .applied(.retrying))
            let record = try await scene.job(job.id)
            #expect(record.state == .retrying && record.attempt == 1 && record.dueAt == start + .seconds(10))
            #expect(record.lastError == "boom" && record.lastErrorCategory == .rateLimit && record.session == nil)
            #expect(
                try await scene.store.attempts(of: job.id) == [
                    AttemptRecord(
                        attempt: 1, startedAt: start, duration: .milliseconds(1_500), worker: "w-7",
                        category: .rateLimit, error: "boom")
                ])
            #expect(try await scene.take(session).isEmpty)
            scene.time.advance(by: .seconds(10))
            let again = try await scene.takeOne(session)
            #expect(again.id == job.id && again.attempt == 2 && again.delivery == 2)
            #expect(try await scene.queue().totals.retried == 1)
        },
        StoreCase("A retry that does not count gives the attempt back and waits as delayed") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            #expect(
                try await scene.end(job, .retry(after: .seconds(5), counts: false), failure: .of("busy"))
                    == .applied(.delayed))
            let record = try await scene.job(job.id)
            #expect(record.state == .delayed && record.attempt == 0 && record.lastError == "busy")
            #expect(record.dueAt == scene.time.now() + .seconds(5))
            scene.time.advance(by: .seconds(5))
            let again = try await scene.takeOne(session)
            #expect(again.attempt == 1 && again.delivery == 2)
        },
        StoreCase("A snooze gives the attempt back and waits as delayed") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            #expect(try await scene.end(job, .snooze(.seconds(5))) == .applied(.delayed))
            let record = try await scene.job(job.id)
            #expect(record.state == .delayed && record.attempt == 0 && record.lastError == nil)
            scene.time.advance(by: .seconds(5))
            #expect(try await scene.takeOne(session).attempt == 1)
        },
        StoreCase("A cancelled job keeps its reason") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            #expect(try await scene.end(job, .cancelled(reason: "no longer needed")) == .applied(.cancelled))
            let record = try await scene.job(job.id)
            #expect(record.state == .cancelled && record.cancelReason == "no longer needed")
            #expect(record.finishedAt == scene.time.now())
            #expect(try await scene.queue().totals.cancelled == 1)
        },
        StoreCase("A dead letter keeps why it is one and every error") { scene async throws in
            let session = try await scene.session()
            var job = try await scene.running(by: session)
            try await scene.end(job, .retry(after: .zero, counts: true), failure: .of("first"))
            job = try await scene.takeOne(session)
            #expect(
                try await scene.end(job, .dead(.attemptsExhausted), failure: .of("second", .timeout))
                    == .applied(.dead))
            let record = try await scene.job(job.id)
            #expect(record.state == .dead && record.deadReason == .attemptsExhausted && record.lastError == "second")
            #expect(record.lastErrorCategory == .timeout && record.finishedAt == scene.time.now())
            let attempts = try await scene.store.attempts(of: job.id)
            #expect(attempts.map(\.error) == ["first", "second"] && attempts.map(\.attempt) == [1, 2])
            #expect(try await scene.queue().totals.dead == 1)
        },
        StoreCase("Settling nothing answers nothing") { scene async throws in
            let session = try await scene.session()
            #expect(try await scene.settle(session, []).isEmpty)
            let job = try await scene.running(by: session)
            #expect(try await scene.end(job) == .applied(.completed))
        },
        StoreCase("Ten thousand outcomes are settled in one call, answered in order") { scene async throws in
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 10_000))
            let session = try await scene.session()
            let taken = try await scene.take(session, 10_000)
            let items = taken.enumerated().map { index, job in
                Settlement(job, index.isMultiple(of: 2) ? .completed(output: nil) : .dead(.permanent))
            }
            let answers = try await scene.settle(session, items)
            #expect(answers.count == 10_000)
            #expect(
                answers.enumerated().allSatisfy { $1 == .applied($0.isMultiple(of: 2) ? .completed : .dead) })
            let queue = try await scene.queue()
            #expect(queue.count(.completed) == 5_000 && queue.count(.dead) == 5_000 && queue.count(.running) == 0)
        },
        StoreCase("Of two outcomes of one job in one batch the first is taken") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            #expect(
                try await scene.settle(
                    session, [Settlement(job, .completed(output: [1])), Settlement(job, .dead(.permanent))])
                    == [.applied(.completed), .leaseLost])
            #expect(try await scene.job(job.id).output == [1])
        },
        StoreCase("An outcome with a stale token changes nothing") { scene async throws in
            let session = try await scene.session()
            let first = try await scene.running(by: session)
            try await scene.end(first, .released)
            let second = try await scene.takeOne(session)
            #expect(second.delivery == first.delivery + 1)
            // The first delivery of the same job to the same session.
            #expect(
                try await scene.end(
                    first, .completed(output: [1]), failure: .of("late"), followUps: [NewJob(name: "next")])
                    == .leaseLost)
            let record = try await scene.job(first.id)
            #expect(record.state == .running && record.output == nil && record.lastError == nil)
            #expect(try await scene.store.count(JobFilter(), upTo: 10).count == 1)
            #expect(try await scene.store.attempts(of: first.id).isEmpty)
            #expect(try await scene.end(second) == .applied(.completed))
        },
        StoreCase("A session cannot settle what another holds") { scene async throws in
            let holder = try await scene.session()
            let other = try await scene.session()
            let job = try await scene.running(by: holder)
            #expect(try await scene.settle(other, [Settlement(job, .completed(output: nil))]) == [.leaseLost])
            let forged = job.forged(session: other)
            #expect(try await scene.settle(other, [Settlement(forged, .completed(output: nil))]) == [.leaseLost])
            #expect(try await scene.end(job) == .applied(.completed))
        },
        StoreCase("A stale outcome does not keep the others of its batch from being taken") { scene async throws in
            let session = try await scene.session()
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 3))
            let jobs = try await scene.take(session)
            _ = try await scene.change(jobs[1].id, .delete)
            #expect(
                try await scene.settle(session, jobs.map { Settlement($0, .completed(output: nil)) })
                    == [.applied(.completed), .leaseLost, .applied(.completed)])
        },
        StoreCase("Follow-ups exist with the outcome, in order, and ignore how many may wait") { scene async throws in
            try await scene.store.changeQueue("next", .settings(QueueSettings(maxWaiting: 0)))
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let parent = job.id
            let followUps = (0..<3).map {
                NewJob(
                    name: "next", queue: "next", payload: [UInt8($0)], due: $0 == 2 ? .after(.seconds(5)) : .now,
                    parent: parent)
            }
            try await scene.end(job, .completed(output: nil), followUps: followUps)
            let taken = try await scene.take(session, queues: [.init("next")])
            #expect(taken.map(\.payload) == [[0], [1]])
            #expect(taken.allSatisfy { $0.details?.parent == parent })
            let queue = try await scene.queue("next")
            #expect(queue.count(.delayed) == 1 && queue.totals.enqueued == 3)
        },
        StoreCase("A follow-up that breaks a rule refuses the call, and nothing of the batch is written") {
            scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let batch = SettleBatch(
                session: session, sequence: 1,
                items: [
                    Settlement(job, .completed(output: nil), followUps: [NewJob(name: "fine"), NewJob(name: "a b")])
                ])
            let error = await scene.error { () throws(StoreError) in _ = try await scene.store.settle(batch) }
            #expect(error?.code == .invalid && error?.field == "name")
            #expect(try await scene.states([job.id]) == [.running])
            #expect(try await scene.store.count(JobFilter(), upTo: 10).count == 1)
            #expect(try await scene.end(job) == .applied(.completed))
        },
        StoreCase("A job that is not kept goes with its outcome and stays in the totals") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            #expect(try await scene.end(job, .completed(output: nil), keep: .nothing) == .applied(.completed))
            #expect(try await scene.find(job.id) == nil)
            let queue = try await scene.queue()
            #expect(queue.count(.completed) == 0 && queue.totals.completed == 1 && queue.totals.enqueued == 1)
        },
        StoreCase("The history keeps the newest hundred errors, each cut to its bound") { scene async throws in
            let session = try await scene.session()
            _ = try await scene.accept()
            for index in 1...103 {
                let job = try await scene.takeOne(session)
                try await scene.end(job, .retry(after: .zero, counts: true), failure: .of("error \(index)"))
            }
            let last = try await scene.takeOne(session)
            try await scene.end(
                last, .dead(.attemptsExhausted),
                failure: .of(String(repeating: "ü", count: Limits.errorBytes), .permanent))
            let attempts = try await scene.store.attempts(of: last.id)
            #expect(attempts.count == 100 && attempts.first?.error == "error 5" && attempts.last?.attempt == 104)
            #expect(attempts.last?.error == String(repeating: "ü", count: Limits.errorBytes / 2))
            #expect(try await scene.job(last.id).lastError == attempts.last?.error)
        },
        StoreCase("Sessions that settle at once do not disturb each other") { scene async throws in
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 400))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let session = try await scene.session()
                        while true {
                            let batch = try await scene.take(session, 10)
                            if batch.isEmpty { return }
                            let answers = try await scene.settle(
                                session, batch.map { Settlement($0, .completed(output: nil)) })
                            #expect(answers.allSatisfy { $0 == .applied(.completed) })
                        }
                    }
                }
                try await group.waitForAll()
            }
            let queue = try await scene.queue()
            #expect(queue.count(.completed) == 400 && queue.totals.completed == 400 && queue.count(.pending) == 0)
        },
        StoreCase("Settling again with the same sequence gets the same answers and writes nothing") {
            scene async throws in
            let session = try await scene.session()
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 3))
            let jobs = try await scene.take(session)
            _ = try await scene.change(jobs[2].id, .delete)
            let batch = SettleBatch(
                session: session, sequence: 1,
                items: [
                    Settlement(jobs[0], .completed(output: nil), followUps: [NewJob(name: "next")]),
                    Settlement(jobs[1], .retry(after: .seconds(9), counts: true), failure: .of("boom")),
                    Settlement(jobs[2], .completed(output: nil)),
                ])
            let answers = try await scene.store.settle(batch)
            #expect(answers == [.applied(.completed), .applied(.retrying), .leaseLost])
            let before = try await scene.store.latestEvent()
            #expect(try await scene.store.settle(batch) == answers)
            #expect(try await scene.store.settle(batch) == answers)
            #expect(try await scene.store.count(JobFilter(), upTo: 10).count == 3)
            #expect(try await scene.store.attempts(of: jobs[1].id).count == 1)
            #expect(try await scene.store.latestEvent() == before)
            #expect(try await scene.queue().totals.completed == 1)
        },
        StoreCase("Settling again after a fence or a close still gets the answers of the first time") {
            scene async throws in
            for isFenced in [true, false] {
                let session = try await scene.session()
                let job = try await scene.running(by: session)
                let batch = SettleBatch(
                    session: session, sequence: 1, items: [Settlement(job, .completed(output: nil))])
                #expect(try await scene.store.settle(batch) == [.applied(.completed)])
                if isFenced {
                    _ = try await scene.store.fence(session, ifRenewals: nil, error: "gone")
                } else {
                    try await scene.store.closeSession(session)
                }
                #expect(try await scene.store.settle(batch) == [.applied(.completed)])
            }
        },
        StoreCase("A new batch after a fence or a close is answered as lost, and nothing is written") {
            scene async throws in
            for isFenced in [true, false] {
                let session = try await scene.session()
                let job = try await scene.running(NewJob(name: "work", queue: isFenced ? "a" : "b"), by: session)
                if isFenced {
                    _ = try await scene.store.fence(session, ifRenewals: nil, error: "gone")
                } else {
                    try await scene.store.closeSession(session)
                }
                #expect(
                    try await scene.end(job, .completed(output: nil), followUps: [NewJob(name: "next")])
                        == .leaseLost)
                #expect(try await scene.job(job.id).state == .pending)
            }
            #expect(try await scene.store.count(JobFilter(name: "next"), upTo: 10).count == 0)
        },
        StoreCase("Settling whose caller is cancelled can be sent again") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let batch = SettleBatch(
                session: session, sequence: 1,
                items: [Settlement(job, .completed(output: nil), followUps: [NewJob(name: "next")])])
            let call = Task { try await scene.store.settle(batch) }
            call.cancel()
            _ = await call.result
            #expect(try await scene.store.settle(batch) == [.applied(.completed)])
            #expect(try await scene.store.count(JobFilter(), upTo: 10).count == 2)
        },
        StoreCase("Any outcome of a job that was told to stop ends it as cancelled, without its follow-ups") {
            scene async throws in
            let session = try await scene.session()
            let outcomes: [Settlement.Outcome] = [
                .completed(output: [1]), .retry(after: .zero, counts: true), .snooze(.seconds(1)), .released,
                .cancelled(reason: "own"), .dead(.permanent),
            ]
            for outcome in outcomes {
                let job = try await scene.running(by: session)
                #expect(try await scene.change(job.id, .cancel(reason: "stop", force: false)) == .requested)
                #expect(
                    try await scene.end(job, outcome, followUps: [NewJob(name: "next")]) == .applied(.cancelled))
                let record = try await scene.job(job.id)
                #expect(record.state == .cancelled && record.cancelReason == "stop" && record.output == nil)
                #expect(!record.isCancelRequested)
            }
            #expect(try await scene.store.count(JobFilter(name: "next"), upTo: 10).count == 0)
        },
        StoreCase("An outcome other than a return clears how many workers were lost") { scene async throws in
            let lost = try await scene.session()
            let id = try await scene.accept()
            _ = try await scene.takeOne(lost)
            _ = try await scene.store.fence(lost, ifRenewals: nil, error: "gone")
            let session = try await scene.session()
            try await scene.end(try await scene.takeOne(session), .released)
            #expect(try await scene.job(id).lostWorkers == 1)
            try await scene.end(try await scene.takeOne(session), .retry(after: .zero, counts: true))
            #expect(try await scene.job(id).lostWorkers == 0)
        },
    ]
}
