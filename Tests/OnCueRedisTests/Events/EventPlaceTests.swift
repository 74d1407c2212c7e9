import OnCue
import Testing

@testable import OnCueRedis

@Suite struct EventPlaceTests {
    @Test("A cursor says the place, up to the greatest that fits")
    func cursors() {
        for place in [
            EventPlace(microseconds: 0, queue: 0, sequence: 0, offset: 0),
            EventPlace(microseconds: 1_790_000_000_000_000, queue: 7, sequence: 3, offset: 12),
            EventPlace(
                microseconds: 1_790_000_000_000_000, queue: .max, sequence: 1 << 23 - 1, offset: EventPlace.afterAll),
        ] {
            #expect(EventPlace(place.cursor) == place)
            #expect(EventCursor(place.cursor.description) == place.cursor)
        }
        #expect(EventPlace(.start).cursor == .start)
    }

    @Test("Places ascend by time, then queue, then entry, then number, and cursors with them")
    func order() {
        func place(_ time: UInt64, _ queue: UInt16, _ sequence: UInt64, _ offset: UInt64) -> EventPlace {
            EventPlace(microseconds: time, queue: queue, sequence: sequence, offset: offset)
        }
        let places = [
            place(1, 9, 9, 9), place(2, 1, 0, 0), place(2, 1, 0, 1), place(2, 1, 1, 0), place(2, 2, 0, 0),
            place(2, .max, 0, 0), place(3, 0, 0, 0),
        ]
        #expect(places.shuffled().sorted() == places)
        #expect(places.map(\.cursor).shuffled().sorted() == places.map(\.cursor))
    }

    @Test("What stands behind a place is looked for from the right entry of each queue")
    func starts() {
        let place = EventPlace(microseconds: 50, queue: 4, sequence: 2, offset: 6)
        #expect(place.start(in: 3) == "51")
        #expect(place.start(in: 4) == "50-2")
        #expect(place.start(in: 5) == "50")
        var behind = place
        behind.offset = EventPlace.afterAll
        #expect(behind.start(in: 4) == "(50-2")
    }

    @Test("A gap is read back, and anything else is none")
    func gaps() {
        #expect(EventGap("12-3-4")?.place(in: 5) == EventPlace(microseconds: 12, queue: 5, sequence: 3, offset: 3))
        for text in ["", "1", "1-2", "1-2-x", "1-2-3-4", "-1-2-3"] { #expect(EventGap(text) == nil) }
    }
}
