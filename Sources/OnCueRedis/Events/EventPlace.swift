import OnCue

/// Where an event stands in the log of a whole store: by the microsecond of its entry, the queue's number, the entry's
/// place in that microsecond, and its own number in the entry.
///
/// A cursor carries the last three in its index: 16, 23 and 24 bits.
struct EventPlace: Hashable, Comparable, Sendable {
    var microseconds: UInt64
    var queue: UInt16
    var sequence: UInt64
    /// ``afterAll``: behind the whole entry.
    var offset: UInt64

    static let afterAll: UInt64 = 1 << 24 - 1
    private static let sequenceLimit: UInt64 = 1 << 23 - 1

    init(microseconds: UInt64, queue: UInt16, sequence: UInt64, offset: UInt64) {
        self.microseconds = microseconds
        self.queue = queue
        self.sequence = min(sequence, Self.sequenceLimit)
        self.offset = min(offset, Self.afterAll)
    }

    init(entry: StreamPosition, queue: UInt16, offset: UInt64) {
        self.init(microseconds: entry.milliseconds, queue: queue, sequence: entry.sequence, offset: offset)
    }

    init(_ cursor: EventCursor) {
        let index = UInt64(clamping: cursor.index)
        self.init(
            microseconds: UInt64(clamping: cursor.entry), queue: UInt16(truncatingIfNeeded: index >> 47),
            sequence: index >> 24 & Self.sequenceLimit, offset: index & Self.afterAll)
    }

    var cursor: EventCursor {
        EventCursor(
            entry: Int64(clamping: microseconds),
            index: Int(clamping: UInt64(queue) << 47 | sequence << 24 | offset))
    }

    static func < (lhs: EventPlace, rhs: EventPlace) -> Bool { lhs.cursor < rhs.cursor }

    /// Where the log of a queue is to be read from for what stands behind this place, as `XRANGE` takes it.
    func start(in number: UInt16) -> String {
        if number > queue { return String(microseconds) }
        if number < queue { return String(microseconds + 1) }
        return (offset == Self.afterAll ? "(" : "") + "\(microseconds)-\(sequence)"
    }
}

/// The newest entry that a queue's log has lost, `microseconds-sequence-events` in the field `gap`.
struct EventGap: Hashable, Sendable {
    var entry: StreamPosition
    var events: UInt64

    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
        guard parts.count == 3, let microseconds = parts[0], let sequence = parts[1], let events = parts[2] else {
            return nil
        }
        entry = StreamPosition(milliseconds: microseconds, sequence: sequence)
        self.events = events
    }

    /// The place of the last event that is gone.
    func place(in queue: UInt16) -> EventPlace {
        EventPlace(entry: entry, queue: queue, offset: events > 0 ? events - 1 : 0)
    }
}
