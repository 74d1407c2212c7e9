#if SQLite
import Foundation
import GRDB
import OnCue

/// How a file becomes a pool of connections with the settings that the store's promises need.
enum Opening {
    /// Opens the file, makes or updates its tables, and leaves the writer's connection as durable as asked.
    static func open(_ path: String, _ options: SQLiteStore.Options) throws(StoreError) -> DatabasePool {
        try DatabaseFile.inspect(path)
        let turnstile = try Turnstile(database: path)
        // Two processes that make the same file at once would meet in the change of its journal mode.
        turnstile.enter()
        defer { turnstile.leave() }
        do {
            let pool = try DatabasePool(path: path, configuration: configuration(options))
            try pool.writeWithoutTransaction { database in
                guard let handle = database.sqliteConnection else { throw StoreError.storeClosed }
                try prepare(Connection(handle), path: path, options)
            }
            return pool
        } catch {
            throw StoreError(opening: error)
        }
    }

    private static func configuration(_ options: SQLiteStore.Options) -> Configuration {
        var configuration = Configuration()
        configuration.label = "OnCue"
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = Readers.count
        configuration.busyMode = .callback(waiter(patience: options.callTimeout * 2 / 3))
        configuration.prepareDatabase { database in
            // Half of what is kept would not be noticed; this is for sorting pages, not for jobs.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    /// Writers outside the turnstile (a caller's own transaction) are met with short waits of uneven length.
    static func waiter(patience: Duration) -> @Sendable (Int) -> Bool {
        let longest = 2_000
        let tries = max(1, Int(patience.wholeMicroseconds) / (longest * 5 / 8))
        return { attempt in
            guard attempt < tries else { return false }
            usleep(UInt32.random(in: UInt32(longest / 4)...UInt32(longest)))
            return true
        }
    }

    private static func prepare(
        _ connection: Connection, path: String, _ options: SQLiteStore.Options
    ) throws(StoreError) {
        try refuseForeign(connection, path: path)
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

    /// A file with the mark of another application is left alone, unless our tables are in it already.
    private static func refuseForeign(_ connection: Connection, path: String) throws(StoreError) {
        let mark = try connection.integer("PRAGMA application_id") ?? 0
        guard mark != 0, mark != Schema.applicationID, try Schema.installedVersion(on: connection) == 0 else { return }
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
