import OnCue

/// All that changes of a job that has a record: a MessagePack map of short keys, which scripts change without touching
/// the body behind it. What has its default is not written.
struct JobFacts: Hashable, Sendable {
    /// The keys, as scripts know them.
    enum Key: String, CaseIterable {
        case state = "s"
        case level = "v"
        case attempt = "a"
        case delivery = "d"
        case lostWorkers = "l"
        case created = "c"
        case updated = "u"
        case due = "w"
        case expires = "x"
        case begun = "b"
        case finished = "f"
        case entry = "e"
        case session = "ses"
        case worker = "wk"
        case progress = "p"
        case progressMessage = "pm"
        case lastError = "le"
        case lastErrorCategory = "lc"
        case deadReason = "dr"
        case cancelReason = "cr"
        case cancelRequested = "cq"
        case maxAttempts = "ma"
        case exemptUntil = "xk"
    }

    var state: JobState
    var level: JobPriority
    var attempt = 0
    /// How often it was claimed.
    var delivery: Int64 = 0
    var lostWorkers = 0
    var created: Timestamp
    /// Nil: never since it was created.
    var updated: Timestamp?
    var due: Timestamp?
    var expires: Timestamp?
    /// When the latest attempt was claimed.
    var begun: Timestamp?
    var finished: Timestamp?
    /// The place of its entry; nil while it has none.
    var entry: StreamPosition?
    var session: SessionID?
    var worker: String?
    var progress: Double?
    var progressMessage: String?
    var lastError: String?
    var lastErrorCategory: FailureCategory?
    var deadReason: DeadReason?
    var cancelReason: String?
    var isCancelRequested = false
    /// Wins over what the body says.
    var maxAttempts: Int?
    /// Not removed before, whatever the bounds of the kept say.
    var exemptUntil: Timestamp?

    init(state: JobState, level: JobPriority, created: Timestamp) {
        self.state = state
        self.level = level
        self.created = created
    }
}

// MARK: - MessagePack

extension JobFacts {
    /// Nil when a fact that every job has is missing or one is of the wrong kind. Unknown keys are passed over.
    init?(_ map: [String: MessagePack]) {
        var reader = FactReader(map: map)
        guard let state = reader.fact(.state, { $0.int.flatMap(JobState.init(rawValue:)) }),
            let level = reader.fact(.level, { $0.int.flatMap(JobPriority.init(rawValue:)) }),
            let created = reader.fact(.created, \.timestamp)
        else { return nil }
        self.init(state: state, level: level, created: created)
        attempt = reader.fact(.attempt, \.int) ?? 0
        delivery = reader.fact(.delivery, \.integer) ?? 0
        lostWorkers = reader.fact(.lostWorkers, \.int) ?? 0
        updated = reader.fact(.updated, \.timestamp)
        due = reader.fact(.due, \.timestamp)
        expires = reader.fact(.expires, \.timestamp)
        begun = reader.fact(.begun, \.timestamp)
        finished = reader.fact(.finished, \.timestamp)
        entry = reader.fact(.entry) { $0.bytes.flatMap { StreamPosition($0) } }
        session = reader.fact(.session) { $0.text.map(SessionID.init(rawValue:)) }
        worker = reader.fact(.worker, \.text)
        progress = reader.fact(.progress, \.double)
        progressMessage = reader.fact(.progressMessage, \.text)
        lastError = reader.fact(.lastError, \.text)
        lastErrorCategory = reader.fact(.lastErrorCategory) { $0.text.flatMap(FailureCategory.init(rawValue:)) }
        deadReason = reader.fact(.deadReason) { $0.text.flatMap(DeadReason.init(rawValue:)) }
        cancelReason = reader.fact(.cancelReason, \.text)
        isCancelRequested = reader.fact(.cancelRequested, \.bool) ?? false
        maxAttempts = reader.fact(.maxAttempts, \.int)
        exemptUntil = reader.fact(.exemptUntil, \.timestamp)
        if reader.isDamaged { return nil }
    }

    /// The facts that have not their default.
    var map: [String: MessagePack] {
        var map: [String: MessagePack] = [:]
        func set(_ key: Key, _ value: MessagePack?) { map[key.rawValue] = value }
        func set(_ key: Key, _ time: Timestamp?) { set(key, time.map { .integer($0.microseconds) }) }
        func set(_ key: Key, _ text: String?) { set(key, text.map(MessagePack.text)) }
        set(.state, .integer(Int64(state.rawValue)))
        set(.level, .integer(Int64(level.rawValue)))
        if attempt != 0 { set(.attempt, .integer(Int64(attempt))) }
        if delivery != 0 { set(.delivery, .integer(delivery)) }
        if lostWorkers != 0 { set(.lostWorkers, .integer(Int64(lostWorkers))) }
        set(.created, created)
        set(.updated, updated)
        set(.due, due)
        set(.expires, expires)
        set(.begun, begun)
        set(.finished, finished)
        set(.entry, entry?.description)
        set(.session, session?.rawValue)
        set(.worker, worker)
        set(.progress, progress.map { .double($0) })
        set(.progressMessage, progressMessage)
        set(.lastError, lastError)
        set(.lastErrorCategory, lastErrorCategory?.rawValue)
        set(.deadReason, deadReason?.rawValue)
        set(.cancelReason, cancelReason)
        if isCancelRequested { set(.cancelRequested, .bool(true)) }
        set(.maxAttempts, maxAttempts.map { .integer(Int64($0)) })
        set(.exemptUntil, exemptUntil)
        return map
    }

    func encoded() -> [UInt8] {
        var writer = MessagePackWriter()
        writer.write(.map(map))
        return writer.bytes
    }
}

/// Takes facts out of a map and remembers whether one of them was not what it has to be.
private struct FactReader {
    let map: [String: MessagePack]
    private(set) var isDamaged = false

    init(map: [String: MessagePack]) {
        self.map = map
    }

    mutating func fact<Value>(_ key: JobFacts.Key, _ read: (MessagePack) -> Value?) -> Value? {
        guard let raw = map[key.rawValue], raw != .null else { return nil }
        let value = read(raw)
        if value == nil { isDamaged = true }
        return value
    }
}

extension MessagePack {
    fileprivate var int: Int? { integer.flatMap { Int(exactly: $0) } }
    fileprivate var timestamp: Timestamp? { integer.map(Timestamp.init(microseconds:)) }
}
