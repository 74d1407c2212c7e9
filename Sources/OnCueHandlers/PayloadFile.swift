#if canImport(System)
    import System
#else
    import SystemPackage
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A nameless file with a payload in it, to be a child's standard input.
///
/// A file instead of a pipe: a child that never reads holds nobody up, and one that closes it early breaks nothing.
enum PayloadFile {
    /// - Returns: a descriptor at the start of the payload, closed on exec; whoever gets it closes it.
    static func make(_ payload: [UInt8]) throws -> FileDescriptor {
        let file = try open()
        do {
            try payload.withUnsafeBytes { bytes in _ = try file.writeAll(bytes) }
            try file.seek(offset: 0, from: .start)
            return file
        } catch {
            try? file.close()
            throw error
        }
    }

    /// In memory where the system has such a place, so that payloads do not reach a disk.
    private static func open() throws -> FileDescriptor {
        var failure: Int32 = ENOENT
        for folder in ["/dev/shm", "/tmp"] {
            var template = Array("\(folder)/oncue-payload.XXXXXX".utf8CString)
            let number = mkstemp(&template)
            if number >= 0 {
                _ = fcntl(number, F_SETFD, FD_CLOEXEC)
                unlink(template)
                return FileDescriptor(rawValue: number)
            }
            failure = errno
        }
        throw Errno(rawValue: failure)
    }
}
