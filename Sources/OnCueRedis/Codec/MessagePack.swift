import OnCue

/// What Redis's `cmsgpack` writes and reads: nil, booleans, integers, doubles, strings of any bytes, arrays, and maps
/// whose keys are strings.
enum MessagePack: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case bytes([UInt8])
    case array([MessagePack])
    case map([String: MessagePack])

    /// Lua's library goes no deeper either.
    static let maximumDepth = 16

    static func text(_ text: String) -> MessagePack { .bytes(Array(text.utf8)) }
}

// MARK: - Reading what Lua wrote

extension MessagePack {
    var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// Lua knows one kind of number: a double that is whole counts too.
    var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// Lua writes a double that is whole as an integer.
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    var bytes: [UInt8]? {
        if case .bytes(let value) = self { value } else { nil }
    }

    var text: String? {
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// An empty table of Lua could be either; it is written as an array.
    var map: [String: MessagePack]? {
        switch self {
        case .map(let value): value
        case .array(let values): values.isEmpty ? [:] : nil
        default: nil
        }
    }

    var array: [MessagePack]? {
        if case .array(let values) = self { values } else { nil }
    }
}
