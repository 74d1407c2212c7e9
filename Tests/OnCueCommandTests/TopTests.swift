import Foundation
import OnCue
import Testing

@testable import OnCueCommand

/// What `oncue top` shows of two readings.
@Suite struct TopTests {
    private let now = Timestamp(microseconds: 1_800_000_000_000_000)

    private func reading(_ totals: QueueTotals, counts: [JobState: Int] = [:], at moment: Timestamp) -> TopReading {
        TopReading(
            queues: [QueueInfo(name: "mail", counts: counts, totals: totals), QueueInfo(name: "idle", isPaused: true)],
            workers: [], now: moment, location: "memory")
    }

    @Test func ratesAreWhatHappenedBetweenTwoReadings() {
        let first = reading(QueueTotals(enqueued: 100, completed: 50, dead: 1, retried: 7), at: now)
        let second = reading(
            QueueTotals(enqueued: 140, completed: 70, dead: 2, cancelled: 1, retried: 9), at: now + .seconds(2))
        let frame = TopFrame(second, after: first)
        #expect(frame.rates?["mail"] == TopFrame.Rate(enqueued: 20, finished: 11, failed: 1.5))
        #expect(frame.rates?["idle"] == TopFrame.Rate(enqueued: 0, finished: 0, failed: 0))
        #expect(TopFrame(first, after: nil).rates == nil)
    }

    @Test func aQueueThatCountsFromNothingAgainHasNoNegativeRate() {
        let first = reading(QueueTotals(enqueued: 100), at: now)
        let second = reading(QueueTotals(enqueued: 5), at: now + .seconds(1))
        #expect(TopFrame(second, after: first).rates?["mail"]?.enqueued == 0)
    }

    @Test func whatDoesNotFitTheScreenIsCounted() {
        let frame = TopFrame(reading(QueueTotals(), counts: [.pending: 3], at: now), after: nil)
        let whole = frame.text(width: 100, height: nil, colour: false)
        #expect(whole.contains("mail") && whole.contains("paused") && whole.contains("3 pending"))
        let lines = frame.text(width: 100, height: 4, colour: false).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4 && lines.last?.hasPrefix("… ") == true)
    }

    @Test func withoutATerminalItPrintsOnePictureWithRates() async throws {
        let scratch = Scratch()
        _ = try await JobBatch(count: 3, name: "none", payload: "1").submit(in: scratch)
        let said = try await oncue("top", "--json", "--interval", "100ms", "--count", "2", in: scratch)
        #expect(said.status == 0 && said.lines.count == 2)
        let picture = try Said(status: 0, output: said.lines[0], errors: "").object()
        let queues = try #require(picture["queues"] as? [[String: Any]])
        #expect(queues.first?["pending"] as? Int == 3 && queues.first?["enqueued_per_second"] as? Double == 0)
        #expect(try await oncue("top", in: scratch).output.contains("PENDING"))
    }
}
