#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Lines of a file or of stdin, read in pieces: a file of any size takes little memory.
struct LineReader: ~Copyable {
    struct Line: Equatable {
        /// Without its end.
        var bytes: [UInt8]
        /// 1 is the first.
        var number: Int
        /// It went on beyond the limit; `bytes` is empty.
        var isTooLong: Bool
    }

    private let descriptor: Int32
    private let path: String
    private let limit: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    private var number = 0

    /// - Parameters:
    ///   - path: a file, or `-` for stdin.
    ///   - limit: bytes that a line may have.
    init(path: String, limit: Int) throws(CommandError) {
        self.path = path
        self.limit = limit
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .usage("the file '\(path)' cannot be read: \(String(cString: strerror(errno)))")
        }
    }

    /// - Throws: ``CommandError`` when the file cannot be read.
    static func check(path: String) throws(CommandError) {
        _ = try LineReader(path: path, limit: 0)
    }

    deinit {
        if descriptor > STDIN_FILENO { close(descriptor) }
    }

    /// False when the next line has not come yet and reading on would wait for it.
    var hasMoreAtOnce: Bool {
        if isAtEnd || buffer[position...].contains(UInt8(ascii: "\n")) { return true }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    /// The next line; nil at the end.
    mutating func next() throws(CommandError) -> Line? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = take(upTo: end)
                position = end + 1
                return line
            }
            if isAtEnd {
                guard position < buffer.count else { return nil }
                let line = take(upTo: buffer.count)
                position = buffer.count
                return line
            }
            if buffer.count - position > limit { return try skipLine() }
            searched = buffer.count - position
            try fill()
        }
    }

    private mutating func take(upTo end: Int) -> Line {
        number += 1
        var bytes = Array(buffer[position..<end])
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        if bytes.count > limit { return Line(bytes: [], number: number, isTooLong: true) }
        return Line(bytes: bytes, number: number, isTooLong: false)
    }

    /// Drops what is left of a line that is too long.
    private mutating func skipLine() throws(CommandError) -> Line {
        number += 1
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                position = end + 1
                break
            }
            position = buffer.count
            if isAtEnd { break }
            try fill()
        }
        return Line(bytes: [], number: number, isTooLong: true)
    }

    private static let piece = 262_144

    /// Reads what is there, at least something, unless the end is reached.
    private mutating func fill() throws(CommandError) {
        buffer.removeFirst(position)
        position = 0
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Self.piece))
        var count = -1
        repeat {
            count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + start, Self.piece) }
            // The buffer is not empty: it was just made longer.
        } while count < 0 && errno == EINTR
        buffer.removeLast(Self.piece - max(0, count))
        if count == 0 { isAtEnd = true }
        guard count >= 0 else {
            throw .usage("reading \(path == "-" ? "stdin" : path) failed: \(String(cString: strerror(errno)))")
        }
    }
}
