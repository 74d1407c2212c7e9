/// What is wrong with a JSON text, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes from the start of the text.
    public var offset: Int
    public var message: String

    public init(offset: Int, message: String) {
        self.offset = offset
        self.message = message
    }

    public var description: String { "\(message) at byte \(offset)" }
}

/// Finds the parts of a JSON text without decoding them, so that what is passed on keeps its bytes: numbers of any size,
/// `1.0`, the order of keys, spaces.
///
/// The whole text is checked: RFC 8259 grammar, UTF-8, and nesting of at most ``maxDepth``.
public struct JSONSlicer {
    public enum Kind: Hashable, Sendable {
        case object, array, string, number, bool, null
    }

    /// A value by its place; the range does not include the spaces around it.
    public struct Value: Hashable, Sendable {
        public var kind: Kind
        public var range: Range<Int>

        public init(kind: Kind, range: Range<Int>) {
            self.kind = kind
            self.range = range
        }
    }

    /// A field of an object.
    public struct Member: Hashable, Sendable {
        public var key: String
        public var value: Value

        public init(key: String, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// Containers within containers.
    public static let maxDepth = 512

    private let bytes: [UInt8]
    private let start: Int
    private let end: Int
    private var position: Int

    private init(_ bytes: [UInt8], in range: Range<Int>?) {
        let range = range ?? bytes.indices
        self.bytes = bytes
        start = range.lowerBound
        end = range.upperBound
        position = start
    }

    // MARK: Asking

    /// Checks that the text is one JSON value with nothing but spaces around it.
    ///
    /// - Parameter range: the part of `bytes` that is the text; nil means all.
    public static func value(of bytes: [UInt8], in range: Range<Int>? = nil) throws(JSONError) -> Value {
        var slicer = JSONSlicer(bytes, in: range)
        slicer.skipSpaces()
        let value = try slicer.readValue()
        try slicer.finish()
        return value
    }

    /// Whether the text is one JSON value.
    public static func isValue(_ bytes: [UInt8]) -> Bool {
        (try? value(of: bytes)) != nil
    }

    /// The fields of the text's one object in their order. A key may appear twice; the last is the one that holds.
    public static func members(of bytes: [UInt8], in range: Range<Int>? = nil) throws(JSONError) -> [Member] {
        var slicer = JSONSlicer(bytes, in: range)
        slicer.skipSpaces()
        guard slicer.take(UInt8(ascii: "{")) else { throw slicer.error("expected an object") }
        var members: [Member] = []
        slicer.skipSpaces()
        if !slicer.take(UInt8(ascii: "}")) {
            repeat {
                let key = try slicer.readKey()
                members.append(
                    Member(key: try string(Value(kind: .string, range: key), of: bytes), value: try slicer.readValue()))
                slicer.skipSpaces()
            } while slicer.take(UInt8(ascii: ","))
            guard slicer.take(UInt8(ascii: "}")) else { throw slicer.error("expected ',' or '}'") }
        }
        try slicer.finish()
        return members
    }

    /// The elements of the text's one array in their order.
    public static func elements(of bytes: [UInt8], in range: Range<Int>? = nil) throws(JSONError) -> [Value] {
        var slicer = JSONSlicer(bytes, in: range)
        slicer.skipSpaces()
        guard slicer.take(UInt8(ascii: "[")) else { throw slicer.error("expected an array") }
        var elements: [Value] = []
        slicer.skipSpaces()
        if !slicer.take(UInt8(ascii: "]")) {
            repeat {
                slicer.skipSpaces()
                elements.append(try slicer.readValue())
                slicer.skipSpaces()
            } while slicer.take(UInt8(ascii: ","))
            guard slicer.take(UInt8(ascii: "]")) else { throw slicer.error("expected ',' or ']'") }
        }
        try slicer.finish()
        return elements
    }

    /// The text of a string value, its escapes resolved.
    ///
    /// - Throws: ``JSONError`` for half of a surrogate pair, which no text can hold.
    public static func string(_ value: Value, of bytes: [UInt8]) throws(JSONError) -> String {
        // The quotes were checked when the value was found.
        let inner = bytes[value.range].dropFirst().dropLast()
        guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
        var unescaper = JSONUnescaper(inner)
        return try unescaper.text()
    }

    // MARK: Scanning

    private func error(_ message: String) -> JSONError {
        JSONError(offset: position - start, message: position >= end ? "\(message), the text ends" : message)
    }

    private mutating func finish() throws(JSONError) {
        skipSpaces()
        guard position == end else { throw error("expected the end of the text") }
    }

    private var current: UInt8? { position < end ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpaces() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }

    /// A key with its colon and the spaces around both.
    private mutating func readKey() throws(JSONError) -> Range<Int> {
        skipSpaces()
        guard current == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
        let from = position
        try skipString()
        let range = from..<position
        skipSpaces()
        guard take(UInt8(ascii: ":")) else { throw error("expected ':'") }
        skipSpaces()
        return range
    }

    /// One value and all that is in it, without recursion: the open containers are in a list.
    private mutating func readValue() throws(JSONError) -> Value {
        let from = position
        var objects: [Bool] = []
        var outermost: Kind?
        repeat {
            skipSpaces()
            let kind = try openValue()
            if outermost == nil { outermost = kind }
            if kind == .object || kind == .array {
                objects.append(kind == .object)
                guard objects.count <= Self.maxDepth else { throw error("nested deeper than \(Self.maxDepth)") }
                skipSpaces()
                if current != (kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if kind == .object { _ = try readKey() }
                    continue
                }
            }
            try closeContainers(&objects)
        } while !objects.isEmpty
        // The loop ran at least once.
        return Value(kind: outermost ?? .null, range: from..<position)
    }

    /// After a value: ends the containers that end here, up to the next element or the end of all.
    private mutating func closeContainers(_ objects: inout [Bool]) throws(JSONError) {
        while let isObject = objects.last {
            skipSpaces()
            if take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                objects.removeLast()
            } else if take(UInt8(ascii: ",")) {
                if isObject { _ = try readKey() }
                return
            } else {
                throw error(isObject ? "expected ',' or '}'" : "expected ',' or ']'")
            }
        }
    }

    /// A scalar whole, or the opening bracket of a container.
    private mutating func openValue() throws(JSONError) -> Kind {
        guard let first = current else { throw error("expected a value") }
        switch first {
        case UInt8(ascii: "{"):
            position += 1
            return .object
        case UInt8(ascii: "["):
            position += 1
            return .array
        case UInt8(ascii: "\""):
            try skipString()
            return .string
        case UInt8(ascii: "t"):
            try skipWord("true")
            return .bool
        case UInt8(ascii: "f"):
            try skipWord("false")
            return .bool
        case UInt8(ascii: "n"):
            try skipWord("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try skipNumber()
            return .number
        default: throw error("expected a value")
        }
    }

    private mutating func skipWord(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else { throw error("expected '\(word)'") }
            position += 1
        }
    }

    private mutating func skipNumber() throws(JSONError) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try skipDigits() }
        if take(UInt8(ascii: ".")) { try skipDigits() }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONError) {
        let from = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > from else { throw error("expected a digit") }
    }

    private mutating func skipString() throws(JSONError) {
        position += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try skipEscape()
            case 0x20..<0x80: position += 1
            case ..<0x20: throw error("a control character in a string; write it as an escape")
            default: try skipMultibyte(lead: byte)
            }
        }
        throw error("a string without its closing quote")
    }

    private mutating func skipEscape() throws(JSONError) {
        position += 1
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard let byte = current, JSONUnescaper.hexValue(byte) != nil else {
                    throw error("expected four hex digits after \\u")
                }
                position += 1
            }
        default: throw error("an escape that JSON does not know")
        }
    }

    /// One character of two to four bytes, by the table of well-formed UTF-8 of the Unicode standard.
    private mutating func skipMultibyte(lead: UInt8) throws(JSONError) {
        let second: ClosedRange<UInt8>
        let more: Int
        switch lead {
        case 0xc2...0xdf: (second, more) = (0x80...0xbf, 0)
        case 0xe0: (second, more) = (0xa0...0xbf, 1)
        case 0xed: (second, more) = (0x80...0x9f, 1)
        case 0xe1...0xef: (second, more) = (0x80...0xbf, 1)
        case 0xf0: (second, more) = (0x90...0xbf, 2)
        case 0xf1...0xf3: (second, more) = (0x80...0xbf, 2)
        case 0xf4: (second, more) = (0x80...0x8f, 2)
        default: throw error("bytes that are not UTF-8")
        }
        guard position + 1 + more < end, second.contains(bytes[position + 1]) else {
            throw error("bytes that are not UTF-8")
        }
        for index in 0..<more where !(0x80...0xbf).contains(bytes[position + 2 + index]) {
            throw error("bytes that are not UTF-8")
        }
        position += 2 + more
    }
}

/// Resolves the escapes of a string whose grammar has been checked.
private struct JSONUnescaper {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    mutating func text() throws(JSONError) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        while position < bytes.endIndex {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            let escape = bytes[position]
            position += 1
            switch escape {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0c)
            case UInt8(ascii: "n"): result.append(0x0a)
            case UInt8(ascii: "r"): result.append(0x0d)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                result.append(contentsOf: UTF8.encode(try scalar()) ?? UTF8.encodedReplacementCharacter)
            default: result.append(escape)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The character of one `\u` escape, or of two that are a surrogate pair.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let offset = position
        let first = unit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        if (0xd800...0xdbff).contains(first), position + 1 < bytes.endIndex, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let second = unit()
            if (0xdc00...0xdfff).contains(second),
                let scalar = Unicode.Scalar(0x1_0000 + (first - 0xd800) << 10 + (second - 0xdc00))
            {
                return scalar
            }
        }
        throw JSONError(offset: offset, message: "half of a surrogate pair")
    }

    private mutating func unit() -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            // Four hex digits follow: the scanner has checked them.
            value = value << 4 | (Self.hexValue(bytes[position]) ?? 0)
            position += 1
        }
        return value
    }

    static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
