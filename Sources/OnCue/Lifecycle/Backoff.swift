/// How long to wait before the next attempt. Pure and safe for any attempt: it never overflows and never escapes its cap.
public struct Backoff: Hashable, Sendable, Codable {
    public enum Strategy: String, Sendable, Codable, CaseIterable {
        /// Always `initial`.
        case constant
        /// `initial` times the attempt.
        case linear
        /// `initial` times `multiplier` to the power of the attempt minus one.
        case exponential
    }

    public var strategy: Strategy
    /// The wait after the first attempt.
    public var initial: Duration
    /// No wait is longer than this, jitter included.
    public var max: Duration
    /// What each wait is multiplied by; used by `exponential` only.
    public var multiplier: Double
    /// The share by which a wait is varied at random, up or down: 0.1 is ±10 %.
    public var jitter: Double

    public init(
        strategy: Strategy, initial: Duration, max: Duration = .seconds(3_600), multiplier: Double = 2,
        jitter: Double = 0.1
    ) {
        self.strategy = strategy
        self.initial = initial
        self.max = max
        self.multiplier = multiplier
        self.jitter = jitter
    }

    /// Exponential from 1 s, doubled each time, at most 1 h, ±10 %.
    public static let `default` = exponential()

    public static func constant(_ wait: Duration, jitter: Double = 0.1) -> Backoff {
        Backoff(strategy: .constant, initial: wait, max: .seconds(86_400 * 366), jitter: jitter)
    }

    public static func linear(
        base: Duration = .seconds(1), max: Duration = .seconds(3_600), jitter: Double = 0.1
    ) -> Backoff {
        Backoff(strategy: .linear, initial: base, max: max, jitter: jitter)
    }

    public static func exponential(
        base: Duration = .seconds(1), max: Duration = .seconds(3_600), multiplier: Double = 2, jitter: Double = 0.1
    ) -> Backoff {
        Backoff(strategy: .exponential, initial: base, max: max, multiplier: multiplier, jitter: jitter)
    }

    /// The wait after `attempt` (1 is the first) has failed.
    ///
    /// - Parameter spread: from -1 to 1, where in the band of the jitter the wait falls; 0 is the middle.
    public func delay(afterAttempt attempt: Int, spread: Double = 0) -> Duration {
        let base = Swift.max(0, initial.inSeconds)
        let cap = Swift.min(Swift.max(.zero, max), Limits.horizon)
        guard base > 0 else { return .zero }
        let exact: Double =
            switch strategy {
            case .constant: base
            case .linear: base * Double(Swift.max(1, attempt))
            case .exponential: base * Self.power(multiplier, Swift.max(1, attempt) - 1)
            }
        let place = spread.isNaN ? 0 : Swift.min(1, Swift.max(-1, spread))
        let varied = exact * (1 + place * jitter)
        // Also false for what is no number.
        guard varied > 0 else { return .zero }
        let bounded = Swift.min(cap.inSeconds, varied)
        return Swift.min(cap, .microseconds(Int64((bounded * 1_000_000).rounded())))
    }

    /// `base` to the power of `exponent` by squaring: as many steps as the exponent has bits. May be infinite.
    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }

    /// - Throws: ``ValidationError`` when a wait is negative or the multiplier or the jitter is out of range.
    public func validated() throws(ValidationError) -> Backoff {
        try Limits.checkSpan(initial, field: "backoff.initial_delay")
        try Limits.checkSpan(max, field: "backoff.max_delay")
        guard multiplier.isFinite, (0...1_000).contains(multiplier) else {
            throw ValidationError(field: "backoff.multiplier", message: "takes a number from 0 to 1000")
        }
        guard jitter.isFinite, (0...1).contains(jitter) else {
            throw ValidationError(field: "backoff.jitter", message: "takes a number from 0 to 1")
        }
        return self
    }

    /// Reads `constant:10s`, `linear:1s`, `exponential:1s:1h:2` (strategy, initial, cap, multiplier; all but the first may
    /// be left out).
    public init(parsing text: String) throws(ValidationError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...4).contains(parts.count), let strategy = Strategy(rawValue: parts[0].lowercased()) else {
            throw ValidationError(
                field: "backoff",
                message:
                    "'\(text.prefix(64))' is not a backoff; write constant:10s, linear:1s:5m or exponential:1s:1h:2")
        }
        let initial = parts.count > 1 ? try Duration(parsing: String(parts[1])) : .seconds(1)
        let cap = parts.count > 2 ? try Duration(parsing: String(parts[2])) : Swift.max(initial, .seconds(3_600))
        var multiplier = 2.0
        if parts.count > 3 {
            guard let number = Double(parts[3]) else {
                throw ValidationError(field: "backoff.multiplier", message: "'\(parts[3])' is not a number")
            }
            multiplier = number
        }
        self = try Backoff(strategy: strategy, initial: initial, max: cap, multiplier: multiplier).validated()
    }
}
