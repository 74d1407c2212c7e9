import OnCue

/// The events of one script, packed into one entry of the queue's log.
///
/// `version, names, runs`. The names are a table, packed by the client: a count, then each with its length in front.
/// What follows is put together by the script, from items that the client packed, in runs of one of these forms:
///
/// * `kind, item`: one event of a job. An item is `attempt, id, name`.
/// * `kind` alone, for the events of the queue.
/// * `0x80 + kind, count (4 bytes), items`: many of one kind.
/// * `0x40, milliseconds (6), sequence (4), number of the queue (2), count (4), created items`: jobs that were created,
///   the first at this position, each at the next. A created item is `level, nonce (3), name`, or `0x80 + level, id, name`
///   where the id is the caller's own.
///
/// A name is an index into the table, from 1, or 0 and the name with its length in front.
enum PackedEvents {
    private static let version: UInt8 = 1
    private static let manyOfOneKind: UInt8 = 0x80
    private static let createdRun: UInt8 = 0x40
    private static let ownID: UInt8 = 0x80
    /// More than any script makes, so that damaged bytes cannot ask for more.
    private static let maximumCount: UInt64 = 1_000_000

    /// The names of a batch, each once.
    struct Names {
        private var indices: [JobName: Int] = [:]
        private var table = ByteWriter()

        /// The index of a name, which it gets when it is new.
        mutating func index(of name: JobName) -> Int {
            if let index = indices[name] { return index }
            indices[name] = indices.count + 1
            table.write(text: name.rawValue)
            return indices.count
        }

        /// What the entry begins with.
        func encoded() -> [UInt8] {
            var writer = ByteWriter()
            writer.write(byte: PackedEvents.version)
            writer.write(unsigned: UInt64(indices.count))
            writer.bytes.append(contentsOf: table.bytes)
            return writer.bytes
        }
    }
}

// MARK: - Items

extension PackedEvents {
    /// An event of a job without its kind, which the script puts in front of it or of many.
    static func item(job: JobID, attempt: Int, name index: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(unsigned: UInt64(max(0, attempt)))
        writer.write(id: job)
        writer.write(unsigned: UInt64(index))
        return writer.bytes
    }

    /// A job that gets its id from the position at which the script puts it.
    static func createdItem(level: JobPriority, nonce: UInt32, name index: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(byte: UInt8(level.rawValue))
        writer.write(bigEndian: UInt64(nonce), 3)
        writer.write(unsigned: UInt64(index))
        return writer.bytes
    }

    /// A job with an id of its own. It takes a position like the others.
    static func createdItem(level: JobPriority, id: JobID, name index: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(byte: ownID | UInt8(level.rawValue))
        writer.write(id: id)
        writer.write(unsigned: UInt64(index))
        return writer.bytes
    }

    /// What stands in front of created items. In Lua: `struct.pack('>BI6I4I2I4', 64, ms, seq, number, count)`.
    static func createdHead(first: StreamPosition, queue number: UInt16, count: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(byte: createdRun)
        writer.write(bigEndian: first.milliseconds, 6)
        writer.write(bigEndian: first.sequence, 4)
        writer.write(bigEndian: UInt64(number), 2)
        writer.write(bigEndian: UInt64(count), 4)
        return writer.bytes
    }

    /// What stands in front of many items of one kind. In Lua: `struct.pack('>BI4', 128 + kind, count)`.
    static func head(_ kind: JobEvent.Kind, count: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(byte: manyOfOneKind | UInt8(kind.rawValue))
        writer.write(bigEndian: UInt64(count), 4)
        return writer.bytes
    }
}

// MARK: - Reading

extension PackedEvents {
    /// The events of an entry; nil when the bytes are damaged.
    ///
    /// Their cursors count from 1 within the entry: 0 stands before the first.
    ///
    /// - Parameter microseconds: the entry's id, which is when it was written.
    static func decode(_ bytes: [UInt8], queue: QueueName, microseconds: Int64) -> [JobEvent]? {
        var decoder = Decoder(reader: ByteReader(bytes), queue: queue, microseconds: microseconds)
        return decoder.decode() ? decoder.events : nil
    }

    private struct Decoder {
        var reader: ByteReader
        let queue: QueueName
        let microseconds: Int64
        var names: [JobName] = []
        var events: [JobEvent] = []

        /// False when the bytes are damaged.
        mutating func decode() -> Bool {
            guard reader.byte() == version, let count = reader.count(upTo: reader.rest.count) else {
                return false
            }
            for _ in 0..<count {
                guard let name = reader.text() else { return false }
                names.append(JobName(name))
            }
            while let tag = reader.byte() {
                guard run(tag) else { return false }
            }
            return true
        }

        private mutating func run(_ tag: UInt8) -> Bool {
            if tag == createdRun { return createdItems() }
            guard let kind = JobEvent.Kind(rawValue: Int(tag & ~manyOfOneKind)) else { return false }
            let isOfQueue = kind == .queuePaused || kind == .queueResumed
            if tag & manyOfOneKind == 0 {
                guard isOfQueue else { return item(kind) }
                append(kind)
                return true
            }
            guard !isOfQueue, let count = count() else { return false }
            for _ in 0..<count {
                guard item(kind) else { return false }
            }
            return true
        }

        private mutating func item(_ kind: JobEvent.Kind) -> Bool {
            guard let attempt = reader.count(upTo: Int(Int32.max)), let id = reader.id(),
                let name = name()
            else {
                return false
            }
            append(kind, id, name, attempt)
            return true
        }

        private mutating func createdItems() -> Bool {
            guard let milliseconds = reader.bigEndian(6), let first = reader.bigEndian(4),
                let number = reader.bigEndian(2), let count = count()
            else { return false }
            for index in 0..<count {
                let position = StreamPosition(milliseconds: milliseconds, sequence: first + index)
                guard let id = createdID(position, UInt16(truncatingIfNeeded: number)), let name = name()
                else {
                    return false
                }
                append(.created, id, name)
            }
            return true
        }

        private mutating func createdID(_ position: StreamPosition, _ number: UInt16) -> JobID? {
            guard let head = reader.byte(), let level = JobPriority(rawValue: Int(head & ~ownID)) else {
                return nil
            }
            if head & ownID != 0 { return reader.id() }
            return reader.bigEndian(3).flatMap {
                StoreMadeID(
                    position: position, level: level, queue: number, nonce: UInt32(truncatingIfNeeded: $0))?
                    .id
            }
        }

        private mutating func name() -> JobName? {
            guard let index = reader.count(upTo: names.count) else { return nil }
            return index == 0 ? reader.text().map { JobName($0) } : names[index - 1]
        }

        private mutating func count() -> UInt64? {
            reader.bigEndian(4).flatMap { $0 <= maximumCount ? $0 : nil }
        }

        private mutating func append(
            _ kind: JobEvent.Kind, _ job: JobID? = nil, _ name: JobName? = nil, _ attempt: Int = 0
        ) {
            events.append(
                JobEvent(
                    cursor: EventCursor(entry: microseconds, index: events.count + 1),
                    at: Timestamp(microseconds: microseconds), kind: kind, queue: queue, job: job, name: name,
                    attempt: attempt))
        }
    }
}
