#if Redis
    import OnCue
    import Testing

    @testable import OnCueRedis

    /// Listings over all places where the store keeps jobs.
    @Suite struct ListingTests {
        @Test("Jobs of all kinds and queues are listed in the order of their ids, in pages of any size")
        func mixed() async throws {
            try await JobScene.with { scene in
                var wanted: [JobID] = []
                let session = try await scene.session()
                for round in 0..<6 {
                    let queue: QueueName = round.isMultiple(of: 2) ? "even" : "odd"
                    wanted += try await scene.accept(
                        [
                            NewJob(name: "a", queue: queue, priority: .high), NewJob(name: "a", queue: queue),
                            NewJob(name: "a", queue: queue, due: .after(.seconds(60))),
                            NewJob(name: "a", queue: queue, unique: UniqueKey("k\(round)")),
                            NewJob(id: .make(at: try await scene.store.now()), name: "a", queue: queue),
                        ])
                    let taken = try await scene.take(session, 2, from: queue)
                    _ = try await scene.store.settle(
                        SettleBatch(
                            session: session, sequence: Int64(round + 1),
                            items: taken.prefix(1).map { Settlement($0, .completed(output: [1])) }))
                }
                wanted.sort()
                for limit in [1, 4, 30, 1_000] {
                    #expect(try await scene.list(limit: limit) == wanted)
                    #expect(try await scene.list(JobFilter(), .newestFirst, limit: limit) == wanted.reversed())
                }
                let states = Dictionary(
                    grouping: try await scene.store.find(wanted).compactMap(\.self), by: \.state)
                #expect(Set(states.keys) == [.pending, .running, .delayed, .completed])
                for (state, jobs) in states {
                    for order in [JobOrder.oldestFirst, .newestFirst] {
                        let filter = JobFilter(states: [state])
                        let ids = jobs.map(\.id)
                        #expect(
                            try await scene.list(filter, order, limit: 3)
                                == (order == .oldestFirst ? ids : ids.reversed()), "\(state)")
                    }
                    #expect(
                        try await scene.store.count(JobFilter(states: [state]), upTo: 100)
                            == JobCount(jobs.count, isExact: true), "\(state)")
                    #expect(
                        try await scene.store.count(JobFilter(states: [state], name: "*"), upTo: 100)
                            == JobCount(jobs.count, isExact: true), "\(state)")
                }
            }
        }

        @Test("What a filter means is found among many that it does not mean")
        func rare() async throws {
            try await JobScene.with { scene in
                let names = (0..<9_000).map { $0 % 3_000 == 1_500 ? "rare.\($0)" : "usual" }
                let ids = try await scene.accept(
                    names.enumerated().map { index, name in
                        NewJob(
                            name: JobName(name), priority: index.isMultiple(of: 5) ? .low : .normal,
                            payload: [UInt8](repeating: 7, count: 100), tags: index % 4_000 == 10 ? ["t": "v"] : [:])
                    })
                let rare = [1_500, 4_500, 7_500].map { ids[$0] }
                #expect(try await scene.list(JobFilter(name: "rare.*"), limit: 2) == rare)
                #expect(try await scene.list(JobFilter(name: "r*e.*"), .newestFirst) == rare.reversed())
                #expect(try await scene.list(JobFilter(name: "rare.4500")) == [rare[1]])
                #expect(try await scene.list(JobFilter(tags: ["t": "v"])) == [10, 4_010, 8_010].map { ids[$0] })
                #expect(try await scene.list(limit: 1_000) == ids)
                #expect(
                    try await scene.store.count(JobFilter(name: "usual"), upTo: 10_000)
                        == JobCount(8_997, isExact: true))
                // What runs is found among what waits.
                let session = try await scene.session()
                let taken = try await scene.take(session, 40).map(\.id).sorted()
                #expect(taken.count == 40)
                #expect(try await scene.list(JobFilter(states: [.running]), limit: 7) == taken)
                #expect(try await scene.list(JobFilter(states: [.running]), .newestFirst, limit: 7) == taken.reversed())
                let page = try await scene.store.search(
                    JobFilter(states: [.running]), order: .newestFirst, after: nil, limit: 1)
                #expect(page.jobs.first?.worker == "worker" && page.jobs.first?.session == session)
            }
        }

        @Test("A job that was put into the list of the finished twice is listed once")
        func finishedTwice() async throws {
            try await JobScene.with { scene in
                let ids = try await scene.accept([NewJob(name: "a"), NewJob(name: "a")])
                for _ in 0..<3 {
                    _ = try await scene.store.change(ids, .cancel(reason: nil, force: false))
                    _ = try await scene.store.change(ids, .retry(resetAttempts: true))
                }
                #expect(try await scene.list() == ids)
                #expect(try await scene.list(JobFilter(states: [.cancelled])).isEmpty)
                _ = try await scene.store.change([ids[1]], .cancel(reason: nil, force: false))
                #expect(try await scene.list(JobFilter(states: [.cancelled])) == [ids[1]])
                #expect(try await scene.store.purge(.default, states: [.cancelled], limit: 10) == 1)
                #expect(try await scene.list() == [ids[0]])
            }
        }
    }
#endif
