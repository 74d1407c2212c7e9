/// Base64 with padding (RFC 4648 §4), from bytes to bytes.
enum Base64Reader {
    /// Nil for anything that is not padded base64 without spaces.
    static func decode(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard digits.count % 4 == 0 else { return nil }
        guard !digits.isEmpty else { return [] }
        let padding = digits.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3)
        var index = digits.startIndex
        let end = digits.endIndex
        while index < end {
            let isLast = index + 4 == end
            var group: UInt32 = 0
            for place in 0..<4 {
                let digit = digits[index + place]
                if isLast, place >= 4 - padding {
                    group <<= 6
                    continue
                }
                let value = values[Int(digit)]
                guard value != Self.none else { return nil }
                group = group << 6 | UInt32(value)
            }
            bytes.append(UInt8(truncatingIfNeeded: group >> 16))
            bytes.append(UInt8(truncatingIfNeeded: group >> 8))
            bytes.append(UInt8(truncatingIfNeeded: group))
            index += 4
        }
        bytes.removeLast(padding)
        return bytes
    }

    private static let none: UInt8 = 0xff
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: none, count: 256)
        for (value, digit) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            values[Int(digit)] = UInt8(value)
        }
        return values
    }()
}
