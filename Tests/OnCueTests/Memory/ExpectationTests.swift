import OnCue
import OnCueTesting
import Testing

@Suite struct ExpectationTests {
    private struct Receipt: Job, Equatable {
        static let name: JobName = "receipt"
        var order: String
    }

    private let store = MemoryStore(time: ManualTime())

    @Test func whatWasEnqueuedIsFoundByNameAndByType() async throws {
        _ = try await store.enqueue(
            [
                NewJob(Receipt(order: "1"), options: [.queue("mail"), .priority(.high), .tag("a", "b")]),
                NewJob(name: "other"), NewJob(name: "other", queue: "q"),
            ], atomically: false)
        let receipt = try await expectEnqueued(Receipt.self, in: store) { receipt, job in
            receipt.order == "1" && job.queue == "mail" && job.priority == .high && job.tags == ["a": "b"]
        }
        #expect(receipt == Receipt(order: "1"))
        try await expectEnqueued("other", in: store, count: 2)
        try await expectEnqueued("other", in: store, queue: "q")
        try await expectEnqueued("other", in: store) { $0.queue == "q" }
        try await expectNotEnqueued("other", in: store, queue: "mail")
        try await expectNotEnqueued("none", in: store)
        #expect(try await enqueuedJobs("other", in: store, states: [.dead]).isEmpty)
    }

    @Test func moreThanAPageOfJobsIsCounted() async throws {
        _ = try await store.enqueue([NewJob](repeating: NewJob(name: "work"), count: 2_500), atomically: false)
        try await expectEnqueued("work", in: store, count: 2_500)
    }

    @Test func whatIsNotAsExpectedIsReported() async throws {
        _ = try await store.enqueue([NewJob(Receipt(order: "1"))], atomically: false)
        await withKnownIssue { try await expectEnqueued("receipt", in: store, count: 2) }
        await withKnownIssue { try await expectNotEnqueued("receipt", in: store) }
        await withKnownIssue {
            try await expectEnqueued(Receipt.self, in: store) { receipt, _ in receipt.order == "2" }
        }
        await withKnownIssue { try await expectEnqueued(Receipt.self, in: store, queue: "none") }
    }
}
