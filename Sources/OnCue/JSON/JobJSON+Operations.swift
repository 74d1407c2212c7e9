// Workers, events, figures and what an operator's action came to.
extension JobJSON {
    // MARK: Workers

    /// A worker's session; `jobs` are those that it holds.
    public static func write(_ worker: WorkerInfo, to json: inout JSONWriter) {
        let session = worker.session
        json.object { json in
            json.field("id", session.id.rawValue)
            json.field("worker", session.worker)
            json.field("host", session.process.host)
            json.field("pid", session.process.pid)
            json.field("standing", session.standing.rawValue)
            json.field("live", worker.isLive)
            json.array("queues") { json in
                for queue in session.queues { json.string(queue.rawValue) }
            }
            json.array("names") { json in
                for name in session.names.sorted() { json.string(name.rawValue) }
            }
            json.field("concurrency", session.concurrency)
            json.field("held", session.held)
            json.field("lease", session.lease)
            json.field("opened_at", session.openedAt)
            json.field("renewed_at", session.renewedAt)
            json.array("jobs") { json in
                for job in worker.jobs {
                    json.object { json in
                        json.field("id", job.id.description)
                        json.field("type", job.name.rawValue)
                        json.field("queue", job.queue.rawValue)
                        json.field("attempt", job.attempt)
                    }
                }
            }
        }
    }

    // MARK: Events

    /// An event; `cursor` is the place to go on after.
    public static func write(_ event: JobEvent, to json: inout JSONWriter) {
        json.object { json in
            json.field("cursor", event.cursor.description)
            json.field("event", event.kind.name)
            json.field("at", event.at)
            json.field("queue", event.queue.rawValue)
            json.field(ifPresent: "id", event.job?.description)
            json.field(ifPresent: "type", event.name?.rawValue)
            if event.attempt > 0 { json.field("attempt", event.attempt) }
            if let state = event.kind.state {
                json.field("state", stateName(state))
                json.field("status", state.name)
            }
        }
    }

    // MARK: Figures

    /// The whole store in numbers: `queue` and `workers` as GopherQueue's clients read them, `queues` one by one.
    ///
    /// A worker there is what runs one job, so each slot of a live session counts as one.
    public static func writeStats(
        queues: [QueueInfo], workers: [WorkerInfo], info: StoreInfo, now: Timestamp, to json: inout JSONWriter
    ) {
        func sum(_ states: JobState...) -> Int {
            queues.reduce(0) { total, queue in states.reduce(total) { $0 + queue.count($1) } }
        }
        let live = workers.filter(\.isLive).map(\.session)
        let slots = live.reduce(0) { $0 + $1.concurrency }
        let active = live.reduce(0) { $0 + min($1.held, $1.concurrency) }
        let completed = queues.reduce(0) { $0 + $1.totals.completed }
        let failed = queues.reduce(0) { $0 + $1.totals.dead + $1.totals.retried }
        json.object { json in
            json.object("queue") { json in
                json.field("pending", sum(.pending, .blocked))
                json.field("scheduled", 0)
                json.field("running", sum(.running))
                json.field("delayed", sum(.delayed))
                json.field("retrying", sum(.retrying))
                json.field("completed", sum(.completed))
                json.field("failed", 0)
                json.field("dead_letter", sum(.dead))
                json.field("cancelled", sum(.cancelled))
                json.field("total_jobs", JobState.allCases.reduce(0) { $0 + sum($1) })
                json.field("storage_bytes", info.sizeInBytes ?? 0)
                json.field("timestamp", now)
            }
            json.object("workers") { json in
                json.field("total_workers", slots)
                json.field("active_workers", active)
                json.field("idle_workers", slots - active)
                json.field("queued_jobs", sum(.pending))
                json.field("processed_jobs", completed + failed)
                json.field("succeeded_jobs", completed)
                json.field("failed_jobs", failed)
                json.field("retried_jobs", queues.reduce(0) { $0 + $1.totals.retried })
                json.field("sessions", live.count)
                json.field("healthy", !live.isEmpty)
            }
            json.array("queues") { json in
                for queue in queues { write(queue, now: now, to: &json) }
            }
            json.key("store")
            write(info, to: &json)
        }
    }

    /// What a store is.
    public static func write(_ info: StoreInfo, to json: inout JSONWriter) {
        json.object { json in
            json.field("kind", info.kind)
            json.field("location", info.location)
            json.field("engine_version", info.engineVersion)
            json.field("schema_version", info.schemaVersion)
            json.field("durability", info.durability)
            if let size = info.sizeInBytes { json.field("size_bytes", size) }
        }
    }

    // MARK: Answers

    /// Why a job is where it is.
    public static func write(_ explanation: JobExplanation, to json: inout JSONWriter) {
        json.object { json in
            json.field("id", explanation.id.description)
            json.field(ifPresent: "status", explanation.state?.name)
            json.array("reasons") { json in
                for reason in explanation.reasons {
                    json.object { json in
                        json.field("kind", reason.kind.rawValue)
                        json.field("summary", reason.summary)
                        json.field(ifPresent: "cure", reason.cure)
                    }
                }
            }
        }
    }

    /// What a bulk action did or would do.
    public static func write(_ result: BulkResult, to json: inout JSONWriter) {
        json.object { writeFields(of: result, to: &$0) }
    }

    /// The fields of that object, within one that has others.
    package static func writeFields(of result: BulkResult, to json: inout JSONWriter) {
        json.field("matched", result.matched.count)
        json.field("exact", result.matched.isExact)
        json.field("done", result.done)
        json.field("requested", result.requested)
        json.field("refused", result.refused)
        json.field("has_more", result.hasMore)
    }

    /// Something that a check found.
    public static func write(_ finding: StoreFinding, to json: inout JSONWriter) {
        json.object { json in
            json.field("severity", finding.severity.rawValue)
            json.field("subject", finding.subject)
            json.field("message", finding.message)
            json.field(ifPresent: "cure", finding.cure)
        }
    }

    /// An error: `code`, `message`, and `field` when a value was out of order.
    public static func write(_ error: StoreError, to json: inout JSONWriter) {
        json.object { json in
            json.field("code", error.code.description)
            json.field("message", error.message)
            json.field(ifPresent: "field", error.field)
        }
    }
}

extension JobEvent.Kind {
    /// The state that the job is in right after it; nil where that is not certain, or where there is no job.
    fileprivate var state: JobState? {
        switch self {
        case .started, .progress: .running
        case .completed: .completed
        case .retrying: .retrying
        case .dead: .dead
        case .cancelled: .cancelled
        case .created, .failed, .retried, .deleted, .released, .queuePaused, .queueResumed: nil
        }
    }
}
