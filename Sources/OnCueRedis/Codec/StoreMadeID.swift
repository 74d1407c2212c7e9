import OnCue

/// An id that this store made tells where its job is to be looked for: a UUIDv8 of
/// 48 bits milliseconds, 12 + 20 bits sequence, 3 level, 16 number of the queue, 23 nonce.
///
/// The position stands in front, so ids sort as the jobs of a queue do.
struct StoreMadeID: Hashable, Sendable {
    static let millisecondsLimit: UInt64 = 1 << 48
    static let sequenceLimit: UInt64 = 1 << 32

    let position: StreamPosition
    let level: JobPriority
    /// The registry's number of the queue.
    let queue: UInt16
    /// ``JobBody/nonceBits`` bits that the body carries too.
    let nonce: UInt32

    /// Nil when the position or the nonce is greater than the layout holds.
    init?(position: StreamPosition, level: JobPriority, queue: UInt16, nonce: UInt32) {
        guard position.milliseconds < Self.millisecondsLimit, position.sequence < Self.sequenceLimit,
            nonce < 1 << UInt32(JobBody.nonceBits)
        else { return nil }
        self.position = position
        self.level = level
        self.queue = queue
        self.nonce = nonce
    }

    /// Nil when `id` is not of the layout: a caller's own.
    init?(_ id: JobID) {
        guard id.high >> 12 & 0xf == 8, id.low >> 62 == 2,
            let level = JobPriority(rawValue: Int(id.low >> 39 & 0x7))
        else { return nil }
        position = StreamPosition(
            milliseconds: id.high >> 16, sequence: (id.high & 0xfff) << 20 | id.low >> 42 & 0xf_ffff)
        self.level = level
        queue = UInt16(truncatingIfNeeded: id.low >> 23)
        nonce = UInt32(truncatingIfNeeded: id.low & 0x7f_ffff)
    }

    var id: JobID {
        JobID(
            high: position.milliseconds << 16 | 0x8000 | position.sequence >> 20,
            low: 2 << 62 | (position.sequence & 0xf_ffff) << 42 | UInt64(level.rawValue) << 39
                | UInt64(queue) << 23 | UInt64(nonce))
    }
}

extension JobID {
    /// Whether the id has the layout of ``StoreMadeID``. A caller can have made one that has it too.
    var isStoreMade: Bool { StoreMadeID(self) != nil }
}
