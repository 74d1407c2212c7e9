#if Redis
    import OnCue
    import Testing

    @testable import OnCueRedis

    /// Changes of jobs wherever the store keeps them.
    @Suite struct ChangeTests {
        private static let stop = JobChange.cancel(reason: "stop", force: false)

        @Test("A job that nobody may run is changed where it is set aside, and the rest is still counted right")
        func parked() async throws {
            try await JobScene.with { scene in
                let ids = try await scene.accept([NewJob](repeating: NewJob(name: "a"), count: 5))
                let session = try await scene.session()
                // A claim that may not take them sets them aside.
                #expect(try await scene.take(session, names: ["b": 1]).isEmpty)
                #expect(try await scene.pending() == 5)
                #expect(try await scene.store.change([ids[0]], .delete) == [.done(nil)])
                #expect(try await scene.store.change([ids[1]], Self.stop) == [.done(.cancelled)])
                #expect(try await scene.store.change([ids[2]], .edit(JobEdit(payload: [9]))) == [.done(.pending)])
                #expect(try await scene.store.change([ids[3]], .edit(JobEdit(priority: .low))) == [.done(.pending)])
                #expect(try await scene.pending() == 3)
                #expect(try await scene.list(JobFilter(states: [.pending])) == [ids[2], ids[3], ids[4]])
                let taken = try await scene.take(session)
                #expect(taken.map(\.id) == [ids[2], ids[4], ids[3]])
                #expect(taken.map(\.payload) == [[9], [], []] && taken.allSatisfy { $0.attempt == 1 })
                #expect(try await scene.pending() == 0)
            }
        }

        @Test("A new plain job that gets another payload goes to the end of its level, and runs with it once")
        func payloadOfANewJob() async throws {
            try await JobScene.with { scene in
                let ids = try await scene.accept([NewJob](repeating: NewJob(name: "a", payload: [1]), count: 3))
                #expect(try await scene.store.change([ids[1]], .edit(JobEdit(payload: [2]))) == [.done(.pending)])
                let session = try await scene.session()
                let taken = try await scene.take(session)
                #expect(taken.map(\.id) == [ids[0], ids[2], ids[1]] && taken.map(\.payload) == [[1], [1], [2]])
                #expect(taken.allSatisfy { $0.attempt == 1 && $0.delivery == 1 })
                let record = try #require(try await scene.store.find([ids[1]]).first ?? nil)
                #expect(record.state == .running && record.payload == [2] && record.worker == "worker")
                #expect(try await scene.store.queues().first?.count(.running) == 3)
            }
        }

        @Test("Jobs that several sessions run are stopped in one call, and each session is told of its own")
        func severalSessions() async throws {
            try await JobScene.with { scene in
                let ids = try await scene.accept([NewJob](repeating: NewJob(name: "a"), count: 4))
                let sessions = [try await scene.session("w-0"), try await scene.session("w-1")]
                #expect(try await scene.take(sessions[0], 2).count == 2)
                #expect(try await scene.take(sessions[1], 1).count == 1)
                let answers = try await scene.store.change(ids + [ids[0]], Self.stop)
                #expect(answers == [.requested, .requested, .requested, .done(.cancelled), .requested])
                for (session, own) in zip(sessions, [ids[..<2], ids[2..<3]]) {
                    let news = try await scene.store.news(for: session)
                    #expect(Set(news.cancellations.map(\.job)) == Set(own) && news.held == own.count)
                    #expect(news.cancellations.allSatisfy { $0.reason == "stop" && !$0.isTakenAway })
                }
                let record = try #require(try await scene.store.find([ids[2]]).first ?? nil)
                #expect(record.isCancelRequested && record.session == sessions[1] && record.worker == "w-1")
                #expect(record.startedAt != nil && record.attempt == 1)
                let forced = try await scene.store.change([ids[0], ids[2]], .cancel(reason: nil, force: true))
                #expect(forced == [.done(.cancelled), .done(.cancelled)])
                let left = try #require(try await scene.store.find([ids[0]]).first ?? nil)
                #expect(left.state == .cancelled && left.cancelReason == "stop" && left.worker == "w-0")
                #expect(try await scene.store.news(for: sessions[1]).held == 0)
                #expect(try await scene.store.queues().first?.count(.cancelled) == 3)
            }
        }

        @Test("A caller's own id is found and changed in whatever queue it is, also one that looks like the store's")
        func callersIDs() async throws {
            try await JobScene.with { scene in
                _ = try await scene.accept([NewJob(name: "a", queue: "one")])
                let position = StreamPosition(milliseconds: 1_767_225_600_000, sequence: 77)
                let imitated = try #require(
                    StoreMadeID(position: position, level: .normal, queue: 1, nonce: 5)?.id)
                let ids = [imitated, JobID.make(at: Timestamp(microseconds: 5_000_000))]
                let jobs = [
                    NewJob(id: ids[0], name: "a", queue: "two"), NewJob(id: ids[1], name: "a", queue: "three"),
                ]
                #expect(try await scene.accept(jobs) == ids)
                let found = try await scene.store.find(ids)
                #expect(found.map { $0?.queue } == ["two", "three"])
                #expect(try await scene.store.change(ids, Self.stop) == [.done(.cancelled), .done(.cancelled)])
                #expect(
                    try await scene.store.change(ids, .retry(resetAttempts: false))
                        == [.done(.pending), .done(.pending)])
                #expect(try await scene.store.find(ids).map { $0?.options.maxAttempts } == [1, 1])
            }
        }

        @Test("Run again, a job keeps the attempts that its options give it, and gets one more when they are used up")
        func attempts() async throws {
            try await JobScene.with { scene in
                let options = [JobOptions(maxAttempts: 7), JobOptions(maxAttempts: 1)]
                let ids = try await scene.accept(options.map { NewJob(name: "a", options: $0) })
                let session = try await scene.session()
                let taken = try await scene.take(session)
                _ = try await scene.store.settle(
                    SettleBatch(session: session, sequence: 1, items: taken.map { Settlement($0, .dead(.permanent)) }))
                _ = try await scene.store.change(ids, .retry(resetAttempts: false))
                let records = try await scene.store.find(ids)
                #expect(records.map { $0?.options.maxAttempts } == [7, 2] && records.allSatisfy { $0?.attempt == 1 })
            }
        }

        @Test("A purge takes what is set aside and what is kept apart, and leaves what runs")
        func purge() async throws {
            try await JobScene.with { scene in
                let jobs = [NewJob(name: "a"), NewJob(name: "b"), NewJob(name: "a"), NewJob(name: "c")]
                let ids = try await scene.accept(jobs)
                let session = try await scene.session()
                let first = try await scene.take(session, 1)
                _ = try await scene.store.settle(
                    SettleBatch(
                        session: session, sequence: 1,
                        items: first.map {
                            Settlement($0, .completed(output: nil), keep: .atLeast(.seconds(60)))
                        }))
                // One runs, another is set aside on the way to it.
                #expect(try await scene.take(session, names: ["c": 1]).map(\.id) == [ids[3]])
                let removed = try await scene.store.purge(.default, states: [.pending, .completed], limit: 100)
                #expect(removed == 3)
                #expect(try await scene.store.find(ids).map { $0?.state } == [nil, nil, nil, .running])
                let queue = try #require(try await scene.store.queues().first)
                #expect(queue.count(.pending) == 0 && queue.count(.completed) == 0 && queue.count(.running) == 1)
                #expect(queue.totals.completed == 1)
                let session2 = try await scene.session()
                #expect(try await scene.take(session2).isEmpty)
            }
        }
    }
#endif
