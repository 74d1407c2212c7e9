import OnCueTesting
import Testing

@testable import OnCue

@Suite struct SessionWatchTests {
    private let id = SessionID(rawValue: "s")

    /// A watch that expectations can look through.
    private final class Watcher {
        private var watch = SessionWatch()

        func look(_ renewals: Int64, _ now: Duration) -> [SessionWatch.Silence] {
            look(
                at: [.init(id: SessionID(rawValue: "s"), renewals: renewals, lease: .seconds(30))], now)
        }

        func look(at sightings: [SessionWatch.Sighting], _ now: Duration) -> [SessionWatch.Silence] {
            watch.look(at: sightings, now: now)
        }

        func interrupted() { watch.interrupted() }
    }

    @Test func silentForALeaseIsFound() {
        let watch = Watcher()
        for second in 0..<30 {
            #expect(watch.look(7, .seconds(second)).isEmpty)
        }
        let found = watch.look(7, .seconds(30))
        #expect(found == [SessionWatch.Silence(id: id, renewals: 7, lasted: .seconds(30))])
    }

    @Test func aRenewalBeginsAnew() {
        let watch = Watcher()
        for second in 0...29 { _ = watch.look(7, .seconds(second)) }
        #expect(watch.look(8, .seconds(30)).isEmpty)
        for second in 31..<60 { #expect(watch.look(8, .seconds(second)).isEmpty) }
        #expect(watch.look(8, .seconds(60)).count == 1)
    }

    @Test func aGapBeginsAnew() {
        let watch = Watcher()
        for second in 0...29 { _ = watch.look(7, .seconds(second)) }
        // This process was stopped meanwhile.
        #expect(watch.look(7, .seconds(3_600)).isEmpty)
        for second in 3_601..<3_630 { #expect(watch.look(7, .seconds(second)).isEmpty) }
        #expect(watch.look(7, .seconds(3_630)).count == 1)
    }

    @Test func aStoreThatDidNotAnswerBeginsAnew() {
        let watch = Watcher()
        for second in 0...29 { _ = watch.look(7, .seconds(second)) }
        watch.interrupted()
        #expect(watch.look(7, .seconds(30)).isEmpty)
        for second in 31..<60 { #expect(watch.look(7, .seconds(second)).isEmpty) }
        #expect(watch.look(7, .seconds(60)).count == 1)
    }

    /// Sessions that renew in time are never found, whatever the store and the watcher go through.
    @Test(arguments: 0..<20)
    func renewingSessionsAreSafe(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let watch = Watcher()
        let lease = 30.0
        var now = 0.0
        var renewals: [Int64] = Array(repeating: 0, count: 5)
        var renewed: [Double] = Array(repeating: 0, count: 5)
        for _ in 0..<2_000 {
            now +=
                Int.random(in: 0..<50, using: &random) == 0
                ? Double.random(in: 5...500, using: &random) : Double.random(in: 0.5...2, using: &random)
            // Each renews at least every 28 s while anybody can look.
            for index in renewals.indices
            where now - renewed[index] > 27 || Int.random(in: 0..<10, using: &random) == 0 {
                renewals[index] += 1
                renewed[index] = now
            }
            if Int.random(in: 0..<40, using: &random) == 0 { watch.interrupted() }
            let sightings = renewals.enumerated().map { index, count in
                SessionWatch.Sighting(id: SessionID(rawValue: "\(index)"), renewals: count, lease: .seconds(lease))
            }
            #expect(watch.look(at: sightings, .seconds(now)).isEmpty)
        }
    }
}

@Suite struct UpkeepTests {
    @Test func prunesFollowTheQueueThenTheStore() {
        let now = Timestamp(microseconds: 1_000_000_000_000_000)
        let tight = RetentionPolicy(
            completed: .init(age: .seconds(60), count: 5), cancelled: .none, dead: .init(age: .seconds(600), count: 7))
        let queues = [
            QueueInfo(
                name: "a", settings: QueueSettings(retention: tight),
                counts: [.completed: 10, .cancelled: 1, .pending: 5]),
            QueueInfo(name: "b", counts: [.dead: 1]),
            QueueInfo(name: "c", counts: [.running: 1]),
        ]
        let prunes = Upkeep.prunes(
            queues: queues,
            defaults: QueueSettings(retention: RetentionPolicy(dead: .init(age: .seconds(1), count: 2))), now: now)
        #expect(
            Set(prunes) == [
                .init(queue: "a", state: .completed, before: now - .seconds(60), keep: 5),
                .init(queue: "a", state: .cancelled, before: now, keep: 0),
                .init(queue: "b", state: .dead, before: now - .seconds(1), keep: 2),
            ])
        let standard = Upkeep.prunes(queues: [queues[1]], defaults: QueueSettings(), now: now)
        #expect(standard == [.init(queue: "b", state: .dead, before: now - .seconds(30 * 86_400), keep: 10_000)])
    }
}

@Suite struct LeaseClockTests {
    @Test func renewsThriceAndStopsInTime() {
        var clock = LeaseClock(lease: .seconds(30))
        clock.renewed(at: 1_000_000_000)
        #expect(clock.nextRenewal == 11_000_000_000)
        #expect(clock.endsAt == 28_000_000_000)
        // An answer that comes late does not set it back.
        clock.renewed(at: 500_000_000)
        #expect(clock.nextRenewal == 11_000_000_000)
    }
}
