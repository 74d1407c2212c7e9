import OnCue
import Testing

extension Conformance {
    static let claimCases: [StoreCase] = [
        StoreCase("A claim hands out the job as it was given, with its first attempt and delivery") {
            scene async throws in
            let given = NewJob(
                name: "work", priority: .high, payload: [0, 255, 10], contentType: "application/octet-stream",
                expires: .after(.seconds(600)), unique: UniqueKey("k"), options: JobOptions(maxAttempts: 3),
                tags: ["t": "v"], correlationID: "c", headers: ["h": "v"])
            let id = try await scene.accept(given)
            let session = try await scene.session("w-1")
            let job = try await scene.takeOne(session)
            #expect(job.id == id && job.name == "work" && job.queue == .default && job.priority == .high)
            #expect(job.payload == given.payload && job.attempt == 1 && job.delivery == 1 && job.lostWorkers == 0)
            #expect(job.session == session && job.createdAt == scene.time.now())
            let details = try #require(job.details)
            #expect(details.contentType == given.contentType && details.options == given.options)
            #expect(details.tags == given.tags && details.correlationID == "c" && details.headers == given.headers)
            #expect(details.unique == given.unique && details.expiresAt == scene.time.now() + .seconds(600))
            #expect(!details.hasMemory)
            let record = try await scene.job(id)
            #expect(record.state == .running && record.attempt == 1 && record.session == session)
            #expect(record.worker == "w-1" && record.startedAt == scene.time.now())
        },
        StoreCase("A plain job is handed out without details") { scene async throws in
            let session = try await scene.session()
            #expect(try await scene.running(by: session).details == nil)
        },
        StoreCase("A claim of an empty store answers nothing") { scene async throws in
            let session = try await scene.session()
            #expect(try await scene.take(session).isEmpty)
            #expect(try await scene.take(session, queues: []).isEmpty)
            #expect(try await scene.take(session, queues: [.init("no-such-queue")]).isEmpty)
        },
        StoreCase("A claim takes no more than its limit") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 10))
            let session = try await scene.session()
            #expect(try await scene.take(session, 0).isEmpty)
            #expect(try await scene.take(session, 3).map(\.id) == Array(ids[..<3]))
            #expect(try await scene.take(session, 100).map(\.id) == Array(ids[3...]))
            #expect(try await scene.take(session).isEmpty)
        },
        StoreCase("A claim takes no more from a queue than was said") { scene async throws in
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work", queue: "a"), count: 5))
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work", queue: "b"), count: 5))
            let session = try await scene.session()
            let taken = try await scene.take(session, queues: [.init("a", limit: 2), .init("b", limit: 0)])
            #expect(taken.map(\.queue) == ["a", "a"])
        },
        StoreCase("A claim takes no more of a name than was said, and no name that was not said") {
            scene async throws in
            let names: [JobName] = ["a", "x", "b", "a", "b", "a", "x", "b"]
            _ = try await scene.accept(names.map { NewJob(name: $0) })
            let session = try await scene.session()
            let taken = try await scene.take(session, names: ["a": 2, "b": 1, "none": 5, "x": 0])
            #expect(taken.map(\.name) == ["a", "b", "a"])
            let rest = try await scene.take(session, names: ["x": 10])
            #expect(rest.map(\.name) == ["x", "x"])
        },
        StoreCase("A claim without names takes any") { scene async throws in
            _ = try await scene.accept([NewJob(name: "a"), NewJob(name: "b"), NewJob(name: "c")])
            let session = try await scene.session()
            #expect(try await scene.take(session).map(\.name) == ["a", "b", "c"])
            #expect(try await scene.take(session, names: [:]).isEmpty)
        },
        StoreCase("Twenty thousand jobs of an unknown name do not stand in the way of a known one") {
            scene async throws in
            for _ in 0..<2 {
                _ = try await scene.accept([NewJob](repeating: NewJob(name: "unknown"), count: 10_000))
            }
            let known = try await scene.accept(NewJob(name: "known"))
            let session = try await scene.session()
            #expect(try await scene.take(session, 10, names: ["known": 10]).map(\.id) == [known])
            // They are offered, in order and unspent, as soon as someone knows them.
            let taken = try await scene.take(session, 5, names: ["unknown": 5])
            #expect(taken.count == 5 && taken.allSatisfy { $0.attempt == 1 })
        },
        StoreCase("Callers that claim at once never get the same job") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 1_000))
            let taken = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let session = try await scene.session()
                        var taken: [JobID] = []
                        while true {
                            let batch = try await scene.take(session, 7)
                            if batch.isEmpty { return taken }
                            taken += batch.map(\.id)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(taken.count == 1_000)
            #expect(Set(taken) == Set(ids))
        },
        StoreCase("A paused queue gives nothing until it is resumed, and others give on") { scene async throws in
            let held = try await scene.accept(NewJob(name: "work", queue: "a"))
            let free = try await scene.accept(NewJob(name: "work", queue: "b"))
            try await scene.store.changeQueue("a", .pause)
            let session = try await scene.session()
            #expect(try await scene.take(session, queues: [.init("a"), .init("b")]).map(\.id) == [free])
            try await scene.store.changeQueue("a", .resume)
            #expect(try await scene.take(session, queues: [.init("a"), .init("b")]).map(\.id) == [held])
        },
        StoreCase("An expired job is never handed out") { scene async throws in
            let now = scene.time.now()
            let ids = try await scene.accept([
                NewJob(name: "work", expires: .after(.seconds(5))), NewJob(name: "work", expires: .at(now)),
                NewJob(name: "work"),
            ])
            let session = try await scene.session()
            scene.time.advance(by: .seconds(5))
            #expect(try await scene.take(session).map(\.id) == [ids[2]])
        },
        StoreCase("A job that was started in time may be retried in time, but not after its expiry") {
            scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(NewJob(name: "work", expires: .after(.seconds(10))), by: session)
            scene.time.advance(by: .seconds(9))
            try await scene.end(job, .retry(after: .zero, counts: true))
            let again = try await scene.takeOne(session)
            scene.time.advance(by: .seconds(2))
            // While it runs, its expiry means nothing.
            #expect(try await scene.job(job.id).state == .running)
            try await scene.end(again, .retry(after: .zero, counts: true))
            #expect(try await scene.take(session).isEmpty)
        },
        StoreCase("A delayed job is claimed as soon as it is due, without housekeeping") { scene async throws in
            let id = try await scene.accept(NewJob(name: "work", due: .after(.seconds(10))))
            let session = try await scene.session()
            scene.time.advance(by: .milliseconds(9_999))
            #expect(try await scene.take(session).isEmpty)
            scene.time.advance(by: .milliseconds(1))
            #expect(try await scene.take(session).map(\.id) == [id])
        },
        StoreCase("At most as many jobs that lost a worker are taken as was said") { scene async throws in
            let lost = try await scene.session("lost")
            let suspects = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 3))
            _ = try await scene.take(lost)
            _ = try await scene.store.fence(lost, ifRenewals: nil, error: "gone")
            let good = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 3))
            let session = try await scene.session()
            #expect(try await scene.take(session, suspects: 0).map(\.id) == good)
            let one = try await scene.take(session, suspects: 1)
            #expect(one.map(\.id) == [suspects[0]] && one.map(\.lostWorkers) == [1] && one.map(\.attempt) == [2])
            #expect(try await scene.take(session, suspects: 5).map(\.id) == Array(suspects[1...]))
        },
        StoreCase("A session that has ended, or never was, may not claim") { scene async throws in
            _ = try await scene.accept()
            let fenced = try await scene.session()
            _ = try await scene.store.fence(fenced, ifRenewals: nil, error: "gone")
            let closed = try await scene.session()
            try await scene.store.closeSession(closed)
            for session in [fenced, closed, SessionID(rawValue: "none")] {
                let error = await scene.error { () throws(StoreError) in
                    _ = try await scene.store.claim(
                        ClaimRequest(session: session, queues: [.init(.default)], limit: 1))
                }
                #expect(error?.code == .fenced)
            }
            #expect(try await scene.queue().count(.pending) == 1)
        },
        StoreCase("A claim whose answer was lost is found with what the session holds") { scene async throws in
            let ids = try await scene.accept(
                (0..<5).map { NewJob(name: "work", payload: [UInt8($0)], tags: ["n": "\($0)"]) })
            let session = try await scene.session()
            let known = try await scene.take(session, 2)
            let lost = try await scene.take(session, 3)
            let held = try await scene.store.held(by: session, besides: Set(known.map(\.id)))
            #expect(Set(held.map(\.id)) == Set(ids[2...]))
            for job in held {
                let original = try #require(lost.first { $0.id == job.id })
                #expect(job.payload == original.payload && job.attempt == original.attempt)
                #expect(job.delivery == original.delivery && job.details?.tags == original.details?.tags)
            }
            // Asking changes nothing, and what was found can be settled.
            #expect(try await scene.store.held(by: session, besides: []).count == 5)
            #expect(try await scene.settle(session, held.map { Settlement($0, .completed(output: nil)) }).count == 3)
            #expect(try await scene.store.held(by: session, besides: Set(known.map(\.id))).isEmpty)
        },
        StoreCase("Ten thousand jobs are claimed, held and given back in single calls") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 10_000))
            let session = try await scene.session()
            #expect(try await scene.take(session, 10_000).count == 10_000)
            #expect(try await scene.store.held(by: session, besides: Set(ids[..<9_990])).count == 10)
            try await scene.store.closeSession(session)
            let next = try await scene.session()
            let again = try await scene.take(next, 10_000)
            #expect(again.map(\.id) == ids && again.allSatisfy { $0.attempt == 1 && $0.delivery == 2 })
        },
        StoreCase("An exchange settles, then claims, in one call") { scene async throws in
            let session = try await scene.session()
            let first = try await scene.running(by: session)
            let next = try await scene.accept()
            let both = try await scene.store.exchange(
                SettleBatch(
                    session: session, sequence: 1,
                    items: [Settlement(first, .completed(output: nil), followUps: [NewJob(name: "next")])]),
                ClaimRequest(session: session, queues: [.init(.default)], limit: 10, wait: .seconds(600)))
            #expect(both.settled == [.applied(.completed)])
            #expect(both.claimed.map(\.name) == ["work", "next"] && both.claimed.first?.id == next)
            let nothing = try await scene.store.exchange(nil, nil)
            #expect(nothing.settled.isEmpty && nothing.claimed.isEmpty)
        },
        StoreCase("An exchange does not wait") { scene async throws in
            let session = try await scene.session()
            let both = try await within {
                try await scene.store.exchange(
                    nil, ClaimRequest(session: session, queues: [.init(.default)], limit: 10, wait: .seconds(600)))
            }
            #expect(both.claimed.isEmpty)
        },
    ]
}
