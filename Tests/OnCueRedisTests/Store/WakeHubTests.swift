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

    extension WakeHub.Mark {
        fileprivate func seen(_ channel: String) -> UInt64 { heard[channel] ?? 0 }
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

        @Test("Who waits is told what there is when one message says all of it, and has to look otherwise")
        func hints() async throws {
            let fixture = try await RedisFixture()
            let store = try await fixture.open()
            let hub = store.core.wakes
            let channel = try QueueKeys(prefix: store.core.prefix, queue: "default").channel
            func hint(after priorities: [[JobPriority]]) async throws -> WakeHub.Hint? {
                let mark = await hub.mark([channel], .claimable)
                let first = Task { await hub.wait(for: mark, until: SystemTime().uptime() + .seconds(20)) }
                for some in priorities {
                    let jobs = some.map { priority in
                        var job = NewJob(name: "work")
                        job.priority = priority
                        return job
                    }
                    _ = try await store.enqueue(jobs, atomically: true)
                }
                guard priorities.count > 1 else { return await first.value }
                _ = await first.value
                // All of it was heard before the next wait begins: that is then over at once.
                while await hub.mark([channel], .claimable).seen(channel) < mark.seen(channel)
                    + UInt64(priorities.count)
                {
                    try await Task.sleep(for: .milliseconds(1))
                }
                return await hub.wait(for: mark, until: SystemTime().uptime() + .seconds(20))
            }
            _ = await hub.mark([channel], .claimable)
            let one = try #require(try await hint(after: [[.high, .high]]))
            #expect(one.channel == channel && one.level == .high && one.count == 2)
            #expect(try await hint(after: [[.high, .low]]) == nil)
            #expect(try await hint(after: [[.high], [.high]]) == nil)
            await store.close()
            await fixture.cleanUp()
        }

        @Test("A write that fewer replicas confirm than were asked for has an unknown outcome, and is there")
        func writesWaitForReplicas() async throws {
            let fixture = try await RedisFixture(.sentinel)
            let kept = try await fixture.open(RedisStore.Options(replicas: 2))
            let first = try await kept.enqueue([NewJob(name: "work")], atomically: false)[0].id
            await kept.close()

            let wanting = try await fixture.open(RedisStore.Options(replicas: 3))
            let error = await #expect(throws: StoreError.self) {
                _ = try await wanting.enqueue([NewJob(name: "work")], atomically: false)
            }
            #expect(error?.code == .outcomeUnknown)
            let jobs = try await wanting.search(JobFilter(), order: .oldestFirst, after: nil, limit: 10).jobs
            #expect(jobs.count == 2 && jobs.first?.id == first)
            await wanting.close()
            await fixture.cleanUp()
        }
    }
#endif
