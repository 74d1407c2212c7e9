#if SQLite
public import OnCue

extension Ledger {
    /// Everything that is known of a job.
    func record(_ id: JobID) throws(StoreError) -> JobRecord? {
        let statement = try occasional(Self.recordQuery)
        statement.bind(values: id)
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        return try record(statement, id)
    }

    private static let recordQuery = """
        SELECT l.name, q.name, l.priority, j.state, j.flags, j.attempt, j.lost, j.created, j.updated, j.started,
            j.finished, j.due, j.expires, j.extra, coalesce(p.bytes, j.payload), n.progress, n.message, n.output,
            n.error, n.category, n.dead, n.cancel, s.name, s.worker
        FROM oncue_jobs j
            JOIN oncue_lanes l ON l.id = j.lane
            JOIN oncue_queues q ON q.id = j.queue
            LEFT JOIN oncue_payloads p ON p.job = j.number
            LEFT JOIN oncue_notes n ON n.job = j.number
            LEFT JOIN oncue_sessions s ON s.id = j.session
        WHERE j.id = ?
        """

    private func record(_ row: Statement, _ id: JobID) throws(StoreError) -> JobRecord {
        guard let state = JobState(rawValue: Int(row.integer(3))),
            let priority = JobPriority(rawValue: Int(row.integer(2)))
        else { throw .corruptRow("the state of job \(id)") }
        var extra = JobExtra()
        if let packed = row.bytesOrNil(13) {
            guard let read = JobExtra(packed) else { throw .corruptRow("the options of job \(id)") }
            extra = read
        }
        let flags = JobFlags(rawValue: row.integer(4))
        let created = row.integer(7)
        let updated = max(created, row.integer(8), row.integer(9), row.integer(10))
        return JobRecord(
            id: id, name: JobName(row.text(0)), queue: QueueName(row.text(1)), priority: priority, state: state,
            payload: row.bytes(14), contentType: extra.contentType, tags: extra.tags,
            correlationID: extra.correlationID, headers: extra.headers, unique: extra.unique, options: extra.options,
            parent: extra.parent, attempt: Int(row.integer(5)), lostWorkers: Int(row.integer(6)),
            createdAt: Timestamp(microseconds: created), updatedAt: Timestamp(microseconds: updated),
            dueAt: row.timestampOrNil(11), expiresAt: row.timestampOrNil(12), startedAt: row.timestampOrNil(9),
            finishedAt: row.timestampOrNil(10), progress: row.doubleOrNil(15), progressMessage: row.textOrNil(16),
            output: row.bytesOrNil(17), lastError: row.textOrNil(18),
            lastErrorCategory: row.textOrNil(19).flatMap(FailureCategory.init(rawValue:)),
            deadReason: row.textOrNil(20).flatMap(DeadReason.init(rawValue:)), cancelReason: row.textOrNil(21),
            isCancelRequested: flags.contains(.cancelRequested),
            session: state == .running ? row.textOrNil(22).map(SessionID.init(rawValue:)) : nil,
            worker: row.textOrNil(23))
    }

    func attempts(of id: JobID) throws(StoreError) -> [AttemptRecord] {
        guard let job = try job(id), job.flags.contains(.side) else { return [] }
        let statement = try occasional(
            """
            SELECT attempt, started, duration, worker, category, error FROM oncue_attempts WHERE job = ?
            ORDER BY number
            """)
        statement.bind(1, job.number)
        var attempts: [AttemptRecord] = []
        while try statement.step() {
            guard let category = FailureCategory(rawValue: statement.text(4)) else {
                statement.reset()
                throw .corruptRow("an attempt of job \(id)")
            }
            attempts.append(
                AttemptRecord(
                    attempt: Int(statement.integer(0)), startedAt: Timestamp(microseconds: statement.integer(1)),
                    duration: .microseconds(statement.integer(2)), worker: statement.text(3), category: category,
                    error: statement.text(5)))
        }
        return attempts
    }

    /// Notes that someone waits for the job's end; false when it has ended or is gone.
    func markWatched(_ id: JobID) throws(StoreError) -> Bool {
        guard let job = try job(id), !job.state.isFinal else { return false }
        guard !job.flags.contains(.watched) else { return true }
        try run(
            "UPDATE oncue_jobs SET flags = ? WHERE number = ?", job.flags.union(.watched).rawValue, job.number)
        return true
    }
}

extension SQLiteStore {
    public func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] {
        guard try !isNothing(ids) else { return [] }
        return try await read { ledger throws(StoreError) in
            var records: [JobRecord?] = []
            for id in ids { records.append(try ledger.record(id)) }
            return records
        }
    }

    public func attempts(of job: JobID) async throws(StoreError) -> [AttemptRecord] {
        try await read { ledger throws(StoreError) in try ledger.attempts(of: job) }
    }

    public func outcome(of job: JobID, wait: Duration) async throws(StoreError) -> JobRecord? {
        func look() async throws(StoreError) -> JobRecord? { try await find([job])[0] }
        guard wait > .zero else { return try await look() }
        // The mark is in the file, for the settlement may be written by another process.
        guard try await write({ ledger throws(StoreError) in try ledger.markWatched(job) }) else {
            return try await look()
        }
        return try await waiting(for: .job(job), wait: wait, look: look) { $0?.state.isFinal ?? true }
    }

    public func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer] {
        guard try !isNothing(ids) else { return [] }
        var answers: [ChangeAnswer] = []
        answers.reserveCapacity(ids.count)
        // In pieces, so that what keeps leases alive comes between.
        for start in stride(from: 0, to: ids.count, by: 500) {
            let piece = ids[start..<min(start + 500, ids.count)]
            answers += try await write(weight: piece.count) { ledger throws(StoreError) in
                if case .edit(let edit) = change { try ledger.check(edit) }
                return try ledger.change(piece, change)
            }
        }
        return answers
    }
}
#endif
