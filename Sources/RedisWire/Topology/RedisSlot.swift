/// One of the 16,384 parts that a cluster's keys are spread over.
struct RedisSlot: Hashable, Sendable, Comparable {
    static let count = 16_384

    /// 0 to 16,383.
    let number: Int

    /// nil outside of the range.
    init?(_ number: Int) {
        guard (0..<Self.count).contains(number) else { return nil }
        self.number = number
    }

    /// The slot of a key: of what is between its first `{` and the next `}`, unless that is nothing.
    static func of(key: String) -> RedisSlot {
        var key = key
        return key.withUTF8 { of(key: $0) }
    }

    static func of(key: some Collection<UInt8>) -> RedisSlot {
        RedisSlot(hashed: Int(checksum(tag(of: key))) % count)
    }

    private init(hashed number: Int) { self.number = number }

    static func < (left: RedisSlot, right: RedisSlot) -> Bool { left.number < right.number }

    private static func tag<Key: Collection<UInt8>>(of key: Key) -> Key.SubSequence {
        guard let opening = key.firstIndex(of: UInt8(ascii: "{")) else { return key[...] }
        let inside = key[key.index(after: opening)...]
        guard let closing = inside.firstIndex(of: UInt8(ascii: "}")), closing != inside.startIndex else {
            return key[...]
        }
        return inside[..<closing]
    }

    /// CRC-16 in the variant called XMODEM.
    private static func checksum(_ bytes: some Sequence<UInt8>) -> UInt16 {
        bytes.reduce(0) { crc, byte in (crc << 8) ^ table[Int(UInt8(crc >> 8) ^ byte)] }
    }

    private static let table: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : (crc << 1) ^ 0x1021 }
    }
}
