#if SQLite
public import OnCue

extension Ledger {
    /// Up to where finished jobs may go, the oldest first.
    struct PruneBound {
        var finished: Int64
        /// Of those that finished in the same moment, up to this number.
        var number: Int64
    }

    /// Up to where a queue's finished jobs may go; nil when all may stay. Looks at as many entries as are to be kept, so
    /// it is asked of a reader.
    func bound(of prune: MaintenanceRequest.Prune) throws(StoreError) -> PruneBound? {
        guard prune.state.isFinal, let queue = try queue(named: prune.queue) else { return nil }
        var bound: PruneBound?
        let oldest = try occasional(
            """
            SELECT finished FROM oncue_jobs WHERE queue = ? AND state = ? AND finished IS NOT NULL AND retain IS NULL
            ORDER BY finished LIMIT 1
            """)
        oldest.bind(values: queue.number, prune.state)
        guard try oldest.step() else { return nil }
        if oldest.integer(0) < prune.before.microseconds {
            bound = PruneBound(finished: prune.before.microseconds - 1, number: .max)
        }
        oldest.reset()
        guard try count(of: prune.state, in: queue) > prune.keep else { return bound }
        let last = try occasional(
            """
            SELECT finished, number FROM oncue_jobs WHERE queue = ? AND state = ? AND finished IS NOT NULL AND retain IS NULL
            ORDER BY finished DESC, number DESC LIMIT 1 OFFSET ?
            """)
        last.bind(values: queue.number, prune.state, max(0, prune.keep))
        guard try last.step() else { return bound }
        defer { last.reset() }
        if bound.map({ $0.finished < last.integer(0) }) ?? true {
            bound = PruneBound(finished: last.integer(0), number: last.integer(1))
        }
        return bound
    }

    private func count(of state: JobState, in queue: Queue) throws(StoreError) -> Int {
        let statement = try occasional("SELECT sum(state\(state.rawValue)) FROM oncue_lanes WHERE queue = ?")
        statement.bind(1, queue.number)
        guard try statement.step() else { return 0 }
        defer { statement.reset() }
        return Int(statement.integer(0))
    }

    /// Removes finished jobs up to a bound, the oldest first; how many went.
    func prune(_ prune: MaintenanceRequest.Prune, upTo bound: PruneBound, limit: Int) throws(StoreError) -> Int {
        guard let queue = try queue(named: prune.queue) else { return 0 }
        let statement = try occasional(
            """
            SELECT number, lane, flags FROM oncue_jobs
            WHERE queue = ?1 AND state = ?2 AND finished IS NOT NULL AND retain IS NULL
                AND finished <= ?3 AND (finished < ?3 OR number <= ?4)
            ORDER BY finished, number LIMIT ?5
            """)
        statement.bind(values: queue.number, prune.state, bound.finished, bound.number, limit)
        return try drop(statement, state: prune.state)
    }

    /// Removes finished jobs whose own time is over.
    func dropRetained(now: Timestamp, limit: Int) throws(StoreError) -> Int {
        let statement = try occasional(
            "SELECT number, lane, flags, state FROM oncue_jobs WHERE retain IS NOT NULL AND retain <= ? LIMIT ?")
        statement.bind(values: now, limit)
        return try drop(statement, state: nil)
    }

    private func drop(_ statement: Statement, state: JobState?) throws(StoreError) -> Int {
        var found: [(number: Int64, lane: Int64, flags: Int64, state: JobState?)] = []
        while try statement.step() {
            found.append(
                (
                    statement.integer(0), statement.integer(1), statement.integer(2),
                    state ?? JobState(rawValue: Int(statement.integer(3)))
                ))
        }
        for job in found {
            if job.flags == 0 {
                try queries.deleteJob().run(job.number)
            } else if let row = try self.job(number: job.number) {
                try remove(row, freesTimedKey: false)
            }
            count(try lane(number: job.lane), out: job.state)
        }
        return found.count
    }

    // MARK: Events, sessions, keys, lanes

    func pruneEvents(_ request: MaintenanceRequest, rows: Int) throws(StoreError) -> (dropped: Int, hasMore: Bool) {
        let old = try lastEvent(before: request.eventsBefore)
        let surplus = try eventsEver() - Int64(max(0, request.eventsKeep))
        return try dropEvents(upTo: max(old, surplus), rows: rows)
    }

    /// How long the row of an ended session stays after it is no longer shown: finished jobs name their worker by it.
    private static let sessionGrace: Duration = .seconds(40 * 86_400)

    /// What else grows with time: ended sessions, keys that time has freed, lanes without jobs.
    ///
    /// - Parameter limit: rows of each kind at most.
    /// - Returns: how many sessions or keys it was, whichever were more.
    func tidy(sessionsBefore: Timestamp, limit: Int) throws(StoreError) -> Int {
        let now = time.now()
        var changes = [connection.totalChanges]
        try run(
            """
            UPDATE oncue_sessions SET forgotten = 1, names = '[]', queues = '[]', answers = NULL
            WHERE id IN (
                SELECT id FROM oncue_sessions WHERE ended IS NOT NULL AND ended < ? AND forgotten = 0 LIMIT ?)
            """, sessionsBefore, limit)
        changes.append(connection.totalChanges)
        try run(
            """
            DELETE FROM oncue_sessions WHERE id IN (
                SELECT id FROM oncue_sessions WHERE ended IS NOT NULL AND ended < ? AND forgotten = 1 LIMIT ?)
            """, min(sessionsBefore, now - Self.sessionGrace), limit)
        changes.append(connection.totalChanges)
        try run(
            """
            DELETE FROM oncue_unique_keys WHERE (queue, key) IN (
                SELECT queue, key FROM oncue_unique_keys WHERE expires IS NOT NULL AND expires <= ? LIMIT ?)
            """, now, limit)
        changes.append(connection.totalChanges)
        try dropEmptyLanes()
        return zip(changes, changes.dropFirst()).map { $1 - $0 }.max() ?? 0
    }

    /// Lanes are as many as there are names, levels and queues. Where names are made up, those without jobs go.
    private static let laneBound: Int64 = 1_000

    private func dropEmptyLanes() throws(StoreError) {
        guard try connection.integer("SELECT count(*) FROM oncue_lanes") ?? 0 > Self.laneBound else { return }
        // The rows have to say what the commit has changed so far.
        try flush()
        let statement = try occasional(
            """
            SELECT id, queue FROM oncue_lanes
            WHERE state0 + state1 + state2 + state3 + state4 + state5 + state6 + state7 = 0 LIMIT 500
            """)
        var empty: [(lane: Int64, queue: Int64)] = []
        while try statement.step() { empty.append((statement.integer(0), statement.integer(1))) }
        for (lane, queue) in empty {
            try run(
                """
                UPDATE oncue_queues SET enqueued = enqueued + l.e, completed = completed + l.c, dead = dead + l.d,
                    cancelled = cancelled + l.x, retried = retried + l.r
                FROM (SELECT enqueued e, completed c, dead d, cancelled x, retried r FROM oncue_lanes WHERE id = ?1) AS l
                WHERE oncue_queues.id = ?2
                """, lane, queue)
            try run("DELETE FROM oncue_lanes WHERE id = ?", lane)
        }
        if !empty.isEmpty { forgetTables() }
    }
}

extension SQLiteStore {
    /// Rows of one piece of upkeep: small, so that it holds up no one.
    private static let piece = 500

    public func maintain(_ request: MaintenanceRequest) async throws(StoreError) -> MaintenanceReport {
        var report = MaintenanceReport()
        let limit = max(0, request.limit)
        (report.promoted, report.hasMore) = try await inPieces(limit) { ledger, count throws(StoreError) in
            try ledger.promoteDue(now: ledger.time.now(), limit: count)
        }
        let (expired, hasMoreExpired) = try await inPieces(limit) { ledger, count throws(StoreError) in
            try ledger.buryExpired(now: ledger.time.now(), limit: count)
        }
        report.expired = expired
        var (pruned, hasMorePruned) = try await inPieces(limit) { ledger, count throws(StoreError) in
            try ledger.dropRetained(now: ledger.time.now(), limit: count)
        }
        for prune in request.prunes where pruned < limit {
            guard let bound = try await read({ ledger throws(StoreError) in try ledger.bound(of: prune) }) else {
                continue
            }
            let (gone, hasMore) = try await inPieces(limit - pruned) { ledger, count throws(StoreError) in
                try ledger.prune(prune, upTo: bound, limit: count)
            }
            pruned += gone
            hasMorePruned = hasMorePruned || hasMore
        }
        let (_, hasMoreToTidy) = try await inPieces(limit) { ledger, count throws(StoreError) in
            try ledger.tidy(sessionsBefore: request.sessionsBefore, limit: count)
        }
        var (hasMoreEvents, rows) = (true, 0)
        while hasMoreEvents, rows < limit {
            let size = min(Self.piece, limit - rows)
            let events = try await write(weight: size) { ledger throws(StoreError) in
                try ledger.pruneEvents(request, rows: size)
            }
            (hasMoreEvents, rows) = (events.hasMore, rows + size)
            pruned += events.dropped
        }
        report.pruned = pruned
        report.hasMore = [report.hasMore, hasMoreExpired, hasMorePruned, hasMoreToTidy, hasMoreEvents].contains(true)
        return report
    }

    /// Does up to `limit` rows of work in pieces that each take their turn with the other calls.
    ///
    /// - Returns: how many rows, and whether the limit ended it.
    private func inPieces(
        _ limit: Int, _ work: @escaping @Sendable (Ledger, Int) throws(StoreError) -> Int
    ) async throws(StoreError) -> (Int, Bool) {
        var done = 0
        while done < limit {
            let size = min(Self.piece, limit - done)
            let count = try await write(weight: size) { ledger throws(StoreError) in try work(ledger, size) }
            done += count
            if count < size { return (done, false) }
        }
        return (done, true)
    }

    public func now() async throws(StoreError) -> Timestamp {
        try checkOpen()
        return options.time.now()
    }
}
#endif
