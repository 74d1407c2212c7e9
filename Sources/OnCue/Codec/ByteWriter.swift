/// Appends numbers and texts to bytes: little, without meaning of its own.
package struct ByteWriter {
    package var bytes: [UInt8] = []

    @inlinable
    package init() {}

    @inlinable
    package mutating func write(byte: UInt8) {
        bytes.append(byte)
    }

    /// Seven bits a byte, the lowest first.
    @inlinable
    package mutating func write(unsigned value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Small numbers of either sign stay short.
    package mutating func write(signed value: Int64) {
        write(unsigned: UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// The lowest `width` bytes of `value`, at most 8, the most significant first.
    @inlinable
    package mutating func write(bigEndian value: UInt64, _ width: Int) {
        for index in stride(from: width - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8)))
        }
    }

    package mutating func write(double value: Double) {
        write(bigEndian: value.bitPattern, 8)
    }

    package mutating func write(text value: String) {
        write(unsigned: UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    @inlinable
    package mutating func write(id: JobID) {
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes.append(contentsOf: $0) }
    }
}
