import OnCue

/// The keys of one queue. They share the hash tag `{prefix:queue}`, so a script may use all of them on a cluster.
/// What scripts call them comes from the same list.
struct QueueKeys: Hashable, Sendable {
    /// In the order in which ``QueueScript`` passes them.
    enum Key: Int, CaseIterable, Sendable {
        case meta
        case critical
        case high
        case normal
        case low
        case bulk
        case parked
        case records
        case bundles
        case bundleIndex
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
            case .bundles: "bundles"
            case .bundleIndex: "bundlex"
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

        /// What scripts call it: `UNIQX`, `DONE_C`. The streams are `LEVEL[0]` to `LEVEL[4]`.
        var luaName: String { isLevel ? "LEVEL" : suffix.uppercased().replacing(":", with: "_") }

        var isLevel: Bool { JobPriority.allCases.contains { Self.stream(of: $0) == self } }
    }

    /// A queue's keys for a session, behind which its id stands.
    enum SessionKey: String, CaseIterable, Sendable {
        /// Its standing, its last sequence number, the answers to it.
        case session
        /// What it is to be told of its jobs.
        case news
        /// A stream that a read of the session waits at beside the queue's: an entry ends the wait.
        case bell

        /// What scripts call it.
        var luaName: String { rawValue.uppercased() }
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

    subscript(_ key: SessionKey, _ session: SessionID) -> String { stem + key.rawValue + ":" + session.rawValue }

    func all(of session: SessionID) -> [String] { SessionKey.allCases.map { self[$0, session] } }

    /// Where scripts say what others wait for: `w`, something became claimable; `e`, something happened. In the slot of
    /// the keys, for `SPUBLISH`.
    var channel: String { stem + "wake" }
}
