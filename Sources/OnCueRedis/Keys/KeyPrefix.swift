public import OnCue

/// What all keys of one store begin with, so that several stores, and other things, fit into one Redis.
///
/// 1–64 characters of `A–Z a–z 0–9 . _ -`. No colon: the prefix ends at the first one, so that no two stores can meet
/// in a key. No braces: they mark the hash tag.
public struct KeyPrefix: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// `oncue`.
    public static let `default` = KeyPrefix(unchecked: "oncue")

    /// - Throws: ``ValidationError`` for the field `prefix`.
    public init(_ text: String) throws(ValidationError) {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else {
            throw ValidationError(
                field: "prefix", message: "'\(text.prefix(64))' is not 1 to 64 characters of A-Z a-z 0-9 . _ -")
        }
        self.text = text
    }

    private init(unchecked text: String) {
        self.text = text
    }

    public var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
