import OnCue
import Testing

extension Conformance {
    static let claimOrderCases: [StoreCase] = [
        StoreCase("Queues are served in the order in which they are listed") { scene async throws in
            _ = try await scene.accept(["c", "a", "b"].map { NewJob(name: "work", queue: $0) })
            let session = try await scene.session()
            let taken = try await scene.take(session, queues: [.init("b"), .init("c"), .init("a")])
            #expect(taken.map(\.queue) == ["b", "c", "a"])
        },
        StoreCase("In a queue the higher level goes first, whenever it came") { scene async throws in
            _ = try await scene.accept(
                JobPriority.allCases.reversed().flatMap { level in
                    [NewJob](repeating: NewJob(name: "work", priority: level), count: 2)
                })
            let session = try await scene.session()
            let taken = try await scene.take(session).map(\.priority)
            #expect(taken == [.critical, .critical, .high, .high, .normal, .normal, .low, .low, .bulk, .bulk])
        },
        StoreCase("In a level jobs go in the order in which they became ready") { scene async throws in
            let late = try await scene.accept(NewJob(name: "work", due: .after(.seconds(3))))
            let early = try await scene.accept(NewJob(name: "work", due: .after(.seconds(2))))
            let now = try await scene.accept()
            let session = try await scene.session()
            scene.time.advance(by: .seconds(5))
            #expect(try await scene.take(session).map(\.id) == [now, early, late])
        },
        StoreCase("A job that became due goes behind those that were ready before") { scene async throws in
            let delayed = try await scene.accept(NewJob(name: "work", due: .after(.seconds(1))))
            let ready = try await scene.accept()
            scene.time.advance(by: .seconds(1))
            try await scene.maintain()
            let after = try await scene.accept()
            let session = try await scene.session()
            #expect(try await scene.take(session).map(\.id) == [ready, delayed, after])
        },
        StoreCase("What is handed back keeps its place in the queue") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 6))
            let session = try await scene.session()
            let taken = try await scene.take(session, 4)
            for job in [taken[2], taken[0], taken[3]] {
                #expect(try await scene.end(job, .released) == .applied(.pending))
            }
            let again = try await scene.take(session)
            #expect(again.map(\.id) == [ids[0], ids[2], ids[3], ids[4], ids[5]])
            #expect(again.map(\.attempt) == [1, 1, 1, 1, 1])
            #expect(again.map(\.delivery) == [2, 2, 2, 1, 1])
        },
        StoreCase("What a fenced or closed session held keeps its place in the queue") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 6))
            let first = try await scene.session()
            let second = try await scene.session()
            _ = try await scene.take(first, 2)
            _ = try await scene.take(second, 2)
            try await scene.store.closeSession(second)
            _ = try await scene.store.fence(first, ifRenewals: nil, error: "gone")
            let third = try await scene.session()
            #expect(try await scene.take(third, suspects: 10).map(\.id) == ids)
        },
        StoreCase("A retry or a snooze that waits no time goes to the end of its level") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 4))
            let session = try await scene.session()
            let taken = try await scene.take(session, 2)
            #expect(try await scene.end(taken[0], .retry(after: .zero, counts: true)) == .applied(.pending))
            #expect(try await scene.end(taken[1], .snooze(.zero)) == .applied(.pending))
            let again = try await scene.take(session)
            #expect(again.map(\.id) == [ids[2], ids[3], ids[0], ids[1]])
            #expect(again.map(\.attempt) == [1, 1, 2, 1])
        },
        StoreCase("The floor takes the oldest job below the level that is served") { scene async throws in
            let bulk = try await scene.accept(NewJob(name: "work", priority: .bulk))
            let low = try await scene.accept(NewJob(name: "work", priority: .low))
            let high = try await scene.accept([NewJob](repeating: NewJob(name: "work", priority: .high), count: 5))
            let session = try await scene.session()
            #expect(try await scene.take(session, 1, floor: 1).map(\.id) == [bulk])
            let taken = try await scene.take(session, 3, floor: 1)
            #expect(Set(taken.map(\.id)) == [low, high[0], high[1]])
        },
        StoreCase("The floor takes the oldest of later queues too") { scene async throws in
            let later = try await scene.accept([NewJob](repeating: NewJob(name: "work", queue: "later"), count: 3))
            let low = try await scene.accept(NewJob(name: "work", queue: "first", priority: .low))
            let first = try await scene.accept([NewJob](repeating: NewJob(name: "work", queue: "first"), count: 5))
            let session = try await scene.session()
            let taken = try await scene.take(session, 6, queues: [.init("first"), .init("later")], floor: 4)
            #expect(Set(taken.map(\.id)) == Set(later + [low, first[0], first[1]]))
        },
        StoreCase("Where there is no lower level the floor is filled with what is served") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work", priority: .low), count: 4))
            let session = try await scene.session()
            #expect(try await scene.take(session, 3, floor: 2).map(\.id) == Array(ids[..<3]))
        },
        StoreCase("The floor passes over paused queues, unknown names and used up limits") { scene async throws in
            let paused = try await scene.accept(NewJob(name: "work", queue: "paused", priority: .bulk))
            let unknown = try await scene.accept(NewJob(name: "unknown", priority: .bulk))
            let low = try await scene.accept([NewJob](repeating: NewJob(name: "rare", priority: .low), count: 2))
            let high = try await scene.accept([NewJob](repeating: NewJob(name: "work", priority: .high), count: 4))
            try await scene.store.changeQueue("paused", .pause)
            let session = try await scene.session()
            let taken = try await scene.take(
                session, 4, queues: [.init("paused"), .init(.default)], names: ["work": 10, "rare": 1], floor: 3)
            #expect(Set(taken.map(\.id)) == [low[0], high[0], high[1], high[2]])
            #expect(try await scene.states([paused, unknown, low[1]]) == [.pending, .pending, .pending])
        },
        StoreCase("A wall clock that jumps back changes no order") { scene async throws in
            let first = try await scene.accept()
            scene.time.jumpWallClock(by: .seconds(-3_600))
            let second = try await scene.accept()
            scene.time.jumpWallClock(by: .seconds(7_200))
            let third = try await scene.accept()
            let session = try await scene.session()
            let taken = try await scene.take(session, 2)
            #expect(taken.map(\.id) == [first, second])
            scene.time.jumpWallClock(by: .seconds(-86_400))
            for job in taken.reversed() { try await scene.end(job, .released) }
            #expect(try await scene.take(session).map(\.id) == [first, second, third])
        },
    ]
}
