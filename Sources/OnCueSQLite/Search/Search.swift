#if SQLite
public import OnCue

extension Ledger {
    /// Rows that one page looks at at most; then it ends early, with a cursor to go on from.
    private static let scanBound = 100_000

    func search(
        _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
    ) throws(StoreError) -> JobPage {
        let start = try JobPage.start(after: cursor, limit: limit)
        var jobs: [JobRecord] = []
        var hasMore = false
        let stopped = try walk(filter, order: order, after: start, bound: Self.scanBound) { id throws(StoreError) in
            guard let job = try self.record(id), filter.matches(job) else { return true }
            if jobs.count == limit {
                hasMore = true
                return false
            }
            jobs.append(job)
            return true
        }
        let next = hasMore ? jobs.last?.id : stopped
        return JobPage(jobs: jobs, nextCursor: next?.description)
    }

    func count(_ filter: JobFilter, upTo bound: Int) throws(StoreError) -> JobCount {
        if filter.tags.isEmpty, filter.correlationID == nil, filter.createdFrom == nil, filter.createdBefore == nil {
            // The kept counts say it all.
            let exact = try scope(of: filter).population
            return exact > bound ? JobCount(max(0, bound), isExact: false) : JobCount(exact, isExact: true)
        }
        var count = 0
        var isExact = true
        let stopped = try walk(filter, order: .oldestFirst, after: nil, bound: Self.scanBound * 10) {
            id throws(StoreError) in
            guard let job = try self.record(id), filter.matches(job) else { return true }
            if count >= bound {
                isExact = false
                return false
            }
            count += 1
            return true
        }
        return JobCount(count, isExact: isExact && stopped == nil)
    }

    /// Hands out the ids of jobs that may be meant, in order, until `visit` answers false.
    ///
    /// - Returns: the id to go on from when the bound ended it, else nil.
    private func walk(
        _ filter: JobFilter, order: JobOrder, after start: JobID?, bound: Int,
        _ visit: (JobID) throws(StoreError) -> Bool
    ) throws(StoreError) -> JobID? {
        let scope = try scope(of: filter)
        guard scope.population > 0 else { return nil }
        let isIndexed = filter.correlationID != nil || filter.tags.contains { $0.value != nil }
        if !isIndexed, scope.isSmall {
            for id in try gather(filter, scope, order: order, after: start) {
                guard try visit(id) else { return nil }
            }
            return nil
        }
        let statement = try source(for: filter, order: order, after: start)
        defer { statement.reset() }
        var seen = 0
        while try statement.step() {
            let id = try statement.id(0)
            seen += 1
            let state = JobState(rawValue: Int(statement.integer(2)))
            let created = statement.integer(3)
            var isMeant = scope.lanes?.contains(statement.integer(1)) ?? true
            if !filter.states.isEmpty, let state, !filter.states.contains(state) { isMeant = false }
            if let from = filter.createdFrom, created < from.microseconds { isMeant = false }
            if let before = filter.createdBefore, created >= before.microseconds { isMeant = false }
            if isMeant, try !visit(id) { return nil }
            if seen >= bound { return id }
        }
        return nil
    }

    /// A statement that goes over the jobs in the order of their ids, by the narrowest index that the filter allows.
    private func source(
        for filter: JobFilter, order: JobOrder, after start: JobID?
    ) throws(StoreError) -> Statement {
        let isForward = order == .oldestFirst
        // The ends themselves may be ids of jobs, so the first page includes them.
        let comparison = (isForward ? ">" : "<") + (start == nil ? "=" : "")
        let direction = isForward ? "ASC" : "DESC"
        let from = start ?? (isForward ? JobID(high: 0, low: 0) : JobID(high: .max, low: .max))
        if let correlation = filter.correlationID {
            let statement = try occasional(
                """
                SELECT id, lane, state, created FROM oncue_jobs WHERE correlation = ? AND id \(comparison) ?
                ORDER BY id \(direction)
                """)
            statement.bind(values: correlation, from)
            return statement
        }
        // Sorted, so that the same filter always walks the same way.
        for (key, value) in filter.tags.sorted(by: { $0.key < $1.key }) {
            guard let value else { continue }
            let statement = try occasional(
                """
                SELECT t.id, j.lane, j.state, j.created FROM oncue_tags t CROSS JOIN oncue_jobs j ON j.id = t.id
                WHERE t.key = ? AND t.value = ? AND t.id \(comparison) ? ORDER BY t.id \(direction)
                """)
            statement.bind(values: key, value, from)
            return statement
        }
        let statement = try occasional(
            """
            SELECT id, lane, state, created FROM oncue_jobs INDEXED BY oncue_jobs_id WHERE id \(comparison) ?
            ORDER BY id \(direction)
            """)
        statement.bind(values: from)
        return statement
    }
}

extension SQLiteStore {
    public func search(
        _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
    ) async throws(StoreError) -> JobPage {
        try await read { ledger throws(StoreError) in
            try ledger.search(filter, order: order, after: cursor, limit: limit)
        }
    }

    public func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> JobCount {
        try await read { ledger throws(StoreError) in try ledger.count(filter, upTo: bound) }
    }
}
#endif
