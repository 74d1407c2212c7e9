import OnCue
import Testing

@testable import OnCueRedis

struct ListingRangeTests {
    private static let position = StreamPosition(milliseconds: 1_767_225_600_000, sequence: 5 << 20 | 7)

    private func id(_ position: StreamPosition, _ level: JobPriority = .normal, _ nonce: UInt32 = 9) throws -> JobID {
        try #require(StoreMadeID(position: position, level: level, queue: 3, nonce: nonce)).id
    }

    @Test("An id of the store is looked for from its own position on, for another queue's job may stand there")
    func ownIDs() throws {
        let id = try id(Self.position)
        #expect(StreamPosition.least(after: id) == Self.position)
        #expect(StreamPosition.greatest(before: id) == Self.position)
    }

    @Test("Any other id has a place between two positions")
    func foreignIDs() throws {
        let milliseconds = Self.position.milliseconds
        let last = StoreMadeID.sequenceLimit - 1
        func check(
            _ id: JobID, _ before: StreamPosition?, _ after: StreamPosition?,
            at location: SourceLocation = #_sourceLocation
        ) throws {
            #expect(StreamPosition.greatest(before: id) == before, sourceLocation: location)
            #expect(StreamPosition.least(after: id) == after, sourceLocation: location)
            // What the layout says is what the ids say.
            if let before { #expect(try self.id(before) < id, sourceLocation: location) }
            if let after { #expect(try self.id(after) > id, sourceLocation: location) }
        }
        func at(_ milliseconds: UInt64, _ sequence: UInt64) -> StreamPosition {
            StreamPosition(milliseconds: milliseconds, sequence: sequence)
        }
        try check(
            JobID(high: milliseconds << 16 | 0x7abc, low: 2 << 62), at(milliseconds - 1, last), at(milliseconds, 0))
        try check(
            JobID(high: milliseconds << 16 | 0x9000, low: 0), at(milliseconds, last), at(milliseconds + 1, 0))
        try check(
            JobID(high: milliseconds << 16 | 0x8005, low: 1 << 62), at(milliseconds, 5 << 20 - 1),
            at(milliseconds, 5 << 20))
        try check(
            JobID(high: milliseconds << 16 | 0x8005, low: 3 << 62), at(milliseconds, 5 << 20 | 0xf_ffff),
            at(milliseconds, 6 << 20))
        try check(
            JobID(high: milliseconds << 16 | 0x8fff, low: 3 << 62), at(milliseconds, last), at(milliseconds + 1, 0))
        try check(
            JobID(high: milliseconds << 16 | 0x8000, low: 0), at(milliseconds - 1, last), at(milliseconds, 0))
        try check(JobID(high: 0, low: 0), nil, .start)
        try check(
            JobID(high: .max, low: .max), at(StoreMadeID.millisecondsLimit - 1, last), nil)
    }

    @Test("The last id of a position has all of its ids before it, in either order")
    func lastIDs() throws {
        for level in JobPriority.allCases {
            let some = try id(Self.position, level, 0x7f_ffff)
            #expect(some <= Self.position.lastID(in: .oldestFirst) && some >= Self.position.lastID(in: .newestFirst))
        }
        var next = Self.position
        next.sequence += 1
        #expect(Self.position.lastID(in: .oldestFirst) < next.lastID(in: .newestFirst))
    }

    @Test("A range says to streams and sets where to begin and where to end")
    func ranges() throws {
        let id = try id(Self.position)
        let whole = ListingRange(order: .oldestFirst)
        #expect(whole.positions?.low == "-" && whole.positions?.high == "+")
        #expect(whole.ids.low == Array("-".utf8) && whole.ids.high == Array("+".utf8))
        let oldest = ListingRange(order: .oldestFirst, after: id)
        #expect(oldest.positions?.low == Self.position.description && oldest.positions?.high == "+")
        #expect(oldest.ids.low == Array("(".utf8) + id.storedBytes && oldest.ids.high == Array("+".utf8))
        let newest = ListingRange(order: .newestFirst, after: id)
        #expect(newest.positions?.low == "-" && newest.positions?.high == Self.position.description)
        #expect(newest.ids.low == Array("-".utf8) && newest.ids.high == Array("(".utf8) + id.storedBytes)
    }

    @Test("A moment from which jobs are wanted narrows the range, whatever the order")
    func moments() throws {
        let moment = Timestamp(microseconds: 1_767_225_600_000_250)
        let from = "1767225600000-\(250 << 22)"
        let id = try id(Self.position)
        #expect(ListingRange(order: .oldestFirst, createdFrom: moment).positions?.low == from)
        #expect(ListingRange(order: .newestFirst, createdFrom: moment).positions?.low == from)
        // The cursor stands before it: there is nothing left.
        #expect(ListingRange(order: .newestFirst, after: id, createdFrom: moment).positions == nil)
        #expect(ListingRange(order: .oldestFirst, after: id, createdFrom: moment).positions?.low == from)
        #expect(
            ListingRange(order: .oldestFirst, createdFrom: Timestamp(microseconds: -1)).positions?.low == "-")
        #expect(StreamPosition(notBefore: moment)?.moment == moment)
    }
}
