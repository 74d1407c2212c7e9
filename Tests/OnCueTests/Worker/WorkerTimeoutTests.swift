import Logging
import OnCue
import Synchronization
import Testing

@Suite struct WorkerTimeoutTests {
    @Test func aTimeoutCancelsAndFailsTheAttempt() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        let reasons = Log<JobCancellation?>()
        try worker.on("slow", timeout: .milliseconds(50)) { (_: [UInt8], context) in
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                reasons.add(context.cancellation)
                throw error
            }
        }
        let id = try await store.add(
            NewJob(name: "slow", options: JobOptions(maxAttempts: 2, backoff: .constant(.milliseconds(1)))))
        try await running(worker) {
            try await eventually { try await store.state(of: id) == .dead }
        }
        #expect(reasons.all == [.timeout, .timeout])
        let attempts = try await store.attempts(of: id)
        #expect(attempts.map(\.category) == [.timeout, .timeout])
        #expect(attempts.allSatisfy { $0.duration >= .milliseconds(45) })
        #expect(attempts.first?.error == "ran longer than its timeout of 50ms")
    }

    @Test func theJobsOwnTimeoutWins() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        try worker.on("work", timeout: .milliseconds(20)) { (_: [UInt8], context) in
            #expect(context.deadline == nil)
            try await Task.sleep(for: .milliseconds(120))
        }
        let id = try await store.add(NewJob(name: "work", options: JobOptions(timeout: .zero)))
        try await running(worker) {
            try await eventually { try await store.state(of: id) == .completed }
        }
    }

    @Test func aSpinningHandlerSeesItsCancellation() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(stuckGrace: .seconds(10)), logger: quiet)
        try worker.on("spin", timeout: .milliseconds(50)) { (_: [UInt8], _) in
            while !Task.isCancelled {}
            throw CancellationError()
        }
        let id = try await store.add(NewJob(name: "spin", options: JobOptions(maxAttempts: 1)))
        try await running(worker) {
            try await eventually { try await store.state(of: id) == .dead }
        }
        #expect(try await store.job(id)?.lastErrorCategory == .timeout)
    }

    @Test func theSoftTimeoutTellsTheHandler() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        let seen = Log<String>()
        try worker.on("work", options: HandlerOptions(timeout: .seconds(30), softTimeout: .milliseconds(50))) {
            (_: [UInt8], context) in
            #expect(!context.isSoftTimeoutReached)
            context.onSoftTimeout { seen.add("told") }
            while !context.isSoftTimeoutReached { try await Task.sleep(for: .milliseconds(2)) }
            context.onSoftTimeout { seen.add("told late") }
            #expect(context.cancellation == nil)
            #expect(!Task.isCancelled)
        }
        let id = try await store.add(NewJob(name: "work"))
        try await running(worker) {
            try await eventually { try await store.state(of: id) == .completed }
            try await eventually { seen.count == 2 }
        }
        #expect(Set(seen.all) == ["told", "told late"])
    }

    @Test func aStuckHandlerIsReportedAndItsSlotUsedAgain() async throws {
        let store = MemoryStore()
        let logs = InMemoryLogs()
        let worker = Worker(
            store, concurrency: 1, configuration: brisk(stuckGrace: .milliseconds(100)), logger: logs.logger)
        let gate = Gate()
        let ends = Log<String>()
        try worker.on("stuck", timeout: .milliseconds(30)) { (_: [UInt8], context) in
            await gate.pass()
            ends.add("stuck ended")
        }
        try worker.on("next") { (_: [UInt8], _) in ends.add("next") }
        let stuck = try await store.add(NewJob(name: "stuck", options: JobOptions(maxAttempts: 1)))
        let next = try await store.add(NewJob(name: "next"))
        try await running(worker) {
            try await eventually { try await store.state(of: next) == .completed }
            #expect(try await store.state(of: stuck) == .dead)
            #expect(ends.all == ["next"])
            gate.open()
            try await eventually { ends.count == 2 }
            // Its late success is not taken.
            try await eventually { logs.messages(.info).contains { $0.contains("has returned") } }
            #expect(try await store.state(of: stuck) == .dead)
            #expect(try await store.job(stuck)?.lastErrorCategory == .timeout)
        }
        #expect(logs.messages(.warning).contains { $0.contains("ignores that it was told to stop") })
    }

    /// Handlers that keep their threads: others still get some.
    @Test func stuckThreadsAreReplaced() async throws {
        let store = MemoryStore()
        let worker = Worker(
            store, concurrency: 6, configuration: brisk(stuckGrace: .milliseconds(100)), logger: quiet)
        let isOpen = Atomic<Bool>(false)
        try worker.on("spin", timeout: .milliseconds(30)) { (_: [UInt8], _) in
            while !isOpen.load(ordering: .relaxed) {}
        }
        try worker.on("next") { (_: [UInt8], _) in }
        let jobs = (0..<3).map { _ in NewJob(name: "spin", options: JobOptions(maxAttempts: 1)) }
        _ = try await store.enqueue(jobs, atomically: false)
        try await running(worker) {
            let next = try await store.add(NewJob(name: "next"))
            try await eventually(within: .seconds(20)) { try await store.state(of: next) == .completed }
            isOpen.store(true, ordering: .relaxed)
        }
    }
}
