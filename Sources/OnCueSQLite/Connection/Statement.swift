#if SQLite
import GRDBSQLite
import OnCue

/// A prepared statement. Parameters and columns are counted as SQLite does: from 1 and from 0.
///
/// Results of binding are not looked at: it fails only for an index that does not exist or without memory, and then
/// the step that follows fails.
final class Statement {
    private let handle: OpaquePointer
    private let connection: Connection
    /// It stands on a row: left there by an error, it has to be reset before it is used anew.
    private(set) var isMidway = false

    init(_ handle: OpaquePointer, on connection: Connection) {
        self.handle = handle
        self.connection = connection
    }

    deinit {
        sqlite3_finalize(handle)
    }

    // MARK: Running

    /// Goes to the next row; false after the last. The statement is reset at the end and after an error.
    @inline(__always)
    func step() throws(StoreError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW {
            isMidway = true
            return true
        }
        guard code == SQLITE_DONE else { throw failed(code) }
        reset()
        return false
    }

    private func failed(_ code: Int32) -> StoreError {
        let error = connection.failure(code)
        reset()
        return error
    }

    /// Steps once and resets: for statements without rows, or of which one row's being there is all that matters.
    @inline(__always) @discardableResult
    func run() throws(StoreError) -> Bool {
        guard try step() else { return false }
        reset()
        return true
    }

    @discardableResult
    func run<each Value: Bindable>(_ value: repeat each Value) throws(StoreError) -> Bool {
        bind(values: repeat each value)
        return try run()
    }

    @inline(__always)
    func reset() {
        sqlite3_reset(handle)
        isMidway = false
    }

    // MARK: Binding

    /// Binds the parameters from the first on.
    func bind<each Value: Bindable>(values value: repeat each Value) {
        var index: Int32 = 0
        for each in repeat each value {
            index += 1
            each.bind(to: self, at: index)
        }
    }

    @inline(__always)
    func bind(_ index: Int32, _ value: Int64) {
        sqlite3_bind_int64(handle, index, value)
    }

    @inline(__always)
    func bind(_ index: Int32, _ value: Int64?) {
        if let value { sqlite3_bind_int64(handle, index, value) } else { sqlite3_bind_null(handle, index) }
    }

    func bind(_ index: Int32, _ value: Double) {
        sqlite3_bind_double(handle, index, value)
    }

    @inline(__always)
    func bindNull(_ index: Int32) {
        sqlite3_bind_null(handle, index)
    }

    func bind(_ index: Int32, text value: String) {
        var value = value
        value.withUTF8 { bytes in
            _ = bytes.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(handle, index, $0.baseAddress, Int32($0.count), Self.copied)
            }
        }
    }

    func bind(_ index: Int32, bytes value: [UInt8]) {
        value.withUnsafeBytes { bind(index, bytes: $0, lifetime: Self.copied) }
    }

    /// Binds bytes that stay where they are until the statement was stepped.
    @inline(__always)
    func bind(_ index: Int32, kept value: UnsafeRawBufferPointer) {
        bind(index, bytes: value, lifetime: nil)
    }

    @inline(__always)
    private func bind(_ index: Int32, bytes: UnsafeRawBufferPointer, lifetime: sqlite3_destructor_type?) {
        if bytes.count == 0 {
            // A null pointer would bind NULL.
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count), lifetime)
        }
    }

    /// SQLITE_TRANSIENT, which the importer cannot express.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    // MARK: Columns

    @inline(__always)
    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    @inline(__always)
    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    @inline(__always)
    func integerOrNil(_ column: Int32) -> Int64? {
        isNull(column) ? nil : sqlite3_column_int64(handle, column)
    }

    func doubleOrNil(_ column: Int32) -> Double? {
        isNull(column) ? nil : sqlite3_column_double(handle, column)
    }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        return String(
            decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))),
            as: UTF8.self)
    }

    func textOrNil(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    @inline(__always)
    func bytes(_ column: Int32) -> [UInt8] {
        let start = sqlite3_column_blob(handle, column)
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func bytesOrNil(_ column: Int32) -> [UInt8]? {
        isNull(column) ? nil : bytes(column)
    }

    func timestampOrNil(_ column: Int32) -> Timestamp? {
        integerOrNil(column).map(Timestamp.init(microseconds:))
    }

    @inline(__always)
    func id(_ column: Int32) throws(StoreError) -> JobID {
        guard sqlite3_column_bytes(handle, column) == 16, let start = sqlite3_column_blob(handle, column) else {
            throw .corruptRow("a job id")
        }
        return JobID(
            high: UInt64(bigEndian: start.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
}

/// What can stand for a parameter.
protocol Bindable {
    func bind(to statement: Statement, at index: Int32)
}

extension Int64: Bindable {
    func bind(to statement: Statement, at index: Int32) { statement.bind(index, self) }
}

extension Int: Bindable {
    func bind(to statement: Statement, at index: Int32) { statement.bind(index, Int64(self)) }
}

extension Bool: Bindable {
    func bind(to statement: Statement, at index: Int32) { statement.bind(index, self ? 1 as Int64 : 0) }
}

extension Double: Bindable {
    func bind(to statement: Statement, at index: Int32) { statement.bind(index, self) }
}

extension String: Bindable {
    func bind(to statement: Statement, at index: Int32) { statement.bind(index, text: self) }
}

extension [UInt8]: Bindable {
    func bind(to statement: Statement, at index: Int32) { statement.bind(index, bytes: self) }
}

extension JobID: Bindable {
    func bind(to statement: Statement, at index: Int32) {
        withBigEndianBytes { statement.bind(index, bytes: [UInt8]($0)) }
    }

    /// The 16 bytes as they are stored: in this order they sort as the ids do.
    @inline(__always)
    func withBigEndianBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }
}

extension Timestamp: Bindable {
    func bind(to statement: Statement, at index: Int32) { statement.bind(index, microseconds) }
}

extension JobState: Bindable {
    func bind(to statement: Statement, at index: Int32) { statement.bind(index, Int64(rawValue)) }
}

extension Optional: Bindable where Wrapped: Bindable {
    func bind(to statement: Statement, at index: Int32) {
        if let self { self.bind(to: statement, at: index) } else { statement.bindNull(index) }
    }
}

/// A statement that is prepared when it is first used and kept as long as its connection.
final class Query {
    private let connection: Connection
    private let sql: String
    private var statement: Statement?

    init(_ sql: String, on connection: Connection) {
        self.connection = connection
        self.sql = sql
    }

    @inline(__always)
    func callAsFunction() throws(StoreError) -> Statement {
        if let statement {
            if statement.isMidway { statement.reset() }
            return statement
        }
        let prepared = try connection.prepare(sql)
        statement = prepared
        return prepared
    }
}
#endif
