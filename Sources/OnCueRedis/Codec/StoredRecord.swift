import OnCue

/// What the hash of records holds for a job: a map of ``JobFacts/Key``, and the body that a plain entry carries.
struct StoredRecord: Hashable, Sendable {
    var facts: JobFacts
    var body: JobBody

    init(facts: JobFacts, body: JobBody) {
        self.facts = facts
        self.body = body
    }

    func encoded() -> [UInt8] {
        facts.encoded() + body.encoded()
    }

    /// Nil when the bytes are damaged.
    init?(_ bytes: ArraySlice<UInt8>) {
        var reader = MessagePackReader(bytes)
        guard let facts = reader.value()?.map.flatMap({ JobFacts($0) }), let body = JobBody(reader.rest) else {
            return nil
        }
        self.init(facts: facts, body: body)
    }

    /// Nil when the bytes are damaged.
    init?(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// The job as operators see it; nil when the packed options are damaged.
    ///
    /// - Parameter output: as it is kept beside the record.
    func record(id: JobID, queue: QueueName, output: [UInt8]? = nil) -> JobRecord? {
        guard let extra = body.extra() else { return nil }
        var options = extra.options
        options.maxAttempts = facts.maxAttempts ?? options.maxAttempts
        return JobRecord(
            id: id, name: body.name, queue: queue, priority: facts.level, state: facts.state, payload: body.payload,
            contentType: extra.contentType, tags: extra.tags, correlationID: extra.correlationID,
            headers: extra.headers, unique: extra.unique, options: options, parent: extra.parent,
            attempt: facts.attempt, lostWorkers: facts.lostWorkers, createdAt: facts.created,
            updatedAt: max(facts.created, facts.updated ?? facts.created), dueAt: facts.due, expiresAt: facts.expires,
            startedAt: facts.begun, finishedAt: facts.finished, progress: facts.progress,
            progressMessage: facts.progressMessage, output: output, lastError: facts.lastError,
            lastErrorCategory: facts.lastErrorCategory, deadReason: facts.deadReason,
            cancelReason: facts.cancelReason, isCancelRequested: facts.isCancelRequested,
            session: facts.state == .running ? facts.session : nil, worker: facts.worker)
    }
}
