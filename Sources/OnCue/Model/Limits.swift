/// A value from outside that breaks a rule: which field, and what would be right.
public struct ValidationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field as the JSON API names it, such as `max_attempts`.
    public var field: String
    /// What is wrong and what would be right, in one sentence.
    public var message: String

    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }

    public var description: String { "\(field): \(message)" }
}

/// The sizes that everything from outside is held to.
public enum Limits {
    /// Characters in the name of a job, queue, worker or schedule.
    public static let nameLength = 128
    /// UTF-8 bytes in a unique key, a tag's key or value, or a correlation id.
    public static let keyBytes = 256
    /// Tags on one job.
    public static let tags = 32
    /// Headers on one job.
    public static let headers = 32
    /// UTF-8 bytes in one header's value.
    public static let headerBytes = 4_096
    /// Bytes in a payload, an output, a checkpoint or a stored effect, by default.
    public static let payloadBytes = 1_048_576
    /// UTF-8 bytes kept of an error's text.
    public static let errorBytes = 16_384
    /// UTF-8 bytes kept of a progress message or a reason.
    public static let messageBytes = 1_024
    /// Attempts a job may be given.
    public static let attempts = 1...1_000
    /// Jobs in one call of ``JobBroker/enqueue(_:atomically:)`` when it is atomic.
    public static let atomicBatch = 10_000
    /// Jobs that may wait in one queue when its settings do not say.
    public static let waitingJobs = 10_000_000
    /// Jobs in one page of a listing.
    public static let page = 1...1_000
    /// Bytes in a document's value.
    public static let documentBytes = 65_536
    /// Documents in one collection.
    public static let documents = 10_000
    /// Entries that the audit log keeps, the newest.
    public static let auditEntries = 10_000
    /// How far ahead a delay, a run-at, an expiry or a timeout may reach.
    public static let horizon: Duration = .seconds(100 * 366 * 86_400)

    static func checkName(_ text: String, field: String) throws(ValidationError) {
        guard (1...nameLength).contains(text.utf8.count) else {
            throw ValidationError(
                field: field, message: "a name has 1 to \(nameLength) characters, this one has \(text.utf8.count)")
        }
        for byte in text.utf8 where !isNameByte(byte) {
            throw ValidationError(
                field: field,
                message: "'\(text)' has a character that names may not have; use A-Z a-z 0-9 . _ : / -")
        }
    }

    /// Any UTF-8 up to ``keyBytes`` without control characters.
    public static func checkKey(_ text: String, field: String) throws(ValidationError) {
        guard (1...keyBytes).contains(text.utf8.count) else {
            throw ValidationError(
                field: field, message: "takes 1 to \(keyBytes) bytes of text, this has \(text.utf8.count)")
        }
        for byte in text.utf8 where byte < 0x20 || byte == 0x7f {
            throw ValidationError(field: field, message: "may not have control characters")
        }
    }

    /// - Throws: `invalid` for a page whose size is not within ``page``.
    public static func checkPage(_ limit: Int) throws(StoreError) {
        guard page.contains(limit) else {
            throw StoreError(
                .invalid, "takes a number from \(page.lowerBound) to \(page.upperBound), this is \(limit)",
                field: "limit")
        }
    }

    static func checkSpan(_ span: Duration, field: String) throws(ValidationError) {
        guard span >= .zero else {
            throw ValidationError(field: field, message: "may not be negative, this is \(span.text)")
        }
        guard span <= horizon else {
            throw ValidationError(field: field, message: "may not be longer than 100 years")
        }
    }

    /// The front of `text` that fits into `bytes` of UTF-8, cut at a character.
    public static func clipped(_ text: String, to bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: bytes)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text[..<end])
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
            UInt8(ascii: "/"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
