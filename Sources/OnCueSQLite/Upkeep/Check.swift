#if SQLite
import GRDBSQLite
public import OnCue

extension SQLiteStore {
    public func info() async throws(StoreError) -> StoreInfo {
        let version = try await read { ledger throws(StoreError) in
            try Schema.installedVersion(on: ledger.connection)
        }
        var size = DatabaseFile.size(path)
        if let log = DatabaseFile.size(path + "-wal") { size = (size ?? 0) + log }
        return StoreInfo(
            kind: "sqlite", location: path, engineVersion: String(cString: sqlite3_libversion()),
            schemaVersion: version, durability: durabilityInWords, sizeInBytes: size)
    }

    private var durabilityInWords: String {
        switch options.durability {
        case .full: "what was answered survives a crash and a loss of power (synchronous FULL)"
        case .normal:
            "what was answered survives a crash; a loss of power can take the latest commits (synchronous NORMAL)"
        }
    }

    public func check() async throws(StoreError) -> [StoreFinding] {
        let path = path
        var findings = try await read { ledger throws(StoreError) in try ledger.check(path: path) }
        // `synchronous` is a setting of each connection: the writer's is the one that counts.
        let synchronous = try await write { ledger throws(StoreError) in
            try ledger.connection.integer("PRAGMA synchronous") ?? -1
        }
        switch (options.durability, synchronous) {
        case (.full, 2...): findings.append(StoreFinding(.fine, "durability", durabilityInWords))
        case (.normal, 1...):
            findings.append(
                StoreFinding(
                    .warning, "durability", durabilityInWords, cure: "Open the store with durability full."))
        default:
            findings.append(
                StoreFinding(
                    .problem, "durability", "The writer's connection has synchronous \(synchronous).",
                    cure: "Open the store again; something has changed the connection's settings."))
        }
        findings.append(logFinding)
        findings.append(spaceFinding)
        return findings.sorted { $0.severity > $1.severity }
    }

    private var logFinding: StoreFinding {
        let size = DatabaseFile.size(path + "-wal") ?? 0
        guard size > 256 << 20 else { return StoreFinding(.fine, "log", "\(size >> 10) KiB") }
        return StoreFinding(
            .warning, "log", "The write-ahead log has \(size >> 20) MiB: a reader has been open for long.",
            cure: "Find the process that keeps a read transaction open and end it.")
    }

    private var spaceFinding: StoreFinding {
        guard let free = DatabaseFile.freeSpace(beside: path) else {
            return StoreFinding(.warning, "disk space", "It cannot be read.")
        }
        guard free < 256 << 20 else { return StoreFinding(.fine, "disk space", "\(free >> 20) MiB free") }
        return StoreFinding(
            free < 32 << 20 ? .problem : .warning, "disk space", "Only \(free >> 20) MiB are free.",
            cure: "Free space on the disk of '\(path)' or move the file.")
    }
}

extension Ledger {
    /// What can be seen from inside the file.
    fileprivate func check(path: String) throws(StoreError) -> [StoreFinding] {
        let schema = try schemaFinding()
        let findings = [try integrityFinding(path: path), schema, try journalFinding()]
        // The rest reads the tables.
        guard schema.severity == .fine else { return findings }
        return findings + [try clockFinding(), try countersFinding(), try orphansFinding()]
    }

    private func integrityFinding(path: String) throws(StoreError) -> StoreFinding {
        let size = DatabaseFile.size(path) ?? 0
        guard size <= DatabaseFile.quickCheckBound * 4 else {
            return StoreFinding(
                .warning, "integrity", "Not checked: the file has \(size >> 20) MiB and that would take long.",
                cure: "Run `sqlite3 FILE 'PRAGMA quick_check'` when there is time.")
        }
        let answer = try connection.text("PRAGMA quick_check(1)") ?? "ok"
        guard answer == "ok" else {
            return StoreFinding(
                .problem, "integrity", answer,
                cure: "Restore a backup, or save what is readable with `sqlite3 FILE .recover`.")
        }
        return StoreFinding(.fine, "integrity", "No damage found.")
    }

    private func schemaFinding() throws(StoreError) -> StoreFinding {
        let found = try Schema.installedVersion(on: connection)
        var missing: [String] = []
        let statement = try occasional("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
        for table in Schema.tables {
            if try !statement.run(table) { missing.append(table) }
        }
        guard found == Schema.version, missing.isEmpty else {
            return StoreFinding(
                .problem, "schema", "Version \(found), missing: \(missing.joined(separator: ", ")).",
                cure: "Open the file with the OnCue that made it, or restore a backup.")
        }
        return StoreFinding(.fine, "schema", "version \(found)")
    }

    private func journalFinding() throws(StoreError) -> StoreFinding {
        let mode = try connection.text("PRAGMA journal_mode") ?? ""
        guard mode == "wal" else {
            return StoreFinding(
                .problem, "journal", "The journal mode is '\(mode)', not 'wal'.",
                cure: "Close every program that uses the file and open the store again.")
        }
        return StoreFinding(.fine, "journal", "write-ahead log")
    }

    private func clockFinding() throws(StoreError) -> StoreFinding {
        let latest =
            try connection.integer("SELECT at FROM oncue_events ORDER BY entry DESC LIMIT 1").map(
                Timestamp.init(microseconds:))
        let now = time.now()
        guard let latest, latest > now + .seconds(5) else { return StoreFinding(.fine, "clock", "\(now)") }
        return StoreFinding(
            .warning, "clock", "The clock says \(now), and the file was last written at \(latest).",
            cure: "Set the clock; delayed jobs wait until it has caught up.")
    }

    /// With more jobs than this they are not counted again.
    private static let countBound: Int64 = 1_000_000

    private func countersFinding() throws(StoreError) -> StoreFinding {
        let kept =
            try connection.integer(
                """
                SELECT sum(state0 + state1 + state2 + state3 + state4 + state5 + state6 + state7) FROM oncue_lanes
                """) ?? 0
        guard kept <= Self.countBound else {
            return StoreFinding(.fine, "counts", "\(kept) jobs by the kept counts; too many to count again.")
        }
        var wrong: [Int64] = []
        let statement = try occasional(
            """
            SELECT l.id FROM oncue_lanes l LEFT JOIN (
                SELECT lane, sum(state = 0) c0, sum(state = 1) c1, sum(state = 2) c2, sum(state = 3) c3,
                    sum(state = 4) c4, sum(state = 5) c5, sum(state = 6) c6, sum(state = 7) c7
                FROM oncue_jobs GROUP BY lane) j ON j.lane = l.id
            WHERE l.state0 != coalesce(c0, 0) OR l.state1 != coalesce(c1, 0) OR l.state2 != coalesce(c2, 0)
                OR l.state3 != coalesce(c3, 0) OR l.state4 != coalesce(c4, 0) OR l.state5 != coalesce(c5, 0)
                OR l.state6 != coalesce(c6, 0) OR l.state7 != coalesce(c7, 0)
            """)
        while try statement.step() { wrong.append(statement.integer(0)) }
        guard wrong.isEmpty else {
            return StoreFinding(
                .problem, "counts", "The kept counts of \(wrong.count) lanes differ from their jobs.",
                cure: "Something other than OnCue has changed the tables; restore a backup.")
        }
        return StoreFinding(.fine, "counts", "\(kept) jobs")
    }

    private func orphansFinding() throws(StoreError) -> StoreFinding {
        var orphans: [String] = []
        for table in ["oncue_payloads", "oncue_notes", "oncue_attempts", "oncue_effects"] {
            let found = try connection.integer(
                """
                SELECT count(*) FROM (SELECT 1 FROM \(table) WHERE job NOT IN (SELECT number FROM oncue_jobs) LIMIT 1000)
                """)
            if let found, found > 0 { orphans.append("\(found) in \(table)") }
        }
        let laneless = try connection.integer(
            "SELECT count(*) FROM (SELECT 1 FROM oncue_jobs WHERE lane NOT IN (SELECT id FROM oncue_lanes) LIMIT 1000)")
        if let laneless, laneless > 0 { orphans.append("\(laneless) jobs without a lane") }
        guard orphans.isEmpty else {
            return StoreFinding(
                .problem, "rows", "Rows that belong to nothing: \(orphans.joined(separator: ", ")).",
                cure: "Something other than OnCue has changed the tables; restore a backup.")
        }
        return StoreFinding(.fine, "rows", "Every row belongs to a job.")
    }
}
#endif
