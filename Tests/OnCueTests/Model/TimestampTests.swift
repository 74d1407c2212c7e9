import OnCue
import OnCueTesting
import Testing

@Suite struct TimestampTests {
    @Test func knownMomentsAreWrittenAndRead() {
        let known: [(Int64, String)] = [
            (0, "1970-01-01T00:00:00.000Z"), (-1_000, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000Z"), (1_767_225_600_125_000, "2026-01-01T00:00:00.125Z"),
            (253_402_300_799_999_000, "9999-12-31T23:59:59.999Z"),
            (-62_135_596_800_000_000, "0001-01-01T00:00:00.000Z"),
        ]
        for (microseconds, text) in known {
            #expect(Timestamp(microseconds: microseconds).description == text)
            #expect(Timestamp(text)?.microseconds == microseconds)
        }
        #expect(Timestamp(microseconds: 1_767_225_600_125_999).description == "2026-01-01T00:00:00.125Z")
    }

    @Test func anyMillisecondOfTenThousandYearsReadsBack() {
        var random = SeededRandom(seed: 6)
        for _ in 0..<20_000 {
            let moment = Timestamp(
                microseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &random) * 1_000)
            #expect(Timestamp(moment.description) == moment)
        }
    }

    @Test func offsetsAndFractionsAreRead() {
        let base = Timestamp("2026-11-21T09:30:00Z")
        #expect(Timestamp("2026-11-21T10:30:00+01:00") == base)
        #expect(Timestamp("2026-11-21T04:00:00-05:30") == base)
        #expect(Timestamp("2026-11-21t09:30:00z") == base)
        #expect(Timestamp("2026-11-21 09:30:00.000000000Z") == base)
        #expect(Timestamp("2026-11-21T09:30:00.1234567Z")?.microseconds == base.map { $0.microseconds + 123_456 })
        #expect(Timestamp("2024-02-29T00:00:00Z") != nil)
    }

    @Test(arguments: [
        "", "2026", "2026-11-21", "2026-11-21T09:30:00", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z",
        "2026-11-21T09:30:61Z", "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00+0100", "2026-11-21T09:30:00Zx",
        " 2026-11-21T09:30:00Z", "2026-11-21T09:30:00+24:00", "-026-11-21T09:30:00Z", "２026-11-21T09:30:00Z",
        "2026-1-21T09:30:00Z",
    ])
    func whatIsNoMomentIsRefused(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func rubbishNeverTraps() {
        var random = SeededRandom(seed: 7)
        let alphabet = Array("0123456789-:TZ.+ z\u{e9}")
        for _ in 0..<20_000 {
            var text = Array("2026-11-21T09:30:00.125+01:00")
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                text[Int.random(in: 0..<text.count, using: &random)] = alphabet.randomElement(using: &random) ?? "0"
            }
            if let read = Timestamp(String(text)) { #expect(Timestamp(read.description) != nil) }
        }
    }

    @Test func sumsSaturate() {
        let (first, last) = (Timestamp(microseconds: .min), Timestamp(microseconds: .max))
        #expect(last + .seconds(1) == last && first - .seconds(1) == first)
        #expect(last - .seconds(-1) == last && first + .seconds(-1) == first)
        #expect(last + .seconds(Int64.max) == last && first - .seconds(Int64.max) == first)
        #expect(last - first == .microseconds(Int64.max) && first - last == .microseconds(Int64.min))
        #expect(Timestamp(microseconds: 5) + .microseconds(7) == Timestamp(microseconds: 12))
        // Their texts exist too, whatever they look like.
        #expect(!first.description.isEmpty && !last.description.isEmpty)
    }

    @Test func datesConvertToTheMicrosecond() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<2_000 {
            let moment = Timestamp(microseconds: Int64.random(in: 0...4_000_000_000_000_000, using: &random))
            #expect(Timestamp(moment.date) == moment)
        }
    }
}
