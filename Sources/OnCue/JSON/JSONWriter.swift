/// Writes JSON as text, front to back, without a tree. Commas are set by itself; what is not paired is the caller's error.
///
/// ```swift
/// var json = JSONWriter()
/// json.object {
///     $0.field("id", "1")
///     $0.array("tags") { $0.string("a") }
/// }
/// ```
public struct JSONWriter: Sendable {
    /// What has been written so far, UTF-8.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init() {}

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Containers

    /// An object; `body` writes its fields.
    public mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    /// An array; `body` writes its elements.
    public mutating func array<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "["))
        try body(&self)
        close(UInt8(ascii: "]"))
    }

    /// The name of the field that is written next.
    public mutating func key(_ key: String) {
        separate()
        quoted(key)
        bytes.append(UInt8(ascii: ":"))
    }

    // MARK: Values

    public mutating func string(_ value: String) {
        separate()
        quoted(value)
        needsComma = true
    }

    public mutating func integer(_ value: some BinaryInteger) {
        scalar(String(value))
    }

    /// A number; null for one that JSON does not know (infinite, not a number).
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        // A whole number is written as one: 1, not 1.0.
        if value == value.rounded(), abs(value) < 1e15 { return integer(Int64(value)) }
        scalar(value.description)
    }

    public mutating func bool(_ value: Bool) {
        scalar(value ? "true" : "false")
    }

    public mutating func null() {
        scalar("null")
    }

    /// Bytes that are one JSON value already, as they stand.
    public mutating func raw(_ value: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: value)
        needsComma = true
    }

    public mutating func base64(_ value: [UInt8]) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        Base64.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    // MARK: Fields

    public mutating func field(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    public mutating func field(_ name: String, _ value: some BinaryInteger) {
        key(name)
        integer(value)
    }

    public mutating func field(_ name: String, _ value: Double) {
        key(name)
        number(value)
    }

    public mutating func field(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    public mutating func field(_ name: String, _ value: Timestamp) {
        field(name, value.description)
    }

    public mutating func field(_ name: String, _ value: Duration) {
        field(name, value.text)
    }

    /// Left out when there is none.
    public mutating func field(ifPresent name: String, _ value: String?) {
        if let value { field(name, value) }
    }

    /// Left out when there is none.
    public mutating func field(ifPresent name: String, _ value: Timestamp?) {
        if let value { field(name, value) }
    }

    /// Left out when there is none.
    public mutating func field(ifPresent name: String, _ value: Duration?) {
        if let value { field(name, value) }
    }

    /// Left out when there is none.
    public mutating func field(ifPresent name: String, _ value: Int?) {
        if let value { field(name, value) }
    }

    /// An object of texts, sorted by key; left out when empty.
    public mutating func field(ifPresent name: String, _ values: [String: String]) {
        guard !values.isEmpty else { return }
        object(name) { json in
            for (key, value) in values.sorted(by: { $0.key < $1.key }) { json.field(key, value) }
        }
    }

    public mutating func object<E: Error>(_ name: String, _ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        key(name)
        try object(body)
    }

    public mutating func array<E: Error>(_ name: String, _ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        key(name)
        try array(body)
    }

    // MARK: Pieces

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func scalar(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x20...: bytes.append(byte)
            case 0x0a: bytes.append(contentsOf: "\\n".utf8)
            case 0x0d: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            default:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.hexDigits[Int(byte >> 4)])
                bytes.append(Self.hexDigits[Int(byte & 15)])
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}
