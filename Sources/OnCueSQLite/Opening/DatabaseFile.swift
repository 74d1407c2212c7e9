#if SQLite
import Foundation
import OnCue

/// What can be said of a database file before SQLite opens it.
enum DatabaseFile {
    /// The size up to which an integrity check is done at each opening; larger ones are left to `check()`.
    static let quickCheckBound: Int64 = 256 << 20

    /// - Throws: for a folder, a file that is no database, and a file system over a network.
    static func inspect(_ path: String) throws(StoreError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw StoreError(.invalid, "takes the path of a file, such as jobs.db", field: "path")
        }
        let folder = URL(filePath: path).deletingLastPathComponent().path
        var status = stat()
        guard stat(folder, &status) == 0 else {
            throw StoreError(.unavailable, "The folder '\(folder)' does not exist; make it or give another path.")
        }
        if let network = networkFileSystem(of: folder) {
            throw StoreError(
                .unsupported,
                "'\(path)' is on a network file system (\(network)), where SQLite's locks do not hold; "
                    + "put the database on a local disk.")
        }
        guard stat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw StoreError(.notADatabase, "'\(path)' is a folder; give the path of a file in it.")
        }
        guard status.st_size > 0 else { return }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw StoreError(.readOnly, "'\(path)' may not be read; check its permissions.")
        }
        defer { try? file.close() }
        let head = (try? file.read(upToCount: 16)) ?? Data()
        guard head == Data("SQLite format 3\0".utf8) else {
            throw StoreError(.notADatabase, "'\(path)' is not a SQLite database; give another path.")
        }
    }

    /// The mark that the file's application has set, from the file's head; nil where there is none to read.
    static func applicationID(_ path: String) -> Int64? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let head = try? file.read(upToCount: 100), head.count == 100 else { return nil }
        return head[68..<72].reduce(0) { $0 << 8 | Int64($1) }
    }

    static func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// Bytes that may still be written where the file is.
    static func freeSpace(beside path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(URL(filePath: path).deletingLastPathComponent().path, &status) == 0 else { return nil }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    /// Whether two paths lead to one file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        var first = stat()
        var second = stat()
        guard stat(one, &first) == 0, stat(other, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    // MARK: Network file systems

    /// The name of the network file system that the folder is on; nil when it is on a local one.
    static func networkFileSystem(of folder: String) -> String? {
        #if os(Linux)
        guard let data = FileManager.default.contents(atPath: "/proc/self/mountinfo") else { return nil }
        let real = URL(filePath: folder).resolvingSymlinksInPath().standardizedFileURL.path
        return networkFileSystem(of: real, mounts: String(decoding: data, as: UTF8.self))
        #else
        var status = statfs()
        guard statfs(folder, &status) == 0, status.f_flags & UInt32(MNT_LOCAL) == 0 else { return nil }
        return withUnsafeBytes(of: status.f_fstypename) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        #endif
    }

    private static let networkTypes: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "coda", "ceph", "lustre", "glusterfs", "beegfs",
        "orangefs", "ocfs2", "gfs2", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone",
        "fuse.gcsfuse",
    ]

    /// - Parameter mounts: the text of `/proc/self/mountinfo`.
    static func networkFileSystem(of folder: String, mounts: String) -> String? {
        var best: (length: Int, type: String)?
        for line in mounts.split(separator: "\n") {
            // id parent major:minor root MOUNT-POINT options optional… - TYPE source options
            let fields = line.split(separator: " ")
            guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
            let point = fields[4].replacing("\\040", with: " ")
            guard folder == point || point == "/" || folder.hasPrefix(point + "/") else { continue }
            // Of two mounts on one place the later covers the earlier.
            if best.map({ point.count >= $0.length }) ?? true { best = (point.count, String(fields[dash + 1])) }
        }
        guard let best, networkTypes.contains(best.type) else { return nil }
        return best.type
    }
}
#endif
