import OnCue

/// What a listing still has to go through, as the places take it where jobs are kept: streams by position, records by id.
struct ListingRange: Hashable, Sendable {
    var order: JobOrder
    /// Only what comes behind this id; nil: from the beginning.
    var after: JobID?
    /// Nothing that was enqueued before this moment.
    var createdFrom: Timestamp?

    /// The first and the last position of plain jobs, both included, as a stream takes them; nil when none can be there.
    ///
    /// A job's position is never earlier than what the job says of its enqueue, but may be later, where the clock had been set back.
    /// So only one end of a span of time narrows it.
    var positions: (low: String, high: String)? {
        var low = createdFrom.flatMap { StreamPosition(notBefore: $0) } ?? .start
        var high: StreamPosition?
        if let after {
            switch order {
            case .oldestFirst:
                guard let next = StreamPosition.least(after: after) else { return nil }
                low = max(low, next)
            case .newestFirst:
                guard let last = StreamPosition.greatest(before: after), last >= low else { return nil }
                high = last
            }
        }
        return (low == .start ? "-" : low.description, high?.description ?? "+")
    }

    /// The least and the greatest id of records, as a sorted set takes them.
    var ids: (low: [UInt8], high: [UInt8]) {
        let open = after.map { [UInt8(ascii: "(")] + $0.storedBytes }
        switch order {
        case .oldestFirst: return (open ?? [UInt8(ascii: "-")], [UInt8(ascii: "+")])
        case .newestFirst: return ([UInt8(ascii: "-")], open ?? [UInt8(ascii: "+")])
        }
    }
}

extension JobOrder {
    /// Whether `first` comes before `second`.
    func puts(_ first: JobID, before second: JobID) -> Bool {
        switch self {
        case .oldestFirst: first < second
        case .newestFirst: first > second
        }
    }
}

// MARK: - Positions and ids

extension StreamPosition {
    /// The least position whose job can have an id greater than `id`; nil when there is none.
    static func least(after id: JobID) -> StreamPosition? {
        let around = surroundings(of: id)
        if let exact = around.exact { return exact }
        guard var position = around.below else { return .start }
        position.sequence += 1
        if position.sequence == StoreMadeID.sequenceLimit {
            position = StreamPosition(milliseconds: position.milliseconds + 1, sequence: 0)
        }
        return position.milliseconds < StoreMadeID.millisecondsLimit ? position : nil
    }

    /// The greatest position whose job can have an id less than `id`; nil when there is none.
    static func greatest(before id: JobID) -> StreamPosition? {
        let around = surroundings(of: id)
        return around.exact ?? around.below
    }

    /// The position that `id` has by its layout; where it is of another layout, the last one whose ids are all less (nil:
    /// there is none).
    private static func surroundings(of id: JobID) -> (exact: StreamPosition?, below: StreamPosition?) {
        let milliseconds = id.high >> 16
        let (kind, high) = (id.high >> 12 & 0xf, (id.high & 0xfff) << 20)
        let lastSequence = StoreMadeID.sequenceLimit - 1
        func last(_ milliseconds: UInt64, _ sequence: UInt64) -> StreamPosition {
            StreamPosition(milliseconds: milliseconds, sequence: sequence)
        }
        // All ids of the store have 8 there: what has less stands before all of its millisecond, what has more behind them.
        if kind < 8 { return (nil, milliseconds == 0 ? nil : last(milliseconds - 1, lastSequence)) }
        if kind > 8 { return (nil, last(milliseconds, lastSequence)) }
        switch id.low >> 62 {
        case 2: return (last(milliseconds, high | id.low >> 42 & 0xf_ffff), nil)
        case 3: return (nil, last(milliseconds, high | 0xf_ffff))
        default:
            if high > 0 { return (nil, last(milliseconds, high - 1)) }
            return (nil, milliseconds == 0 ? nil : last(milliseconds - 1, lastSequence))
        }
    }

    /// The last id in `order` that a job with this position can have.
    func lastID(in order: JobOrder) -> JobID {
        let high = milliseconds << 16 | 0x8000 | sequence >> 20
        let low = UInt64(2) << 62 | (sequence & 0xf_ffff) << 42
        return JobID(high: high, low: order == .oldestFirst ? low | (1 << 42 - 1) : low)
    }
}
