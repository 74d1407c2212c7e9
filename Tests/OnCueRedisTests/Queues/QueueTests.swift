#if Redis
    import OnCue
    import OnCueTesting
    import RedisWire
    import Testing

    @testable import OnCueRedis

    @Suite struct QueueTests {
        /// A store of its own, closed and cleaned up whatever happens.
        private func with(_ body: (RedisStore, RedisFixture) async throws -> Void) async throws {
            let fixture = try await RedisFixture()
            let store = try await fixture.open()
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(store, fixture))
            } catch {
                result = .failure(error)
            }
            await store.close()
            await fixture.cleanUp()
            try result.get()
        }

        @Test("A queue that was removed gets its number back, and its log is still read")
        func numbers() async throws {
            try await with { store, _ in
                try await store.changeQueue("other", .settings(.init()))
                try await store.changeQueue("q", .pause)
                let number = try #require(try await store.core.registry.queue("q")).number
                try await store.removeQueue("q")
                try await store.changeQueue("third", .settings(.init()))
                let removed = try await store.events(after: .start, limit: 10, wait: .zero)
                #expect(removed.events.map(\.kind) == [.queuePaused])
                try await store.changeQueue("q", .settings(.init()))
                #expect(try await store.core.registry.queue("q")?.number == number)
                #expect(try await store.queues().map(\.name) == ["other", "q", "third"])
                #expect(try await store.queues().allSatisfy { !$0.isPaused })
                let events = try await store.events(after: .start, limit: 10, wait: .zero)
                #expect(events.events.map(\.kind) == [.queuePaused])
            }
        }

        @Test("A queue that comes into use while it is removed stays")
        func race() async throws {
            try await with { store, _ in
                try await store.changeQueue("q", .pause)
                let queue = try #require(try await store.core.registry.queue("q"))
                // The first of the two writes of a removal, then another process that makes the queue, then the second.
                #expect(try await store.core.run(Scripts.retire, on: queue) { _ in }.text == "removed")
                store.core.registry.forget("q")
                _ = try await store.core.registry.makeQueue("q")
                try await store.core.registry.unregister(queue)
                #expect(try await store.queues().isEmpty)
                // Housekeeping finds it, as the process that removes it does if nobody ends it.
                _ = try await store.maintain(
                    MaintenanceRequest(eventsBefore: .init(microseconds: 0), sessionsBefore: .init(microseconds: 0)))
                #expect(try await store.queues().map(\.name) == ["q"])
                #expect(try await store.core.registry.removedQueues().isEmpty)
            }
        }

        @Test("A process that knows a queue which another has removed makes it again")
        func staleKnowledge() async throws {
            try await with { store, fixture in
                let other = try await fixture.open()
                try await other.changeQueue("q", .pause)
                try await store.changeQueue("q", .resume)
                try await store.removeQueue("q")
                try await other.changeQueue("q", .settings(QueueSettings(order: 3)))
                #expect(try await store.queues().map(\.settings) == [QueueSettings(order: 3)])
                try await store.removeQueue("q")
                try await other.changeQueue("q", .pause)
                #expect(try await store.queues().map(\.isPaused) == [true])
                try await store.removeQueue("q")
                await #expect(throws: StoreError.self) { try await other.removeQueue("q") }
                await other.close()
            }
        }

        @Test("How many may wait is known where jobs are taken in, and put right where it is not")
        func bounds() async throws {
            try await with { store, _ in
                func bound(_ name: QueueName) async throws -> Int64? {
                    let queue = try #require(try await store.core.registry.queue(name))
                    var command = RedisCommand("HGET", key: queue.keys[.meta])
                    command.append("max")
                    return try await store.client.send(command).integer
                }
                try await store.changeQueue("a", .settings(QueueSettings(maxWaiting: 5)))
                try await store.changeQueue("b", .settings(.init()))
                #expect(try await bound("a") == 5)
                #expect(try await bound("b") == Int64(Limits.waitingJobs))
                try await store.setDefaults(QueueSettings(maxWaiting: 9))
                #expect(try await bound("a") == 5)
                #expect(try await bound("b") == 9)
                // Whoever set it was ended between the two writes.
                try await store.core.registry.keep(QueueSettings(maxWaiting: 6), of: "a")
                _ = try await store.maintain(
                    MaintenanceRequest(eventsBefore: .init(microseconds: 0), sessionsBefore: .init(microseconds: 0)))
                #expect(try await bound("a") == 6)
            }
        }
    }
#endif
