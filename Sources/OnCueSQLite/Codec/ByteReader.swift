import OnCue

/// Reads what ``ByteWriter`` wrote. Nil is answered for anything that is cut off or out of range; nothing traps.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func unsigned() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let next = byte() {
            let part = UInt64(next & 0x7f)
            guard shift < 63 || part <= 1 else { return nil }
            value |= part << shift
            if next < 0x80 { return value }
            shift += 7
            guard shift < 64 else { return nil }
        }
        return nil
    }

    mutating func signed() -> Int64? {
        unsigned().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }

    /// A number that is used as a count or an index.
    mutating func count(upTo bound: Int) -> Int? {
        guard let value = unsigned(), bound >= 0, value <= UInt64(bound) else { return nil }
        return Int(value)
    }

    mutating func double() -> Double? {
        word().map(Double.init(bitPattern:))
    }

    mutating func text() -> String? {
        // What is left is less by the count itself.
        guard let count = count(upTo: bytes.count), count <= bytes.count - position else { return nil }
        defer { position += count }
        return String(decoding: bytes[position..<position + count], as: UTF8.self)
    }

    mutating func id() -> JobID? {
        guard let high = word(), let low = word() else { return nil }
        return JobID(high: high, low: low)
    }

    private mutating func word() -> UInt64? {
        guard bytes.count - position >= 8 else { return nil }
        defer { position += 8 }
        return bytes[position..<position + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
