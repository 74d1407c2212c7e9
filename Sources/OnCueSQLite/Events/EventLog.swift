#if SQLite
public import OnCue

/// The bounded log: a row a commit, read and dropped from its ends.
enum EventLog {
    /// Events that are kept when nobody prunes.
    static let bound: Int64 = 100_000
}

extension Ledger {
    func events(after cursor: EventCursor, limit: Int) throws(StoreError) -> EventPage {
        let dropped = try droppedEvents()
        let start = max(cursor, dropped)
        var page = EventPage(events: [], next: cursor, hasGap: cursor < dropped)
        guard limit > 0 else { return page }
        let statement = try occasional(
            "SELECT entry, at, data FROM oncue_events WHERE entry >= ? ORDER BY entry")
        statement.bind(1, start.entry)
        defer { statement.reset() }
        while page.events.count < limit, try statement.step() {
            let entry = statement.integer(0)
            let at = Timestamp(microseconds: statement.integer(1))
            guard let events = EventBatch.decode(statement.bytes(2), entry: entry, at: at) else {
                throw .corruptRow("entry \(entry) of the event log")
            }
            page.events += events.lazy.filter { $0.cursor > start }.prefix(limit - page.events.count)
        }
        page.next = page.events.last?.cursor ?? cursor
        return page
    }

    func latestEvent() throws(StoreError) -> EventCursor {
        let statement = try occasional("SELECT entry, count FROM oncue_events ORDER BY entry DESC LIMIT 1")
        guard try statement.step() else { return try droppedEvents() }
        defer { statement.reset() }
        return EventCursor(entry: statement.integer(0), index: Int(statement.integer(1)))
    }

    /// The place of the newest event that was dropped. Its row may still be there for what comes after it.
    func droppedEvents() throws(StoreError) -> EventCursor {
        let statement = try occasional("SELECT dropped_entry, dropped_index FROM oncue_counters")
        guard try statement.step() else { throw .corruptRow("the counters") }
        defer { statement.reset() }
        return EventCursor(entry: statement.integer(0), index: Int(statement.integer(1)))
    }

    /// Drops the oldest events, up to the one with this all-time number.
    ///
    /// - Parameter rows: how many rows to remove at most.
    /// - Returns: how many events went, and whether there are more to drop.
    @discardableResult
    func dropEvents(upTo last: Int64, rows: Int) throws(StoreError) -> (dropped: Int, hasMore: Bool) {
        guard last > 0 else { return (0, false) }
        let before = try droppedEvents()
        var dropped = before
        var count: Int64 = 0
        var removed = 0
        var hasMore = false
        let statement = try occasional("SELECT entry, count, total FROM oncue_events ORDER BY entry")
        defer { statement.reset() }
        while try statement.step() {
            let (entry, size, total) = (statement.integer(0), statement.integer(1), statement.integer(2))
            let first = total - size
            guard first < last else { break }
            guard removed < rows else {
                hasMore = true
                break
            }
            removed += 1
            let index = min(size, last - first)
            count += index - (before.entry == entry ? Int64(before.index) : 0)
            dropped = EventCursor(entry: entry, index: Int(index))
        }
        statement.reset()
        guard dropped > before else { return (0, hasMore) }
        try run("UPDATE oncue_counters SET dropped_entry = ?, dropped_index = ?", dropped.entry, dropped.index)
        // The last row goes too if nothing of it is left.
        try run(
            "DELETE FROM oncue_events WHERE entry < ?1 OR (entry = ?1 AND count <= ?2)", dropped.entry, dropped.index)
        return (Int(count), hasMore)
    }

    /// The all-time number of the newest event before a moment.
    func lastEvent(before moment: Timestamp) throws(StoreError) -> Int64 {
        let statement = try occasional("SELECT at, total FROM oncue_events ORDER BY entry")
        defer { statement.reset() }
        var last: Int64 = 0
        while try statement.step(), statement.integer(0) < moment.microseconds { last = statement.integer(1) }
        return last
    }
}

extension SQLiteStore {
    public func events(after cursor: EventCursor, limit: Int, wait: Duration) async throws(StoreError) -> EventPage {
        func look() async throws(StoreError) -> EventPage {
            try await read { ledger throws(StoreError) in try ledger.events(after: cursor, limit: limit) }
        }
        guard wait > .zero, limit > 0 else { return try await look() }
        return try await waiting(for: .events, wait: wait, look: look) { !$0.events.isEmpty }
    }

    public func latestEvent() async throws(StoreError) -> EventCursor {
        try await read { ledger throws(StoreError) in try ledger.latestEvent() }
    }

    /// Looks until there is something, the wait is over or the task is cancelled.
    func waiting<Answer: Sendable>(
        for subject: Watcher.Subject, wait: Duration, look: () async throws(StoreError) -> Answer,
        isThere: (Answer) -> Bool
    ) async throws(StoreError) -> Answer {
        let deadline = options.time.uptime() + wait
        guard let watcher = commit.watch(subject, until: deadline) else { throw .storeClosed }
        defer { commit.unwatch(watcher) }
        while true {
            let answer = try await look()
            if isThere(answer) || options.time.uptime() >= deadline || Task.isCancelled { return answer }
            await watcher.wait()
        }
    }
}
#endif
