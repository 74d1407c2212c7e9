import OnCue
import OnCueTesting
import Testing

@Suite struct JobFilterTests {
    /// The rule in its plainest form; exponential, for short texts.
    private func matches(_ pattern: Substring.UTF8View, _ text: Substring.UTF8View) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return matches(pattern.dropFirst(), text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
        }
        return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
    }

    @Test func starsStandForAnyTextAsInThePlainestRule() {
        var random = SeededRandom(seed: 12)
        for _ in 0..<20_000 {
            let pattern = String(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in "ab*.".randomElement(using: &random) ?? "a" })
            let text = String(
                (0..<Int.random(in: 0...7, using: &random)).map { _ in "ab.".randomElement(using: &random) ?? "a" })
            #expect(
                JobFilter.matches(pattern: pattern, text: text)
                    == matches(Substring(pattern).utf8, Substring(text).utf8), "\(pattern) \(text)")
        }
    }

    @Test func aPatternOfManyStarsIsQuick() {
        let pattern = String(repeating: "*a", count: 50) + "*b"
        let start = ContinuousClock.now
        #expect(!JobFilter.matches(pattern: pattern, text: String(repeating: "a", count: 5_000)))
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func anEmptyFilterMeansAllAndSaysSo() {
        let job = JobRecord(
            id: JobID(high: 1, low: 1), name: "a", queue: "q", priority: .low, state: .dead, payload: [],
            createdAt: Timestamp(microseconds: 0), updatedAt: Timestamp(microseconds: 0))
        #expect(JobFilter().isEmpty && JobFilter().matches(job))
        #expect(!JobFilter(states: [.pending]).isEmpty && !JobFilter(states: [.pending]).matches(job))
        #expect(!JobFilter(tags: ["t": nil]).matches(job))
    }
}
