import OnCue
import Testing

extension Conformance {
    static let sessionCases: [StoreCase] = [
        StoreCase("A session is listed as it was opened") { scene async throws in
            let opening = SessionOpening(
                worker: "host-1", process: .current, lease: .seconds(12), names: ["a", "b"], queues: ["q", "p"],
                concurrency: 7)
            let id = try await scene.store.openSession(opening)
            let info = try #require(try await scene.store.sessions().first { $0.id == id })
            #expect(info.worker == "host-1" && info.process == .current && info.lease == .seconds(12))
            #expect(info.names == ["a", "b"] && info.queues == ["q", "p"] && info.concurrency == 7)
            #expect(info.standing == .open && info.renewals == 0 && info.held == 0)
            #expect(info.openedAt == scene.time.now() && info.renewedAt == scene.time.now())
        },
        StoreCase("Each renewal is counted, and what is held with it") { scene async throws in
            let session = try await scene.session()
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 3))
            let jobs = try await scene.take(session)
            scene.time.advance(by: .seconds(10))
            #expect(try await scene.store.renew(session) == SessionNews(held: 3))
            try await scene.end(jobs[0])
            #expect(try await scene.store.renew(session).held == 2)
            let info = try #require(try await scene.store.sessions().first)
            #expect(info.renewals == 2 && info.renewedAt == scene.time.now() && info.held == 2)
        },
        StoreCase("News are what a renewal would answer, without being one") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            _ = try await scene.change(job.id, .cancel(reason: "why", force: false))
            let news = try await scene.store.news(for: session)
            #expect(
                news
                    == SessionNews(
                        cancellations: [.init(job: job.id, reason: "why", isTakenAway: false)], held: 1))
            #expect(try await scene.store.sessions().first?.renewals == 0)
            #expect(try await scene.store.renew(session) == news)
            // The news stays until the job has ended.
            #expect(try await scene.store.news(for: session) == news)
            try await scene.end(job, .cancelled(reason: nil))
            #expect(try await scene.store.news(for: session) == SessionNews())
        },
        StoreCase("A session is told of jobs that were taken away by force or deleted") { scene async throws in
            let session = try await scene.session()
            _ = try await scene.accept([NewJob(name: "work"), NewJob(name: "work")])
            let jobs = try await scene.take(session)
            #expect(try await scene.change(jobs[0].id, .cancel(reason: "now", force: true)) == .done(.cancelled))
            #expect(try await scene.change(jobs[1].id, .delete) == .done(nil))
            let news = try await scene.store.renew(session)
            #expect(news.held == 0)
            #expect(
                Set(news.cancellations) == [
                    .init(job: jobs[0].id, reason: "now", isTakenAway: true),
                    .init(job: jobs[1].id, reason: nil, isTakenAway: true),
                ])
            #expect(
                try await scene.settle(session, jobs.map { Settlement($0, .completed(output: nil)) })
                    == [.leaseLost, .leaseLost])
        },
        StoreCase("A session is told to be quiet or to stop") { scene async throws in
            let session = try await scene.session()
            try await scene.store.instruct(session, quiet: true, stop: false)
            #expect(try await scene.store.news(for: session).isQuiet)
            #expect(try await scene.store.renew(session).isStopping == false)
            try await scene.store.instruct(session, quiet: false, stop: true)
            let news = try await scene.store.renew(session)
            #expect(!news.isQuiet && news.isStopping)
        },
        StoreCase("A closed session gives back what it held, unspent") { scene async throws in
            let session = try await scene.session()
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 3))
            let jobs = try await scene.take(session)
            try await scene.end(jobs[1])
            try await scene.store.closeSession(session)
            #expect(try await scene.states(ids) == [.pending, .completed, .pending])
            let record = try await scene.job(ids[0])
            #expect(record.attempt == 0 && record.lostWorkers == 0 && record.session == nil)
            #expect(try await scene.store.attempts(of: ids[0]).isEmpty)
            #expect(try await scene.store.sessions().first?.standing == .closed)
            #expect(try await scene.store.held(by: session, besides: []).isEmpty)
            // Again, and one that never was: no error.
            try await scene.store.closeSession(session)
            try await scene.store.closeSession(SessionID(rawValue: "none"))
        },
        StoreCase("A fenced session's jobs go back with their attempt used and a worker lost") { scene async throws in
            let session = try await scene.session("w-lost")
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 2))
            _ = try await scene.take(session)
            #expect(try await scene.store.fence(session, ifRenewals: 0, error: "worker gone") == 2)
            #expect(try await scene.states(ids) == [.pending, .pending])
            let record = try await scene.job(ids[0])
            #expect(record.attempt == 1 && record.lostWorkers == 1 && record.session == nil)
            #expect(record.lastError == "worker gone" && record.lastErrorCategory == .system)
            let attempts = try await scene.store.attempts(of: ids[0])
            #expect(attempts.map(\.error) == ["worker gone"] && attempts.map(\.category) == [.system])
            #expect(attempts.map(\.worker) == ["w-lost"] && attempts.map(\.attempt) == [1])
            #expect(try await scene.store.sessions().first?.standing == .fenced)
        },
        StoreCase("A session that has renewed meanwhile is not fenced") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            _ = try await scene.store.renew(session)
            #expect(try await scene.store.fence(session, ifRenewals: 0, error: "gone") == nil)
            #expect(try await scene.end(job) == .applied(.completed))
            #expect(try await scene.store.fence(session, ifRenewals: 1, error: "gone") == 0)
            // It has ended now, and one that never was cannot be fenced either.
            #expect(try await scene.store.fence(session, ifRenewals: nil, error: "gone") == nil)
            #expect(try await scene.store.fence(SessionID(rawValue: "none"), ifRenewals: nil, error: "gone") == nil)
        },
        StoreCase("Sweepers that fence at once give each job back once") { scene async throws in
            let session = try await scene.session()
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 20))
            _ = try await scene.take(session)
            let fenced = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await scene.store.fence(session, ifRenewals: 0, error: "gone") }
                }
                return try await group.reduce(into: [Int?]()) { $0.append($1) }
            }
            #expect(fenced.compactMap { $0 } == [20])
            #expect(try await scene.store.find(ids).allSatisfy { $0?.lostWorkers == 1 })
        },
        StoreCase("A session that has ended is told so by each call but the settling") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            _ = try await scene.store.fence(session, ifRenewals: nil, error: "gone")
            #expect(
                await scene.error { () throws(StoreError) in _ = try await scene.store.renew(session) }?.code == .fenced
            )
            #expect(
                await scene.error { () throws(StoreError) in _ = try await scene.store.news(for: session) }?.code
                    == .fenced)
            #expect(try await scene.store.held(by: session, besides: []).isEmpty)
            #expect(try await scene.store.record([JobNote(job, .checkpoint([1]))]) == [false])
            #expect(try await scene.store.memory(of: job.id).checkpoint == nil)
        },
        StoreCase("A job that was told to stop ends as cancelled when its session is fenced or closed") {
            scene async throws in
            for isFenced in [true, false] {
                let session = try await scene.session()
                let job = try await scene.running(by: session)
                _ = try await scene.change(job.id, .cancel(reason: "stop", force: false))
                if isFenced {
                    _ = try await scene.store.fence(session, ifRenewals: nil, error: "gone")
                } else {
                    try await scene.store.closeSession(session)
                }
                let record = try await scene.job(job.id)
                #expect(record.state == .cancelled && record.cancelReason == "stop")
            }
        },
        StoreCase("Silence alone ends no session") { scene async throws in
            let session = try await scene.session(lease: .seconds(2))
            let job = try await scene.running(by: session)
            scene.time.advance(by: .seconds(86_400))
            try await scene.maintain()
            #expect(try await scene.store.renew(session).held == 1)
            #expect(try await scene.end(job) == .applied(.completed))
            _ = try await scene.running(by: session)
        },
        StoreCase("A wall clock that jumps back or forth fences nobody") { scene async throws in
            let session = try await scene.session(lease: .seconds(2))
            let job = try await scene.running(by: session)
            for jump: Duration in [.seconds(10 * 365 * 86_400), .seconds(-20 * 365 * 86_400)] {
                scene.time.jumpWallClock(by: jump)
                try await scene.maintain()
                #expect(try await scene.store.renew(session).held == 1)
            }
            #expect(try await scene.store.record([JobNote(job, .progress(0.5, message: nil))]) == [true])
            #expect(try await scene.end(job) == .applied(.completed))
        },
        StoreCase("Sessions that ended long ago are forgotten, open ones are not") { scene async throws in
            let open = try await scene.session()
            let closed = try await scene.session()
            try await scene.store.closeSession(closed)
            let end = scene.time.now()
            try await scene.maintain(sessionsBefore: end)
            #expect(try await scene.store.sessions().count == 2)
            scene.time.advance(by: .seconds(1))
            try await scene.maintain(sessionsBefore: scene.time.now())
            #expect(try await scene.store.sessions().map(\.id) == [open])
            // It is still as good as ended.
            #expect(
                await scene.error { () throws(StoreError) in _ = try await scene.store.renew(closed) }?.code == .fenced)
            try await scene.store.closeSession(closed)
        },
    ]
}
