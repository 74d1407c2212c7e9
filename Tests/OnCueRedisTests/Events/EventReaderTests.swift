#if Redis
    import OnCue
    import Testing

    @testable import OnCueRedis

    @Suite struct EventReaderTests {
        @Test("Who reads while many write in many queues sees all of it, each once and in order")
        func complete() async throws {
            let fixture = try await RedisFixture()
            let stores = try await [fixture.open(), fixture.open(), fixture.open()]
            let queues = (0..<5).map { QueueName("q\($0)") }
            let rounds = 60
            let writing = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (index, queue) in queues.enumerated() {
                        group.addTask {
                            for _ in 0..<rounds {
                                try await stores[index % 2].changeQueue(queue, .pause)
                                try await stores[(index + 1) % 2].changeQueue(queue, .resume)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            var seen: [JobEvent] = []
            var cursor = EventCursor.start
            let end = ContinuousClock.now + .seconds(180)
            while seen.count < rounds * 2 * queues.count, ContinuousClock.now < end {
                let page = try await stores[2].events(after: cursor, limit: 7, wait: .seconds(5))
                #expect(!page.hasGap && page.events.count <= 7)
                seen += page.events
                cursor = page.next
            }
            try await writing.value
            #expect(seen.count == rounds * 2 * queues.count)
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.cursor < $1.cursor })
            for queue in queues {
                let kinds = seen.filter { $0.queue == queue }.map(\.kind)
                #expect(kinds == (0..<rounds).flatMap { _ in [JobEvent.Kind.queuePaused, .queueResumed] })
            }
            #expect(try await stores[0].latestEvent() == seen.last?.cursor)
            for store in stores { await store.close() }
            await fixture.cleanUp()
        }

        @Test("The first events of a queue that is made while a page is read are not passed by")
        func newQueue() async throws {
            try await StoreScene.with { scene in
                let (old, new) = (QueueName("old"), QueueName("new"))
                try await scene.store.changeQueue(old, .pause)
                let reader = try await EventReader(scene.store.core)
                // Behind the list of the queues and before the logs.
                try await scene.store.changeQueue(new, .pause)
                try await scene.store.changeQueue(old, .resume)
                let page = try await reader.page(after: .start, limit: 10)
                let rest = try await scene.store.events(after: page.next, limit: 10, wait: .zero)
                #expect((page.events + rest.events).map(\.queue) == [old, new, old])
            }
        }

        @Test("Of the events of several queues the oldest go, and a reader behind them is told of the gap")
        func pruning() async throws {
            try await StoreScene.with { scene in
                var cursors: [EventCursor] = []
                for index in 0..<12 {
                    try await scene.store.changeQueue(QueueName("q\(index % 3)"), index / 3 % 2 == 0 ? .pause : .resume)
                    cursors.append(try await scene.store.latestEvent())
                }
                let bounded = try await scene.maintain(limit: 3, eventsKeep: 5)
                #expect(bounded.pruned == 3 && bounded.hasMore)
                #expect(try await scene.maintain(eventsKeep: 5).pruned == 4)
                #expect(try await scene.maintain(eventsKeep: 5).pruned == 0)
                let page = try await scene.store.events(after: .start, limit: 100, wait: .zero)
                #expect(page.hasGap && page.events.map(\.cursor) == Array(cursors.suffix(5)))
                #expect(try await scene.store.events(after: cursors[6], limit: 100, wait: .zero).hasGap == false)
                #expect(try await scene.store.events(after: cursors[5], limit: 100, wait: .zero).hasGap)
            }
        }

        @Test("A batch of jobs is one entry of the log and as many events, counted as they are dropped")
        func batches() async throws {
            try await StoreScene.with { scene in
                let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 300))
                var (cursor, seen): (EventCursor, [JobID?]) = (.start, [])
                while seen.count < 300 {
                    let page = try await scene.store.events(after: cursor, limit: 77, wait: .zero)
                    try #require(!page.events.isEmpty)
                    seen += page.events.map(\.job)
                    cursor = page.next
                }
                #expect(seen == ids)
                _ = try await scene.accept([NewJob(name: "work")])
                #expect(try await scene.maintain(eventsKeep: 10).pruned == 0)
                #expect(try await scene.maintain(eventsKeep: 1).pruned == 300)
                let page = try await scene.store.events(after: cursor, limit: 10, wait: .zero)
                #expect(page.events.count == 1 && !page.hasGap)
            }
        }
    }
#endif
