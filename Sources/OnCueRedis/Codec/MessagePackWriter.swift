import OnCue

/// Appends values as Lua's `cmsgpack` reads them.
///
/// Lua's numbers are doubles: an integer beyond 2^53 that a script changes or packs again loses its last digits.
struct MessagePackWriter {
    private var writer = ByteWriter()

    var bytes: [UInt8] { writer.bytes }

    mutating func write(_ value: MessagePack) {
        switch value {
        case .null: writer.write(byte: 0xc0)
        case .bool(let value): write(value)
        case .integer(let value): write(value)
        case .double(let value): write(value)
        case .bytes(let value): write(bytes: value)
        case .array(let values):
            write(count: values.count, short: 0x90, long: 0xdc)
            for value in values { write(value) }
        case .map(let values):
            write(mapOf: values.count)
            // In order, so that equal values have equal bytes.
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                write(bytes: key.utf8)
                write(value)
            }
        }
    }

    mutating func write(_ value: Bool) {
        writer.write(byte: value ? 0xc3 : 0xc2)
    }

    mutating func write(_ value: Int64) {
        switch value {
        case -32...127: writer.write(byte: UInt8(truncatingIfNeeded: value))
        case 128...0xff: write(tag: 0xcc, value, 1)
        case 0x100...0xffff: write(tag: 0xcd, value, 2)
        case 0x1_0000...0xffff_ffff: write(tag: 0xce, value, 4)
        case 0x1_0000_0000...: write(tag: 0xcf, value, 8)
        case -0x80 ..< -32: write(tag: 0xd0, value, 1)
        case -0x8000 ..< -0x80: write(tag: 0xd1, value, 2)
        case -0x8000_0000 ..< -0x8000: write(tag: 0xd2, value, 4)
        default: write(tag: 0xd3, value, 8)
        }
    }

    mutating func write(_ value: Double) {
        writer.write(byte: 0xcb)
        writer.write(double: value)
    }

    mutating func write(bytes value: some Collection<UInt8>) {
        if value.count <= 0xff, value.count > 31 {
            writer.write(byte: 0xd9)
            writer.write(byte: UInt8(value.count))
        } else if value.count <= 31 {
            writer.write(byte: 0xa0 | UInt8(value.count))
        } else if value.count <= 0xffff {
            write(tag: 0xda, Int64(value.count), 2)
        } else {
            write(tag: 0xdb, Int64(value.count), 4)
        }
        writer.bytes.append(contentsOf: value)
    }

    /// The head of a map: as many pairs of a string and a value have to follow.
    mutating func write(mapOf count: Int) {
        write(count: count, short: 0x80, long: 0xde)
    }

    private mutating func write(count: Int, short: UInt8, long: UInt8) {
        if count <= 15 {
            writer.write(byte: short | UInt8(count))
        } else if count <= 0xffff {
            write(tag: long, Int64(count), 2)
        } else {
            write(tag: long + 1, Int64(count), 4)
        }
    }

    private mutating func write(tag: UInt8, _ value: Int64, _ width: Int) {
        writer.write(byte: tag)
        writer.write(bigEndian: UInt64(bitPattern: value), width)
    }
}
