import Logging
import OnCue
import OnCueTesting
import Synchronization
import Testing

/// The worker over a store that fails and loses answers.
@Suite struct WorkerFlakyStoreTests {
    @Test(arguments: [true, false])
    func losesAndRepeatsNothing(exchangesInOneWrite: Bool) async throws {
        let proxy = ProxyStore(MemoryStore(), exchangesInOneWrite: exchangesInOneWrite)
        let random = Mutex(SeededRandom(seed: 42))
        proxy.set { call in
            let roll = random.withLock { Int.random(in: 0..<100, using: &$0) }
            switch roll {
            case 0..<6: return .loseAnswer
            case 6..<9: return .fail(StoreError(.unavailable, "gone for a moment"))
            case 9..<12: return .fail(StoreError(.timedOut, "too slow"))
            default: return .pass
            }
        }
        let ran = Mutex([JobID: Int]())
        let worker = Worker(
            proxy, concurrency: 32, configuration: brisk(lease: .seconds(30), maxPrefetch: 64), logger: quiet)
        try worker.on("work") { (payload: [UInt8], context) in
            ran.withLock { $0[context.id, default: 0] += 1 }
            // Some take a while, some write meanwhile.
            let number = Int(String(decoding: payload, as: UTF8.self)) ?? 0
            if number % 97 == 0 { try await Task.sleep(for: .milliseconds(2)) }
            if number % 501 == 0 { try await context.checkpoint(payload) }
        }
        let ids = try await proxy.base.add(20_000, "work")
        try await running(worker) {
            try await eventually(within: .seconds(90)) {
                try await proxy.base.queues().first?.totals.completed == 20_000
            }
        }
        let counts = ran.withLock { $0 }
        #expect(counts.count == 20_000)
        #expect(counts.values.allSatisfy { $0 == 1 })
        #expect(
            try await proxy.base.search(
                JobFilter(states: [.pending, .running, .retrying, .dead]), order: .oldestFirst, after: nil, limit: 10
            ).jobs.isEmpty)
        for id in ids.prefix(100) { #expect(try await proxy.base.job(id)?.attempt ?? 1 == 1) }
        #expect(try await proxy.sessions().allSatisfy { $0.held == 0 })
    }

    /// Longer than the lease without a store: handlers stop, and nothing is lost or counted when it is back.
    @Test func anOutageLongerThanTheLeaseStopsHandlersAndCostsNothing() async throws {
        let proxy = ProxyStore(MemoryStore())
        var configuration = brisk(lease: .seconds(4))
        configuration.runsMaintenance = false
        let logs = InMemoryLogs()
        let worker = Worker(proxy, concurrency: 4, configuration: configuration, logger: logs.logger)
        let stopped = Log<(reason: JobCancellation?, at: ContinuousClock.Instant)>()
        let started = Log<JobID>()
        let isOut = Atomic<Bool>(false)
        try worker.on("work") { (_: [UInt8], context) in
            guard !isOut.load(ordering: .relaxed), stopped.count == 0 else { return }
            started.add(context.id)
            defer { stopped.add((context.cancellation, .now)) }
            try await Task.sleep(for: .seconds(60))
        }
        let ids = try await proxy.base.add(3, "work")
        try await running(worker) {
            try await eventually { started.count == 3 }
            isOut.store(true, ordering: .relaxed)
            let start = ContinuousClock.now
            proxy.set { _ in .fail(StoreError(.unavailable, "down")) }
            try await eventually { stopped.count == 3 }
            // Before anyone else could have taken over.
            #expect(stopped.all.allSatisfy { $0.at - start < .seconds(4) && $0.reason == .leaseLost })
            isOut.store(false, ordering: .relaxed)
            proxy.set { _ in .pass }
            try await eventually { try await proxy.base.find(ids).allSatisfy { $0?.state == .completed } }
        }
        #expect(try await proxy.base.find(ids).allSatisfy { $0?.attempt == 1 && $0?.lostWorkers == 0 })
        // One session all along: nobody had taken over.
        #expect(try await proxy.sessions().count == 1)
        #expect(logs.messages(.warning).contains { $0.contains("could not be renewed in time") })
        #expect(logs.messages(.info).contains { $0.contains("The session stands") })
    }

    @Test func aFencedWorkerOpensANewSession() async throws {
        let proxy = ProxyStore(MemoryStore())
        var configuration = brisk()
        configuration.runsMaintenance = false
        let worker = Worker(proxy, concurrency: 4, configuration: configuration, logger: quiet)
        let stopped = Log<JobCancellation?>()
        let started = Log<JobID>()
        try worker.on("work") { (_: [UInt8], context) in
            guard context.attempt == 1 else { return }
            started.add(context.id)
            defer { stopped.add(context.cancellation) }
            try await Task.sleep(for: .seconds(60))
        }
        let id = try await proxy.base.add(NewJob(name: "work"))
        try await running(worker) {
            try await eventually { started.count == 1 }
            let session = try #require(try await proxy.sessions().first).id
            #expect(try await proxy.fence(session, ifRenewals: nil, error: "taken over") == 1)
            try await eventually { try await proxy.base.state(of: id) == .completed }
            try await eventually { stopped.count == 1 }
        }
        #expect(stopped.all == [.leaseLost])
        #expect(try await proxy.base.job(id)?.attempt == 2)
        #expect(try await proxy.sessions().count == 2)
        // What the first run ended in was not written.
        #expect(try await proxy.base.attempts(of: id).map(\.error) == ["taken over"])
    }

    @Test func anOutcomeThatTheStoreRefusesBuriesItsJobOnly() async throws {
        let proxy = ProxyStore(MemoryStore())
        let refused = Mutex<Set<JobID>>([])
        let worker = Worker(
            RefusingBroker(proxy.base) { item in
                refused.withLock { $0.contains(item.job.id) } && item.failure == nil
            }, concurrency: 8, queues: ["default"], configuration: brisk(), logger: quiet)
        try worker.on("work") { (_: [UInt8], _) in }
        let ids = try await proxy.base.add(50, "work")
        refused.withLock { $0 = [ids[7]] }
        try await running(worker) {
            try await eventually { try await proxy.base.state(of: ids[7]) == .dead }
            try await eventually { try await proxy.base.find(ids).count { $0?.state == .completed } == 49 }
        }
        let record = try #require(try await proxy.base.job(ids[7]))
        #expect(record.lastErrorCategory == .system)
        #expect(record.lastError?.contains("refused by the store") == true)
    }
}

/// Also the least broker there is: only what producing and consuming need, so settle and claim are two calls.
private struct RefusingBroker: JobBroker {
    let base: MemoryStore
    let refuses: @Sendable (Settlement) -> Bool

    init(_ base: MemoryStore, refuses: @escaping @Sendable (Settlement) -> Bool) {
        self.base = base
        self.refuses = refuses
    }

    func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer] {
        try await base.enqueue(jobs, atomically: atomically)
    }

    func openSession(_ opening: SessionOpening) async throws(StoreError) -> SessionID {
        try await base.openSession(opening)
    }

    func closeSession(_ session: SessionID) async throws(StoreError) { try await base.closeSession(session) }

    func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] { try await base.claim(request) }

    func settle(_ batch: SettleBatch) async throws(StoreError) -> [SettleAnswer] {
        if batch.items.contains(where: refuses) { throw StoreError(.invalid, "not like this", field: "output") }
        return try await base.settle(batch)
    }

    func renew(_ session: SessionID) async throws(StoreError) -> SessionNews { try await base.renew(session) }

    func news(for session: SessionID) async throws(StoreError) -> SessionNews { try await base.news(for: session) }

    func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
        try await base.held(by: session, besides: known)
    }

    func record(_ notes: [JobNote]) async throws(StoreError) -> [Bool] { try await base.record(notes) }

    func memory(of job: JobID) async throws(StoreError) -> JobMemory { try await base.memory(of: job) }
}
