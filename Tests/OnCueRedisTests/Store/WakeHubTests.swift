#if Redis
    import OnCue
    import OnCueTesting
    import Synchronization
    import Testing

    @testable import OnCueRedis

    private final class Count: Sendable {
        private let number = Mutex(0)

        func add() { number.withLock { $0 += 1 } }
        var value: Int { number.withLock { $0 } }
    }

    @Suite struct WakeHubTests {
        @Test("A wait ends however short it is: its timer may be faster than the one who waits")
        func shortWaitsEnd() async throws {
            let fixture = try await RedisFixture()
            let store = try await fixture.open()
            let hub = store.core.wakes
            let mark = await hub.mark(["{\(fixture.prefix)}:nothing"], .claimable)
            let ended = Count()
            let (tasks, waits) = (200, 200)
            for _ in 0..<tasks {
                Task {
                    for wait in 0..<waits {
                        await hub.wait(for: mark, until: SystemTime().uptime() + .microseconds(1 + wait % 60))
                        ended.add()
                    }
                }
            }
            let patience = ContinuousClock.now + .seconds(30)
            while ended.value < tasks * waits, ContinuousClock.now < patience {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(ended.value == tasks * waits)
            await store.close()
            await fixture.cleanUp()
        }

        @Test("Messages of new jobs say how many of which level have come, as long as each of them says it")
        func additions() async throws {
            let fixture = try await RedisFixture()
            let store = try await fixture.open()
            let hub = store.core.wakes
            let channel = try QueueKeys(prefix: store.core.prefix, queue: "default").channel
            /// What was heard since, once a last job of the lowest level was heard of.
            func additions(after batches: [[JobPriority]]) async throws -> [JobPriority: Int]? {
                let mark = await hub.mark([channel], .claimable)
                for priorities in batches + [[.bulk]] {
                    let jobs = priorities.map { priority in
                        var job = NewJob(name: "work")
                        job.priority = priority
                        return job
                    }
                    _ = try await store.enqueue(jobs, atomically: true)
                }
                var last = mark
                for _ in 0...batches.count {
                    await hub.wait(for: last, until: SystemTime().uptime() + .seconds(20))
                    last = hub.glance([channel], .claimable)
                    if last.additions(since: mark)?[channel]?[.bulk] != nil { break }
                }
                return last.additions(since: mark)?[channel]
            }
            #expect(try await additions(after: []) == [.bulk: 1])
            #expect(try await additions(after: [[.high, .high], [.high], [.low]]) == [.high: 3, .low: 1, .bulk: 1])
            #expect(try await additions(after: [[.high, .low]]) == nil)
            let mark = await hub.mark([channel], .claimable)
            #expect(mark.additions(since: mark) == [:])
            #expect(hub.glance([channel, "other"], .claimable).additions(since: mark) == nil)
            await store.close()
            await fixture.cleanUp()
        }

        @Test("The one message of an enqueue wakes who waits for jobs and who waits for events")
        func oneMessage() async throws {
            let fixture = try await RedisFixture()
            let store = try await fixture.open()
            let hub = store.core.wakes
            let channel = try QueueKeys(prefix: store.core.prefix, queue: "default").channel
            let marks = [await hub.mark([channel], .claimable), await hub.mark([channel], .happened)]
            async let woken = withTaskGroup { group in
                for mark in marks {
                    group.addTask { await hub.wait(for: mark, until: SystemTime().uptime() + .seconds(20)) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            _ = try await store.enqueue([NewJob(name: "work")], atomically: false)
            // Not by the look that is due every five seconds.
            #expect(await woken == [true, true])
            await store.close()
            await fixture.cleanUp()
        }

        @Test("A write that fewer replicas confirm than were asked for has an unknown outcome, and is there")
        func writesWaitForReplicas() async throws {
            let fixture = try await RedisFixture(.sentinel)
            let kept = try await fixture.open(RedisStore.Options(replicas: 2))
            let first = try await kept.enqueue([NewJob(name: "work")], atomically: false)[0].id
            // As a transaction.
            let many = [NewJob](repeating: NewJob(name: "work"), count: 100)
            #expect(try await kept.enqueue(many, atomically: true).compactMap(\.id).count == 100)

            let wanting = try await fixture.open(RedisStore.Options(replicas: 3))
            let error = await #expect(throws: StoreError.self) {
                _ = try await wanting.enqueue([NewJob(name: "work")], atomically: false)
            }
            #expect(error?.code == .outcomeUnknown)
            let jobs = try await wanting.search(JobFilter(), order: .oldestFirst, after: nil, limit: 1_000).jobs
            #expect(jobs.count == 102 && jobs.first?.id == first)
            await kept.close()
            await wanting.close()
            await fixture.cleanUp()
        }
    }
#endif
