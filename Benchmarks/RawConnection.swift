#if SQLite
    import GRDBSQLite

    /// SQLite through its C interface, with as little around it as possible.
    final class RawConnection {
        struct Failure: Error, CustomStringConvertible {
            var description: String
        }

        private let handle: OpaquePointer

        /// Opens or makes a file, in WAL mode and with every commit made durable.
        init(path: String) throws {
            var opened: OpaquePointer?
            let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
            guard sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK, let opened else {
                throw Failure(description: "cannot open \(path)")
            }
            handle = opened
            try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }

        deinit {
            sqlite3_close_v2(handle)
        }

        func execute(_ sql: String) throws {
            guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
        }

        func prepare(_ sql: String) throws -> RawStatement {
            var statement: OpaquePointer?
            guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
                let statement
            else { throw failure(sql) }
            return RawStatement(statement, of: self)
        }

        fileprivate func failure(_ what: String) -> Failure {
            Failure(description: "\(String(cString: sqlite3_errmsg(handle))): \(what)")
        }
    }

    /// A prepared statement of the raw loop.
    final class RawStatement {
        private let handle: OpaquePointer
        private let connection: RawConnection

        fileprivate init(_ handle: OpaquePointer, of connection: RawConnection) {
            self.handle = handle
            self.connection = connection
        }

        deinit {
            sqlite3_finalize(handle)
        }

        func bind(_ value: Int64, at index: Int32) {
            sqlite3_bind_int64(handle, index, value)
        }

        /// The bytes have to live until the next step.
        func bind(_ bytes: UnsafeRawBufferPointer, at index: Int32) {
            sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count), nil)
        }

        /// Runs to the end and makes ready for the next run.
        func run() throws {
            let code = sqlite3_step(handle)
            sqlite3_reset(handle)
            guard code == SQLITE_DONE else { throw connection.failure("step") }
        }

        /// The next row is there to be read; false at the end, made ready for the next run.
        func step() throws -> Bool {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: return true
            case SQLITE_DONE:
                sqlite3_reset(handle)
                return false
            default: throw connection.failure("step")
            }
        }

        func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

        func bytes(_ column: Int32) -> [UInt8] {
            let count = Int(sqlite3_column_bytes(handle, column))
            guard count > 0, let start = sqlite3_column_blob(handle, column) else { return [] }
            return Array(UnsafeRawBufferPointer(start: start, count: count))
        }
    }
#endif
