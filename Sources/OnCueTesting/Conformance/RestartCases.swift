import OnCue
import Testing

extension Conformance {
    static let restartCases: [StoreCase] = [
        StoreCase("Jobs of every state are there after a restart", needs: .restart) { scene async throws in
            let session = try await scene.session()
            var ids: [JobID] = []
            for outcome: Settlement.Outcome in [
                .completed(output: [1]), .dead(.permanent), .cancelled(reason: "why"),
                .retry(after: .seconds(60), counts: true), .snooze(.seconds(60)),
            ] {
                let job = try await scene.running(
                    NewJob(name: "work", payload: Array(0...255), tags: ["t": "v"]), by: session)
                try await scene.end(job, outcome, failure: .of("boom"))
                ids.append(job.id)
            }
            ids.append(try await scene.running(by: session).id)
            ids.append(try await scene.accept())
            let before = try await scene.store.find(ids)
            let queues = try await scene.store.queues()
            try await scene.restart()
            #expect(try await scene.store.find(ids) == before)
            #expect(try await scene.store.queues() == queues)
            #expect(try await scene.store.attempts(of: ids[1]).map(\.error) == ["boom"])
        },
        StoreCase("A restart between any two calls fences nobody", needs: .restart) { scene async throws in
            let session = try await scene.session(lease: .seconds(2))
            try await scene.restart()
            let id = try await scene.accept()
            try await scene.restart()
            let job = try await scene.takeOne(session)
            try await scene.restart()
            scene.time.advance(by: .seconds(60))
            try await scene.maintain()
            #expect(try await scene.store.renew(session) == SessionNews(held: 1))
            try await scene.restart()
            #expect(try await scene.store.record([JobNote(job, .checkpoint([1]))]) == [true])
            try await scene.restart()
            let held = try await scene.store.held(by: session, besides: [])
            #expect(held.map(\.id) == [id] && held.map(\.delivery) == [job.delivery])
            try await scene.restart()
            #expect(try await scene.store.memory(of: id).checkpoint == [1])
            #expect(try await scene.end(job) == .applied(.completed))
            let info = try #require(try await scene.store.sessions().first)
            #expect(info.id == session && info.standing == .open && info.renewals == 1 && info.lease == .seconds(2))
        },
        StoreCase("Settling again after a restart gets the first answers and writes nothing", needs: .restart) {
            scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let batch = SettleBatch(
                session: session, sequence: 1,
                items: [Settlement(job, .completed(output: nil), followUps: [NewJob(name: "next")])])
            let answers = try await scene.store.settle(batch)
            try await scene.restart()
            #expect(try await scene.store.settle(batch) == answers)
            _ = try await scene.store.fence(session, ifRenewals: nil, error: "gone")
            try await scene.restart()
            #expect(try await scene.store.settle(batch) == answers)
            #expect(try await scene.store.count(JobFilter(), upTo: 10).count == 2)
        },
        StoreCase("A fenced session is fenced after a restart", needs: .restart) { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            _ = try await scene.store.fence(session, ifRenewals: nil, error: "gone")
            try await scene.restart()
            #expect(
                await scene.error { () throws(StoreError) in _ = try await scene.store.renew(session) }?.code == .fenced
            )
            #expect(try await scene.end(job) == .leaseLost)
            #expect(try await scene.job(job.id).lostWorkers == 1)
        },
        StoreCase("Order, returned places and due times outlive a restart", needs: .restart) { scene async throws in
            let delayed = try await scene.accept(NewJob(name: "work", due: .after(.seconds(5))))
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 4))
            let session = try await scene.session()
            let jobs = try await scene.take(session, 3)
            try await scene.end(jobs[1], .released)
            try await scene.restart()
            let later = try await scene.accept()
            scene.time.advance(by: .seconds(5))
            #expect(try await scene.take(session).map(\.id) == [ids[1], ids[3], later, delayed])
        },
        StoreCase("Unique keys outlive a restart, and so do their ends", needs: .restart) { scene async throws in
            func keyed(_ key: String, _ until: UniqueKey.Until) -> NewJob {
                NewJob(name: "work", unique: UniqueKey(key, until: until))
            }
            let finished = try await scene.accept(keyed("a", .finished))
            let elapsed = try await scene.accept(keyed("b", .elapsed(.seconds(10))))
            try await scene.restart()
            #expect(try await scene.offer(keyed("a", .finished)) == .duplicate(of: finished))
            #expect(try await scene.offer(keyed("b", .elapsed(.seconds(10)))) == .duplicate(of: elapsed))
            _ = try await scene.change(finished, .cancel(reason: nil, force: false))
            scene.time.advance(by: .seconds(10))
            try await scene.restart()
            _ = try await scene.accept(keyed("a", .finished))
            _ = try await scene.accept(keyed("b", .elapsed(.seconds(10))))
        },
        StoreCase("Settings, pauses, defaults and requests to stop outlive a restart", needs: .restart) {
            scene async throws in
            try await scene.store.changeQueue("q", .settings(QueueSettings(order: 4, backoff: .default)))
            try await scene.store.changeQueue("q", .pause)
            try await scene.store.setDefaults(QueueSettings(maxAttempts: 2))
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            _ = try await scene.change(job.id, .cancel(reason: "stop", force: false))
            try await scene.store.instruct(session, quiet: true, stop: false)
            try await scene.restart()
            let queue = try await scene.queue("q")
            #expect(queue.isPaused && queue.settings == QueueSettings(order: 4, backoff: .default))
            #expect(try await scene.store.defaults() == QueueSettings(maxAttempts: 2))
            let news = try await scene.store.renew(session)
            #expect(news.isQuiet && news.cancellations == [.init(job: job.id, reason: "stop", isTakenAway: false)])
        },
        StoreCase("Events go on after a restart where they were", needs: .restart) { scene async throws in
            let first = try await scene.accept()
            let cursor = try await scene.store.latestEvent()
            try await scene.restart()
            #expect(try await scene.store.latestEvent() == cursor)
            let second = try await scene.accept()
            let page = try await scene.store.events(after: cursor, limit: 10, wait: .zero)
            #expect(page.events.map(\.job) == [second] && !page.hasGap)
            #expect(
                try await scene.store.events(after: .start, limit: 10, wait: .zero).events.map(\.job) == [
                    first, second,
                ])
        },
        StoreCase("Pages of a listing go on after a restart", needs: .restart) { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 5))
            let page = try await scene.store.search(JobFilter(), order: .newestFirst, after: nil, limit: 2)
            try await scene.restart()
            let rest = try await scene.store.search(
                JobFilter(), order: .newestFirst, after: page.nextCursor, limit: 10)
            #expect((page.jobs + rest.jobs).map(\.id) == ids.reversed())
        },
    ]
}
