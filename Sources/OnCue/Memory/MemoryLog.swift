import DequeModule

/// The bounded log of what happened.
struct MemoryLog {
    /// Events that are kept when nobody prunes.
    static let bound = 100_000

    private var events = Deque<JobEvent>()
    /// The place of the newest event, also when it is gone.
    private(set) var latest = EventCursor.start
    /// The place of the newest event that was dropped.
    private var dropped = EventCursor.start
    private var entry: Int64 = 0
    private var index = 0

    /// What is added until the next call belongs to one write.
    mutating func beginWrite() {
        entry += 1
        index = 0
    }

    mutating func add(_ kind: JobEvent.Kind, _ job: MemoryJob, _ queue: QueueName, now: Timestamp) {
        append(kind, queue: queue, job: job.id, name: job.name, attempt: job.attempt, now: now)
    }

    mutating func add(_ kind: JobEvent.Kind, queue: QueueName, now: Timestamp) {
        append(kind, queue: queue, job: nil, name: nil, attempt: 0, now: now)
    }

    private mutating func append(
        _ kind: JobEvent.Kind, queue: QueueName, job: JobID?, name: JobName?, attempt: Int, now: Timestamp
    ) {
        latest = EventCursor(entry: entry, index: index)
        index += 1
        events.append(
            JobEvent(cursor: latest, at: now, kind: kind, queue: queue, job: job, name: name, attempt: attempt))
        if events.count > Self.bound { dropFirst() }
    }

    private mutating func dropFirst() {
        guard let first = events.popFirst() else { return }
        dropped = first.cursor
    }

    func page(after cursor: EventCursor, limit: Int) -> EventPage {
        let start = position(after: cursor)
        let found = Array(events[start...].prefix(max(0, limit)))
        return EventPage(events: found, next: found.last?.cursor ?? cursor, hasGap: cursor < dropped)
    }

    /// Drops events that are too old or too many, at most `limit`; how many went, and whether there are more.
    mutating func prune(before: Timestamp, keep: Int, limit: Int) -> (pruned: Int, hasMore: Bool) {
        var pruned = 0
        while let first = events.first, first.at < before || events.count > max(0, keep) {
            guard pruned < limit else { return (pruned, true) }
            dropFirst()
            pruned += 1
        }
        return (pruned, false)
    }

    /// Where the first event after `cursor` stands; places ascend.
    private func position(after cursor: EventCursor) -> Int {
        var (low, high) = (0, events.count)
        while low < high {
            let middle = low + (high - low) / 2
            if events[middle].cursor <= cursor { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
