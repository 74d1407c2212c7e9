/// How many requests are let through: `10/s`, `600/m`, `5000/h`. As many may come at once as the number says.
public struct RequestRate: Hashable, Sendable, CustomStringConvertible {
    public enum Unit: String, Sendable, CaseIterable {
        case second = "s"
        case minute = "m"
        case hour = "h"

        public var duration: Duration {
            switch self {
            case .second: .seconds(1)
            case .minute: .seconds(60)
            case .hour: .seconds(3_600)
            }
        }
    }

    /// 1 to 1,000,000.
    public var count: Int
    public var unit: Unit

    public static let counts = 1...1_000_000

    /// - Throws: ``ValidationError`` for a count outside ``counts``.
    public init(_ count: Int, per unit: Unit) throws(ValidationError) {
        guard Self.counts.contains(count) else {
            throw ValidationError(
                field: "rate", message: "takes 1 to \(Self.counts.upperBound) requests, this is \(count)")
        }
        self.count = count
        self.unit = unit
    }

    /// Reads a rate such as `600/m`.
    public init(parsing text: String) throws(ValidationError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), let unit = Unit(rawValue: String(parts[1])) else {
            throw ValidationError(
                field: "rate", message: "'\(text.prefix(64))' is not a rate; write it as 10/s, 600/m or 5000/h")
        }
        try self.init(count, per: unit)
    }

    public var description: String { "\(count)/\(unit.rawValue)" }
}

/// A bucket that fills at a rate and of which each request takes one. Pure: the caller brings the time.
public struct TokenBucket: Sendable {
    public let rate: RequestRate
    private var tokens: Double
    private var filledAt: Duration

    /// A full one.
    ///
    /// - Parameter now: on a clock that never jumps.
    public init(_ rate: RequestRate, now: Duration) {
        self.rate = rate
        tokens = Double(rate.count)
        filledAt = now
    }

    /// Takes one.
    ///
    /// - Returns: nil when there was one, else how long until there is.
    public mutating func take(now: Duration) -> Duration? {
        let share = rate.unit.duration / Double(rate.count)
        if now > filledAt {
            tokens = min(Double(rate.count), tokens + (now - filledAt) / share)
            filledAt = now
        }
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return share * (1 - tokens)
    }
}
