#if SQLite
import GRDBSQLite
import OnCue

/// One SQLite connection by the C API, used by one thread at a time.
final class Connection {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    func prepare(_ sql: String) throws(StoreError) -> Statement {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw failure(code) }
        return Statement(statement, on: self)
    }

    /// Runs one or more statements that answer nothing.
    func execute(_ sql: String) throws(StoreError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// The first column of the first row; nil when there is no row or it is null.
    func integer(_ sql: String) throws(StoreError) -> Int64? {
        let statement = try prepare(sql)
        defer { statement.reset() }
        return try statement.step() ? statement.integerOrNil(0) : nil
    }

    /// The first column of the first row as text.
    func text(_ sql: String) throws(StoreError) -> String? {
        let statement = try prepare(sql)
        defer { statement.reset() }
        return try statement.step() ? statement.textOrNil(0) : nil
    }

    /// Rows that the latest statement inserted, updated or deleted.
    var changes: Int { Int(sqlite3_changes(handle)) }

    /// The number of the row that was inserted last.
    var lastInserted: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Rows that were changed since the connection was opened.
    var totalChanges: Int { Int(sqlite3_total_changes(handle)) }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// The result code of the latest call.
    var latestCode: Int32 { sqlite3_extended_errcode(handle) }

    /// What the connection's latest error means to a caller.
    func failure(_ code: Int32) -> StoreError {
        let extended = sqlite3_extended_errcode(handle)
        let message = String(cString: sqlite3_errmsg(handle))
        return .sqlite(code: extended & 0xff == code & 0xff ? extended : code, message: message)
    }
}
#endif
