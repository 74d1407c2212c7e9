import OnCue

/// Appends numbers and texts to bytes: little, without meaning of its own.
struct ByteWriter {
    var bytes: [UInt8] = []

    @inline(__always)
    mutating func write(byte: UInt8) {
        bytes.append(byte)
    }

    /// Seven bits a byte, the lowest first.
    @inline(__always)
    mutating func write(unsigned value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Small numbers of either sign stay short.
    mutating func write(signed value: Int64) {
        write(unsigned: UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    mutating func write(double value: Double) {
        withUnsafeBytes(of: value.bitPattern.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(text value: String) {
        write(unsigned: UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    @inline(__always)
    mutating func write(id: JobID) {
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes.append(contentsOf: $0) }
    }
}
