import OnCue
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite struct WorkerShutdownTests {
    @Test func whatRunsMayEndAndTheRestGoesBack() async throws {
        let store = MemoryStore()
        let worker = Worker(store, concurrency: 2, configuration: brisk(), logger: quiet)
        let gate = Gate()
        let inside = Log<JobID>()
        try worker.on("work") { (_: [UInt8], context) in
            inside.add(context.id)
            await gate.pass()
        }
        let ids = try await store.add(10, "work")
        let run = Task { try await worker.run() }
        try await eventually { inside.count == 2 }
        worker.shutDown()
        // Handed back at once, before what runs has ended.
        try await eventually { try await store.find(ids).count { $0?.state == .pending } == 8 }
        gate.open()
        try await run.value
        let records = try await store.find(ids).compactMap { $0 }
        #expect(records.count { $0.state == .completed } == 2)
        #expect(records.filter { $0.state == .pending }.allSatisfy { $0.attempt == 0 })
        #expect(inside.count == 2)
        let session = try #require(try await store.sessions().first)
        #expect(session.standing == .closed)
        #expect(session.held == 0)
    }

    /// The shutdown waits for nothing else then: neither for the grace nor for a chance ring.
    @Test(arguments: [true, false])
    func aRunWhoseJobIsTakenAwayIsNotWaitedForLonger(isFenced: Bool) async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(shutdownGrace: .seconds(3_600)), logger: quiet)
        let started = Log<JobID>()
        let ended = Log<Bool>()
        try worker.on("slow") { (_: [UInt8], context) in
            started.add(context.id)
            try await Task.sleep(for: .seconds(3_600))
        }
        let id = try await store.add(NewJob(name: "slow"))
        let run = Task {
            try await worker.run()
            ended.add(true)
        }
        try await eventually { started.count == 1 }
        worker.shutDown()
        if isFenced {
            let session = try #require(try await store.sessions().first).id
            _ = try await store.fence(session, ifRenewals: nil, error: "taken over")
        } else {
            _ = try await store.change([id], .cancel(reason: nil, force: true))
        }
        do {
            try await eventually { ended.count == 1 }
        } catch {
            worker.interrupt()
            _ = await run.result
            throw error
        }
        try await run.value
    }

    @Test func afterTheGraceItIsInterruptedWithoutUsingAnAttempt() async throws {
        let store = MemoryStore()
        let worker = Worker(
            store, concurrency: 3,
            configuration: brisk(shutdownGrace: .milliseconds(50), stuckGrace: .seconds(2)), logger: quiet)
        let gate = Gate()
        let reasons = Log<JobCancellation?>()
        let started = Log<JobID>()
        try worker.on("slow") { (_: [UInt8], context) in
            started.add(context.id)
            defer { reasons.add(context.cancellation) }
            try await Task.sleep(for: .seconds(60))
        }
        try worker.on("deaf") { (_: [UInt8], context) in
            started.add(context.id)
            await gate.pass()
        }
        let slow = try await store.add(2, "slow")
        let deaf = try await store.add(NewJob(name: "deaf"))
        let run = Task { try await worker.run() }
        try await eventually { started.count == 3 }
        worker.shutDown()
        try await run.value
        for record in try await store.find(slow + [deaf]).compactMap({ $0 }) {
            #expect(record.state == .pending)
            #expect(record.attempt == 0)
            #expect(record.lastError == nil)
        }
        #expect(reasons.all == [.shutdown, .shutdown])
        gate.open()
    }

    @Test func cancellingRunInterruptsAtOnce() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(shutdownGrace: .seconds(60)), logger: quiet)
        try worker.on("slow") { (_: [UInt8], _) in try await Task.sleep(for: .seconds(60)) }
        let id = try await store.add(NewJob(name: "slow"))
        let run = Task { try await worker.run() }
        try await eventually { try await store.state(of: id) == .running }
        run.cancel()
        try await run.value
        let record = try #require(try await store.job(id))
        #expect(record.state == .pending)
        #expect(record.attempt == 0)
    }

    @Test func renewalGoesOnUntilTheLastJobIsSettled() async throws {
        let proxy = ProxyStore(MemoryStore())
        let worker = Worker(proxy, configuration: brisk(lease: .seconds(2)), logger: quiet)
        let gate = Gate()
        let started = Log<JobID>()
        try worker.on("work") { (_: [UInt8], context) in
            started.add(context.id)
            await gate.pass()
        }
        let id = try await proxy.base.add(NewJob(name: "work"))
        let run = Task { try await worker.run() }
        try await eventually { started.count == 1 }
        worker.shutDown()
        let before = proxy.moments(of: .renew).count
        try await eventually { proxy.moments(of: .renew).count >= before + 3 }
        #expect(try await proxy.sessions().first?.standing == .open)
        gate.open()
        try await run.value
        #expect(try await proxy.base.state(of: id) == .completed)
    }

    @Test func underLoadNoAttemptAndNoJobIsLost() async throws {
        let store = MemoryStore()
        let ids = try await store.add(3_000, "work")
        let ran = Log<JobID>()
        // Five workers after another, each shut down in the middle.
        for round in 0..<6 {
            let worker = Worker(
                store, concurrency: 16, configuration: brisk(shutdownGrace: .milliseconds(10)), logger: quiet)
            try worker.on("work") { (_: [UInt8], context) in
                if ran.count % 7 == 0 { try await Task.sleep(for: .milliseconds(1)) }
                ran.add(context.id)
            }
            let run = Task { try await worker.run() }
            let goal = min(3_000, (round + 1) * 500)
            try await eventually(within: .seconds(30)) { ran.count >= goal }
            worker.shutDown()
            try await run.value
        }
        let worker = Worker(store, concurrency: 16, configuration: brisk(), logger: quiet)
        try worker.on("work") { (_: [UInt8], context) in ran.add(context.id) }
        try await running(worker) {
            try await eventually {
                try await store.find(ids).allSatisfy { $0?.state == .completed }
            }
        }
        for record in try await store.find(ids).compactMap({ $0 }) {
            #expect(record.attempt == 1)
            #expect(record.lostWorkers == 0)
        }
        // A handler that had its say is not run again.
        #expect(ran.count == 3_000)
    }

    @Test func isAServiceThatShutsDownGracefully() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        let gate = Gate()
        let started = Log<JobID>()
        try worker.on("work") { (_: [UInt8], context) in
            started.add(context.id)
            await gate.pass()
        }
        let id = try await store.add(NewJob(name: "work"))
        try await testGracefulShutdown { trigger in
            let run = Task { try await worker.run() }
            try await eventually { started.count == 1 }
            trigger.triggerGracefulShutdown()
            gate.open()
            try await run.value
        }
        #expect(try await store.state(of: id) == .completed)
        #expect(try await store.sessions().first?.standing == .closed)
    }

    /// SIGUSR2 stands for SIGTERM: the test process itself has to live on.
    @Test func aSignalShutsDownAndASecondInterrupts() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(shutdownGrace: .seconds(60)), logger: quiet)
        try worker.on("slow") { (_: [UInt8], _) in try await Task.sleep(for: .seconds(60)) }
        let id = try await store.add(NewJob(name: "slow"))
        signal(SIGUSR2, SIG_IGN)
        let run = Task { try await worker.runUntilSignal([.sigusr2]) }
        try await eventually { try await store.state(of: id) == .running }
        kill(getpid(), SIGUSR2)
        let late = try await store.add(NewJob(name: "slow"))
        try await eventually {
            kill(getpid(), SIGUSR2)
            return try await store.state(of: id) == .pending
        }
        try await run.value
        #expect(try await store.job(id)?.attempt == 0)
        #expect(try await store.job(late)?.attempt == 0)
    }

    @Test(arguments: [true, false])
    func aStoreThatNeverAnswersDoesNotHoldUpTheEnd(stalls: Bool) async throws {
        let proxy = ProxyStore(MemoryStore())
        let worker = Worker(
            proxy,
            configuration: brisk(
                shutdownGrace: .zero, stuckGrace: .milliseconds(200), storePatience: .milliseconds(200)),
            logger: quiet)
        let gate = Gate()
        let answers = Gate()
        defer { answers.open() }
        try worker.on("work") { (_: [UInt8], _) in await gate.pass() }
        let id = try await proxy.base.add(NewJob(name: "work"))
        let ended = Log<Bool>()
        let run = Task {
            try await worker.run()
            ended.add(true)
        }
        try await eventually { try await proxy.base.state(of: id) == .running }
        proxy.set { _ in stalls ? .hold(answers) : .fail(StoreError(.unavailable, "gone")) }
        gate.open()
        worker.shutDown()
        try await eventually { ended.count == 1 }
        try await run.value
        #expect(try await proxy.base.state(of: id) == .running)
    }

    enum Silence: CaseIterable {
        /// Calls fail at once, as where nobody listens.
        case refuses
        /// Calls get no answer.
        case stalls
        /// The same from the start: there is no session yet.
        case neverAnswered
    }

    /// Nothing hangs on the store then but a goodbye: neither the grace nor an answer is waited for.
    @Test(arguments: Silence.allCases, [true, false])
    func anIdleWorkerEndsWithoutItsStore(_ silence: Silence, exchangesInOneWrite: Bool) async throws {
        let proxy = ProxyStore(MemoryStore(), exchangesInOneWrite: exchangesInOneWrite)
        let gate = Gate()
        let worker = Worker(
            proxy, configuration: brisk(shutdownGrace: .seconds(3_600), storePatience: .milliseconds(500)),
            logger: quiet)
        try worker.on("work") { (_: [UInt8], _) in }
        if silence == .neverAnswered { proxy.set { _ in .hold(gate) } }
        let ended = Log<Bool>()
        let run = Task {
            try await worker.run()
            ended.add(true)
        }
        if silence == .neverAnswered {
            try await eventually { proxy.moments(of: .openSession).count == 1 }
        } else {
            try await eventually { proxy.requests.contains { $0.wait > .zero } }
            let news = proxy.moments(of: .news).count
            proxy.set { _ in silence == .stalls ? .hold(gate) : .fail(StoreError(.unavailable, "gone")) }
            // A claim that failed may have brought jobs: the worker looks that up, again and again.
            try await eventually {
                silence == .stalls ? proxy.moments(of: .news).count > news : proxy.moments(of: .held).count > 0
            }
        }
        worker.shutDown()
        defer { gate.open() }
        try await eventually { ended.count == 1 }
        gate.open()
        try await run.value
    }

    /// The grace is the store's too where an outcome hangs on it.
    @Test func anOutcomeIsWrittenWhenTheStoreComesBackInTime() async throws {
        let proxy = ProxyStore(MemoryStore())
        let worker = Worker(
            proxy, configuration: brisk(shutdownGrace: .seconds(3_600), storePatience: .milliseconds(100)),
            logger: quiet)
        let gate = Gate()
        try worker.on("work") { (_: [UInt8], _) in await gate.pass() }
        let id = try await proxy.base.add(NewJob(name: "work"))
        let run = Task { try await worker.run() }
        try await eventually { try await proxy.base.state(of: id) == .running }
        proxy.set { _ in .fail(StoreError(.unavailable, "gone")) }
        gate.open()
        worker.shutDown()
        // Several times the patience with which nothing but a goodbye is tried.
        let tries = proxy.moments(of: .exchange).count
        try await eventually { proxy.moments(of: .exchange).count >= tries + 4 }
        proxy.set { _ in .pass }
        try await run.value
        #expect(try await proxy.base.state(of: id) == .completed)
    }
}
