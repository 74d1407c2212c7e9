/// Durations as text, in Go's grammar with days: `300ms`, `1.5h`, `1h30m`, `7d`. Units: `ns us µs ms s m h d`.
extension Duration {
    /// Reads a duration such as `1h30m`.
    ///
    /// - Throws: ``ValidationError`` when the text is not of that form or is longer than 290 years.
    public init(parsing text: String) throws(ValidationError) {
        func invalid() -> ValidationError {
            ValidationError(
                field: "duration",
                message:
                    "'\(text.prefix(64))' is not a duration; write a number and a unit, such as 300ms, 10s, 1h30m or 7d"
            )
        }
        var rest = Substring(text)
        var negative = false
        if rest.first == "-" || rest.first == "+" { negative = rest.removeFirst() == "-" }
        if rest == "0" {
            self = .zero
            return
        }
        guard !rest.isEmpty else { throw invalid() }
        // Nanoseconds: 128 bits cannot overflow with the 64 characters that are read at most.
        guard rest.utf8.count <= 64 else { throw invalid() }
        var total: Int128 = 0
        while !rest.isEmpty {
            let whole = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(whole.count)
            var fraction: Substring = ""
            if rest.first == "." {
                rest.removeFirst()
                fraction = rest.prefix { $0.isASCII && $0.isNumber }
                rest = rest.dropFirst(fraction.count)
            }
            guard !(whole.isEmpty && fraction.isEmpty), whole.count <= 18 else { throw invalid() }
            let unit = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            rest = rest.dropFirst(unit.count)
            guard let scale = Self.nanoseconds(in: unit) else { throw invalid() }
            total += (Int128(whole.isEmpty ? "0" : String(whole)) ?? 0) * scale
            var share = scale
            for digit in fraction {
                share /= 10
                total += share * Int128(digit.wholeNumberValue ?? 0)
            }
        }
        guard total <= Int128(Int64.max) else { throw invalid() }
        self = .nanoseconds(negative ? -Int64(total) : Int64(total))
    }

    /// The duration as text that ``init(parsing:)`` reads back, as in `1h30m`, `1.5s` or `250ms`.
    public var text: String {
        let (seconds, attoseconds) = components
        if seconds == 0 && attoseconds == 0 { return "0s" }
        if self < .zero { return "-" + (Duration.zero - self).text }
        let nanoseconds = attoseconds / 1_000_000_000
        if seconds == 0 {
            if nanoseconds % 1_000_000 == 0 { return "\(nanoseconds / 1_000_000)ms" }
            if nanoseconds >= 1_000_000 { return Self.decimal(nanoseconds, unit: 1_000_000, suffix: "ms") }
            if nanoseconds >= 1_000 { return Self.decimal(nanoseconds, unit: 1_000, suffix: "us") }
            return "\(nanoseconds)ns"
        }
        var text = ""
        let days = seconds / 86_400
        let hours = seconds / 3_600 % 24
        let minutes = seconds / 60 % 60
        if days > 0 { text += "\(days)d" }
        if hours > 0 { text += "\(hours)h" }
        if minutes > 0 { text += "\(minutes)m" }
        let rest = (seconds % 60) * 1_000_000_000 + nanoseconds
        if rest > 0 { text += Self.decimal(rest, unit: 1_000_000_000, suffix: "s") }
        return text
    }

    /// Whole microseconds, rounded towards zero; saturates at the ends of `Int64`.
    public var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, second) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return second ? (seconds < 0 ? .min : .max) : sum
    }

    /// Seconds with a fraction, for figures that people read.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    private static func nanoseconds(in unit: Substring) -> Int128? {
        switch unit {
        case "ns": 1
        case "us", "µs", "μs": 1_000
        case "ms": 1_000_000
        case "s": 1_000_000_000
        case "m": 60_000_000_000
        case "h": 3_600_000_000_000
        case "d": 86_400_000_000_000
        default: nil
        }
    }

    private static func decimal(_ value: Int64, unit: Int64, suffix: String) -> String {
        let fraction = value % unit
        guard fraction != 0 else { return "\(value / unit)\(suffix)" }
        var digits = String(fraction)
        digits = String(repeating: "0", count: String(unit).count - 1 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(value / unit).\(digits)\(suffix)"
    }
}
