import OnCue
import Testing

@Suite struct WorkerRecoveryTests {
    private func lostSession(_ store: MemoryStore, process: ProcessIdentity, lease: Duration) async throws -> SessionID
    {
        let session = try await store.openSession(
            SessionOpening(
                worker: "lost", process: process, lease: lease, names: ["work"], queues: [], concurrency: 1))
        let claimed = try await store.claim(ClaimRequest(session: session, queues: [.init(.default)], limit: 1))
        #expect(claimed.count == 1)
        return session
    }

    @Test func whatASilentWorkerHeldRunsElsewhere() async throws {
        let store = MemoryStore()
        let id = try await store.add(NewJob(name: "work"))
        // Alive as far as anyone can tell, but it never renews.
        var elsewhere = ProcessIdentity.current
        elsewhere.host = "elsewhere"
        elsewhere.boot = "another"
        let lost = try await lostSession(store, process: elsewhere, lease: .seconds(2))
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        let ran = Log<Int>()
        try worker.on("work") { (_: [UInt8], context) in ran.add(context.attempt) }
        let start = ContinuousClock.now
        try await running(worker) {
            try await eventually(within: .seconds(15)) { try await store.state(of: id) == .completed }
        }
        #expect(ContinuousClock.now - start >= .seconds(2))
        #expect(ran.all == [2])
        #expect(try await store.sessions().first { $0.id == lost }?.standing == .fenced)
        #expect(try await store.attempts(of: id).first?.error.contains("was silent for") == true)
    }

    @Test func aProcessThatIsCertainlyGoneIsNotWaitedFor() async throws {
        let store = MemoryStore()
        let id = try await store.add(NewJob(name: "work"))
        var gone = ProcessIdentity.current
        gone.started = "long ago"
        _ = try await lostSession(store, process: gone, lease: .seconds(3_600))
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        try worker.on("work") { (_: [UInt8], _) in }
        try await running(worker) {
            try await eventually { try await store.state(of: id) == .completed }
        }
        #expect(try await store.attempts(of: id).first?.error.contains("has ended") == true)
    }

    @Test func finishedJobsArePrunedByTheQueuesSettings() async throws {
        let store = MemoryStore()
        try await store.changeQueue(
            .default,
            .settings(QueueSettings(retention: RetentionPolicy(completed: .init(age: .seconds(3_600), count: 5)))))
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        try worker.on("work") { (_: [UInt8], _) in }
        try await store.add(3_000, "work")
        try await running(worker) {
            try await eventually {
                let queue = try await store.queues().first
                return queue?.totals.completed == 3_000 && queue?.count(.completed) == 5
            }
        }
    }

    @Test func expiredJobsAreBuried() async throws {
        let store = MemoryStore()
        let worker = Worker(store, queues: ["default"], configuration: brisk(), logger: quiet)
        try worker.on("other") { (_: [UInt8], _) in }
        let id = try await store.add(NewJob(name: "work", expires: .after(.milliseconds(50))))
        try await running(worker) {
            try await eventually { try await store.state(of: id) == .dead }
        }
        #expect(try await store.job(id)?.deadReason == .expired)
    }
}
