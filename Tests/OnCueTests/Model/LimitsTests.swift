import OnCue
import OnCueTesting
import Testing

@Suite struct LimitsTests {
    @Test func aClippedTextFitsAndIsTheFrontOfTheWhole() {
        var random = SeededRandom(seed: 13)
        let alphabet = Array("aé€𝄞e\u{301}👩‍💻\n")
        for _ in 0..<3_000 {
            let text = String(
                (0..<Int.random(in: 0..<20, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
            let bound = Int.random(in: 0...40, using: &random)
            let clipped = Limits.clipped(text, to: bound)
            #expect(clipped.utf8.count <= bound)
            #expect(text.utf8.starts(with: clipped.utf8))
            #expect(!clipped.unicodeScalars.contains("\u{FFFD}"))
            if text.utf8.count <= bound { #expect(clipped == text) } else { #expect(clipped.utf8.count > bound - 4) }
        }
    }

    @Test func keysAreHeldToTheirRules() throws {
        try Limits.checkKey(String(repeating: "x", count: 256), field: "k")
        try Limits.checkKey("ü 👩‍💻 'quote'", field: "k")
        for bad in [
            "", String(repeating: "x", count: 257), String(repeating: "ü", count: 129), "a\nb", "\u{0}", "\u{7f}",
        ] {
            let error = #expect(throws: ValidationError.self) { try Limits.checkKey(bad, field: "k") }
            #expect(error?.field == "k")
        }
    }

    @Test func namesAreHeldToTheirRules() throws {
        try JobName("A-z0.9_:/").validated(field: "name")
        try QueueName(String(repeating: "x", count: 128)).validated(field: "queue")
        for bad in ["", " ", "a b", "ü", "a*", "a\n", "a\u{0}", String(repeating: "x", count: 129)] {
            #expect(throws: ValidationError.self) { try JobName(bad).validated(field: "name") }
        }
    }

    @Test func aCursorReadsBackAndRubbishDoesNot() {
        for cursor in [EventCursor.start, EventCursor(entry: .max, index: .max), EventCursor(entry: 7, index: 3)] {
            #expect(EventCursor(cursor.description) == cursor)
        }
        for bad in ["", "-", "1", "1-", "-1-0", "1--1", "1-2-3", "a-b", "9223372036854775808-0"] {
            #expect(EventCursor(bad) == nil, "\(bad)")
        }
        #expect(EventCursor(entry: 1, index: 9) < EventCursor(entry: 2, index: 0))
    }
}
