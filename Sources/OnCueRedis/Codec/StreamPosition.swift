import OnCue

/// The id of a stream's entry, `ms-seq`: where a job stands among all of its queue.
struct StreamPosition: Hashable, Comparable, Sendable {
    var milliseconds: UInt64
    var sequence: UInt64

    /// Before every entry.
    static let start = StreamPosition(milliseconds: 0, sequence: 0)

    static func < (lhs: StreamPosition, rhs: StreamPosition) -> Bool {
        lhs.milliseconds == rhs.milliseconds
            ? lhs.sequence < rhs.sequence : lhs.milliseconds < rhs.milliseconds
    }
}

// MARK: - Time

extension StreamPosition {
    /// When a job with this position was enqueued, unless its entry says otherwise: `seq` begins with the microseconds. Where Redis
    /// has made it, it counts from 0: then it is the millisecond.
    var moment: Timestamp {
        Timestamp(microseconds: Int64(clamping: milliseconds) &* 1_000 &+ Int64(clamping: sequence >> 22))
    }

    /// The least position of a job that was enqueued at `moment` or later; nil when any can be.
    init?(notBefore moment: Timestamp) {
        guard let microseconds = UInt64(exactly: moment.microseconds) else { return nil }
        self.init(milliseconds: microseconds / 1_000, sequence: (microseconds % 1_000) << 22)
    }
}

extension StreamPosition: LosslessStringConvertible {
    var description: String { "\(milliseconds)-\(sequence)" }

    init?(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// Reads the text as Redis writes it: decimal, without signs or blanks.
    init?(_ bytes: some Collection<UInt8>) {
        var milliseconds: UInt64?
        var number: UInt64 = 0
        var digits = 0
        for byte in bytes {
            if byte == UInt8(ascii: "-"), milliseconds == nil, digits > 0 {
                milliseconds = number
                number = 0
                digits = 0
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            digits += 1
            let (tens, isTooGreat) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            guard !isTooGreat, !overflows else { return nil }
            number = sum
        }
        guard let milliseconds, digits > 0 else { return nil }
        self.init(milliseconds: milliseconds, sequence: number)
    }
}
