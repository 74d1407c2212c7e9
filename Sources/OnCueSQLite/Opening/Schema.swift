#if SQLite
import OnCue

/// The tables, and how a file of an older version becomes one of this.
///
/// The version stands in a table of our own and not in `user_version`: the file may be an application's, with its own
/// tables and its own use of that number.
package enum Schema {
    /// Marks a file that OnCue has made: `OnCu`.
    static let applicationID: Int64 = 0x4f6e_4375

    /// One step a version, in order. A step that was ever released is never changed.
    package static let migrations: [String] = [version1, version2]

    static var version: Int { migrations.count }

    /// Brings the file to this version, within the transaction that the caller has begun.
    ///
    /// - Returns: the version that it had; 0 for a file without our tables.
    @discardableResult
    static func migrate(_ connection: Connection, now: Timestamp, to target: [String] = migrations) throws(StoreError)
        -> Int
    {
        let found = try installedVersion(on: connection)
        guard found <= target.count else {
            throw StoreError(
                .newerSchema,
                "The database was made by a newer OnCue (schema \(found), this one knows \(target.count)); "
                    + "update OnCue.")
        }
        guard found < target.count else { return found }
        for step in target[found...] { try connection.execute(step) }
        if found == 0 {
            try connection.prepare("INSERT INTO oncue_store (one, version, created) VALUES (1, ?, ?)")
                .run(target.count, now)
        } else {
            try connection.prepare("UPDATE oncue_store SET version = ?").run(target.count)
        }
        return found
    }

    /// 0 when the tables are not there.
    static func installedVersion(on connection: Connection) throws(StoreError) -> Int {
        let table = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'oncue_store'"
        guard try connection.integer(table) == 1 else { return 0 }
        guard let version = try connection.integer("SELECT version FROM oncue_store"), version > 0 else {
            throw .corruptRow("the schema version")
        }
        return Int(version)
    }

    /// Every table of ours, for checks.
    static let tables = [
        "oncue_store", "oncue_counters", "oncue_queues", "oncue_lanes", "oncue_sessions", "oncue_signals",
        "oncue_jobs", "oncue_payloads", "oncue_notes", "oncue_attempts", "oncue_effects", "oncue_tags",
        "oncue_unique_keys", "oncue_events", "oncue_documents", "oncue_audit",
    ]

    private static let version1 = """
        CREATE TABLE oncue_store (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            version INTEGER NOT NULL,
            created INTEGER NOT NULL,
            defaults TEXT
        ) STRICT;

        -- Read once and written once a commit. `sequence` numbers jobs and their places in line, and is never given
        -- twice; `entry` numbers the rows of the event log, `events` counts what was ever in it.
        CREATE TABLE oncue_counters (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            sequence INTEGER NOT NULL,
            entry INTEGER NOT NULL,
            events INTEGER NOT NULL,
            dropped_entry INTEGER NOT NULL,
            dropped_index INTEGER NOT NULL
        ) STRICT;
        INSERT INTO oncue_counters VALUES (1, 0, 0, 0, 0, 0);

        CREATE TABLE oncue_queues (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            paused INTEGER NOT NULL DEFAULT 0,
            settings TEXT,
            -- The totals of lanes that were dropped.
            enqueued INTEGER NOT NULL DEFAULT 0,
            completed INTEGER NOT NULL DEFAULT 0,
            dead INTEGER NOT NULL DEFAULT 0,
            cancelled INTEGER NOT NULL DEFAULT 0,
            retried INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        -- The jobs of one queue, level and name stand in one line. So names that nobody handles cost nothing to pass
        -- over, and counts are kept where one write a commit keeps them.
        CREATE TABLE oncue_lanes (
            id INTEGER PRIMARY KEY,
            queue INTEGER NOT NULL,
            priority INTEGER NOT NULL,
            name TEXT NOT NULL,
            suspect INTEGER NOT NULL,
            state0 INTEGER NOT NULL DEFAULT 0,
            state1 INTEGER NOT NULL DEFAULT 0,
            state2 INTEGER NOT NULL DEFAULT 0,
            state3 INTEGER NOT NULL DEFAULT 0,
            state4 INTEGER NOT NULL DEFAULT 0,
            state5 INTEGER NOT NULL DEFAULT 0,
            state6 INTEGER NOT NULL DEFAULT 0,
            state7 INTEGER NOT NULL DEFAULT 0,
            enqueued INTEGER NOT NULL DEFAULT 0,
            completed INTEGER NOT NULL DEFAULT 0,
            dead INTEGER NOT NULL DEFAULT 0,
            cancelled INTEGER NOT NULL DEFAULT 0,
            retried INTEGER NOT NULL DEFAULT 0,
            UNIQUE (queue, priority, name, suspect)
        ) STRICT;
        CREATE INDEX oncue_lanes_ready ON oncue_lanes (queue, priority) WHERE state2 > 0;

        CREATE TABLE oncue_sessions (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            worker TEXT NOT NULL,
            process TEXT NOT NULL,
            lease INTEGER NOT NULL,
            names TEXT NOT NULL,
            queues TEXT NOT NULL,
            concurrency INTEGER NOT NULL,
            standing INTEGER NOT NULL DEFAULT 0,
            renewals INTEGER NOT NULL DEFAULT 0,
            opened INTEGER NOT NULL,
            renewed INTEGER NOT NULL,
            ended INTEGER,
            quiet INTEGER NOT NULL DEFAULT 0,
            stop INTEGER NOT NULL DEFAULT 0,
            forgotten INTEGER NOT NULL DEFAULT 0,
            -- The latest settlement and its answers, one byte each.
            sequence INTEGER,
            answers BLOB
        ) STRICT;
        CREATE INDEX oncue_sessions_ended ON oncue_sessions (ended) WHERE ended IS NOT NULL;

        -- What a session has to know of what others did to its jobs.
        CREATE TABLE oncue_signals (
            session INTEGER NOT NULL,
            job BLOB NOT NULL,
            reason TEXT,
            taken INTEGER NOT NULL,
            renewals INTEGER NOT NULL,
            PRIMARY KEY (session, job)
        ) STRICT, WITHOUT ROWID;

        -- `number` comes from the sequence, so that it never comes back and a stale token never meets another job.
        -- The payload stands last: what is before it is read without it.
        CREATE TABLE oncue_jobs (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL,
            queue INTEGER NOT NULL,
            lane INTEGER NOT NULL,
            state INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            position INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            delivery INTEGER NOT NULL,
            lost INTEGER NOT NULL,
            session INTEGER,
            created INTEGER NOT NULL,
            updated INTEGER,
            started INTEGER,
            finished INTEGER,
            due INTEGER,
            expires INTEGER,
            retain INTEGER,
            correlation TEXT,
            extra BLOB,
            payload BLOB
        ) STRICT;
        CREATE UNIQUE INDEX oncue_jobs_id ON oncue_jobs (id);
        CREATE INDEX oncue_jobs_ready ON oncue_jobs (lane, position) WHERE state = 2;
        CREATE INDEX oncue_jobs_running ON oncue_jobs (session) WHERE state = 3;
        CREATE INDEX oncue_jobs_due ON oncue_jobs (due) WHERE state IN (1, 4);
        CREATE INDEX oncue_jobs_final ON oncue_jobs (queue, state, finished)
                WHERE finished IS NOT NULL AND retain IS NULL;
        CREATE INDEX oncue_jobs_retain ON oncue_jobs (retain) WHERE retain IS NOT NULL;
        CREATE INDEX oncue_jobs_expires ON oncue_jobs (expires) WHERE expires IS NOT NULL AND state IN (0, 1, 2, 4);
        CREATE INDEX oncue_jobs_correlation ON oncue_jobs (correlation, id) WHERE correlation IS NOT NULL;

        -- Payloads that are too large to be written again with every change of their job.
        CREATE TABLE oncue_payloads (job INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

        CREATE TABLE oncue_notes (
            job INTEGER PRIMARY KEY,
            progress REAL,
            message TEXT,
            checkpoint BLOB,
            output BLOB,
            error TEXT,
            category TEXT,
            dead TEXT,
            cancel TEXT
        ) STRICT;

        CREATE TABLE oncue_attempts (
            job INTEGER NOT NULL,
            number INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            started INTEGER NOT NULL,
            duration INTEGER NOT NULL,
            worker TEXT NOT NULL,
            category TEXT NOT NULL,
            error TEXT NOT NULL,
            PRIMARY KEY (job, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE oncue_effects (
            job INTEGER NOT NULL,
            key TEXT NOT NULL,
            result BLOB NOT NULL,
            PRIMARY KEY (job, key)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE oncue_tags (
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            id BLOB NOT NULL,
            PRIMARY KEY (key, value, id)
        ) STRICT, WITHOUT ROWID;

        -- `until`: 0 the job is finished, 1 it was started, 2 `expires`.
        CREATE TABLE oncue_unique_keys (
            queue INTEGER NOT NULL,
            key TEXT NOT NULL,
            job INTEGER NOT NULL,
            id BLOB NOT NULL,
            until INTEGER NOT NULL,
            expires INTEGER,
            PRIMARY KEY (queue, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX oncue_unique_keys_job ON oncue_unique_keys (job);
        CREATE INDEX oncue_unique_keys_expires ON oncue_unique_keys (expires) WHERE expires IS NOT NULL;

        CREATE TABLE oncue_events (
            entry INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            count INTEGER NOT NULL,
            total INTEGER NOT NULL,
            data BLOB NOT NULL
        ) STRICT;
        """

    /// API keys and the audit log of a server.
    private static let version2 = """
        -- AUTOINCREMENT: a write puts a new row in the place of the old one, so no version is ever given twice.
        CREATE TABLE oncue_documents (
            version INTEGER PRIMARY KEY AUTOINCREMENT,
            collection TEXT NOT NULL,
            key TEXT NOT NULL,
            value BLOB NOT NULL,
            updated INTEGER NOT NULL,
            UNIQUE (collection, key)
        ) STRICT;

        CREATE TABLE oncue_audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            action TEXT NOT NULL
        ) STRICT;
        """
}
#endif
