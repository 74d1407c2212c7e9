#if SQLite
import Foundation
import GRDB
import OnCue

/// A file that is open, with its tables made.
struct OpenedFile: Sendable {
    let pool: DatabasePool
    let busy: BusyWaiter
}

/// How a file becomes a pool of connections with the settings that the store's promises need.
enum Opening {
    static func result(_ path: String, _ options: SQLiteStore.Options) -> Result<OpenedFile, StoreError> {
        do throws(StoreError) {
            return .success(try open(path, options))
        } catch {
            return .failure(error)
        }
    }

    /// Opens the file, makes or updates its tables, and leaves the writer's connection as durable as asked. Blocks.
    private static func open(_ path: String, _ options: SQLiteStore.Options) throws(StoreError) -> OpenedFile {
        try DatabaseFile.inspect(path)
        let turnstile = try Turnstile(database: path)
        let patience = options.callTimeout * 2 / 3
        // Two processes that make the same file at once would meet in the change of its journal mode.
        guard turnstile.enter(within: patience) else {
            throw StoreError(
                .locked, "Another process keeps '\(path)' locked; end its work or stop it, then try again.")
        }
        defer { turnstile.leave() }
        let busy = BusyWaiter(patience: patience)
        do {
            try refuseForeign(path)
            let pool = try DatabasePool(path: path, configuration: configuration(busy))
            try pool.writeWithoutTransaction { database in
                guard let handle = database.sqliteConnection else { throw StoreError.storeClosed }
                try prepare(Connection(handle), path: path, options)
            }
            return OpenedFile(pool: pool, busy: busy)
        } catch {
            throw StoreError(opening: error)
        }
    }

    private static func configuration(_ busy: BusyWaiter) -> Configuration {
        var configuration = Configuration()
        configuration.label = "OnCue"
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = Readers.count
        configuration.busyMode = .callback { busy.waits(attempt: $0) }
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    private static func prepare(
        _ connection: Connection, path: String, _ options: SQLiteStore.Options
    ) throws(StoreError) {
        if options.checksIntegrity { try checkIntegrity(connection, path: path) }
        // GRDB has set it to NORMAL.
        try connection.execute("PRAGMA synchronous = \(options.durability == .full ? "FULL" : "NORMAL")")
        try connection.execute("PRAGMA cache_size = -16000")
        #if canImport(Darwin)
        if options.durability == .full {
            try connection.execute("PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1")
        }
        #endif
        try connection.execute("BEGIN IMMEDIATE")
        do throws(StoreError) {
            let isEmpty = try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
            if isEmpty { try connection.execute("PRAGMA application_id = \(Schema.applicationID)") }
            try Schema.migrate(connection, now: options.time.now())
            try connection.execute("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    /// A file with the mark of another application is left alone, unless our tables are in it already. Found out before
    /// the file is opened for writing, which would change its journal mode.
    private static func refuseForeign(_ path: String) throws {
        guard let mark = DatabaseFile.applicationID(path), mark != 0, mark != Schema.applicationID else { return }
        var configuration = Configuration()
        configuration.readonly = true
        let version = try DatabaseQueue(path: path, configuration: configuration).read { database in
            guard let handle = database.sqliteConnection else { throw StoreError.storeClosed }
            return try Schema.installedVersion(on: Connection(handle))
        }
        guard version == 0 else { return }
        throw StoreError(
            .notADatabase,
            "'\(path)' belongs to another application (application_id \(mark)); give OnCue a file of its own.")
    }

    private static func checkIntegrity(_ connection: Connection, path: String) throws(StoreError) {
        guard (DatabaseFile.size(path) ?? 0) <= DatabaseFile.quickCheckBound else { return }
        let answer = try connection.text("PRAGMA quick_check(1)") ?? "ok"
        guard answer == "ok" else {
            throw StoreError(
                .corrupt,
                "The database '\(path)' is damaged (\(answer)); restore a backup, or save what is readable with "
                    + "`sqlite3 '\(path)' .recover`.")
        }
    }
}
#endif
