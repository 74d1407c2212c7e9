import OnCue
import OnCueTesting
import Synchronization
import Testing

@Suite struct WorkerClaimTests {
    @Test func neverHoldsMoreThanSlotsAndPrefetch() async throws {
        let store = MemoryStore()
        let worker = Worker(store, concurrency: 4, configuration: brisk(maxPrefetch: 10), logger: quiet)
        let most = Mutex(0)
        try worker.on("work") { (_: [UInt8], _) in
            let held = try await store.sessions().first?.held ?? 0
            most.withLock { $0 = max($0, held) }
        }
        try await store.add(2_000, "work")
        try await running(worker) {
            try await eventually { try await store.queues().first?.totals.completed == 2_000 }
        }
        #expect(most.withLock { $0 } <= 14)
        #expect(most.withLock { $0 } >= 4)
    }

    @Test func claimsGoOnWhileOutcomesAreBeingWritten() async throws {
        let store = ProxyStore(MemoryStore(), exchangesInOneWrite: false)
        let worker = Worker(store, concurrency: 8, configuration: brisk(maxPrefetch: 64), logger: quiet)
        let runs = Mutex(0)
        try worker.on("work") { (_: [UInt8], _) in runs.withLock { $0 += 1 } }
        try await store.base.add(200, "work")
        let (settling, claiming) = (Gate(), Gate())
        store.set { call in
            switch call {
            case .exchange: .hold(settling)
            // The second one brings its jobs only when the first one's have run.
            case .claim: store.requests.count == 2 ? .hold(claiming) : .pass
            default: .pass
            }
        }
        try await running(worker) {
            try await eventually("outcomes on their way") { !store.settled.isEmpty && store.requests.count == 2 }
            let first = try #require(store.requests.first).limit
            try await eventually("the first claim's jobs have run") { runs.withLock { $0 } == first }
            claiming.open()
            try await eventually("a further claim") { store.requests.count >= 3 }
            #expect(store.moments(of: .exchange).count == 1)
            settling.open()
            try await eventually("all are done") { try await store.queues().first?.totals.completed == 200 }
        }
    }

    @Test func aPauseIsSeenWithinASecond() async throws {
        let store = MemoryStore()
        let worker = Worker(store, concurrency: 2, configuration: brisk(), logger: quiet)
        let gate = Gate()
        let ran = Log<JobID>()
        try worker.on("work") { (_: [UInt8], context) in
            ran.add(context.id)
            await gate.pass()
        }
        let ids = try await store.add(6, "work")
        try await running(worker) {
            try await eventually { ran.count == 2 }
            try await store.changeQueue(.default, .pause)
            // Those that run go on; what had been prefetched goes back.
            try await eventually(within: .seconds(3)) {
                try await store.find(ids).count { $0?.state == .pending } == 4
            }
            gate.open()
            try await eventually { try await store.find(ids).count { $0?.state == .completed } == 2 }
            #expect(ran.count == 2)
            try await store.changeQueue(.default, .resume)
            try await eventually { try await store.find(ids).allSatisfy { $0?.state == .completed } }
        }
        #expect(try await store.find(ids).allSatisfy { $0?.attempt == 1 })
    }

    @Test func whatCannotStartIsHandedBack() async throws {
        let store = MemoryStore()
        let worker = Worker(store, concurrency: 1, configuration: brisk(), logger: quiet)
        let gate = Gate()
        let other = Log<JobState?>()
        let ids = try await store.add(2, "long")
        try worker.on("long") { (_: [UInt8], _) in
            other.add(try await store.state(of: ids[1]))
            await gate.pass()
        }
        try await running(worker) {
            try await eventually { other.count == 1 }
            #expect(other.all == [.running])
            try await eventually { try await store.state(of: ids[1]) == .pending }
            #expect(try await store.job(ids[1])?.attempt == 0)
            // It stays there for others while the slot is taken.
            let second = Worker(store, concurrency: 1, configuration: brisk(), logger: quiet)
            try second.on("long") { (_: [UInt8], _) in }
            try await running(second) {
                try await eventually { try await store.state(of: ids[1]) == .completed }
            }
            gate.open()
            try await eventually { try await store.state(of: ids[0]) == .completed }
        }
    }

    @Test func theFloorHoldsAtOneSlot() async throws {
        let store = MemoryStore()
        let order = Log<JobName>()
        let worker = Worker(store, concurrency: 1, configuration: brisk(maxPrefetch: 0), logger: quiet)
        try worker.on("high") { (_: [UInt8], context) in order.add(context.name) }
        try worker.on("low") { (_: [UInt8], context) in order.add(context.name) }
        let jobs =
            (0..<160).map { _ in NewJob(name: "high", priority: .high) }
            + (0..<10).map { _ in NewJob(name: "low", priority: .bulk) }
        _ = try await store.enqueue(jobs, atomically: false)
        try await running(worker) {
            try await eventually { order.count == 170 }
        }
        let places = order.all.enumerated().filter { $0.element == "low" }.map(\.offset)
        #expect(places == Array(stride(from: 15, to: 160, by: 16)))
    }

    @Test func aNamesConcurrencyIsKept() async throws {
        let store = MemoryStore()
        let worker = Worker(store, concurrency: 20, configuration: brisk(), logger: quiet)
        let inside = Mutex((now: 0, most: 0))
        try worker.on("limited", concurrency: 3) { (_: [UInt8], _) in
            inside.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            try await Task.sleep(for: .milliseconds(2))
            inside.withLock { $0.now -= 1 }
        }
        try worker.on("free") { (_: [UInt8], _) in }
        let limited = try await store.add(60, "limited")
        let free = try await store.add(60, "free")
        try await running(worker) {
            try await eventually { try await store.find(limited + free).allSatisfy { $0?.state == .completed } }
        }
        #expect(inside.withLock { $0.most } == 3)
    }

    /// A name that is at its limit holds up nobody, and goes on the moment there is room.
    @Test func aNameAtItsLimitDoesNotHoldUpOthers() async throws {
        let store = MemoryStore()
        let worker = Worker(store, concurrency: 20, configuration: brisk(), logger: quiet)
        let gate = Gate()
        try worker.on("limited", concurrency: 1) { (_: [UInt8], _) in await gate.pass() }
        try worker.on("free") { (_: [UInt8], _) in }
        let limited = try await store.add(2, "limited")
        try await running(worker) {
            try await eventually { try await store.state(of: limited[0]) == .running }
            let free = try await store.add(100, "free")
            try await eventually { try await store.find(free).allSatisfy { $0?.state == .completed } }
            #expect(try await store.state(of: limited[1]) == .pending)
            gate.open()
            try await eventually(within: .seconds(2)) { try await store.state(of: limited[1]) == .completed }
        }
    }

    @Test func aQueuesLimitIsKept() async throws {
        let store = MemoryStore()
        let worker = Worker(
            store, concurrency: 20, queues: ["urgent", Worker.Queue("bulk", limit: 2)], configuration: brisk(),
            logger: quiet)
        let inside = Mutex((now: 0, most: 0))
        try worker.on("work") { (_: [UInt8], context) in
            guard context.queue == "bulk" else { return }
            inside.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            try await Task.sleep(for: .milliseconds(2))
            inside.withLock { $0.now -= 1 }
        }
        let bulk = try await store.add(40, "work", queue: "bulk")
        let urgent = try await store.add(40, "work", queue: "urgent")
        let unserved = try await store.add(1, "work", queue: "other")
        try await running(worker) {
            try await eventually { try await store.find(bulk + urgent).allSatisfy { $0?.state == .completed } }
        }
        #expect(inside.withLock { $0.most } == 2)
        #expect(try await store.state(of: unserved[0]) == .pending)
    }

    @Test func newQueuesAreServedWithinASecond() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        try worker.on("work") { (_: [UInt8], _) in }
        try await running(worker) {
            try await eventually { try await !store.sessions().isEmpty }
            let id = try await store.add(NewJob(name: "work", queue: "brand-new"))
            try await eventually(within: .seconds(3)) { try await store.state(of: id) == .completed }
        }
    }

    @Test func unknownNamesAreLeftAlone() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        try worker.on("known") { (_: [UInt8], _) in }
        let unknown = try await store.add(1_000, "unknown")
        let known = try await store.add(NewJob(name: "known"))
        try await running(worker) {
            try await eventually { try await store.state(of: known) == .completed }
        }
        let records = try await store.find(unknown).compactMap { $0 }
        #expect(records.allSatisfy { $0.state == .pending && $0.attempt == 0 })
        let other = Worker(store, configuration: brisk(), logger: quiet)
        try other.on("unknown") { (_: [UInt8], _) in }
        try await running(other) {
            try await eventually { try await store.find(unknown).allSatisfy { $0?.state == .completed } }
        }
    }

    /// What a killer brings down with it is run by one process at a time, beside no other such job.
    @Test func suspectsRunOneAtATime() async throws {
        let store = MemoryStore()
        let ids = try await store.add(6, "work")
        let lost = try await store.openSession(
            SessionOpening(
                worker: "lost", process: .current, lease: .seconds(30), names: ["work"], queues: [], concurrency: 6))
        _ = try await store.claim(ClaimRequest(session: lost, queues: [.init(.default)], limit: 6))
        #expect(try await store.fence(lost, ifRenewals: nil, error: "killed") == 6)
        let fresh = try await store.add(6, "work")
        let worker = Worker(store, concurrency: 12, configuration: brisk(), logger: quiet)
        let inside = Mutex((now: 0, most: 0))
        let suspects = Set(ids)
        try worker.on("work") { (_: [UInt8], context) in
            guard suspects.contains(context.id) else { return }
            #expect(context.attempt == 2)
            inside.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            try await Task.sleep(for: .milliseconds(5))
            inside.withLock { $0.now -= 1 }
        }
        try await running(worker) {
            try await eventually { try await store.find(ids + fresh).allSatisfy { $0?.state == .completed } }
        }
        #expect(inside.withLock { $0.most } == 1)
    }

    @Test func aJobThatLostAllItsWorkersIsBuriedUnrun() async throws {
        let store = MemoryStore()
        let id = try await store.add(NewJob(name: "killer", options: JobOptions(maxAttempts: 2)))
        for _ in 0..<2 {
            let lost = try await store.openSession(
                SessionOpening(
                    worker: "lost", process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 1))
            #expect(try await store.claim(ClaimRequest(session: lost, queues: [.init(.default)], limit: 1)).count == 1)
            _ = try await store.fence(lost, ifRenewals: nil, error: "the worker was lost")
        }
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        let ran = Log<JobID>()
        try worker.on("killer") { (_: [UInt8], context) in ran.add(context.id) }
        try await running(worker) {
            try await eventually { try await store.state(of: id) == .dead }
        }
        #expect(try await store.job(id)?.deadReason == .workerLost)
        #expect(ran.count == 0)
        #expect(try await store.attempts(of: id).map(\.error) == ["the worker was lost", "the worker was lost"])
    }
}
