import OnCue

/// Reads one value after another. Nil is answered for anything that is cut off or out of bounds; nothing traps, and no
/// length that is merely claimed is allocated.
struct MessagePackReader {
    private var reader: ByteReader

    init(_ bytes: ArraySlice<UInt8>) {
        reader = ByteReader(bytes)
    }

    init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    var isAtEnd: Bool { reader.isAtEnd }

    /// Everything that has not been read, not copied.
    var rest: ArraySlice<UInt8> { reader.rest }

    mutating func value() -> MessagePack? {
        value(depth: 0)
    }

    private mutating func value(depth: Int) -> MessagePack? {
        guard depth < MessagePack.maximumDepth, let tag = reader.byte() else { return nil }
        switch tag {
        case 0x00...0x7f: return .integer(Int64(tag))
        case 0x80...0x8f: return map(UInt64(tag & 0xf), depth)
        case 0x90...0x9f: return array(UInt64(tag & 0xf), depth)
        case 0xa0...0xbf: return bytes(UInt64(tag & 0x1f))
        case 0xc0: return .null
        case 0xc2: return .bool(false)
        case 0xc3: return .bool(true)
        case 0xc4...0xc6: return bytes(reader.bigEndian(1 << Int(tag - 0xc4)))
        case 0xca:
            return reader.bigEndian(4).map { .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0)))) }
        case 0xcb: return reader.double().map { .double($0) }
        case 0xcc...0xcf:
            return reader.bigEndian(1 << Int(tag - 0xcc)).flatMap(Int64.init(exactly:)).map { .integer($0) }
        case 0xd0...0xd3: return signed(1 << Int(tag - 0xd0))
        case 0xd9...0xdb: return bytes(reader.bigEndian(1 << Int(tag - 0xd9)))
        case 0xdc, 0xdd: return array(reader.bigEndian(tag == 0xdc ? 2 : 4), depth)
        case 0xde, 0xdf: return map(reader.bigEndian(tag == 0xde ? 2 : 4), depth)
        case 0xe0...0xff: return .integer(Int64(Int8(bitPattern: tag)))
        default: return nil
        }
    }

    private mutating func signed(_ width: Int) -> MessagePack? {
        reader.bigEndian(width).map { raw in
            let unused = UInt64(64 - width * 8)
            return .integer(Int64(bitPattern: raw << unused) >> Int64(unused))
        }
    }

    private mutating func bytes(_ count: UInt64?) -> MessagePack? {
        guard let count, let slice = reader.slice(Int(count)) else { return nil }
        return .bytes(Array(slice))
    }

    private mutating func array(_ count: UInt64?, _ depth: Int) -> MessagePack? {
        guard let count, count <= reader.rest.count else { return nil }
        var values: [MessagePack] = []
        for _ in 0..<count {
            guard let next = value(depth: depth + 1) else { return nil }
            values.append(next)
        }
        return .array(values)
    }

    private mutating func map(_ count: UInt64?, _ depth: Int) -> MessagePack? {
        guard let count, count <= reader.rest.count else { return nil }
        var values: [String: MessagePack] = [:]
        for _ in 0..<count {
            guard let key = value(depth: depth + 1)?.text, let next = value(depth: depth + 1) else { return nil }
            values[key] = next
        }
        return .map(values)
    }
}
