#if SQLite
import Foundation
import OnCue

/// Tells at the cost of one system call that the file was not written to, so that an idle store need not ask SQLite 25
/// times a second.
///
/// The time of the last write to the log says so, with care: it is coarse, and what was written shows only once the disk
/// has it. So a log that was written to lately counts as changed, and SQLite is asked once a second in any case.
struct LogStamp {
    private static let settling: Duration = .seconds(2)
    private static let longest: Duration = .seconds(1)

    private let path: String
    private var lastWrite: Timestamp?
    private var lastAsked: Duration = .zero

    /// - Parameter database: the path of the database.
    init(database: String) {
        path = database + "-wal"
    }

    /// False when nobody can have committed since the last time that this was true.
    mutating func mayHaveChanged() -> Bool {
        let uptime = SystemTime().uptime()
        let write = Self.lastWrite(to: path)
        let isSettled = write.map { $0 == lastWrite && SystemTime().now() - $0 > Self.settling } ?? false
        if isSettled, uptime - lastAsked < Self.longest { return false }
        lastWrite = write
        lastAsked = uptime
        return true
    }

    private static func lastWrite(to path: String) -> Timestamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
#endif
