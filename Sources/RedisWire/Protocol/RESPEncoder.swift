#if Redis
    import NIOCore

    /// How a command looks on the wire: an array of bulk strings.
    enum RESPEncoder {
        static func writeCount(_ count: Int, to buffer: inout ByteBuffer) {
            writeLine(UInt8(ascii: "*"), count, to: &buffer)
        }

        static func write(_ text: String, to buffer: inout ByteBuffer) {
            var text = text
            text.withUTF8 { write(UnsafeRawBufferPointer($0), to: &buffer) }
        }

        static func write(_ bytes: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
            writeLine(UInt8(ascii: "$"), bytes.count, to: &buffer)
            buffer.writeBytes(bytes)
            buffer.writeLineEnd()
        }

        static func write(_ bytes: ByteBuffer, to buffer: inout ByteBuffer) {
            writeLine(UInt8(ascii: "$"), bytes.readableBytes, to: &buffer)
            buffer.writeImmutableBuffer(bytes)
            buffer.writeLineEnd()
        }

        private static func writeLine(_ kind: UInt8, _ number: Int, to buffer: inout ByteBuffer) {
            buffer.writeInteger(kind)
            if number < 10 {
                buffer.writeInteger(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
            } else {
                buffer.writeString(String(number))
            }
            buffer.writeLineEnd()
        }
    }

    extension ByteBuffer {
        fileprivate mutating func writeLineEnd() {
            writeInteger(0x0D0A as UInt16)
        }
    }
#endif
