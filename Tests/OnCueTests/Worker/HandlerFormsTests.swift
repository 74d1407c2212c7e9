import OnCue
import Testing

private struct Order: Codable, Sendable, Equatable {
    var id: String
    var amount: Int
}

private struct SendReceipt: Job, Equatable {
    static let name: JobName = "email.receipt"
    static let options = JobOptions(queue: "mail", maxAttempts: 8, timeout: .seconds(30))
    var orderID: String
}

@Suite struct HandlerFormsTests {
    @Test func everyFormRuns() async throws {
        let store = MemoryStore()
        let worker = Worker(store, concurrency: 4, logger: quiet)
        let seen = Log<String>()
        try worker.on("bytes") { (payload: [UInt8], _) in seen.add("bytes \(payload.count)") }
        try worker.on("bytes.raw", options: HandlerOptions(timeout: .seconds(1))) { payload, context in
            #expect(context.deadline != nil)
            seen.add("raw \(payload.count)")
        }
        try worker.on("bytes.outcome") { (_: [UInt8], _) in .output(Array("1".utf8)) }
        try worker.on("bytes.typed") { (_: [UInt8], _) in JobOutcome.cancel("no need") }
        try worker.on("bytes.output", blocking: true) { (payload: [UInt8], _) in payload.count }
        try worker.on("order.process", concurrency: 2, timeout: .seconds(5)) { (order: Order, context) in
            try await context.progress(0.5, "charged")
            return .next(SendReceipt(orderID: order.id), delay: .milliseconds(5))
        }
        try worker.on("order.total") { (order: Order, _) in Order(id: order.id, amount: order.amount + 1) }
        try worker.on("order.see") { (order: Order, _) in seen.add("order \(order.id)") }
        try worker.on(SendReceipt.self) { receipt, context in
            #expect(context.maxAttempts == 8)
            #expect(context.parent != nil)
            seen.add("receipt \(receipt.orderID)")
        }
        let order = try PayloadCoding.encode(Order(id: "o1", amount: 1))
        let bytes = try await store.add(NewJob(name: "bytes", payload: [1, 2]))
        let raw = try await store.add(NewJob(name: "bytes.raw", payload: [1]))
        let outcome = try await store.add(NewJob(name: "bytes.outcome"))
        let typed = try await store.add(NewJob(name: "bytes.typed"))
        let output = try await store.add(NewJob(name: "bytes.output", payload: [1, 2, 3]))
        let process = try await store.add(NewJob(name: "order.process", payload: order))
        let total = try await store.add(NewJob(name: "order.total", payload: order))
        let see = try await store.add(NewJob(name: "order.see", payload: order))
        try await running(worker) {
            for id in [bytes, raw, outcome, output, process, total, see] {
                try await eventually("\(id) completes") { try await store.state(of: id) == .completed }
            }
            try await eventually { seen.all.contains("receipt o1") }
            try await eventually { try await store.state(of: typed) == .cancelled }
        }
        #expect(Set(seen.all) == ["bytes 2", "raw 1", "order o1", "receipt o1"])
        #expect(try await store.job(outcome)?.output == Array("1".utf8))
        #expect(try await store.job(output)?.output == Array("3".utf8))
        let written = try #require(try await store.job(total)?.output)
        #expect(try PayloadCoding.decode(Order.self, from: written) == Order(id: "o1", amount: 2))
        #expect(try await store.job(process)?.progressMessage == "charged")
        let receipts = try await store.search(
            JobFilter(name: "email.*"), order: .oldestFirst, after: nil, limit: 10
        ).jobs
        #expect(receipts.map(\.queue) == ["mail"])
        #expect(receipts.first?.parent == process)
    }

    @Test func unreadablePayloadIsNotTriedAgain() async throws {
        let store = MemoryStore()
        let worker = Worker(store, logger: quiet)
        try worker.on("order.see") { (_: Order, _) in }
        let id = try await store.add(NewJob(name: "order.see", payload: Array("{\"id\":1}".utf8)))
        try await running(worker) {
            try await eventually { try await store.state(of: id) == .dead }
        }
        let job = try #require(try await store.job(id))
        #expect(job.deadReason == .permanent)
        #expect(job.attempt == 1)
        #expect(job.lastError?.contains("not the JSON of Order") == true)
    }

    @Test func mistakesInSettingUpAreErrors() async throws {
        let worker = Worker(MemoryStore(), logger: quiet)
        try worker.on("a") { (_: [UInt8], _) in }
        #expect { try worker.on("a") { (_: [UInt8], _) in } } throws: {
            ($0 as? WorkerError)?.code == .alreadyRegistered
        }
        #expect { try worker.on("b c") { (_: [UInt8], _) in } } throws: { ($0 as? WorkerError)?.code == .invalid }
        #expect { try worker.on("b", concurrency: 0) { (_: [UInt8], _) in } } throws: {
            ($0 as? WorkerError)?.code == .invalid
        }
        #expect { try worker.on("tuple") { (_: [UInt8], _) in (1, 2) } } throws: {
            ($0 as? WorkerError)?.code == .invalid
        }
        try await running(worker) {
            try await eventually {
                do {
                    try worker.on(JobName("late-\(Int.random(in: 0 ... .max))")) { (_: [UInt8], _) in }
                    return false
                } catch {
                    return (error as? WorkerError)?.code == .alreadyStarted
                }
            }
        }
        await #expect { try await worker.run() } throws: { ($0 as? WorkerError)?.code == .alreadyStarted }
        for configuration in [
            Worker.Configuration(lease: .seconds(1)), Worker.Configuration(maxPrefetch: -1),
            Worker.Configuration(name: "no spaces"), Worker.Configuration(handlerThreads: 0),
        ] {
            await #expect {
                try await Worker(MemoryStore(), configuration: configuration, logger: quiet).run()
            } throws: {
                ($0 as? WorkerError)?.code == .invalid
            }
        }
        await #expect { try await Worker(MemoryStore(), concurrency: 0, logger: quiet).run() } throws: {
            ($0 as? WorkerError)?.code == .invalid
        }
    }
}
