import OnCue

/// What the hash of records holds for a job: `stamp ‖ facts ‖ body`.
///
/// Stamp and facts are maps of ``JobFacts/Key``. The stamp is packed once for a batch that ends alike; what it states
/// wins over the facts. The body is the one that a plain entry carries.
struct StoredRecord: Hashable, Sendable {
    var facts: JobFacts
    var body: JobBody

    init(facts: JobFacts, body: JobBody) {
        self.facts = facts
        self.body = body
    }

    /// An empty map: a stamp that states nothing.
    static let emptyStamp: [UInt8] = [0x80]

    func encoded() -> [UInt8] {
        Self.emptyStamp + facts.encoded() + body.encoded()
    }

    /// Nil when the bytes are damaged.
    init?(_ bytes: ArraySlice<UInt8>) {
        var reader = MessagePackReader(bytes)
        guard let stamp = reader.value()?.map, let stated = reader.value()?.map,
            let facts = JobFacts(stated.merging(stamp) { _, stamped in stamped }), let body = JobBody(reader.rest)
        else { return nil }
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
