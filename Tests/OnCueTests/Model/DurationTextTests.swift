import OnCue
import OnCueTesting
import Testing

@Suite struct DurationTextTests {
    @Test func theGrammarIsReadAsWritten() throws {
        let known: [(String, Duration)] = [
            ("0", .zero), ("0s", .zero), ("-0", .zero), ("300ms", .milliseconds(300)), ("1.5h", .seconds(5_400)),
            ("1h30m", .seconds(5_400)), ("7d", .seconds(604_800)), ("1d2h3m4s", .seconds(93_784)),
            ("10us", .microseconds(10)), ("10µs", .microseconds(10)), ("10μs", .microseconds(10)),
            ("5ns", .nanoseconds(5)), (".5s", .milliseconds(500)), ("5.s", .seconds(5)), ("+2s", .seconds(2)),
            ("-2s", .seconds(-2)), ("0.000000001s", .nanoseconds(1)), ("1.123456789s", .nanoseconds(1_123_456_789)),
        ]
        for (text, duration) in known { #expect(try Duration(parsing: text) == duration, "\(text)") }
    }

    @Test(arguments: [
        "", " ", "s", "1", "1 s", "1s ", "1x", "1.s.", ".s", "--1s", "1e3s", "1,5s", "٣s", "1s-", "99999999999d",
        "9999999999999999999s", "1S", "1h 30m", "\u{0}1s", "1s\n", "NaN", "inf",
    ])
    func whatIsNoDurationIsRefused(_ text: String) {
        #expect(throws: ValidationError.self) { try Duration(parsing: text) }
    }

    @Test func anyDurationReadsBackFromItsText() throws {
        var random = SeededRandom(seed: 4)
        for shift in 0..<63 {
            for _ in 0..<40 {
                let magnitude = Int64.random(in: 0...(Int64.max >> Int64(shift)), using: &random)
                for duration in [Duration.nanoseconds(magnitude), .nanoseconds(-magnitude)] {
                    #expect(try Duration(parsing: duration.text) == duration, "\(duration.text)")
                }
            }
        }
        for text in ["1d", "1h", "1m", "1s", "1ms", "1us", "1ns", "1d1h1m1.5s", "-1.5ms"] {
            #expect(try Duration(parsing: text).text == text)
        }
    }

    @Test func rubbishNeitherTrapsNorPasses() {
        var random = SeededRandom(seed: 5)
        let alphabet = Array("0123456789.smhdnuµ-+ e\u{301}é")
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0..<12, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "0" })
            if let read = try? Duration(parsing: text) {
                #expect((try? Duration(parsing: read.text)) == read, "\(text)")
            }
        }
        #expect(throws: ValidationError.self) { try Duration(parsing: String(repeating: "9", count: 100_000) + "s") }
    }

    @Test func microsecondsSaturate() {
        #expect(Duration.seconds(Int64.max).wholeMicroseconds == .max)
        #expect(Duration.seconds(Int64.min + 1).wholeMicroseconds == .min)
        #expect(Duration.nanoseconds(1_999).wholeMicroseconds == 1)
        #expect(Duration.nanoseconds(-1_999).wholeMicroseconds == -1)
        #expect(Duration.microseconds(Int64.max).wholeMicroseconds == .max)
    }
}
