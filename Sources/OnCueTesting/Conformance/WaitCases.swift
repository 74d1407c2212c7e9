import OnCue
import Testing

extension Conformance {
    /// A claim that waits in the background, far longer by the case's clock than the case takes.
    private static func waiting(
        _ scene: Scene, _ session: SessionID, wait: Duration = .seconds(3_600), queues: [ClaimRequest.Queue]? = nil,
        on store: (any JobStore)? = nil
    ) -> Task<[LeasedJob], any Error> {
        Task {
            try await within {
                try await scene.take(session, queues: queues ?? [.init(.default)], wait: wait, on: store)
            }
        }
    }

    static let waitCases: [StoreCase] = [
        StoreCase("A claim that finds something does not wait") { scene async throws in
            let id = try await scene.accept()
            let session = try await scene.session()
            #expect(try await waiting(scene, session).value.map(\.id) == [id])
        },
        StoreCase("A waiting claim is answered by an enqueue") { scene async throws in
            let session = try await scene.session()
            let claim = waiting(scene, session)
            try await Task.sleep(for: .milliseconds(20))
            let id = try await scene.accept()
            #expect(try await claim.value.map(\.id) == [id])
        },
        StoreCase("A waiting claim is answered when a job comes due") { scene async throws in
            let session = try await scene.session()
            let id = try await scene.accept(NewJob(name: "work", due: .after(.seconds(60))))
            let claim = waiting(scene, session)
            try await Task.sleep(for: .milliseconds(20))
            scene.time.advance(by: .seconds(60))
            #expect(try await claim.value.map(\.id) == [id])
        },
        StoreCase("A waiting claim is answered when a job that came meanwhile comes due") { scene async throws in
            let session = try await scene.session()
            let claim = waiting(scene, session)
            try await Task.sleep(for: .milliseconds(20))
            let id = try await scene.accept(NewJob(name: "work", due: .after(.seconds(60))))
            scene.time.advance(by: .seconds(60))
            #expect(try await claim.value.map(\.id) == [id])
        },
        StoreCase("A waiting claim is answered when its queue is resumed") { scene async throws in
            let session = try await scene.session()
            let id = try await scene.accept()
            try await scene.store.changeQueue(.default, .pause)
            let claim = waiting(scene, session)
            try await Task.sleep(for: .milliseconds(20))
            try await scene.store.changeQueue(.default, .resume)
            #expect(try await claim.value.map(\.id) == [id])
        },
        StoreCase("A waiting claim is answered by what another session gives back") { scene async throws in
            let holder = try await scene.session()
            let job = try await scene.running(by: holder)
            let session = try await scene.session()
            let claim = waiting(scene, session)
            try await Task.sleep(for: .milliseconds(20))
            try await scene.end(job, .released)
            #expect(try await claim.value.map(\.id) == [job.id])
        },
        StoreCase("A waiting claim is answered by a dead letter that is run again") { scene async throws in
            let holder = try await scene.session()
            let job = try await scene.running(by: holder)
            try await scene.end(job, .dead(.permanent))
            let session = try await scene.session()
            let claim = waiting(scene, session)
            try await Task.sleep(for: .milliseconds(20))
            _ = try await scene.change(job.id, .retry(resetAttempts: false))
            #expect(try await claim.value.map(\.id) == [job.id])
        },
        StoreCase("A claim answers nothing at the end of its wait") { scene async throws in
            let session = try await scene.session()
            let claim = waiting(scene, session, wait: .seconds(5))
            #expect(try await scene.whileTimePasses { try await claim.value }.isEmpty)
        },
        StoreCase("A claim whose caller is cancelled ends and loses no job") { scene async throws in
            let session = try await scene.session()
            let claim = waiting(scene, session)
            try await Task.sleep(for: .milliseconds(20))
            claim.cancel()
            _ = await claim.result
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 20))
            var seen: [JobID] = []
            for _ in 0..<20 {
                let call = Task { try await scene.take(session, 1) }
                call.cancel()
                _ = await call.result
            }
            seen += try await scene.store.held(by: session, besides: []).map(\.id)
            seen += try await scene.take(session).map(\.id)
            #expect(seen.count == 20)
            #expect(Set(seen) == Set(ids))
        },
        StoreCase("Of two claims that wait for one job, one gets it and the other goes on waiting") {
            scene async throws in
            let first = try await scene.session()
            let second = try await scene.session()
            let claims = [waiting(scene, first), waiting(scene, second)]
            try await Task.sleep(for: .milliseconds(20))
            let ids = [try await scene.accept()]
            #expect(
                try await eventually {
                    let held = try await scene.store.sessions().map(\.held)
                    return held.reduce(0, +) == 1
                })
            let more = try await scene.accept()
            var taken: [JobID] = []
            for claim in claims { taken += try await claim.value.map(\.id) }
            #expect(taken.sorted() == (ids + [more]).sorted())
        },
        StoreCase("Who waits for a job gets its end") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let outcome = Task {
                try await within { try await scene.store.outcome(of: job.id, wait: .seconds(3_600)) }
            }
            try await Task.sleep(for: .milliseconds(20))
            try await scene.end(job, .completed(output: [4, 2]))
            let record = try #require(try await outcome.value)
            #expect(record.state == .completed && record.output == [4, 2])
            // Now it is final, and nobody waits any longer.
            #expect(try await scene.store.outcome(of: job.id, wait: .seconds(3_600))?.state == .completed)
        },
        StoreCase("Who waits for a job that is not kept gets its end all the same") { scene async throws in
            let session = try await scene.session()
            var jobs: [JobID] = []
            // Whether someone waits yet cannot be seen: on a busy machine it may take more than one try.
            for pause: Duration in [.milliseconds(50), .milliseconds(500), .seconds(5)] {
                let job = try await scene.running(by: session)
                jobs.append(job.id)
                let outcome = Task {
                    try await within { try await scene.store.outcome(of: job.id, wait: .seconds(3_600)) }
                }
                try await Task.sleep(for: pause)
                try await scene.end(job, .completed(output: [4, 2]), keep: .nothing)
                guard let record = try await outcome.value else { continue }
                #expect(record.state == .completed && record.output == [4, 2])
                scene.time.advance(by: .seconds(61))
                try await scene.maintain()
                #expect(try await scene.states(jobs).allSatisfy { $0 == nil })
                #expect(try await scene.queue().totals.completed == jobs.count)
                return
            }
            Issue.record("whoever waited was not told")
        },
        StoreCase("Who waits for a job that is cancelled or deleted is told") { scene async throws in
            let ids = try await scene.accept([NewJob(name: "work"), NewJob(name: "work")])
            let outcomes = ids.map { id in
                Task { try await within { try await scene.store.outcome(of: id, wait: .seconds(3_600)) } }
            }
            try await Task.sleep(for: .milliseconds(20))
            _ = try await scene.change(ids[0], .cancel(reason: "enough", force: false))
            _ = try await scene.change(ids[1], .delete)
            #expect(try await outcomes[0].value?.state == .cancelled)
            #expect(try await outcomes[1].value == nil)
        },
        StoreCase("A wait for a job ends with the job as it stands, at its end or when the caller is cancelled") {
            scene in
            let id = try await scene.accept()
            #expect(try await scene.store.outcome(of: id, wait: .zero)?.state == .pending)
            let outcome = Task {
                try await within { try await scene.store.outcome(of: id, wait: .seconds(3_600)) }
            }
            #expect(try await scene.whileTimePasses { try await outcome.value }?.state == .pending)
            let cancelled = Task { try await scene.store.outcome(of: id, wait: .seconds(3_600)) }
            try await Task.sleep(for: .milliseconds(20))
            cancelled.cancel()
            #expect(try await within { await cancelled.result.map { $0?.state == .pending } }.get())
        },
        StoreCase("There is nothing to wait for where there is no job") { scene async throws in
            let none = JobID.make(at: scene.time.now())
            #expect(try await within { try await scene.store.outcome(of: none, wait: .seconds(3_600)) } == nil)
        },
        StoreCase("A call after the close says that the store is closed") { scene async throws in
            let session = try await scene.session()
            await scene.store.close()
            let errors = [
                await scene.error { () throws(StoreError) in
                    _ = try await scene.store.enqueue([NewJob(name: "work")], atomically: false)
                },
                await scene.error { () throws(StoreError) in
                    _ = try await scene.store.claim(
                        ClaimRequest(session: session, queues: [.init(.default)], limit: 1))
                },
                await scene.error { () throws(StoreError) in _ = try await scene.store.renew(session) },
                await scene.error { () throws(StoreError) in _ = try await scene.store.queues() },
                await scene.error { () throws(StoreError) in _ = try await scene.store.find([]) },
            ]
            #expect(errors.map { $0?.code } == [.closed, .closed, .closed, .closed, .closed])
            await scene.store.close()
        },
        StoreCase("A close ends every wait") { scene async throws in
            let session = try await scene.session()
            let claim = waiting(scene, session)
            try await Task.sleep(for: .milliseconds(20))
            await scene.store.close()
            let result = await claim.result
            #expect(throws: StoreError.self) { try result.get() }
        },
        StoreCase("A claim that waits here is answered by an enqueue there", needs: .sharing) { scene async throws in
            let session = try await scene.session()
            let claim = waiting(scene, session)
            let other = try await scene.another()
            try await Task.sleep(for: .milliseconds(50))
            let ids = try await scene.accept([NewJob(name: "work")], on: other)
            #expect(try await claim.value.map(\.id) == ids)
        },
        StoreCase("A job that was enqueued there with a delay is claimed here when it is due", needs: .sharing) {
            scene in
            let session = try await scene.session()
            let claim = waiting(scene, session)
            let other = try await scene.another()
            let ids = try await scene.accept([NewJob(name: "work", due: .after(.seconds(60)))], on: other)
            try await Task.sleep(for: .milliseconds(100))
            scene.time.advance(by: .seconds(60))
            #expect(try await claim.value.map(\.id) == ids)
        },
    ]
}
