#if SQLite
public import GRDB
public import OnCue

extension SQLiteStore {
    /// Takes jobs in with the caller's own transaction: they exist if and only if it is committed.
    ///
    /// The caller's `DatabaseQueue` or `DatabasePool` has to be open on the same file as the store. An id counts from the
    /// moment the transaction is committed, and then is as durable as *that* connection: GRDB opens a pool with
    /// `synchronous = NORMAL`, which survives a crash but not a loss of power. Give the caller's configuration a
    /// `busyMode` with a timeout too: GRDB gives up at once when a commit of the store is in the way.
    ///
    /// ```swift
    /// try await pool.write { db in
    ///     try order.insert(db)
    ///     try store.enqueue([NewJob(name: "order.process", payload: bytes)], in: db)
    /// }
    /// ```
    ///
    /// - Returns: what became of each job, in order; each stands for itself.
    /// - Throws: ``StoreError``: `invalid` outside a transaction or on another file, `newerSchema`, `unavailable` and
    ///   the rest when the tables cannot be written. Nothing of the call is written then.
    @discardableResult
    public func enqueue(_ jobs: [NewJob], in database: Database) throws(StoreError) -> [EnqueueAnswer] {
        guard let handle = database.sqliteConnection else { throw .storeClosed }
        let connection = Connection(handle)
        guard connection.isInTransaction else {
            throw StoreError(
                .invalid, "The jobs need the caller's transaction; call this inside `write { db in … }`.",
                field: "database")
        }
        try checkFile(connection)
        guard !jobs.isEmpty else { return [] }
        let arrivals = Arrivals(jobs, maxPayload: options.maxPayload, now: options.time.now())
        let ledger = Ledger(connection, time: options.time, maxPayload: options.maxPayload)
        try connection.execute("SAVEPOINT oncue")
        do throws(StoreError) {
            let answers = try ledger.enqueue(arrivals, atomically: false)
            try ledger.flush()
            try connection.execute("RELEASE oncue")
            return answers
        } catch {
            // Fails only where SQLite has taken back the whole transaction, and then nothing is left to take back.
            try? connection.execute("ROLLBACK TO oncue; RELEASE oncue")
            throw error
        }
    }

    private func checkFile(_ connection: Connection) throws(StoreError) {
        let version = try Schema.installedVersion(on: connection)
        guard version > 0 else {
            throw StoreError(
                .invalid, "The database has no tables of OnCue; open it on the store's file, '\(path)'.",
                field: "database")
        }
        guard version == Schema.version else {
            throw StoreError(.newerSchema, "The database was updated by a newer OnCue; update this one too.")
        }
        let file = try connection.text("SELECT file FROM pragma_database_list WHERE name = 'main'") ?? ""
        guard DatabaseFile.isSame(file, path) else {
            throw StoreError(
                .invalid, "The connection is open on '\(file)' and the store on '\(path)'; use one file for both.",
                field: "database")
        }
    }
}
#endif
