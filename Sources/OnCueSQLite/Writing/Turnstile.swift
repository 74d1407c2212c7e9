#if SQLite
import OnCue

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Lets the writing processes of one file through one after the other.
///
/// SQLite's own busy handler is a lottery in which a busy writer wins: others starve for seconds. Here whoever waits
/// holds the first file, so that whoever has just been through cannot come again before it.
final class Turnstile: Sendable {
    private let turn: Int32
    private let main: Int32

    /// Makes the two files beside the database if they are not there.
    init(database path: String) throws(StoreError) {
        let turn = try Self.openFile(path + "-turn")
        do {
            main = try Self.openFile(path + "-lock")
        } catch {
            close(turn)
            throw error
        }
        self.turn = turn
    }

    deinit {
        close(turn)
        close(main)
    }

    /// Waits until it is this one's turn. The system wakes waiters in order.
    func enter() {
        lock(turn, LOCK_EX)
        lock(main, LOCK_EX)
        lock(turn, LOCK_UN)
    }

    /// Waits until it is this one's turn, but not for ever; false when it did not come.
    func enter(within patience: Duration) -> Bool {
        let deadline = SystemTime().uptime() + patience
        for file in [turn, main] {
            while flock(file, LOCK_EX | LOCK_NB) != 0 {
                guard SystemTime().uptime() < deadline else {
                    if file == main { lock(turn, LOCK_UN) }
                    return false
                }
                usleep(2_000)
            }
        }
        lock(turn, LOCK_UN)
        return true
    }

    func leave() {
        lock(main, LOCK_UN)
    }

    /// A lock that fails for another reason than a signal would fail for ever; SQLite's own locks still keep the file.
    private func lock(_ file: Int32, _ operation: Int32) {
        while flock(file, operation) != 0, errno == EINTR {}
    }

    private static func openFile(_ path: String) throws(StoreError) -> Int32 {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file < 0 else { return file }
        switch errno {
        case EACCES, EPERM, EROFS:
            throw StoreError(
                .readOnly, "'\(path)' may not be written to; check the permissions of the folder and its disk.")
        case ENOSPC:
            throw StoreError(.diskFull, "No room left for '\(path)'; free space on its disk, then try again.")
        default:
            throw StoreError(.unavailable, "'\(path)' cannot be opened: \(String(cString: strerror(errno))).")
        }
    }
}
#endif
