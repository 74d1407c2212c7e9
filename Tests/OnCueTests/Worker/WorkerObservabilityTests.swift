import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import OnCue
import OnCueTesting
import Testing
import Tracing

@Suite struct WorkerObservabilityTests {
    private struct Flaw: Error {}

    @Test func runsAreCounted() async throws {
        let store = MemoryStore()
        let metrics = TestMetrics()
        var configuration = brisk(stuckGrace: .milliseconds(20))
        configuration.metricsFactory = metrics
        let worker = Worker(store, configuration: configuration, logger: quiet)
        let gate = Gate()
        try worker.on("good") { (_: [UInt8], _) in }
        try worker.on("bad") { (_: [UInt8], context) in throw Flaw() }
        try worker.on("stuck", timeout: .milliseconds(10)) { (_: [UInt8], _) in await gate.pass() }
        try await store.add(5, "good", queue: "mail")
        let bad = try await store.add(
            NewJob(name: "bad", options: JobOptions(maxAttempts: 2, backoff: .constant(.milliseconds(1)))))
        let stuck = try await store.add(NewJob(name: "stuck", options: JobOptions(maxAttempts: 1)))
        try await running(worker) {
            try await eventually { try await store.state(of: bad) == .dead }
            try await eventually { try await store.state(of: stuck) == .dead }
            try await eventually {
                try await store.queues().first { $0.name == "mail" }?.totals.completed == 5
            }
            gate.open()
        }
        func count(_ label: String, _ dimensions: [(String, String)]) -> Int64 {
            metrics.counterTotal(label: label, dimensions: dimensions)
        }
        let good = [("queue", "mail"), ("name", "good")]
        let failing = [("queue", "default"), ("name", "bad")]
        #expect(count("oncue_jobs_started_total", good) == 5)
        #expect(count("oncue_jobs_finished_total", good + [("status", "completed")]) == 5)
        #expect(count("oncue_jobs_started_total", failing) == 2)
        #expect(count("oncue_jobs_finished_total", failing + [("status", "retrying")]) == 1)
        #expect(count("oncue_jobs_finished_total", failing + [("status", "dead")]) == 1)
        #expect(try metrics.expectTimer("oncue_job_duration_seconds", good).values.count == 5)
        // How long a job waited is told by its first attempt.
        #expect(try metrics.expectTimer("oncue_job_wait_seconds", failing).values.count == 1)
        #expect(metrics.counterTotal(label: "oncue_handlers_stuck_total") == 1)
    }

    @Test func storeErrorsAreCountedAndSaidOnceInAWhile() async throws {
        let proxy = ProxyStore(MemoryStore())
        let metrics = TestMetrics()
        let logs = InMemoryLogs()
        var configuration = brisk()
        configuration.metricsFactory = metrics
        let worker = Worker(proxy, configuration: configuration, logger: logs.logger)
        try worker.on("work") { (_: [UInt8], _) in }
        proxy.set { $0 == .openSession ? .fail(StoreError(.locked, "someone has it")) : .pass }
        try await running(worker) {
            try await eventually { metrics.counterTotal(label: "oncue_store_errors_total") >= 2 }
            proxy.set { _ in .pass }
            let id = try await proxy.base.add(NewJob(name: "work"))
            try await eventually { try await proxy.base.state(of: id) == .completed }
        }
        #expect(logs.messages(.warning).filter { $0.contains("The store is in trouble") }.count == 1)
        #expect(logs.messages(.info).contains("The store answers again."))
    }

    @Test func aHandlersLoggerNamesItsRun() async throws {
        let store = MemoryStore()
        let logs = InMemoryLogs()
        let worker = Worker(store, logger: logs.logger)
        try worker.on("work") { (_: [UInt8], context) in context.logger.info("hello") }
        let id = try await store.add(NewJob(name: "work", queue: "mail"))
        try await drain(worker, store)
        let entry = try #require(logs.handler.entries.first { $0.message == "hello" })
        #expect(
            entry.metadata == [
                "job.id": "\(id)", "job.name": "work", "job.queue": "mail", "job.attempt": "1",
            ])
    }

    @Test func runsAreSpansOfTheTraceThatEnqueuedThem() async throws {
        let store = MemoryStore()
        let tracer = InMemoryTracer()
        var configuration = brisk()
        configuration.tracer = tracer
        let worker = Worker(store, configuration: configuration, logger: quiet)
        try worker.on("work") { (_: [UInt8], context) in
            withSpan("inside") { _ in }
            if context.queue == "bad" { throw Flaw() }
            return context.headers.isEmpty ? .completed : .next(NewJob(name: "after"))
        }
        let headers = [InMemoryTracer.traceIDKey: "trace-1", InMemoryTracer.spanIDKey: "span-1"]
        let id = try await store.add(NewJob(name: "work", headers: headers))
        let bad = try await store.add(NewJob(name: "work", queue: "bad", options: JobOptions(maxAttempts: 1)))
        try await running(worker) {
            try await eventually { try await store.state(of: id) == .completed }
            try await eventually { try await store.state(of: bad) == .dead }
        }
        let spans = tracer.finishedSpans
        let span = try #require(spans.first { $0.attributes.get("messaging.message.id") == .string(id.description) })
        #expect(span.operationName == "run work")
        #expect(span.kind == .consumer)
        #expect(span.traceID == "trace-1")
        #expect(span.parentSpanID == "span-1")
        #expect(span.attributes.get("messaging.system") == .string("oncue"))
        #expect(span.attributes.get("messaging.destination.name") == .string("default"))
        #expect(span.attributes.get("messaging.operation.type") == .string("process"))
        #expect(
            span.attributes.get("oncue.job.attempt") == .int32(1)
                || span.attributes.get("oncue.job.attempt") == .int64(1))
        #expect(spans.contains { $0.operationName == "inside" && $0.parentSpanID == span.spanID })
        // What follows belongs to the same trace.
        let after = try await store.search(JobFilter(name: "after"), order: .oldestFirst, after: nil, limit: 1).jobs
        #expect(after.first?.headers[InMemoryTracer.traceIDKey] == "trace-1")
        #expect(after.first?.headers[InMemoryTracer.spanIDKey] == span.spanID)
        let failed = try #require(spans.first { $0.attributes.get("messaging.message.id") == .string(bad.description) })
        #expect(failed.errors.count == 1)
        #expect(failed.status?.code == .error)
    }

    private struct Note: JobMiddleware {
        let name: String
        let log: Log<String>

        func handle(
            _ context: JobContext, next: nonisolated(nonsending) (JobContext) async throws -> JobOutcome
        ) async throws -> JobOutcome {
            log.add("\(name) before")
            do {
                let outcome = try await next(context)
                log.add("\(name) after")
                return outcome
            } catch {
                log.add("\(name) caught")
                throw JobError.permanent("\(name) says no")
            }
        }
    }

    @Test func middlewareStandsAroundEveryRun() async throws {
        let store = MemoryStore()
        let log = Log<String>()
        let worker = Worker(store, logger: quiet)
        try worker.use(Note(name: "outer", log: log))
        try worker.on("good") { (_: [UInt8], _) in log.add("handler") }
        try worker.on("bad") { (_: [UInt8], _) in throw Flaw() }
        try worker.use(Note(name: "inner", log: log))
        try await store.add(1, "good")
        try await drain(worker, store)
        #expect(log.all == ["outer before", "inner before", "handler", "inner after", "outer after"])
        let bad = try await store.add(NewJob(name: "bad"))
        try await drain(worker, store)
        #expect(try await store.job(bad)?.lastError == "outer says no")
    }
}
