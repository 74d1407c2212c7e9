import OnCue

/// What one entry of a queue's log says: all events of one script.
///
/// Fields: `a`, when by the store's clock; `c`, how many events there are; a number, a ``JobEvent/Kind``, with its events
/// one after another: id, attempt (4 bytes), name behind its length (0: the name of the event before); of a queue's pause
/// and its end only that it was.
/// Plain jobs that were taken in together are `p`, their positions, `n`, the queue's number, and `m`, of each what the client
/// said: level, nonce (3 bytes), name as in an event. Positions that follow one another are the first and behind a `+` how many
/// they are; where they make several such runs, blanks stand between.
struct LoggedEvents: Hashable, Sendable {
    struct Event: Hashable, Sendable {
        var kind: JobEvent.Kind
        /// Nil for what happened to the queue, as is the name.
        var job: JobID?
        var name: JobName?
        var attempt = 0
    }

    var at: Timestamp
    var events: [Event] = []

    /// Nil when the entry is damaged.
    init?(_ fields: [(name: String, value: [UInt8])]) {
        var texts: [String: String] = [:]
        for (name, value) in fields where ["a", "p", "n"].contains(name) {
            texts[name] = String(decoding: value, as: UTF8.self)
        }
        guard let at = texts["a"].flatMap({ Int64($0) }) else { return nil }
        self.at = Timestamp(microseconds: at)
        for (name, value) in fields {
            if let kind = Int(name).flatMap(JobEvent.Kind.init(rawValue:)) {
                guard add(value, kind) else { return nil }
            } else if name == "m" {
                guard let runs = texts["p"].flatMap(Self.runs), let queue = texts["n"].flatMap({ UInt16($0) }),
                    add(plain: value, at: runs, queue: queue)
                else { return nil }
            }
        }
    }

    private mutating func add(_ bytes: [UInt8], _ kind: JobEvent.Kind) -> Bool {
        if kind == .queuePaused || kind == .queueResumed {
            events.append(Event(kind: kind))
            return true
        }
        var reader = ByteReader(bytes)
        var name: JobName?
        while !reader.isAtEnd {
            guard let id = reader.id(), let attempt = reader.bigEndian(4), let own = reader.name(after: name)
            else { return false }
            name = own
            events.append(Event(kind: kind, job: id, name: own, attempt: Int(attempt)))
        }
        return true
    }

    private mutating func add(
        plain bytes: [UInt8], at runs: [(first: StreamPosition, count: Int)], queue: UInt16
    ) -> Bool {
        var reader = ByteReader(bytes)
        var name: JobName?
        for (first, count) in runs {
            var position = first
            for _ in 0..<count {
                guard let level = reader.byte().flatMap({ JobPriority(rawValue: Int($0)) }),
                    let nonce = reader.bigEndian(3),
                    let own = reader.name(after: name),
                    let id = StoreMadeID(position: position, level: level, queue: queue, nonce: UInt32(nonce))
                else { return false }
                name = own
                events.append(Event(kind: .created, job: id.id, name: own))
                position.sequence += 1
            }
        }
        return reader.isAtEnd
    }

    private static func runs(_ text: String) -> [(first: StreamPosition, count: Int)]? {
        var runs: [(first: StreamPosition, count: Int)] = []
        for run in text.split(separator: " ") {
            let parts = run.split(separator: "+")
            guard parts.count == 2, let first = StreamPosition(String(parts[0])), let count = Int(parts[1]), count > 0
            else { return nil }
            runs.append((first, count))
        }
        return runs
    }
}

extension ByteReader {
    /// A name behind its length. Nil when it is cut off, or is to be one that is not there.
    fileprivate mutating func name(after last: JobName?) -> JobName? {
        guard let length = byte() else { return nil }
        return length == 0 ? last : text(Int(length)).map { JobName($0) }
    }
}
