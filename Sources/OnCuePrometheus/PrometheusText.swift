/// Writes the text format of Prometheus, version 0.0.4.
///
/// ```swift
/// var text = PrometheusText()
/// text.family("oncue_workers", .gauge, help: "Workers that are open.")
/// text.sample("oncue_workers", [("queue", "mail")], 3)
/// ```
public struct PrometheusText: Sendable {
    /// What a server gives as `Content-Type`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Begins a family; its samples follow at once. The name has to be a valid one (``PrometheusName``).
    public mutating func family(_ name: String, _ kind: Kind, help: String?) {
        if let help {
            append("# HELP ")
            append(name)
            append(" ")
            for byte in help.utf8 {
                switch byte {
                case UInt8(ascii: "\\"): append("\\\\")
                case UInt8(ascii: "\n"): append("\\n")
                default: bytes.append(byte)
                }
            }
            append("\n")
        }
        append("# TYPE ")
        append(name)
        append(" ")
        append(kind.rawValue)
        append("\n")
    }

    public mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: Double) {
        sample(name, Self.labels(labels), value)
    }

    public mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: some BinaryInteger) {
        sample(name, Self.labels(labels), String(value))
    }

    /// - Parameter labels: as ``labels(_:)`` writes them.
    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        sample(name, labels, Self.number(value))
    }

    mutating func sample(_ name: String, _ labels: String, _ value: String) {
        append(name)
        if !labels.isEmpty {
            append("{")
            append(labels)
            append("}")
        }
        append(" ")
        append(value)
        append("\n")
    }

    /// `queue="mail",name="a\"b"`.
    static func labels(_ labels: [(String, String)]) -> String {
        var text = ""
        for (name, value) in labels {
            if !text.isEmpty { text += "," }
            text += name
            text += "=\""
            for character in value.unicodeScalars {
                switch character {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.unicodeScalars.append(character)
                }
            }
            text += "\""
        }
        return text
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return value.description
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
