import OnCue
import OnCueTesting
import Testing

/// What must not depend on how many jobs there are. Bounds are generous: they tell a walk over all jobs from none.
@Suite(.serialized) struct MemoryScaleTests {
    private func fill(_ store: MemoryStore, _ job: NewJob, count: Int) async throws {
        let batch = [NewJob](repeating: job, count: 10_000)
        for _ in 0..<count / 10_000 { _ = try await store.enqueue(batch, atomically: false) }
    }

    private func opening() -> SessionOpening {
        SessionOpening(worker: "w", process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 1)
    }

    @Test func threeHundredThousandUnknownJobsCostAClaimNothing() async throws {
        let store = MemoryStore(time: ManualTime())
        try await fill(store, NewJob(name: "unknown"), count: 300_000)
        _ = try await store.enqueue([NewJob](repeating: NewJob(name: "known"), count: 200), atomically: false)
        let session = try await store.openSession(opening())
        let start = ContinuousClock.now
        for _ in 0..<200 {
            let taken = try await store.claim(
                ClaimRequest(session: session, queues: [.init(.default)], names: ["known": 1], limit: 1))
            #expect(taken.count == 1)
        }
        #expect(ContinuousClock.now - start < .seconds(2), "a walk over all of them would take minutes")
    }

    @Test func oneHundredThousandCancelledJobsAreNoBurden() async throws {
        let store = MemoryStore(time: ManualTime())
        let session = try await store.openSession(opening())
        let ids = try await store.enqueue([NewJob](repeating: NewJob(name: "a"), count: 100_000), atomically: false)
            .compactMap(\.id)
        let start = ContinuousClock.now
        // From the back, so that none of them is ever at the front.
        let answers = try await store.change(ids.dropFirst().reversed(), .cancel(reason: nil, force: false))
        #expect(answers.allSatisfy { $0 == .done(.cancelled) })
        let taken = try await store.claim(ClaimRequest(session: session, queues: [.init(.default)], limit: 10))
        #expect(taken.map(\.id) == [ids[0]])
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func placesOfFinishedJobsAreUsedAgain() async throws {
        let store = MemoryStore(time: ManualTime())
        let session = try await store.openSession(opening())
        var places: Set<Int64> = []
        for sequence in 1...200 {
            _ = try await store.enqueue([NewJob](repeating: NewJob(name: "a"), count: 50), atomically: false)
            let jobs = try await store.claim(ClaimRequest(session: session, queues: [.init(.default)], limit: 50))
            places.formUnion(jobs.map(\.place))
            _ = try await store.settle(
                SettleBatch(
                    session: session, sequence: Int64(sequence),
                    items: jobs.map { Settlement($0, .completed(output: nil), keep: .nothing) }))
        }
        #expect(places.count == 50)
        #expect(try await store.queues().first?.totals.completed == 10_000)
    }
}
