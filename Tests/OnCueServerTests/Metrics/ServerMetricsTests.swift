import Foundation
import OnCue
import OnCuePrometheus
import OnCueServer
import OnCueTesting
import Testing

@Suite struct ServerMetricsTests {
    private struct Flaw: Error {}

    /// Two workers' worth of jobs, through a store that is observed.
    private func busyStore(_ metrics: PrometheusMetrics) async throws -> any JobStore {
        let store = ObservedStore(MemoryStore(), factory: metrics)
        let jobs = JobClient(store)
        for _ in 0..<3 { try await jobs.enqueue(NewJob("good", bytes: [], options: [.queue("mail")])) }
        try await jobs.enqueue(NewJob("bad", bytes: [], options: [.attempts(2)]))
        try await jobs.enqueue(NewJob("bad", bytes: [], options: [.unique("once")]))
        try await jobs.enqueue(NewJob("bad", bytes: [], options: [.unique("once")]))
        var configuration = Worker.Configuration()
        configuration.metricsFactory = metrics
        let worker = Worker(store, configuration: configuration)
        try worker.on("good") { (_: [UInt8], _: JobContext) in }
        try worker.on("bad", options: HandlerOptions(maxAttempts: 2, backoff: .constant(.milliseconds(1)))) {
            (_: [UInt8], _: JobContext) in throw Flaw()
        }
        let running = Task { try await worker.run() }
        let deadline = ContinuousClock.now + .seconds(20)
        while try await store.queues().reduce(0, { $0 + $1.totals.completed + $1.totals.dead }) < 5 {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(2))
        }
        worker.shutDown()
        try await running.value
        try await jobs.enqueue(NewJob("later", bytes: [], options: [.queue("mail")]))
        return store
    }

    @Test func theTextHasEverything() async throws {
        let metrics = PrometheusMetrics()
        let server = ServerMetrics(metrics)
        let store = try await busyStore(metrics)
        let text = try await PrometheusReading(server.text(of: store))
        let good = ["queue": "mail", "name": "good"]
        let bad = ["queue": "default", "name": "bad"]
        #expect(text["oncue_jobs_enqueued_total", good] == 3)
        #expect(text["oncue_jobs_enqueued_total", bad] == 2)
        #expect(text["oncue_jobs_started_total", bad] == 4)
        #expect(text["oncue_jobs_failed_total", bad] == 4)
        #expect(text["oncue_jobs_finished_total", good.merging(["status": "completed"]) { $1 }] == 3)
        #expect(text["oncue_jobs_finished_total", bad.merging(["status": "retrying"]) { $1 }] == 2)
        #expect(text["oncue_jobs_finished_total", bad.merging(["status": "dead"]) { $1 }] == 2)
        #expect(text["oncue_job_duration_seconds_count", bad] == 4)
        #expect(text["oncue_job_wait_seconds_count", good] == 3)
        #expect(text["oncue_job_wait_seconds_bucket", good.merging(["le": "+Inf"]) { $1 }] == 3)
        #expect(text["oncue_store_call_duration_seconds_count", ["call": "enqueue"]] == 7)
        #expect(text["oncue_store_call_errors_total", ["call": "enqueue"]] == 0)
        #expect((text["oncue_lease_renewals_total", [:]] ?? -1) >= 0)
        #expect(text["oncue_queue_jobs", ["queue": "mail", "state": "pending"]] == 1)
        #expect(text["oncue_queue_jobs", ["queue": "default", "state": "dead"]] == 2)
        #expect(text["oncue_queue_enqueued_total", ["queue": "mail"]] == 4)
        #expect(text["oncue_queue_dead_total", ["queue": "default"]] == 2)
        #expect(text["oncue_queue_retried_total", ["queue": "default"]] == 2)
        #expect(text["oncue_workers", [:]] == 0)
        #expect(text.has("oncue_store_info"))
        #expect(text.kinds["oncue_queue_jobs"] == "gauge")
        #expect(text.kinds["oncue_jobs_started_total"] == "counter")
        #expect(text.kinds["oncue_job_duration_seconds"] == "histogram")
        #expect(text.help["oncue_job_duration_seconds"] == "How long runs took.")
        #expect(text.undescribed.isEmpty, "\(text.undescribed)")
    }

    @Test func theFiguresOfQueuesAndWorkers() throws {
        let now = Timestamp(microseconds: 1_700_000_000_000_000)
        func session(_ number: Int, _ standing: SessionInfo.Standing, held: Int) -> SessionInfo {
            SessionInfo(
                id: SessionID(rawValue: "s\(number)"), worker: "w", process: .current, lease: .seconds(30), names: [],
                queues: [], concurrency: 4, standing: standing, renewals: 1, openedAt: now,
                renewedAt: now - .seconds(number), held: held)
        }
        let queues = (0..<1_005).map { number in
            QueueInfo(
                name: QueueName("q\(number)"), isPaused: number == 0, counts: [.pending: 2],
                totals: QueueTotals(enqueued: 3), oldestPendingSince: now - .seconds(number))
        }
        let figures = StoreFigures(
            queues: queues,
            sessions: [session(1, .open, held: 3), session(7, .open, held: 3), session(99, .fenced, held: 9)],
            info: StoreInfo(
                kind: "sqlite", location: "x", engineVersion: "3", schemaVersion: 2, durability: "", sizeInBytes: 4_096),
            now: now)
        var written = PrometheusText()
        figures.write(to: &written)
        let text = try PrometheusReading(written.bytes)
        #expect(text["oncue_workers", [:]] == 2)
        #expect(text["oncue_worker_slots", [:]] == 8)
        #expect(text["oncue_worker_jobs_held", [:]] == 6)
        #expect(text["oncue_worker_utilization_ratio", [:]] == 0.75)
        #expect(text["oncue_worker_renewal_age_seconds", [:]] == 7)
        #expect(text["oncue_store_size_bytes", [:]] == 4_096)
        #expect(text["oncue_store_info", ["kind": "sqlite", "schema_version": "2"]] == 1)
        #expect(text["oncue_queue_paused", ["queue": "q0"]] == 1)
        #expect(text["oncue_queue_paused", ["queue": "q1"]] == 0)
        #expect(text["oncue_queue_oldest_pending_age_seconds", ["queue": "q42"]] == 42)
        #expect(text["oncue_queue_jobs", ["queue": "q999", "state": "pending"]] == 2)
        #expect(text["oncue_queue_jobs", ["queue": "q1000", "state": "pending"]] == nil)
        #expect(text["oncue_queue_jobs", ["queue": "other", "state": "pending"]] == 10)
        #expect(text["oncue_queue_enqueued_total", ["queue": "other"]] == 15)
        #expect(text["oncue_queue_oldest_pending_age_seconds", ["queue": "other"]] == 1_004)
    }

    @Test func gopherQueuesJSONIsTrue() async throws {
        let metrics = PrometheusMetrics()
        let server = ServerMetrics(metrics, startedAt: SystemTime().now() - .seconds(60))
        let store = try await busyStore(metrics)
        let json = try #require(
            try await JSONSerialization.jsonObject(with: Data(server.json(of: store))) as? [String: Any])
        #expect(
            Set(json.keys) == [
                "jobs_enqueued", "jobs_completed", "jobs_failed", "jobs_retried", "jobs_by_type", "avg_processing_time",
                "max_processing_time", "queue_depth", "uptime", "timestamp",
            ])
        #expect(json["jobs_enqueued"] as? Int == 6)
        #expect(json["jobs_completed"] as? Int == 3)
        #expect(json["jobs_failed"] as? Int == 2)
        #expect(json["jobs_retried"] as? Int == 2)
        #expect(json["jobs_by_type"] as? [String: Int] == ["good": 3, "bad": 2, "later": 1])
        #expect(json["queue_depth"] as? Int == 1)
        let average = try #require(json["avg_processing_time"] as? Int)
        let longest = try #require(json["max_processing_time"] as? Int)
        #expect(average > 0 && average <= longest)
        #expect(longest < 20_000_000_000)
        let uptime = try #require(json["uptime"] as? Int)
        #expect((60_000_000_000..<120_000_000_000).contains(uptime))
        #expect(Timestamp(json["timestamp"] as? String ?? "") != nil)
    }

    @Test func requestsAreCountedByRoute() throws {
        let metrics = PrometheusMetrics()
        let requests = RequestMetrics(factory: metrics)
        requests.answered("GET", "/api/v1/jobs/{id}", status: 200, nanoseconds: 2_000_000)
        requests.answered("GET", "/api/v1/jobs/{id}", status: 200, nanoseconds: nil)
        requests.answered("GET", "/api/v1/jobs/{id}", status: 404, nanoseconds: 1_000_000)
        for number in 0..<100 { requests.answered("X\(number)", nil, status: 404, nanoseconds: 1_000) }
        let text = try PrometheusReading(metrics.text())
        let place = ["method": "GET", "route": "/api/v1/jobs/{id}"]
        #expect(text["oncue_http_requests_total", place.merging(["status": "200"]) { $1 }] == 2)
        #expect(text["oncue_http_request_duration_seconds_count", place] == 2)
        #expect(text["oncue_http_requests_total", ["method": "other", "route": "none", "status": "404"]] == 100)
    }
}
