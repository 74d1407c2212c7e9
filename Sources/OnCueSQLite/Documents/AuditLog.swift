#if SQLite
public import OnCue

extension Ledger {
    /// Numbers have no gaps: what the newest are is told by the number alone.
    func appendAudit(_ actions: [String]) throws(StoreError) {
        let insert = try occasional("INSERT INTO oncue_audit (at, action) VALUES (?, ?)")
        let now = time.now()
        for action in actions { try insert.run(now, action) }
        try run(
            "DELETE FROM oncue_audit WHERE number <= (SELECT max(number) FROM oncue_audit) - ?", Limits.auditEntries)
    }

    func audit(before number: Int64, limit: Int) throws(StoreError) -> AuditPage {
        let statement = try occasional(
            "SELECT number, at, action FROM oncue_audit WHERE number < ? ORDER BY number DESC LIMIT ?")
        statement.bind(values: number, limit + 1)
        defer { statement.reset() }
        var entries: [AuditEntry] = []
        while try statement.step() {
            entries.append(
                AuditEntry(
                    cursor: String(statement.integer(0)), at: Timestamp(microseconds: statement.integer(1)),
                    action: try JSON.decode(AuditedAction.self, statement.text(2))))
        }
        return AuditPage(upTo: limit, of: entries)
    }
}

extension SQLiteStore {
    public func appendAudit(_ actions: [AuditedAction]) async throws(StoreError) {
        guard try !isNothing(actions) else { return }
        var texts: [String] = []
        for action in actions.suffix(Limits.auditEntries) { texts.append(try JSON.encode(action)) }
        try await write(weight: texts.count) { [texts] ledger throws(StoreError) in try ledger.appendAudit(texts) }
    }

    public func audit(after cursor: String?, limit: Int) async throws(StoreError) -> AuditPage {
        let before = try AuditPage.start(after: cursor, limit: limit) ?? .max
        return try await read { ledger throws(StoreError) in try ledger.audit(before: before, limit: limit) }
    }
}
#endif
