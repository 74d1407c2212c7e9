import OnCue
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Handlers and others that keep every thread busy must not keep the worker from its promises. Each runs in a process of
/// its own: it leaves no thread for other tests. It does not look while that lasts, since it could not: the proxy wrote down
/// when the worker called.
@Suite(.serialized) struct WorkerStarvationTests {
    @Test func spinningOnBothPools() async throws {
        await #expect(processExitsWith: .success) { try await Starvation.spinningOnBothPools() }
    }

    @Test func blockingEveryThreadOfTheGlobalPool() async throws {
        await #expect(processExitsWith: .success) { try await Starvation.blockingEveryThreadOfTheGlobalPool() }
    }

    @Test func neitherKindOfHandlerStarvesTheOther() async throws {
        let store = MemoryStore()
        let worker = Worker(store, concurrency: 2, configuration: brisk(), logger: quiet)
        try worker.on("busy") { (_: [UInt8], context) in
            // There is always another.
            return .next(NewJob(name: "busy"))
        }
        try worker.on("block", blocking: true) { (_: [UInt8], _) in usleep(100) }
        try await store.add(30, "busy")
        try await running(worker) {
            for _ in 0..<5 {
                let id = try await store.add(NewJob(name: "block"))
                try await eventually(within: .seconds(5)) { try await store.state(of: id) == .completed }
            }
            worker.interrupt()
        }
    }

    @Test func blockingHandlersHaveThreadsOfTheirOwn() async throws {
        await #expect(processExitsWith: .success) { try await Starvation.blockingHandlersHaveThreadsOfTheirOwn() }
    }
}

private enum Starvation {
    static let hold: Duration = .milliseconds(2_600)

    /// Renewals every third of the lease of 2 s, and timers, all the while.
    private static func expectSteadyRenewal(_ proxy: ProxyStore, from start: ContinuousClock.Instant) {
        let end = start + Self.hold
        let renewals = proxy.moments(of: .renew).filter { $0 >= start && $0 <= end }
        #expect(renewals.count >= 3, "renewed \(renewals.count) times in \(Self.hold)")
        for (earlier, later) in zip(renewals, renewals.dropFirst()) {
            #expect(later - earlier < .milliseconds(1_100))
        }
        #expect(proxy.moments(of: .news).contains { $0 >= start && $0 <= end })
    }

    static func spinningOnBothPools() async throws {
        let proxy = ProxyStore(MemoryStore())
        let worker = Worker(proxy, concurrency: 8, configuration: brisk(lease: .seconds(2)), logger: quiet)
        let start = ContinuousClock.now
        let end = start + Self.hold
        try worker.on("spin") { (_: [UInt8], _) in
            while ContinuousClock.now < end {}
        }
        try worker.on("timed", timeout: .milliseconds(500), blocking: true) { (_: [UInt8], context) in
            while context.cancellation == nil { usleep(1_000) }
        }
        let timed = try await proxy.base.add(NewJob(name: "timed", options: JobOptions(maxAttempts: 1)))
        try await proxy.base.add(8, "spin")
        try await running(worker) {
            let spinning = (0..<8).map { _ in
                Task.detached { while ContinuousClock.now < end {} }
            }
            for task in spinning { await task.value }
            try await eventually(within: .seconds(30)) { try await proxy.base.state(of: timed) == .dead }
            expectSteadyRenewal(proxy, from: start)
            // The timeout came while all were spinning.
            let record = try #require(try await proxy.base.attempts(of: timed).first)
            #expect(record.category == .timeout)
            #expect(record.duration < .milliseconds(1_500))
            worker.interrupt()
        }
    }

    static func blockingEveryThreadOfTheGlobalPool() async throws {
        let proxy = ProxyStore(MemoryStore())
        let worker = Worker(proxy, concurrency: 4, configuration: brisk(), logger: quiet)
        let ran = Log<ContinuousClock.Instant>()
        try worker.on("work") { (_: [UInt8], _) in ran.add(.now) }
        try await running(worker) {
            try await eventually { try await !proxy.base.sessions().isEmpty }
            let start = ContinuousClock.now
            let due = NewJob(name: "work", due: .after(.milliseconds(700)))
            let id = try await proxy.base.add(due)
            let blocking = (0..<256).map { _ in
                Task.detached {
                    while ContinuousClock.now < start + Self.hold { usleep(20_000) }
                }
            }
            for task in blocking { await task.value }
            try await eventually { try await proxy.base.state(of: id) == .completed }
            let first = try #require(ran.all.first)
            #expect(first - start < .milliseconds(1_400))
        }
    }

    static func blockingHandlersHaveThreadsOfTheirOwn() async throws {
        let store = MemoryStore()
        let worker = Worker(store, concurrency: 12, configuration: brisk(), logger: quiet)
        let inside = Log<JobID>()
        let isOpen = Atomic<Bool>(false)
        try worker.on("block", blocking: true) { (_: [UInt8], context) in
            inside.add(context.id)
            while !isOpen.load(ordering: .relaxed) { usleep(1_000) }
        }
        try worker.on("quick") { (_: [UInt8], _) in }
        try await store.add(10, "block")
        let quick = try await store.add(NewJob(name: "quick"))
        try await running(worker) {
            // Ten block their threads at once, and what does not block runs beside them.
            try await eventually { inside.count == 10 }
            try await eventually { try await store.state(of: quick) == .completed }
            isOpen.store(true, ordering: .relaxed)
        }
    }
}
