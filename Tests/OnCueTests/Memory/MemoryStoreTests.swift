import OnCue
import OnCueTesting
import Testing

@Suite struct MemoryStoreTests {
    static func opening() -> SessionOpening {
        SessionOpening(
            worker: "w", process: .current, lease: .seconds(30), names: ["a"], queues: [], concurrency: 10)
    }

    @Test func aJobGoesInRunsAndIsDone() async throws {
        let store = MemoryStore(time: ManualTime())
        let answers = try await store.enqueue([NewJob(name: "a", payload: [1, 2, 3])], atomically: false)
        let session = try await store.openSession(Self.opening())
        let taken = try await store.claim(
            ClaimRequest(session: session, queues: [.init(.default)], limit: 10))
        #expect(taken.map(\.id) == answers.map(\.id))
        let settled = try await store.settle(
            SettleBatch(session: session, sequence: 1, items: [Settlement(taken[0], .completed(output: [9]))]))
        #expect(settled == [.applied(.completed)])
        let record = try await store.find([taken[0].id])[0]
        #expect(record?.output == [9])
    }

    @Test func aWaitingClaimIsWokenByAnEnqueue() async throws {
        let store = MemoryStore()
        let session = try await store.openSession(Self.opening())
        async let claimed = store.claim(
            ClaimRequest(session: session, queues: [.init(.default)], limit: 10, wait: .seconds(60)))
        _ = try await store.enqueue([NewJob(name: "a")], atomically: false)
        let taken = try await claimed
        #expect(taken.count == 1)
    }

    @Test func aWaitingClaimIsWokenByADueTimeOfTheManualClock() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        let session = try await store.openSession(Self.opening())
        _ = try await store.enqueue([NewJob(name: "a", due: .after(.seconds(30)))], atomically: false)
        async let claimed = store.claim(
            ClaimRequest(session: session, queues: [.init(.default)], limit: 10, wait: .seconds(60)))
        time.advance(by: .seconds(30))
        let taken = try await claimed
        #expect(taken.count == 1)
    }

    @Test func aCancelledWaitEnds() async throws {
        let store = MemoryStore()
        let session = try await store.openSession(Self.opening())
        let claim = Task {
            try await store.claim(
                ClaimRequest(session: session, queues: [.init(.default)], limit: 10, wait: .seconds(600)))
        }
        claim.cancel()
        #expect(try await claim.value.isEmpty)
    }

    @Test func closingEndsEveryWait() async throws {
        let store = MemoryStore()
        let session = try await store.openSession(Self.opening())
        let claim = Task {
            try await store.claim(
                ClaimRequest(session: session, queues: [.init(.default)], limit: 10, wait: .seconds(600)))
        }
        await store.close()
        let result = await claim.result
        #expect(throws: StoreError.self) { try result.get() }
    }
}
