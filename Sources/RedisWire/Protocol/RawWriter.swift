#if Redis
    package import NIOCore

    /// Writes pieces one behind the other into memory that is known to hold them. A `ByteBuffer` looks at its storage anew for
    /// each piece, which costs more than a piece of a few bytes.
    package struct RawWriter {
        private let target: UnsafeMutableRawBufferPointer
        package private(set) var count = 0

        init(_ target: UnsafeMutableRawBufferPointer) { self.target = target }

        /// The next so many bytes of the memory; ends the program where there are not so many.
        private mutating func next(_ length: Int) -> UnsafeMutableRawBufferPointer {
            precondition(length <= target.count - count)
            defer { count += length }
            return UnsafeMutableRawBufferPointer(rebasing: target[count..<count + length])
        }

        package mutating func write(_ byte: UInt8) {
            next(1)[0] = byte
        }

        /// Big endian.
        package mutating func write(integer: some FixedWidthInteger) {
            withUnsafeBytes(of: integer.bigEndian) { write($0) }
        }

        package mutating func write(_ bytes: UnsafeRawBufferPointer) {
            next(bytes.count).copyMemory(from: bytes)
        }

        package mutating func write(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { write($0) }
        }

        package mutating func write(_ text: String) {
            var text = text
            text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
        }

        package mutating func write(decimal number: UInt64) {
            let digits = next(Self.digits(of: number))
            var rest = number
            for index in digits.indices.reversed() {
                digits[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }

        /// How many bytes ``write(decimal:)`` takes.
        package static func digits(of number: UInt64) -> Int {
            var (digits, rest) = (1, number)
            while rest >= 10 {
                digits += 1
                rest /= 10
            }
            return digits
        }
    }

    extension ByteBuffer {
        /// Appends what `fill` writes: at most so many bytes.
        package mutating func write(atMost length: Int, _ fill: (inout RawWriter) -> Void) {
            writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
                var writer = RawWriter(target)
                fill(&writer)
                return writer.count
            }
        }
    }
#endif
