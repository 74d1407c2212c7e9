import OnCue
import OnCueTesting
import Testing

@Suite struct WorkerOutcomeTests {
    private struct Flaw: Error, CustomStringConvertible {
        var description: String { "it broke" }
    }

    @Test func failuresAreRetriedAndKept() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        let worker = Worker(store, logger: quiet)
        try worker.on("flaky") { (_: [UInt8], context) in
            if context.attempt < 3 { throw Flaw() }
        }
        try worker.on("broken") { (_: [UInt8], _) in throw Flaw() }
        try worker.on("hopeless") { (_: [UInt8], _) in throw JobError.permanent("never") }
        let flaky = try await store.add(NewJob(name: "flaky"))
        let broken = try await store.add(NewJob(name: "broken", options: JobOptions(maxAttempts: 3)))
        let hopeless = try await store.add(NewJob(name: "hopeless"))
        let runs = try await drain(worker, store, advancing: time)
        #expect(runs.filter { $0.id == flaky }.map(\.attempt) == [1, 2, 3])
        #expect(runs.filter { $0.id == broken }.map(\.attempt) == [1, 2, 3])
        #expect(runs.filter { $0.id == hopeless }.count == 1)
        #expect(try await store.state(of: flaky) == .completed)
        #expect(try await store.job(broken)?.deadReason == .attemptsExhausted)
        #expect(try await store.job(hopeless)?.deadReason == .permanent)
        #expect(try await store.attempts(of: flaky).map(\.error) == ["it broke", "it broke"])
        #expect(try await store.attempts(of: broken).map(\.worker) == ["drain", "drain", "drain"])
    }

    @Test func whatDoesNotCountUsesNoAttempt() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        let worker = Worker(store, logger: quiet)
        let runs = Log<Int>()
        try worker.on("limited") { (_: [UInt8], context) in
            runs.add(context.attempt)
            if runs.count <= 2 { throw JobError.rateLimited(retryAfter: .seconds(60)) }
            if runs.count == 3 { throw JobError.uncounted("the other side is down", retryAfter: .seconds(5)) }
        }
        try worker.on("patient") { (_: [UInt8], context) in
            runs.add(-context.attempt)
            return runs.count < 8 ? .snooze(.seconds(10)) : .completed
        }
        let limited = try await store.add(NewJob(name: "limited", options: JobOptions(maxAttempts: 1)))
        let start = time.now()
        try await drain(worker, store, advancing: time)
        #expect(runs.all == [1, 1, 1, 1])
        #expect(time.now() - start >= .seconds(125))
        #expect(try await store.state(of: limited) == .completed)
        #expect(try await store.attempts(of: limited).map(\.category) == [.rateLimit, .rateLimit, .temporary])
        let patient = try await store.add(NewJob(name: "patient"))
        try await drain(worker, store, advancing: time)
        #expect(runs.all.suffix(4) == [-1, -1, -1, -1])
        #expect(try await store.job(patient)?.attempt == 1)
    }

    @Test func settingsAreLookedForInOrder() async throws {
        let store = MemoryStore()
        try await store.setDefaults(QueueSettings(maxAttempts: 2, timeout: .seconds(100)))
        try await store.changeQueue("tuned", .settings(QueueSettings(maxAttempts: 3)))
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        let seen = Log<String>()
        try worker.on("plain") { (payload: [UInt8], context) in
            let timeout = context.deadline.map { ($0 - context.createdAt) > .seconds(50) } ?? false
            seen.add("\(String(decoding: payload, as: UTF8.self)) \(context.maxAttempts) \(timeout)")
        }
        try worker.on("set", options: HandlerOptions(timeout: .zero, maxAttempts: 4)) { (payload: [UInt8], context) in
            seen.add("\(String(decoding: payload, as: UTF8.self)) \(context.maxAttempts) \(context.deadline != nil)")
        }
        func job(_ name: JobName, _ queue: QueueName, _ options: JobOptions, _ text: String) -> NewJob {
            NewJob(name: name, queue: queue, payload: Array(text.utf8), options: options)
        }
        _ = try await store.enqueue(
            [
                job("plain", .default, JobOptions(), "store"),
                job("plain", "tuned", JobOptions(), "queue"),
                job("set", "tuned", JobOptions(), "handler"),
                job("set", "tuned", JobOptions(maxAttempts: 5, timeout: .seconds(7)), "job"),
            ], atomically: false)
        try await running(worker) {
            try await eventually { seen.count == 4 }
        }
        #expect(Set(seen.all) == ["store 2 true", "queue 3 true", "handler 4 false", "job 5 true"])
    }

    @Test func queueSettingsAreTakenUpWhileRunning() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        let seen = Log<Int>()
        try worker.on("work") { (_: [UInt8], context) in seen.add(context.maxAttempts) }
        try await running(worker) {
            try await store.add(1, "work")
            try await eventually { seen.all == [5] }
            try await store.changeQueue(.default, .settings(QueueSettings(maxAttempts: 9)))
            try await eventually {
                try await store.add(1, "work")
                return seen.all.last == 9
            }
        }
    }

    @Test func aChainIsWrittenWithTheOutcome() async throws {
        let proxy = ProxyStore(MemoryStore())
        let worker = Worker(proxy, configuration: brisk(), logger: quiet)
        let order = Log<String>()
        try worker.on("first") { (_: [UInt8], context) in
            order.add("first")
            context.enqueueWithOutcome(NewJob(name: "side", queue: "aside"))
            return .next(NewJob(name: "second"))
        }
        try worker.on("second") { (_: [UInt8], _) in order.add("second") }
        try worker.on("side") { (_: [UInt8], _) in order.add("side") }
        let first = try await proxy.base.add(NewJob(name: "first", correlationID: "c1"))
        try await running(worker) {
            try await eventually { order.count == 3 }
            try await eventually { try await proxy.queues().reduce(0) { $0 + $1.totals.completed } == 3 }
        }
        // All in one settlement, and not enqueued by any other call.
        let settlement = try #require(proxy.settled.first { $0.job.id == first })
        #expect(settlement.followUps.map(\.name) == ["side", "second"])
        let jobs = try await proxy.search(JobFilter(correlationID: "c1"), order: .oldestFirst, after: nil, limit: 10)
        #expect(jobs.jobs.count == 3)
        #expect(jobs.jobs.dropFirst().allSatisfy { $0.parent == first })
    }

    @Test func aFailedRunLeavesNoFollowUps() async throws {
        let store = MemoryStore()
        let worker = Worker(store, logger: quiet)
        try worker.on("first") { (_: [UInt8], context) in
            context.enqueueWithOutcome(NewJob(name: "second"))
            throw JobError.permanent("no")
        }
        try await store.add(1, "first")
        try await drain(worker, store)
        #expect(try await store.count(JobFilter(name: "second"), upTo: 10).count == 0)
    }

    @Test func retentionOfTheJobDecidesWhatStays() async throws {
        let store = MemoryStore()
        let worker = Worker(store, logger: quiet)
        try worker.on("work") { (_: [UInt8], _) in }
        let gone = try await store.add(NewJob(name: "work", options: JobOptions(retention: .zero)))
        let kept = try await store.add(NewJob(name: "work"))
        try await drain(worker, store)
        #expect(try await store.job(gone) == nil)
        #expect(try await store.state(of: kept) == .completed)
        #expect(try await store.queues().first?.totals.completed == 2)
    }
}
