import Synchronization

/// The identity of a job: 128 bits, written as a lower-case UUID text that sorts by the time of its making.
///
/// Ids are assigned by the store. They are no secrets.
public struct JobID: Hashable, Sendable {
    /// The first eight bytes, most significant first.
    public let high: UInt64
    /// The last eight bytes, most significant first.
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new UUIDv7: 48 bits of milliseconds, a 12-bit counter within them, 62 random bits.
    ///
    /// Ids made by one process never go back, even when the clock does.
    public static func make(at now: Timestamp) -> JobID {
        generator.withLock { $0.next(milliseconds: UInt64(max(0, now.microseconds) / 1_000)) }
    }

    private static let generator = Mutex(UUIDv7Generator(random: Xoshiro256()))

    /// When the id was made, to the millisecond.
    public var madeAt: Timestamp {
        Timestamp(microseconds: Int64(high >> 16) * 1_000)
    }
}

extension JobID: Comparable {
    public static func < (lhs: JobID, rhs: JobID) -> Bool {
        lhs.high == rhs.high ? lhs.low < rhs.low : lhs.high < rhs.high
    }
}

extension JobID: LosslessStringConvertible {
    /// The canonical lower-case text, as in `0193a1b2-…`.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = index < 8 ? high : low
                let byte = UInt8(truncatingIfNeeded: word >> UInt64((7 - index % 8) * 8))
                buffer[position] = Self.hexDigits[Int(byte >> 4)]
                buffer[position + 1] = Self.hexDigits[Int(byte & 15)]
                position += 2
            }
            return position
        }
    }

    /// Reads the canonical text, upper case, `urn:uuid:…`, braces, or 32 hex digits; nil for anything else.
    public init?(_ text: String) {
        var body = Substring(text)
        if body.utf8.count == 45, body.prefix(9).lowercased() == "urn:uuid:" { body = body.dropFirst(9) }
        if body.utf8.count == 38, body.first == "{", body.last == "}" { body = body.dropFirst().dropLast() }
        let dashed = body.utf8.count == 36
        guard dashed || body.utf8.count == 32 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (position, byte) in body.utf8.enumerated() {
            if dashed, position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let value = Self.hexValue(byte) else { return nil }
            if digits < 16 { words.0 = words.0 << 4 | value } else { words.1 = words.1 << 4 | value }
            digits += 1
        }
        guard digits == 32 else { return nil }
        self.init(high: words.0, low: words.1)
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func hexValue(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

extension JobID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = JobID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a job id")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

// MARK: - Making ids

/// Makes UUIDv7s that never go back within one process.
struct UUIDv7Generator {
    private var random: Xoshiro256
    private var lastMilliseconds: UInt64 = 0
    private var counter: UInt64 = 0

    init(random: Xoshiro256) {
        self.random = random
    }

    mutating func next(milliseconds: UInt64) -> JobID {
        if milliseconds > lastMilliseconds {
            lastMilliseconds = milliseconds
            counter = random.next() & 0x3ff
        } else {
            counter += 1
            if counter > 0xfff {
                // More than the counter holds in one millisecond: borrow from the next.
                lastMilliseconds += 1
                counter = 0
            }
        }
        let high = lastMilliseconds << 16 | 0x7000 | counter
        let low = 0x8000_0000_0000_0000 | (random.next() >> 2)
        return JobID(high: high, low: low)
    }
}

/// xoshiro256**, seeded by the system: 20 times cheaper a number than the system's generator. Not for secrets.
struct Xoshiro256: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    init() {
        var system = SystemRandomNumberGenerator()
        state = (system.next() | 1, system.next(), system.next(), system.next())
    }

    mutating func next() -> UInt64 {
        let result = rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, by: 45)
        return result
    }

    private func rotate(_ value: UInt64, by count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }
}
