/// The JSON objects of the HTTP API and of `--json`, written by hand: what GopherQueue's clients read, and more.
///
/// Times are RFC 3339 with three digits, durations are texts such as `1m30s` unless the name says otherwise, and fields
/// without a value are left out.
public enum JobJSON {
    /// The text of one object.
    public static func text(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return json.text
    }

    /// The state in the words of that API: `state`. Our own word is `status`.
    public static func stateName(_ state: JobState) -> String {
        switch state {
        case .blocked, .pending: "pending"
        case .dead: "dead_letter"
        case .delayed, .running, .retrying, .completed, .cancelled: state.name
        }
    }

    // MARK: Jobs

    /// A job.
    ///
    /// - Parameters:
    ///   - settings: of the job's queue, for the number of attempts where the job itself says nothing.
    ///   - includesPayload: false leaves out payload and output, for lists.
    ///   - event: what happened to it, for the event stream: its fields go first.
    public static func write(
        _ job: JobRecord, settings: QueueSettings = QueueSettings(), includesPayload: Bool = true,
        event: JobEvent? = nil, to json: inout JSONWriter
    ) {
        json.object { json in
            if let event {
                json.field("cursor", event.cursor.description)
                json.field("event", event.kind.name)
                json.field("at", event.at)
            }
            json.field("id", job.id.description)
            json.field("type", job.name.rawValue)
            json.field("queue", job.queue.rawValue)
            json.field("state", stateName(job.state))
            json.field("status", job.state.name)
            json.field("priority", job.priority.rawValue)
            json.field("attempt", job.attempt)
            json.field(
                "max_attempts", ResolvedOptions(job: job.options, queue: settings.jobOptions).maxAttempts)
            if let progress = job.progress, progress != 0 { json.field("progress", progress) }
            json.field(ifPresent: "progress_message", job.progressMessage)
            json.field(ifPresent: "tags", job.tags)
            json.field(ifPresent: "correlation_id", job.correlationID)
            json.field(ifPresent: "unique_key", job.unique?.key)
            json.field("created_at", job.createdAt)
            json.field("updated_at", job.updatedAt)
            json.field(ifPresent: "scheduled_at", job.dueAt)
            json.field(ifPresent: "expires_at", job.expiresAt)
            json.field(ifPresent: "started_at", job.startedAt)
            json.field(ifPresent: "completed_at", job.finishedAt)
            json.field(ifPresent: "last_error", job.lastError)
            json.field(ifPresent: "error_category", job.lastErrorCategory?.rawValue)
            json.field(ifPresent: "dead_reason", job.deadReason?.rawValue)
            json.field(ifPresent: "cancel_reason", job.cancelReason)
            if job.isCancelRequested { json.field("cancel_requested", true) }
            if job.lostWorkers > 0 { json.field("lost_workers", job.lostWorkers) }
            json.field(ifPresent: "worker", job.worker)
            json.field(ifPresent: "parent", job.parent?.description)
            json.field(ifPresent: "headers", job.headers)
            json.field(ifPresent: "timeout", job.options.timeout)
            json.field(ifPresent: "soft_timeout", job.options.softTimeout)
            json.field(ifPresent: "retention", job.options.retention)
            if let backoff = job.options.backoff { write(backoff, to: &json) }
            if includesPayload {
                writePayload(job.payload, contentType: job.contentType, to: &json)
                if let output = job.output {
                    json.key("output")
                    json.base64(output)
                }
            }
        }
    }

    /// A page of jobs: `jobs`, `count` of them, and `next_cursor` when there is another page.
    public static func write(_ page: JobPage, includesPayload: Bool = false, to json: inout JSONWriter) {
        json.object { json in
            json.field("count", page.jobs.count)
            json.array("jobs") { json in
                for job in page.jobs { write(job, includesPayload: includesPayload, to: &json) }
            }
            json.field(ifPresent: "next_cursor", page.nextCursor)
        }
    }

    /// The result of a job's last run; `output` is base64, `duration` whole nanoseconds.
    public static func writeResult(of job: JobRecord, to json: inout JSONWriter) {
        json.object { json in
            json.field("job_id", job.id.description)
            json.field("success", job.state == .completed)
            if let output = job.output {
                json.key("output")
                json.base64(output)
            }
            if job.state != .completed {
                json.field(ifPresent: "error", job.lastError ?? job.cancelReason)
                json.field(ifPresent: "error_category", job.lastErrorCategory?.rawValue)
            }
            let end = job.finishedAt ?? job.updatedAt
            let run = job.startedAt.map { max(.zero, end - $0) } ?? .zero
            json.field("duration", run.wholeMicroseconds.multipliedReportingOverflow(by: 1_000).partialValue)
            json.field("completed_at", end)
        }
    }

    /// What waiting for a job came to.
    public static func write(_ result: JobResult, to json: inout JSONWriter) {
        let job = result.job
        json.object { json in
            json.field("id", job.id.description)
            json.field("state", stateName(job.state))
            json.field("status", job.state.name)
            json.field("completed", job.state.isFinal)
            if job.state == .completed { json.field("success", true) }
            if result.isTimedOut {
                json.field("timed_out", true)
            } else {
                json.key("result")
                writeResult(of: job, to: &json)
            }
        }
    }

    /// A failed attempt.
    public static func write(_ attempt: AttemptRecord, to json: inout JSONWriter) {
        json.object { json in
            json.field("attempt", attempt.attempt)
            json.field("started_at", attempt.startedAt)
            json.field("duration_ms", Double(attempt.duration.wholeMicroseconds) / 1_000)
            json.field("worker", attempt.worker)
            json.field("error_category", attempt.category.rawValue)
            json.field("error", attempt.error)
        }
    }

    /// The answer to one submission.
    public static func write(_ answer: EnqueueAnswer, to json: inout JSONWriter) {
        json.object { json in
            json.field(ifPresent: "id", answer.id?.description)
            switch answer {
            case .accepted: json.field("duplicate", false)
            case .duplicate: json.field("duplicate", true)
            case .refused(let error):
                json.key("error")
                write(error, to: &json)
            }
        }
    }

    // MARK: Queues

    /// A queue with its counts and settings.
    public static func write(_ queue: QueueInfo, now: Timestamp, to json: inout JSONWriter) {
        json.object { json in
            json.field("name", queue.name.rawValue)
            json.field("paused", queue.isPaused)
            for state in [JobState.pending, .delayed, .blocked, .running, .retrying, .completed, .dead, .cancelled] {
                json.field(state.name, queue.count(state))
            }
            json.field("enqueued_total", queue.totals.enqueued)
            json.field("completed_total", queue.totals.completed)
            json.field("dead_total", queue.totals.dead)
            json.field("cancelled_total", queue.totals.cancelled)
            json.field("retried_total", queue.totals.retried)
            json.key("oldest_pending_ms")
            if let since = queue.oldestPendingSince {
                json.integer(max(0, (now - since).wholeMicroseconds / 1_000))
            } else {
                json.null()
            }
            json.key("settings")
            write(queue.settings, to: &json)
        }
    }

    /// What is set for a queue or the store.
    public static func write(_ settings: QueueSettings, to json: inout JSONWriter) {
        json.object { json in
            json.field(ifPresent: "order", settings.order)
            json.field(ifPresent: "max_attempts", settings.maxAttempts)
            if let backoff = settings.backoff { write(backoff, to: &json) }
            json.field(ifPresent: "timeout", settings.timeout)
            json.field(ifPresent: "soft_timeout", settings.softTimeout)
            json.field(ifPresent: "max_waiting", settings.maxWaiting)
            if let retention = settings.retention {
                json.object("retention") { json in
                    for state in [JobState.completed, .cancelled, .dead] {
                        guard let bound = retention.bound(for: state) else { continue }
                        json.object(state.name) { json in
                            json.field("age", bound.age)
                            json.field("count", bound.count)
                        }
                    }
                }
            }
        }
    }

    // MARK: Pieces

    /// `payload` as it was given when it is JSON, else `payload_base64`; `content_type` when it was set.
    private static func writePayload(_ payload: [UInt8], contentType: String?, to json: inout JSONWriter) {
        json.field(ifPresent: "content_type", contentType)
        guard !payload.isEmpty else { return }
        if contentType.map(isJSON) ?? true, JSONSlicer.isValue(payload) {
            json.key("payload")
            json.raw(payload)
        } else {
            json.key("payload_base64")
            json.base64(payload)
        }
    }

    private static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased()
        return type.contains("/json") || type.contains("+json")
    }

    private static func write(_ backoff: Backoff, to json: inout JSONWriter) {
        json.object("backoff") { json in
            json.field("strategy", backoff.strategy.rawValue)
            json.field("initial_delay", backoff.initial)
            json.field("max_delay", backoff.max)
            json.field("multiplier", backoff.multiplier)
            json.field("jitter", backoff.jitter)
        }
    }
}
