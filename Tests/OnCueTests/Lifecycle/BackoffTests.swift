import OnCue
import OnCueTesting
import Testing

@Suite struct BackoffTests {
    private static let attempts = [Int.min, -1, 0, 1, 2, 3, 10, 64, 65, 1_000, 1_000_000, Int.max - 1, Int.max]

    private static func anyBackoff(_ random: inout SeededRandom) -> Backoff {
        let spans: [Duration] = [
            .zero, .nanoseconds(1), .microseconds(1), .milliseconds(250), .seconds(1), .seconds(3_600), Limits.horizon,
        ]
        return Backoff(
            strategy: Backoff.Strategy.allCases.randomElement(using: &random) ?? .linear,
            initial: spans.randomElement(using: &random) ?? .zero, max: spans.randomElement(using: &random) ?? .zero,
            multiplier: [0, 0.5, 1, 1.000001, 2, 10, 1_000].randomElement(using: &random) ?? 2,
            jitter: [0, 0.1, 0.5, 1].randomElement(using: &random) ?? 0)
    }

    @Test func noWaitIsNegativeOrLongerThanTheCapWhateverTheAttempt() {
        var random = SeededRandom(seed: 2)
        for _ in 0..<3_000 {
            let backoff = Self.anyBackoff(&random)
            for attempt in Self.attempts {
                for spread in [-2, -1, -0.3, 0, 0.7, 1, 2] {
                    let wait = backoff.delay(afterAttempt: attempt, spread: spread)
                    #expect(wait >= .zero && wait <= backoff.max, "\(backoff) \(attempt) \(spread)")
                }
            }
        }
    }

    @Test func valuesThatNoRuleAllowsDoNotTrapEither() {
        let numbers = [Double.nan, .infinity, -.infinity, -5, 1e300, .leastNonzeroMagnitude]
        let spans: [Duration] = [.seconds(-5), .zero, .seconds(Int64.max), .seconds(Int64.min + 1)]
        for strategy in Backoff.Strategy.allCases {
            for number in numbers {
                for initial in spans {
                    for cap in spans {
                        let backoff = Backoff(
                            strategy: strategy, initial: initial, max: cap, multiplier: number, jitter: number)
                        for attempt in Self.attempts {
                            for spread in numbers {
                                #expect(backoff.delay(afterAttempt: attempt, spread: spread) >= .zero)
                            }
                        }
                    }
                }
            }
        }
    }

    @Test func withoutJitterNoWaitIsShorterThanTheOneBefore() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            var backoff = Self.anyBackoff(&random)
            guard backoff.multiplier >= 1 else { continue }
            backoff.jitter = 0
            var last = Duration.zero
            for attempt in 1...80 {
                let wait = backoff.delay(afterAttempt: attempt)
                #expect(wait >= last, "\(backoff) \(attempt)")
                last = wait
            }
        }
    }

    @Test func theUsualWaitsAreWhatIsWritten() {
        func waits(_ backoff: Backoff) -> [Duration] {
            (1...5).map { backoff.delay(afterAttempt: $0) }
        }
        #expect(waits(.default) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16)])
        #expect(waits(.constant(.seconds(3))) == [Duration](repeating: .seconds(3), count: 5))
        #expect(
            waits(.linear(base: .seconds(2), max: .seconds(7)))
                == [.seconds(2), .seconds(4), .seconds(6), .seconds(7), .seconds(7)])
        #expect(
            waits(.exponential(base: .milliseconds(100), max: .seconds(10), multiplier: 10))
                == [.milliseconds(100), .seconds(1), .seconds(10), .seconds(10), .seconds(10)])
        #expect(Backoff.default.delay(afterAttempt: 2, spread: 1) == .milliseconds(2_200))
        #expect(Backoff.default.delay(afterAttempt: 2, spread: -1) == .milliseconds(1_800))
        #expect(Backoff.default.delay(afterAttempt: 100, spread: 1) == .seconds(3_600))
    }

    @Test func textsAreRead() throws {
        #expect(try Backoff(parsing: "constant:10s") == Backoff(strategy: .constant, initial: .seconds(10)))
        #expect(try Backoff(parsing: "linear:1s:5m").max == .seconds(300))
        #expect(try Backoff(parsing: "EXPONENTIAL:1s:1h:3").multiplier == 3)
        #expect(try Backoff(parsing: "constant:2h").max == .seconds(7_200))
        for bad in [
            "", "fibonacci", "linear:", "linear:x", "linear:-1s", "exponential:1s:1h:x", "linear:1s:1h:2:3",
            "exponential:1s:1h:nan", "exponential:1s:1h:-1",
        ] {
            #expect(throws: ValidationError.self, "\(bad)") { try Backoff(parsing: bad) }
        }
    }

    @Test func outOfRangeIsRefused() {
        let bad = [
            Backoff(strategy: .linear, initial: .seconds(-1)),
            Backoff(strategy: .linear, initial: .zero, max: .seconds(-1)),
            Backoff(strategy: .exponential, initial: .zero, multiplier: .nan),
            Backoff(strategy: .exponential, initial: .zero, multiplier: 1_001),
            Backoff(strategy: .linear, initial: .zero, jitter: 1.1),
            Backoff(strategy: .linear, initial: .zero, jitter: -.infinity),
        ]
        for backoff in bad { #expect(throws: ValidationError.self) { try backoff.validated() } }
    }
}
