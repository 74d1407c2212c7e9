import OnCue

/// The keys of one queue. They share the hash tag `{prefix:queue}`, so a script may use all of them on a cluster, and
/// are passed to every script in one order: the names that scripts know them by come from the same list.
struct QueueKeys: Hashable, Sendable {
    /// In the order in which scripts get them.
    enum Key: Int, CaseIterable, Sendable {
        case meta
        case critical
        case high
        case normal
        case low
        case bulk
        case parked
        case records
        case ids
        case due
        case expiring
        case keep
        case unique
        case uniqueEnds
        case doneCompleted
        case doneDead
        case doneCancelled
        case history
        case memory
        case outputs
        case events
        case watched
        case outbox
        case applied

        /// What the key ends with.
        var suffix: String {
            switch self {
            case .meta: "meta"
            case .critical: "0"
            case .high: "1"
            case .normal: "2"
            case .low: "3"
            case .bulk: "4"
            case .parked: "parked"
            case .records: "rec"
            case .ids: "ids"
            case .due: "due"
            case .expiring: "exp"
            case .keep: "keep"
            case .unique: "uniq"
            case .uniqueEnds: "uniqx"
            case .doneCompleted: "done:c"
            case .doneDead: "done:d"
            case .doneCancelled: "done:x"
            case .history: "hist"
            case .memory: "mem"
            case .outputs: "out"
            case .events: "events"
            case .watched: "watch"
            case .outbox: "outbox"
            case .applied: "in"
            }
        }

        /// The stream of a level.
        static func stream(of level: JobPriority) -> Key {
            switch level {
            case .critical: .critical
            case .high: .high
            case .normal: .normal
            case .low: .low
            case .bulk: .bulk
            }
        }

        /// What scripts call it: `UNIQX`, `DONE_C`; the streams are also `LEVEL[0]` to `LEVEL[4]`.
        fileprivate var luaName: String {
            JobPriority.allCases.contains { Self.stream(of: $0) == self }
                ? "LEVEL_" + suffix : suffix.uppercased().replacing(":", with: "_")
        }
    }

    /// The consumer group of every level's stream.
    static let group = "w"

    let queue: QueueName
    /// In the order of ``Key``.
    let all: [String]
    private let stem: String

    /// - Throws: ``ValidationError`` when the queue's name breaks its rules, which keep braces out of the hash tag.
    init(prefix: KeyPrefix, queue: QueueName) throws(ValidationError) {
        self.queue = try queue.validated(field: "queue")
        let stem = "{\(prefix.text):\(queue.rawValue)}:"
        self.stem = stem
        all = Key.allCases.map { stem + $0.suffix }
    }

    subscript(_ key: Key) -> String { all[key.rawValue] }

    func stream(of level: JobPriority) -> String { self[.stream(of: level)] }

    /// ``all`` and, behind them, the standing and the news of a session: `SESSION` and `NEWS`.
    func all(for session: SessionID) -> [String] {
        all + [self.session(session), news(session)]
    }

    /// What the queue knows of a session: its standing, its last sequence number, the answers to it.
    func session(_ session: SessionID) -> String { stem + "session:" + session.rawValue }

    /// What a session is to be told of its jobs.
    func news(_ session: SessionID) -> String { stem + "news:" + session.rawValue }

    /// Where scripts say what others wait for: `w`, something became claimable; `e`, something happened. In the slot of
    /// the keys, for `SPUBLISH`.
    var channel: String { stem + "wake" }

    /// The first lines of every script: names for what ``all(for:)`` passes. `SESSION` and `NEWS` are nil where only
    /// ``all`` is passed.
    static let prelude: String = {
        let named =
            Key.allCases.map { "local \($0.luaName)=KEYS[\($0.rawValue + 1)]" }
            + [
                "local SESSION=KEYS[\(Key.allCases.count + 1)]",
                "local NEWS=KEYS[\(Key.allCases.count + 2)]",
            ]
        let levels = JobPriority.allCases.map { "[\($0.rawValue)]=\(Key.stream(of: $0).luaName)" }
        return (named + ["local LEVEL={\(levels.joined(separator: ","))}"]).joined(separator: "\n") + "\n"
    }()
}
