#if SQLite
public import OnCue

extension Ledger {
    /// The sessions that are open, and those that ended not long ago.
    func sessionInfos() throws(StoreError) -> [SessionInfo] {
        var held: [Int64: Int] = [:]
        let counts = try occasional("SELECT session, count(*) FROM oncue_jobs WHERE state = 3 GROUP BY session")
        while try counts.step() { held[counts.integer(0)] = Int(counts.integer(1)) }
        let statement = try occasional(
            """
            SELECT id, name, worker, process, lease, names, queues, concurrency, standing, renewals, opened, renewed
            FROM oncue_sessions WHERE forgotten = 0 ORDER BY name
            """)
        defer { statement.reset() }
        var infos: [SessionInfo] = []
        while try statement.step() {
            guard let standing = SessionInfo.Standing(stored: statement.integer(8)) else {
                throw .corruptRow("the standing of session \(statement.text(1))")
            }
            infos.append(
                SessionInfo(
                    id: SessionID(rawValue: statement.text(1)), worker: statement.text(2),
                    process: try JSON.decode(ProcessIdentity.self, statement.text(3)),
                    lease: .microseconds(statement.integer(4)),
                    names: Set(try JSON.decode([JobName].self, statement.text(5))),
                    queues: try JSON.decode([QueueName].self, statement.text(6)),
                    concurrency: Int(statement.integer(7)), standing: standing, renewals: statement.integer(9),
                    openedAt: Timestamp(microseconds: statement.integer(10)),
                    renewedAt: Timestamp(microseconds: statement.integer(11)),
                    held: held[statement.integer(0), default: 0]))
        }
        return infos
    }
}

extension SQLiteStore {
    public func sessions() async throws(StoreError) -> [SessionInfo] {
        try await read { ledger throws(StoreError) in try ledger.sessionInfos() }
    }

    public func fence(
        _ session: SessionID, ifRenewals renewals: Int64?, error: String
    ) async throws(StoreError) -> Int? {
        try await write(urgent: true) { ledger throws(StoreError) in
            try ledger.fence(session, ifRenewals: renewals, error: error)
        }
    }

    public func instruct(_ session: SessionID, quiet: Bool, stop: Bool) async throws(StoreError) {
        try await write { ledger throws(StoreError) in try ledger.instruct(session, quiet: quiet, stop: stop) }
    }
}
#endif
