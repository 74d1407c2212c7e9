#if SQLite
import GRDB
import GRDBSQLite
import OnCue

extension StoreError {
    /// What a result code of SQLite means to a caller, with what would help.
    static func sqlite(code: Int32, message: String) -> StoreError {
        switch code & 0xff {
        case SQLITE_FULL:
            StoreError(.diskFull, "No room left for the database; free space on its disk, then try again.")
        case SQLITE_READONLY:
            StoreError(
                .readOnly,
                "The database may not be written to; check the permissions of the file, its folder and its disk.")
        case SQLITE_PERM, SQLITE_AUTH:
            StoreError(.readOnly, "The database may not be opened (\(message)); check its permissions.")
        case SQLITE_CANTOPEN:
            StoreError(
                .unavailable,
                "The database file cannot be opened (\(message)); check that its folder exists and may be written to.")
        case SQLITE_BUSY, SQLITE_LOCKED:
            StoreError(
                .locked,
                "Another process keeps the database locked; end its transaction or stop it, then try again.")
        case SQLITE_NOTADB:
            StoreError(.notADatabase, "The file is not a SQLite database; give another path.")
        case SQLITE_CORRUPT:
            StoreError(
                .corrupt,
                "The database file is damaged (\(message)); restore a backup, or save what is readable with "
                    + "`sqlite3 FILE .recover`.")
        case SQLITE_IOERR:
            StoreError(.unavailable, "The disk failed (\(message)); look into the system's log.")
        default:
            StoreError(.unavailable, "SQLite failed: \(message) (code \(code)).")
        }
    }

    /// Whether a failed commit may have reached the disk all the same: the disk itself has failed. Every other failure
    /// is found before.
    static func leavesCommitOpen(_ code: Int32) -> Bool {
        code & 0xff == SQLITE_IOERR
    }

    /// A row that no version of this code can have written.
    static func corruptRow(_ what: String) -> StoreError {
        StoreError(
            .corrupt,
            "A stored row is damaged (\(what)); `oncue doctor` shows the extent, a backup has the original.")
    }

    /// What GRDB threw while it opened a file or lent a connection.
    init(opening error: any Error) {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError:
            self = .sqlite(code: error.extendedResultCode.rawValue, message: error.message ?? "no message")
        default:
            self.init(.unavailable, "The database cannot be used: \(error).")
        }
    }
}
#endif
