#if SQLite
public import OnCue

extension Ledger {
    func queueInfos() throws(StoreError) -> [QueueInfo] {
        var infos: [(number: Int64, info: QueueInfo)] = []
        let statement = try occasional(
            """
            SELECT q.id, q.name, q.paused, q.settings,
                sum(l.state0), sum(l.state1), sum(l.state2), sum(l.state3),
                sum(l.state4), sum(l.state5), sum(l.state6), sum(l.state7),
                q.enqueued + coalesce(sum(l.enqueued), 0), q.completed + coalesce(sum(l.completed), 0),
                q.dead + coalesce(sum(l.dead), 0), q.cancelled + coalesce(sum(l.cancelled), 0),
                q.retried + coalesce(sum(l.retried), 0)
            FROM oncue_queues q LEFT JOIN oncue_lanes l ON l.queue = q.id GROUP BY q.id
            """)
        defer { statement.reset() }
        while try statement.step() {
            var info = QueueInfo(name: QueueName(statement.text(1)), isPaused: statement.integer(2) != 0)
            if let settings = statement.textOrNil(3) { info.settings = try JSON.decode(QueueSettings.self, settings) }
            for state in JobState.allCases {
                let count = Int(statement.integer(Int32(4 + state.rawValue)))
                if count > 0 { info.counts[state] = count }
            }
            info.totals = QueueTotals(
                enqueued: Int(statement.integer(12)), completed: Int(statement.integer(13)),
                dead: Int(statement.integer(14)), cancelled: Int(statement.integer(15)),
                retried: Int(statement.integer(16)))
            infos.append((statement.integer(0), info))
        }
        for index in infos.indices where infos[index].info.count(.pending) > 0 {
            infos[index].info.oldestPendingSince = try oldestPending(in: infos[index].number)
        }
        return infos.map(\.info).sorted { one, other in
            let (first, second) = (one.settings.order ?? 0, other.settings.order ?? 0)
            return first == second ? one.name < other.name : first < second
        }
    }

    /// Since when the job that became ready first has been pending.
    private func oldestPending(in queue: Int64) throws(StoreError) -> Timestamp? {
        let lanes = try queries.readyLanes()
        lanes.bind(1, queue)
        var numbers: [Int64] = []
        while try lanes.step() { numbers.append(lanes.integer(0)) }
        let head = try occasional(
            """
            SELECT position, coalesce(due, created) FROM oncue_jobs WHERE lane = ? AND state = 2
            ORDER BY position LIMIT 1
            """)
        var oldest: (position: Int64, since: Int64)?
        for number in numbers {
            head.bind(1, number)
            guard try head.step() else { continue }
            let (position, since) = (head.integer(0), head.integer(1))
            head.reset()
            if oldest.map({ position < $0.position }) ?? true { oldest = (position, since) }
        }
        return oldest.map { Timestamp(microseconds: $0.since) }
    }

    func change(_ name: QueueName, _ change: QueueChange) throws(StoreError) {
        let queue = try makeQueue(named: name)
        switch change {
        case .pause, .resume:
            let pauses = change == .pause
            guard queue.isPaused != pauses else { return }
            try run("UPDATE oncue_queues SET paused = ? WHERE id = ?", pauses, queue.number)
            queue.isPaused = pauses
            emit(pauses ? .queuePaused : .queueResumed, queue)
            if !pauses { hasReadied = true }
        case .settings(let settings):
            try run("UPDATE oncue_queues SET settings = ? WHERE id = ?", try JSON.encode(settings), queue.number)
            queue.settings = settings
        }
    }

    func remove(_ name: QueueName) throws(StoreError) {
        guard let queue = try queue(named: name) else { throw StoreError(.notFound, "There is no queue '\(name)'.") }
        // The rows have to say what the commit has changed so far.
        try flush()
        let statement = try occasional(
            """
            SELECT sum(state0 + state1 + state2 + state3 + state4 + state5 + state6 + state7)
            FROM oncue_lanes WHERE queue = ?
            """)
        statement.bind(1, queue.number)
        guard try statement.step() else { return }
        let jobs = statement.integer(0)
        statement.reset()
        guard jobs == 0 else {
            throw StoreError(
                .conflict, "Queue '\(name)' has \(jobs) jobs; purge it first and let its running jobs end.")
        }
        try run("DELETE FROM oncue_unique_keys WHERE queue = ?", queue.number)
        try run("DELETE FROM oncue_lanes WHERE queue = ?", queue.number)
        try run("DELETE FROM oncue_queues WHERE id = ?", queue.number)
        forgetTables()
    }

    func setDefaults(_ settings: QueueSettings) throws(StoreError) {
        try run("UPDATE oncue_store SET defaults = ?", try JSON.encode(settings))
        knownDefaults = settings
    }

    // MARK: Purging

    /// Some of the jobs of a queue in a state.
    func numbers(in name: QueueName, _ state: JobState, limit: Int) throws(StoreError) -> [Int64] {
        guard let queue = try queue(named: name) else { return [] }
        switch state {
        case .pending:
            var numbers: [Int64] = []
            let statement = try occasional("SELECT number FROM oncue_jobs WHERE lane = ? AND state = 2 LIMIT ?")
            for lane in try readyLanes(of: queue).joined() where numbers.count < limit {
                statement.bind(values: lane.number, limit - numbers.count)
                while try statement.step() { numbers.append(statement.integer(0)) }
            }
            return numbers
        case .delayed, .retrying:
            return try numbers(
                "SELECT number FROM oncue_jobs WHERE state IN (1, 4) AND state = ? AND queue = ? LIMIT ?", queue, state,
                limit)
        case .completed, .dead, .cancelled:
            let kept = try numbers(
                """
                SELECT number FROM oncue_jobs WHERE state = ? AND queue = ? AND finished IS NOT NULL AND retain IS NULL LIMIT ?
                """, queue, state, limit)
            guard kept.count < limit else { return kept }
            return try kept
                + numbers(
                    "SELECT number FROM oncue_jobs WHERE retain IS NOT NULL AND state = ? AND queue = ? LIMIT ?", queue,
                    state, limit - kept.count)
        case .blocked, .running:
            return try numbers(
                "SELECT number FROM oncue_jobs WHERE state = ? AND queue = ? LIMIT ?", queue, state, limit)
        }
    }

    private func numbers(
        _ sql: String, _ queue: Queue, _ state: JobState, _ limit: Int
    ) throws(StoreError) -> [Int64] {
        let statement = try occasional(sql)
        statement.bind(values: state, queue.number, limit)
        var numbers: [Int64] = []
        while try statement.step() { numbers.append(statement.integer(0)) }
        return numbers
    }

    /// Removes those of the jobs that are still in one of the states.
    func purge(_ numbers: [Int64], states: Set<JobState>) throws(StoreError) -> Int {
        var purged = 0
        for number in numbers {
            guard let job = try job(number: number), states.contains(job.state) else { continue }
            _ = try delete(job)
            purged += 1
            try writeEventsIfMany()
        }
        return purged
    }
}

extension SQLiteStore {
    public func queues() async throws(StoreError) -> [QueueInfo] {
        try await read { ledger throws(StoreError) in try ledger.queueInfos() }
    }

    public func changeQueue(_ queue: QueueName, _ change: QueueChange) async throws(StoreError) {
        do throws(ValidationError) {
            try queue.validated(field: "queue")
            if case .settings(let settings) = change { try settings.validate() }
        } catch {
            throw StoreError(error)
        }
        try await write { ledger throws(StoreError) in try ledger.change(queue, change) }
    }

    public func removeQueue(_ queue: QueueName) async throws(StoreError) {
        try await write { ledger throws(StoreError) in try ledger.remove(queue) }
    }

    public func purge(_ queue: QueueName, states: Set<JobState>, limit: Int) async throws(StoreError) -> Int {
        guard !states.contains(.running) else {
            throw StoreError(
                .invalid, "running jobs cannot be purged; cancel or delete them one by one", field: "states")
        }
        var purged = 0
        for state in states.sorted(by: { $0.rawValue < $1.rawValue }) {
            // They are looked for by a reader, so that the writer only ever does what it was given.
            while purged < limit {
                let piece = min(500, limit - purged)
                let found = try await read { ledger throws(StoreError) in
                    try ledger.numbers(in: queue, state, limit: piece)
                }
                guard !found.isEmpty else { break }
                purged += try await write(weight: found.count) { ledger throws(StoreError) in
                    try ledger.purge(found, states: states)
                }
            }
        }
        return purged
    }

    public func defaults() async throws(StoreError) -> QueueSettings {
        try await read { ledger throws(StoreError) in try ledger.defaults() }
    }

    public func setDefaults(_ settings: QueueSettings) async throws(StoreError) {
        do throws(ValidationError) {
            try settings.validate()
        } catch {
            throw StoreError(error)
        }
        try await write { ledger throws(StoreError) in try ledger.setDefaults(settings) }
    }
}
#endif
