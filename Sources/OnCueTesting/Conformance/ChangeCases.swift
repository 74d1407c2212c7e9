import OnCue
import Testing

extension Conformance {
    static let changeCases: [StoreCase] = [
        StoreCase("A waiting job that was cancelled never runs") { scene async throws in
            let session = try await scene.session()
            let retrying = try await scene.running(by: session)
            try await scene.end(retrying, .retry(after: .seconds(1), counts: true))
            let ids = try await scene.accept([NewJob(name: "work"), NewJob(name: "work", due: .after(.seconds(1)))])
            for id in ids + [retrying.id] {
                #expect(try await scene.change(id, .cancel(reason: "not now", force: false)) == .done(.cancelled))
                let record = try await scene.job(id)
                #expect(record.state == .cancelled && record.cancelReason == "not now")
                #expect(record.finishedAt == scene.time.now())
            }
            scene.time.advance(by: .seconds(2))
            try await scene.maintain()
            #expect(try await scene.take(session).isEmpty)
            let queue = try await scene.queue()
            #expect(queue.count(.cancelled) == 3 && queue.waiting == 0 && queue.totals.cancelled == 3)
        },
        StoreCase("A running job that is cancelled is asked to stop") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            #expect(try await scene.change(job.id, .cancel(reason: "stop", force: false)) == .requested)
            #expect(try await scene.change(job.id, .cancel(reason: "again", force: false)) == .requested)
            let record = try await scene.job(job.id)
            #expect(record.state == .running && record.isCancelRequested && record.cancelReason == "stop")
            #expect(try await scene.end(job) == .applied(.cancelled))
        },
        StoreCase("A running job that is cancelled by force is cancelled at once") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(NewJob(name: "work", unique: UniqueKey("k")), by: session)
            #expect(try await scene.change(job.id, .cancel(reason: "now", force: true)) == .done(.cancelled))
            let record = try await scene.job(job.id)
            #expect(record.state == .cancelled && record.cancelReason == "now" && record.session == nil)
            #expect(try await scene.end(job, .completed(output: [1])) == .leaseLost)
            #expect(try await scene.job(job.id).state == .cancelled)
            #expect(try await scene.store.held(by: session, besides: []).isEmpty)
            _ = try await scene.accept(NewJob(name: "work", unique: UniqueKey("k")))
        },
        StoreCase("What has ended cannot be cancelled, and what is unknown is not found") { scene async throws in
            let session = try await scene.session()
            let outcomes: [(Settlement.Outcome, JobState)] = [
                (.completed(output: nil), .completed), (.dead(.permanent), .dead),
                (.cancelled(reason: nil), .cancelled),
            ]
            for (outcome, state) in outcomes {
                let job = try await scene.running(by: session)
                try await scene.end(job, outcome)
                for force in [false, true] {
                    #expect(try await scene.change(job.id, .cancel(reason: nil, force: force)) == .refused(state))
                }
            }
            let none = JobID.make(at: scene.time.now())
            for change: JobChange in [
                .cancel(reason: nil, force: true), .retry(resetAttempts: true), .delete, .edit(JobEdit()),
            ] {
                #expect(try await scene.change(none, change) == .notFound)
            }
        },
        StoreCase("Changing nothing answers nothing, and each job of a change stands for itself") {
            scene async throws in
            #expect(try await scene.store.change([], .delete).isEmpty)
            let id = try await scene.accept()
            let none = JobID.make(at: scene.time.now())
            #expect(
                try await scene.store.change([none, id, id], .cancel(reason: nil, force: false))
                    == [.notFound, .done(.cancelled), .refused(.cancelled)])
        },
        StoreCase("Ten thousand jobs are changed in one call") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 10_000))
            let cancelled = try await scene.store.change(ids, .cancel(reason: nil, force: false))
            #expect(cancelled.allSatisfy { $0 == .done(.cancelled) })
            #expect(try await scene.queue().count(.cancelled) == 10_000)
            let again = try await scene.store.change(ids, .retry(resetAttempts: true))
            #expect(again.allSatisfy { $0 == .done(.pending) })
            #expect(try await scene.store.change(ids, .delete).allSatisfy { $0 == .done(nil) })
            #expect(try await scene.store.count(JobFilter(), upTo: 10).count == 0)
        },
        StoreCase("A dead letter that is run again gets one more attempt than it has used") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(NewJob(name: "work", options: JobOptions(maxAttempts: 1)), by: session)
            try await scene.end(job, .dead(.attemptsExhausted), failure: .of("boom"))
            #expect(try await scene.change(job.id, .retry(resetAttempts: false)) == .done(.pending))
            let record = try await scene.job(job.id)
            #expect(record.state == .pending && record.attempt == 1 && record.options.maxAttempts == 2)
            #expect(record.finishedAt == nil && record.deadReason == nil && record.lastError == "boom")
            let again = try await scene.takeOne(session)
            #expect(again.attempt == 2 && again.details?.options.maxAttempts == 2)
            #expect(try await scene.queue().count(.dead) == 0)
        },
        StoreCase("A job that is run again from the start has used no attempt and lost no worker") {
            scene async throws in
            let lost = try await scene.session()
            let id = try await scene.accept(NewJob(name: "work", options: JobOptions(maxAttempts: 3)))
            _ = try await scene.takeOne(lost)
            _ = try await scene.store.fence(lost, ifRenewals: nil, error: "gone")
            _ = try await scene.change(id, .cancel(reason: "why", force: false))
            #expect(try await scene.change(id, .retry(resetAttempts: true)) == .done(.pending))
            let record = try await scene.job(id)
            #expect(record.attempt == 0 && record.lostWorkers == 0 && record.options.maxAttempts == 3)
            #expect(record.cancelReason == nil && record.finishedAt == nil)
            let session = try await scene.session()
            #expect(try await scene.take(session, suspects: 0).map(\.attempt) == [1])
        },
        StoreCase("A delayed or retrying job that is run again is due now, at the end of its level") {
            scene async throws in
            let session = try await scene.session()
            let retrying = try await scene.running(by: session)
            try await scene.end(retrying, .retry(after: .seconds(60), counts: true))
            let delayed = try await scene.accept(NewJob(name: "work", due: .after(.seconds(60))))
            let pending = try await scene.accept()
            #expect(try await scene.change(delayed, .retry(resetAttempts: false)) == .done(.pending))
            #expect(try await scene.change(retrying.id, .retry(resetAttempts: false)) == .done(.pending))
            #expect(try await scene.take(session).map(\.id) == [pending, delayed, retrying.id])
            // Their old times mean nothing any more.
            scene.time.advance(by: .seconds(120))
            try await scene.maintain()
            #expect(try await scene.take(session).isEmpty)
        },
        StoreCase("A pending, running or completed job cannot be run again") { scene async throws in
            let pending = try await scene.accept()
            #expect(try await scene.change(pending, .retry(resetAttempts: true)) == .refused(.pending))
            let session = try await scene.session()
            let job = try await scene.takeOne(session)
            #expect(try await scene.change(job.id, .retry(resetAttempts: true)) == .refused(.running))
            try await scene.end(job)
            #expect(try await scene.change(job.id, .retry(resetAttempts: true)) == .refused(.completed))
        },
        StoreCase("A job that is run again takes its key again, if it is free") { scene async throws in
            for until: UniqueKey.Until in [.finished, .started] {
                let keyed = NewJob(name: "work", unique: UniqueKey("k", until: until))
                let first = try await scene.accept(keyed)
                _ = try await scene.change(first, .cancel(reason: nil, force: false))
                let second = try await scene.accept(keyed)
                #expect(try await scene.change(first, .retry(resetAttempts: false)) == .refused(.cancelled))
                #expect(try await scene.job(first).state == .cancelled)
                _ = try await scene.change(second, .delete)
                #expect(try await scene.change(first, .retry(resetAttempts: false)) == .done(.pending))
                #expect(try await scene.offer(keyed) == .duplicate(of: first))
                _ = try await scene.change(first, .delete)
            }
        },
        StoreCase("An expired job that is run again is not buried again") { scene async throws in
            let id = try await scene.accept(NewJob(name: "work", expires: .after(.seconds(1))))
            scene.time.advance(by: .seconds(2))
            try await scene.maintain()
            #expect(try await scene.job(id).state == .dead)
            #expect(try await scene.change(id, .retry(resetAttempts: false)) == .done(.pending))
            try await scene.maintain()
            let session = try await scene.session()
            #expect(try await scene.take(session).map(\.id) == [id])
        },
        StoreCase("A job is deleted in any state, with all that is kept of it") { scene async throws in
            let session = try await scene.session()
            let running = try await scene.running(by: session)
            let done = try await scene.running(by: session)
            try await scene.end(done)
            let dead = try await scene.running(by: session)
            try await scene.end(dead, .dead(.permanent), failure: .of("boom"))
            let waiting = try await scene.accept([NewJob(name: "work"), NewJob(name: "work", due: .after(.seconds(5)))])
            let ids = [running.id, done.id, dead.id] + waiting
            let answers = try await scene.store.change(ids, .delete)
            #expect(answers == [.done(nil), .done(nil), .done(nil), .done(nil), .done(nil)])
            #expect(try await scene.states(ids) == [nil, nil, nil, nil, nil])
            #expect(try await scene.store.attempts(of: dead.id).isEmpty)
            #expect(try await scene.queue().counts.values.allSatisfy { $0 == 0 })
            #expect(try await scene.queue().totals.enqueued == 5)
            scene.time.advance(by: .seconds(10))
            #expect(try await scene.take(session).isEmpty)
        },
        StoreCase("An edit changes what it names of a waiting job and leaves the rest") { scene async throws in
            let id = try await scene.accept(NewJob(name: "work", payload: [1], tags: ["t": "v"]))
            let edit = JobEdit(payload: [0, 255], priority: .high)
            #expect(try await scene.change(id, .edit(edit)) == .done(.pending))
            let record = try await scene.job(id)
            #expect(record.payload == [0, 255] && record.priority == .high && record.tags == ["t": "v"])
            #expect(try await scene.change(id, .edit(JobEdit())) == .done(.pending))
            let session = try await scene.session()
            let job = try await scene.takeOne(session)
            #expect(job.payload == [0, 255] && job.priority == .high)
        },
        StoreCase("A job that was given another level goes to its end") { scene async throws in
            let ids = try await scene.accept([
                NewJob(name: "work", priority: .low), NewJob(name: "work"), NewJob(name: "work"),
            ])
            #expect(try await scene.change(ids[0], .edit(JobEdit(priority: .normal))) == .done(.pending))
            let session = try await scene.session()
            #expect(try await scene.take(session).map(\.id) == [ids[1], ids[2], ids[0]])
        },
        StoreCase("A waiting job is put off, and brought forward") { scene async throws in
            let session = try await scene.session()
            let id = try await scene.accept()
            let due = scene.time.now() + .seconds(60)
            #expect(try await scene.change(id, .edit(JobEdit(due: .after(.seconds(60))))) == .done(.delayed))
            #expect(try await scene.job(id).dueAt == due)
            #expect(try await scene.take(session).isEmpty)
            #expect(try await scene.change(id, .edit(JobEdit(due: .at(due + .seconds(60))))) == .done(.delayed))
            scene.time.advance(by: .seconds(60))
            #expect(try await scene.take(session).isEmpty)
            #expect(try await scene.change(id, .edit(JobEdit(due: .now))) == .done(.pending))
            #expect(try await scene.take(session).map(\.id) == [id])
        },
        StoreCase("A job that does not wait cannot be edited") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let edit = JobChange.edit(JobEdit(payload: [9]))
            #expect(try await scene.change(job.id, edit) == .refused(.running))
            try await scene.end(job)
            #expect(try await scene.change(job.id, edit) == .refused(.completed))
            #expect(try await scene.job(job.id).payload == [])
        },
        StoreCase("An edit that breaks a rule is refused, and nothing is changed") { scene async throws in
            let id = try await scene.accept(NewJob(name: "work", payload: [1]))
            let bad: [(JobEdit, String)] = [
                (JobEdit(payload: [UInt8](repeating: 0, count: Limits.payloadBytes + 1)), "payload"),
                (JobEdit(payload: [2], due: .after(.seconds(-1))), "delay"),
            ]
            for (edit, field) in bad {
                let error = await scene.error { () throws(StoreError) in
                    _ = try await scene.store.change([id], .edit(edit))
                }
                #expect(error?.code == .invalid && error?.field == field)
            }
            #expect(try await scene.job(id).payload == [1])
        },
    ]
}
