import OnCue

/// The events of one write, packed into one row: the names once, then some twenty bytes an event.
///
/// `version, names: count × (queue, job name; empty for none), events: × (kind, names index, attempt, has id, id)`.
struct EventBatch {
    private static let version: UInt8 = 1

    private var names = ByteWriter()
    private var nameCount = 0
    private var events = ByteWriter()
    private(set) var count = 0

    /// Makes a pair of names known.
    ///
    /// - Returns: its index, good for this batch.
    mutating func add(queue: QueueName, name: JobName?) -> Int {
        names.write(text: queue.rawValue)
        names.write(text: name?.rawValue ?? "")
        nameCount += 1
        return nameCount - 1
    }

    @inline(__always)
    mutating func append(_ kind: JobEvent.Kind, names index: Int, job: JobID?, attempt: Int) {
        // The highest bit of the kind says that there is no id.
        events.write(byte: UInt8(kind.rawValue) | (job == nil ? 0x80 : 0))
        events.write(unsigned: UInt64(index))
        events.write(unsigned: UInt64(max(0, attempt)))
        if let job { events.write(id: job) }
        count += 1
    }

    /// The bytes of the row.
    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(names.bytes.count + events.bytes.count + 12)
        writer.write(byte: Self.version)
        writer.write(unsigned: UInt64(nameCount))
        writer.bytes.append(contentsOf: names.bytes)
        writer.bytes.append(contentsOf: events.bytes)
        return writer.bytes
    }

    /// The events of a row; nil when the bytes are damaged.
    ///
    /// Their cursors count from 1 within the row: 0 stands before the first.
    static func decode(_ bytes: [UInt8], entry: Int64, at: Timestamp) -> [JobEvent]? {
        var reader = ByteReader(bytes)
        guard reader.byte() == version, let nameCount = reader.count(upTo: bytes.count) else { return nil }
        var names: [(queue: QueueName, name: JobName?)] = []
        for _ in 0..<nameCount {
            guard let queue = reader.text(), let name = reader.text() else { return nil }
            names.append((QueueName(queue), name.isEmpty ? nil : JobName(name)))
        }
        var events: [JobEvent] = []
        while !reader.isAtEnd {
            guard let raw = reader.byte(), let kind = JobEvent.Kind(rawValue: Int(raw & 0x7f)),
                let index = reader.count(upTo: nameCount - 1), let attempt = reader.count(upTo: Int(Int32.max))
            else { return nil }
            var job: JobID?
            if raw & 0x80 == 0 {
                guard let id = reader.id() else { return nil }
                job = id
            }
            events.append(
                JobEvent(
                    cursor: EventCursor(entry: entry, index: events.count + 1), at: at, kind: kind,
                    queue: names[index].queue, job: job, name: names[index].name, attempt: attempt))
        }
        return events
    }
}
