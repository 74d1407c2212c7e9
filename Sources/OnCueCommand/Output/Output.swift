import OnCue

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a command's words go: results to stdout, everything else to stderr.
struct Output: Sendable {
    var terminal: Terminal
    /// Print JSON, one value a line.
    var isJSON: Bool
    /// Print results and errors only.
    var isQuiet: Bool

    /// A result.
    func line(_ text: String) {
        Self.write(text + "\n", to: STDOUT_FILENO)
    }

    /// A result as JSON, on a line of its own.
    func json(_ write: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        write(&json)
        Self.write(json.bytes + [UInt8(ascii: "\n")], to: STDOUT_FILENO)
    }

    /// A result, byte for byte and without a line end of its own.
    func bytes(_ bytes: some Collection<UInt8>) {
        Self.write(Array(bytes), to: STDOUT_FILENO)
    }

    func table(_ table: Table) {
        line(table.text(width: terminal.width, colour: terminal.hasColour))
    }

    /// Something beside the result; not said when quiet.
    func note(_ text: String) {
        guard !isQuiet else { return }
        Self.write(text + "\n", to: STDERR_FILENO)
    }

    func colour(_ text: String, _ colour: Colour?) -> String {
        text.coloured(colour, on: terminal.hasColour)
    }

    static let standardOutput = STDOUT_FILENO

    /// Always said.
    static func complain(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    static func write(_ text: String, to descriptor: Int32) {
        write(Array(text.utf8), to: descriptor)
    }

    /// Writes all of it, however small the pieces that the other end takes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = systemWrite(descriptor, buffer, from: done)
                if count >= 0 {
                    done += count
                } else if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, from offset: Int) -> Int {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
        #if canImport(Glibc)
            return Glibc.write(descriptor, rest.baseAddress, rest.count)
        #elseif canImport(Musl)
            return Musl.write(descriptor, rest.baseAddress, rest.count)
        #else
            return Darwin.write(descriptor, rest.baseAddress, rest.count)
        #endif
    }
}
