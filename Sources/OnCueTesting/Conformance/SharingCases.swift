import OnCue
import Testing

extension Conformance {
    static let sharingCases: [StoreCase] = [
        StoreCase("What one process enqueues another runs and a third looks up", needs: .sharing) {
            scene async throws in
            let (second, third) = (try await scene.another(), try await scene.another())
            let id = try await scene.accept(NewJob(name: "work", payload: [0, 255]))
            let session = try await scene.session()
            let jobs = try await scene.take(session, on: second)
            #expect(jobs.map(\.id) == [id] && jobs.map(\.payload) == [[0, 255]])
            let answers = try await second.settle(
                SettleBatch(session: session, sequence: 1, items: jobs.map { Settlement($0, .completed(output: [1])) }))
            #expect(answers == [.applied(.completed)])
            #expect(try await third.find([id]).first??.output == [1])
        },
        StoreCase("Processes that enqueue and claim at once share the jobs out, each once", needs: .sharing) {
            scene async throws in
            let stores = [scene.store, try await scene.another(), try await scene.another()]
            let taken = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for store in stores {
                    group.addTask {
                        for _ in 0..<10 {
                            _ = try await scene.accept(
                                [NewJob](repeating: NewJob(name: "work"), count: 10), on: store)
                        }
                        let session = try await store.openSession(
                            SessionOpening(
                                worker: "w", process: .current, lease: .seconds(30), names: [], queues: [],
                                concurrency: 1))
                        var taken: [JobID] = []
                        while true {
                            let jobs = try await scene.take(session, 7, on: store)
                            if jobs.isEmpty { return taken }
                            taken += jobs.map(\.id)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let session = try await scene.session()
            let rest = try await scene.take(session, 1_000).map(\.id)
            #expect(taken.count + rest.count == 300)
            #expect(Set(taken + rest).count == 300)
        },
        StoreCase("Processes that race for a unique key make one job between them", needs: .sharing) {
            scene async throws in
            let stores = [scene.store, try await scene.another(), try await scene.another()]
            let answers = try await withThrowingTaskGroup(of: [EnqueueAnswer].self) { group in
                for store in stores {
                    group.addTask {
                        var answers: [EnqueueAnswer] = []
                        for number in 0..<20 {
                            answers += try await store.enqueue(
                                [NewJob(name: "work", unique: UniqueKey("k\(number)"))], atomically: false)
                        }
                        return answers
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(answers.compactMap(\.id)).count == 20)
            #expect(try await scene.queue().totals.enqueued == 20)
        },
        StoreCase("A pause, a setting and a request to stop in one process hold in another", needs: .sharing) {
            scene async throws in
            let other = try await scene.another()
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            try await other.changeQueue(.default, .pause)
            _ = try await other.change([job.id], .cancel(reason: "stop", force: false))
            _ = try await scene.accept()
            #expect(try await scene.take(session).isEmpty)
            #expect(try await scene.store.news(for: session).cancellations.map(\.job) == [job.id])
            try await other.changeQueue(.default, .settings(QueueSettings(maxWaiting: 1)))
            guard case .refused(let error) = try await scene.offer(NewJob(name: "work")) else {
                Issue.record("the other process' bound does not hold here")
                return
            }
            #expect(error.code == .queueFull)
        },
        StoreCase("A session that one process fences can settle nothing through another", needs: .sharing) {
            scene async throws in
            let other = try await scene.another()
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            #expect(try await other.fence(session, ifRenewals: 0, error: "gone") == 1)
            #expect(try await scene.end(job) == .leaseLost)
            #expect(
                await scene.error { () throws(StoreError) in _ = try await scene.store.renew(session) }?.code == .fenced
            )
        },
        StoreCase("Who waits in one process is told of the end in another", needs: .sharing) { scene async throws in
            let other = try await scene.another()
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let outcome = Task { try await within { try await other.outcome(of: job.id, wait: .seconds(3_600)) } }
            let cursor = try await other.latestEvent()
            let kinds = Task {
                try await within {
                    var cursor = cursor
                    var kinds: [JobEvent.Kind] = []
                    while kinds.last != .completed {
                        let page = try await other.events(after: cursor, limit: 10, wait: .seconds(3_600))
                        kinds += page.events.map(\.kind)
                        cursor = page.next
                    }
                    return kinds
                }
            }
            try await Task.sleep(for: .milliseconds(50))
            try await scene.end(job, .completed(output: [1]))
            #expect(try await outcome.value?.output == [1])
            // A store may tell of a start a moment after it has handed the job out.
            #expect(try await kinds.value.drop { $0 == .started } == [.completed])
        },
    ]
}
