public import OnCue
public import OnCuePrometheus

/// What `/metrics` answers: what this process has counted, and what the store says of the whole.
public struct ServerMetrics: Sendable {
    /// Where this process counts.
    public let metrics: PrometheusMetrics
    /// When this process started.
    public let startedAt: Timestamp

    public init(_ metrics: PrometheusMetrics, startedAt: Timestamp = SystemTime().now()) {
        self.metrics = metrics
        self.startedAt = startedAt
        for (label, help) in Self.help { metrics.describe(label, help) }
    }

    /// The text of Prometheus (``PrometheusText/contentType``).
    public func text(of store: any JobStore) async throws(StoreError) -> [UInt8] {
        let figures = try await StoreFigures.read(store)
        var text = PrometheusText()
        figures.write(to: &text)
        text.family("process_start_time_seconds", .gauge, help: "When the process started, since 1970.")
        text.sample("process_start_time_seconds", [], Double(startedAt.microseconds) / 1_000_000)
        metrics.write(to: &text)
        return text.bytes
    }

    /// GopherQueue's JSON; durations are nanoseconds.
    ///
    /// Counts are those of the store, since it exists. `jobs_by_type` counts what this process has taken in since it
    /// started (`uptime`). The processing times are those of the newest 1,000 completed jobs that are kept.
    public func json(of store: any JobStore) async throws(StoreError) -> [UInt8] {
        let figures = try await StoreFigures.read(store)
        let newest = try await store.search(
            JobFilter(states: [.completed]), order: .newestFirst, after: nil, limit: 1_000)
        let times = newest.jobs.compactMap { job -> Int64? in
            guard let started = job.startedAt, let finished = job.finishedAt else { return nil }
            return max(0, (finished - started).wholeMicroseconds) * 1_000
        }
        let types = metrics.totals(of: "oncue_jobs_enqueued_total", by: "name")
        let totals = figures.totals
        var json = JSONWriter()
        json.object { json in
            json.field("jobs_enqueued", totals.enqueued)
            json.field("jobs_completed", totals.completed)
            json.field("jobs_failed", totals.dead)
            json.field("jobs_retried", totals.retried)
            json.object("jobs_by_type") { json in
                for (name, count) in types.sorted(by: { $0.key < $1.key }) { json.field(name, count) }
            }
            json.field("avg_processing_time", times.isEmpty ? 0 : times.reduce(0, +) / Int64(times.count))
            json.field("max_processing_time", times.max() ?? 0)
            json.field("queue_depth", figures.waiting)
            json.field("uptime", max(0, (figures.now - startedAt).wholeMicroseconds) * 1_000)
            json.field("timestamp", figures.now)
        }
        return json.bytes
    }

    private static let help = [
        "oncue_jobs_enqueued_total": "Jobs taken in by this process.",
        "oncue_jobs_started_total": "Runs started.",
        "oncue_jobs_finished_total": "Runs that ended, by how the job went on.",
        "oncue_jobs_failed_total": "Runs that failed, whether tried again or not.",
        "oncue_job_duration_seconds": "How long runs took.",
        "oncue_job_wait_seconds": "How long jobs waited from their enqueue to their first run.",
        "oncue_jobs_running": "Jobs that run in this process.",
        "oncue_jobs_prefetched": "Jobs that this process has fetched ahead.",
        "oncue_store_call_duration_seconds": "How long calls to the store took.",
        "oncue_store_call_errors_total": "Calls to the store that failed.",
        "oncue_store_errors_total": "Errors of the store that a worker met.",
        "oncue_lease_renewals_total": "Renewals of leases.",
        "oncue_leases_lost_total": "Leases that could not be renewed in time.",
        "oncue_workers_fenced_total": "Silent workers whose jobs were taken over.",
        "oncue_handlers_stuck_total": "Handlers that did not end when told to.",
        "oncue_http_requests_total": "Requests answered, by route and status.",
        "oncue_http_request_duration_seconds": "How long requests took, streams and waits left out.",
    ]
}
