#if Redis
    import NIOCore

    /// How a command looks on the wire: an array of bulk strings.
    enum RESPEncoder {
        /// The sign, a number, the end of a line, and the end of the line behind the bytes.
        private static let overhead = 1 + 20 + 2 + 2

        static func writeCount(_ count: Int, to buffer: inout ByteBuffer) {
            buffer.write(atMost: overhead) { $0.write(line: UInt8(ascii: "*"), count) }
        }

        static func write(_ text: String, to buffer: inout ByteBuffer) {
            var text = text
            text.withUTF8 { write(UnsafeRawBufferPointer($0), to: &buffer) }
        }

        static func write(_ bytes: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
            write(length: bytes.count, to: &buffer) { $0.write(bytes) }
        }

        static func write(_ bytes: ByteBuffer, to buffer: inout ByteBuffer) {
            bytes.withUnsafeReadableBytes { write($0, to: &buffer) }
        }

        /// - Parameter fill: writes as many bytes as `length` says.
        static func write(length: Int, to buffer: inout ByteBuffer, _ fill: (inout RawWriter) -> Void) {
            buffer.write(atMost: overhead + length) { writer in
                writer.write(line: UInt8(ascii: "$"), length)
                let start = writer.count
                fill(&writer)
                precondition(writer.count - start == length)
                writer.writeLineEnd()
            }
        }
    }

    extension RawWriter {
        fileprivate mutating func write(line kind: UInt8, _ number: Int) {
            write(kind)
            write(decimal: UInt64(number))
            writeLineEnd()
        }

        fileprivate mutating func writeLineEnd() {
            write(integer: 0x0D0A as UInt16)
        }
    }
#endif
