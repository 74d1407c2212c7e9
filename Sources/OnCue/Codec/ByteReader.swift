/// Reads what ``ByteWriter`` wrote. Nil is answered for anything that is cut off or out of range; nothing traps.
package struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    package var isAtEnd: Bool { position == bytes.endIndex }

    package mutating func byte() -> UInt8? {
        guard position < bytes.endIndex else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    package mutating func unsigned() -> UInt64? {
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

    package mutating func signed() -> Int64? {
        unsigned().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }

    /// A number that is used as a count or an index.
    package mutating func count(upTo bound: Int) -> Int? {
        guard let value = unsigned(), bound >= 0, value <= UInt64(bound) else { return nil }
        return Int(value)
    }

    /// An unsigned number of `width` bytes, at most 8, the most significant first.
    package mutating func bigEndian(_ width: Int) -> UInt64? {
        guard let part = slice(width) else { return nil }
        return part.reduce(0) { $0 << 8 | UInt64($1) }
    }

    package mutating func double() -> Double? {
        bigEndian(8).map(Double.init(bitPattern:))
    }

    package mutating func text() -> String? {
        // What is left is less by the count itself.
        guard let count = count(upTo: bytes.count) else { return nil }
        return text(count)
    }

    /// A text of `count` bytes whose length stood elsewhere.
    package mutating func text(_ count: Int) -> String? {
        slice(count).map { String(decoding: $0, as: UTF8.self) }
    }

    package mutating func id() -> JobID? {
        guard let high = bigEndian(8), let low = bigEndian(8) else { return nil }
        return JobID(high: high, low: low)
    }

    /// The next `count` bytes, not copied.
    package mutating func slice(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.endIndex - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// Everything that has not been read, not copied.
    package var rest: ArraySlice<UInt8> { bytes[position...] }
}
