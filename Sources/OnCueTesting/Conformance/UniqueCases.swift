import OnCue
import Testing

extension Conformance {
    private static func keyed(_ until: UniqueKey.Until = .finished, queue: QueueName = .default) -> NewJob {
        NewJob(name: "work", queue: queue, unique: UniqueKey("key", until: until))
    }

    static let uniqueCases: [StoreCase] = [
        StoreCase("A key stands for one job in its queue and for another in another queue") { scene async throws in
            let first = try await scene.accept(keyed())
            #expect(try await scene.offer(keyed()) == .duplicate(of: first))
            let other = try await scene.accept(keyed(queue: "other"))
            #expect(other != first)
            #expect(try await scene.offer(keyed(queue: "other")) == .duplicate(of: other))
            #expect(try await scene.queue().totals.enqueued == 1)
        },
        StoreCase("Of jobs with one key in one batch the first wins") { scene async throws in
            let answers = try await scene.store.enqueue([keyed(), keyed(), keyed()], atomically: false)
            let id = try #require(answers.first?.id)
            #expect(answers == [.accepted(id), .duplicate(of: id), .duplicate(of: id)])
            let atomic = try await scene.store.enqueue([keyed(queue: "b"), keyed(queue: "b")], atomically: true)
            let second = try #require(atomic.first?.id)
            #expect(atomic == [.accepted(second), .duplicate(of: second)])
        },
        StoreCase("Callers that race for a key get one job between them") { scene async throws in
            let answers = try await withThrowingTaskGroup(of: EnqueueAnswer.self) { group in
                for _ in 0..<16 { group.addTask { try await scene.offer(keyed()) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.compactMap(\.id)).count == 1)
            #expect(answers.filter { if case .accepted = $0 { true } else { false } }.count == 1)
        },
        StoreCase("A key until the end is held while the job runs and free in the write that ends it") {
            scene async throws in
            let session = try await scene.session()
            for outcome: Settlement.Outcome in [
                .completed(output: nil), .cancelled(reason: nil), .dead(.permanent),
            ] {
                let first = try await scene.running(keyed(), by: session)
                #expect(try await scene.offer(keyed()) == .duplicate(of: first.id))
                try await scene.end(first, outcome)
                let second = try await scene.running(keyed(), by: session)
                try await scene.end(second)
            }
        },
        StoreCase("A key until the end is held through retries, snoozes and returns") { scene async throws in
            let session = try await scene.session()
            let id = try await scene.running(keyed(), by: session).id
            let outcomes: [Settlement.Outcome] = [
                .released, .snooze(.zero), .retry(after: .zero, counts: true), .retry(after: .zero, counts: false),
            ]
            for (index, outcome) in outcomes.enumerated() {
                let job =
                    if index == 0 { try #require(try await scene.store.held(by: session, besides: []).first) } else {
                        try await scene.takeOne(session)
                    }
                try await scene.end(job, outcome)
                #expect(try await scene.offer(keyed()) == .duplicate(of: id))
            }
        },
        StoreCase("A key until the start is free in the claim and stays so when the job comes back") {
            scene async throws in
            let session = try await scene.session()
            let first = try await scene.accept(keyed(.started))
            #expect(try await scene.offer(keyed(.started)) == .duplicate(of: first))
            let running = try await scene.takeOne(session)
            let second = try await scene.accept(keyed(.started))
            try await scene.end(running, .released)
            #expect(try await scene.offer(keyed(.started)) == .duplicate(of: second))
            #expect(try await scene.states([first, second]) == [.pending, .pending])
        },
        StoreCase("A key until the start is free when the job is cancelled before it started") { scene async throws in
            let first = try await scene.accept(keyed(.started))
            #expect(try await scene.change(first, .cancel(reason: nil, force: false)) == .done(.cancelled))
            _ = try await scene.accept(keyed(.started))
        },
        StoreCase("A key for a time is held that long, whatever becomes of the job") { scene async throws in
            let session = try await scene.session()
            let first = try await scene.running(keyed(.elapsed(.seconds(60))), by: session)
            try await scene.end(first, .completed(output: nil), keep: .nothing)
            scene.time.advance(by: .seconds(59))
            #expect(try await scene.offer(keyed(.elapsed(.seconds(60)))) == .duplicate(of: first.id))
            scene.time.advance(by: .seconds(1))
            let second = try await scene.accept(keyed(.elapsed(.seconds(60))))
            #expect(second != first.id)
        },
        StoreCase("A key for a time is free after it although the job still waits") { scene async throws in
            let first = try await scene.accept(keyed(.elapsed(.seconds(10))))
            scene.time.advance(by: .seconds(10))
            let second = try await scene.accept(keyed(.elapsed(.seconds(10))))
            // The end of the first does not free what is the second's.
            _ = try await scene.change(first, .delete)
            #expect(try await scene.offer(keyed(.elapsed(.seconds(10)))) == .duplicate(of: second))
        },
        StoreCase("Deleting a job frees its key of any kind") { scene async throws in
            for until: UniqueKey.Until in [.finished, .started, .elapsed(.seconds(600))] {
                let id = try await scene.accept(keyed(until))
                #expect(try await scene.change(id, .delete) == .done(nil))
                let next = try await scene.accept(keyed(until))
                _ = try await scene.change(next, .delete)
            }
        },
        StoreCase("A job that is cancelled while it waits frees its key") { scene async throws in
            let first = try await scene.accept(keyed())
            _ = try await scene.change(first, .cancel(reason: nil, force: false))
            _ = try await scene.accept(keyed())
        },
        StoreCase("A follow-up may take the key of the job that makes it") { scene async throws in
            let session = try await scene.session()
            let first = try await scene.running(keyed(), by: session)
            try await scene.end(first, .completed(output: nil), followUps: [keyed()])
            let next = try await scene.takeOne(session)
            #expect(next.id != first.id)
            #expect(try await scene.offer(keyed()) == .duplicate(of: next.id))
        },
        StoreCase("A follow-up whose key is taken is left out, and the outcome stands") { scene async throws in
            let holder = try await scene.accept(
                NewJob(name: "work", queue: "held", unique: UniqueKey("key")))
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            #expect(
                try await scene.end(job, .completed(output: nil), followUps: [keyed(queue: "held")])
                    == .applied(.completed))
            #expect(try await scene.offer(keyed(queue: "held")) == .duplicate(of: holder))
            #expect(try await scene.queue("held").totals.enqueued == 1)
        },
    ]
}
