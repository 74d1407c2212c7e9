import OnCue
import Testing

@testable import OnCueRedis

struct EntryPlaceTests {
    private static let id = StoreMadeID(
        position: StreamPosition(milliseconds: 1_767_225_600_000, sequence: 4_194_304_999), level: .low, queue: 7,
        nonce: 99)

    private static func job(
        _ id: JobID, attempt: Int = 1, delivery: Int64 = 1, place: EntryPlace = .plain
    ) -> LeasedJob {
        LeasedJob(
            id: id, name: "work", queue: .default, priority: .low, payload: [], attempt: attempt, lostWorkers: 0,
            createdAt: Timestamp(microseconds: 0), session: SessionID(rawValue: "s"), delivery: delivery,
            place: place.rawValue, details: nil)
    }

    @Test("The token of a plain job follows from its id and its numbers")
    func plain() throws {
        let id = try #require(Self.id)
        let token = try #require(EntryPlace.token(of: Self.job(id.id, attempt: 2, delivery: 5)))
        #expect(token.entry == id.position && token.level == .low && token.id.queue == 7)
        #expect(token.count.rawValue == 2 + 3 << 20)
    }

    @Test("Only the record knows where a job with a record stands, and no token is made up for a caller's id")
    func others() throws {
        let id = try #require(Self.id)
        #expect(EntryPlace.token(of: Self.job(id.id, place: .record)) == nil)
        #expect(EntryPlace.token(of: Self.job(JobID.make(at: Timestamp(microseconds: 0)))) == nil)
        #expect(EntryPlace.token(of: Self.job(id.id, attempt: 2, delivery: 1)) == nil)
        #expect(EntryPlace.token(of: Self.job(id.id, attempt: 1 << 20, delivery: 1 << 20)) == nil)
        #expect(EntryPlace.token(of: Self.job(id.id, attempt: -1, delivery: .max)) == nil)
    }

    @Test(
        "A count says attempt and delivery",
        arguments: [(1, 1), (2, 2), (1, 2), (1, 40), (100, 1_000), (1 << 20 - 1, 1 << 32)])
    func counts(attempt: Int, delivery: Int64) throws {
        let count = try #require(DeliveryCount(attempt: attempt, delivery: delivery))
        #expect(count.attempt == attempt && count.delivery == delivery)
        // Given back unspent, and claimed again.
        let back = DeliveryCount(rawValue: count.rawValue - 1 + 1 << 20 + 1)
        #expect(back.attempt == attempt && back.delivery == delivery + 1)
    }
}
