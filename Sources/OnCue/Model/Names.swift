/// The name that says which handler runs a job, such as `email.receipt`.
///
/// 1–128 characters of `A–Z a–z 0–9 . _ : / -`; checked where it is used, with ``validated(field:)``.
public struct JobName: NameText {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// The name of a queue, such as `mail`.
///
/// 1–128 characters of `A–Z a–z 0–9 . _ : / -`; checked where it is used, with ``validated(field:)``.
public struct QueueName: NameText {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// `default`: where a job goes that names no queue.
    public static let `default`: QueueName = "default"
}

/// A short text that names something in every store, log and address.
public protocol NameText: RawRepresentable<String>, Hashable, Comparable, Sendable, Codable,
    ExpressibleByStringLiteral, CustomStringConvertible
{
    init(rawValue: String)
}

extension NameText {
    public init(stringLiteral value: String) {
        self.init(rawValue: value)
    }

    public init(_ text: String) {
        self.init(rawValue: text)
    }

    public var description: String { rawValue }

    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.rawValue < rhs.rawValue
    }

    /// The name itself when it keeps the rules.
    ///
    /// - Throws: ``ValidationError`` naming `field` and the rule that is broken.
    @discardableResult
    public func validated(field: String) throws(ValidationError) -> Self {
        try Limits.checkName(rawValue, field: field)
        return self
    }
}
