import OnCue

/// The keys of what a store knows beyond one queue. They share the hash tag `{prefix}`.
struct RegistryKeys: Hashable, Sendable {
    /// In the order in which scripts get them.
    enum Key: Int, CaseIterable, Sendable {
        /// Hash: `schema`, the last queue number, the defaults of the store.
        case meta
        /// Hash: queue → its number.
        case queues
        /// Hash: number → queue.
        case numbers
        /// Hash: queue → its settings.
        case settings
        /// Set: the sessions that have not been removed.
        case sessions

        /// What the key ends with.
        var suffix: String {
            switch self {
            case .meta: "meta"
            case .queues: "queues"
            case .numbers: "numbers"
            case .settings: "settings"
            case .sessions: "sessions"
            }
        }
    }

    /// In the order of ``Key``.
    let all: [String]
    private let stem: String

    init(prefix: KeyPrefix) {
        let stem = "{\(prefix.text)}:"
        self.stem = stem
        all = Key.allCases.map { stem + $0.suffix }
    }

    subscript(_ key: Key) -> String { all[key.rawValue] }

    /// ``all`` and, behind them, a session and the queues that it has joined: `SESSION` and `JOINED`.
    func all(for session: SessionID) -> [String] {
        all + [self.session(session), joined(session)]
    }

    /// Hash: how it was opened, its renewals and standing, what it is told.
    func session(_ session: SessionID) -> String { stem + "session:" + session.rawValue }

    /// Set: the queues that may hold something of the session.
    func joined(_ session: SessionID) -> String { stem + "joined:" + session.rawValue }

    /// The first lines of every script of the registry: names for what ``all(for:)`` passes. `SESSION` and `JOINED` are
    /// nil where only ``all`` is passed.
    static let prelude: String = {
        let named =
            Key.allCases.map { "local \($0.suffix.uppercased())=KEYS[\($0.rawValue + 1)]" }
            + [
                "local SESSION=KEYS[\(Key.allCases.count + 1)]",
                "local JOINED=KEYS[\(Key.allCases.count + 2)]",
            ]
        return named.joined(separator: "\n") + "\n"
    }()
}
