import OnCue
import Testing

@testable import OnCueSQLite

@Suite struct CodecTests {
    // MARK: Events

    @Test func eventsComeBack() throws {
        var batch = EventBatch()
        let mail = batch.add(queue: "mail", name: "email.receipt")
        let queue = batch.add(queue: "mail", name: nil)
        let job = JobID(high: 0x0123_4567_89ab_cdef, low: 42)
        batch.append(.created, names: mail, job: job, attempt: 0)
        batch.append(.queuePaused, names: queue, job: nil, attempt: 0)
        batch.append(.failed, names: mail, job: job, attempt: 1_000)
        #expect(batch.count == 3)

        let at = Timestamp(microseconds: 7)
        let events = try #require(EventBatch.decode(batch.encoded(), entry: 5, at: at))
        #expect(
            events == [
                JobEvent(
                    cursor: .init(entry: 5, index: 1), at: at, kind: .created, queue: "mail", job: job,
                    name: "email.receipt"),
                JobEvent(cursor: .init(entry: 5, index: 2), at: at, kind: .queuePaused, queue: "mail"),
                JobEvent(
                    cursor: .init(entry: 5, index: 3), at: at, kind: .failed, queue: "mail", job: job,
                    name: "email.receipt", attempt: 1_000),
            ])
    }

    @Test func anEventCostsAboutTwentyBytes() {
        var batch = EventBatch()
        let names = batch.add(queue: "default", name: "email.receipt")
        let empty = batch.encoded().count
        for number in 0..<1_000 {
            batch.append(.completed, names: names, job: JobID(high: UInt64(number), low: 1), attempt: 1)
        }
        #expect(batch.encoded().count - empty <= 20 * 1_000)
    }

    @Test func cutEventsAreRefused() {
        var batch = EventBatch()
        batch.append(.created, names: batch.add(queue: "q", name: "n"), job: JobID(high: 1, low: 2), attempt: 3)
        let bytes = batch.encoded()
        let at = Timestamp(microseconds: 0)
        #expect(EventBatch.decode([], entry: 1, at: at) == nil)
        for count in 1..<bytes.count where count != bytes.count - 19 {
            #expect(EventBatch.decode(Array(bytes[..<count]), entry: 1, at: at) == nil, "\(count) bytes")
        }
    }

    @Test func damagedEventsNeverTrap() {
        var batch = EventBatch()
        let names = batch.add(queue: "mail", name: "email.receipt")
        for number in 0..<UInt64(4) {
            batch.append(.created, names: names, job: JobID(high: number, low: 2), attempt: 300)
        }
        let bytes = batch.encoded()
        for _ in 0..<20_000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4) { damaged[Int.random(in: damaged.indices)] = .random(in: 0...255) }
            _ = EventBatch.decode(damaged, entry: 1, at: Timestamp(microseconds: 0))
        }
    }

    // MARK: Places

    @Test func aPlaceTellsTheNumberAndMostlyTheLane() {
        let place = Place.pack(123_456_789, lane: 77)
        #expect(Place.number(place) == 123_456_789)
        #expect(Place.lane(place) == 77)
        let wide = Place.pack(5, lane: 1 << 30)
        #expect(Place.number(wide) == 5)
        #expect(Place.lane(wide) == nil)
    }
}
