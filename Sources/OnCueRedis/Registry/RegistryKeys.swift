import OnCue

/// The keys of what a store knows beside its queues. They share the hash tag `{prefix}`.
struct RegistryKeys: Sendable {
    /// A hash: `schema`, `last` (the newest number of a queue), `defaults`.
    let meta: String
    /// A hash: name of a queue → its number.
    let queues: String
    /// A hash: name of a queue → its settings as JSON.
    let settings: String
    /// A sorted set of session ids, by the moment of their opening.
    let sessions: String
    /// A hash: name of a queue that was removed → its number. It gets that again when it is made again, so that what still names
    /// it can mean no other; its log is read as long as there is something in it.
    let removed: String
    /// Rung with `q` when a queue is made, with `s` when a session was told something.
    let channel: String
    private let stem: String

    init(prefix: KeyPrefix) {
        let stem = "{\(prefix.text)}:"
        self.stem = stem
        meta = stem + "meta"
        queues = stem + "queues"
        settings = stem + "settings"
        sessions = stem + "sessions"
        removed = stem + "removed"
        channel = stem + "wake"
    }

    /// A hash: what a session said when it was opened, its standing and its renewals.
    func session(_ id: SessionID) -> String { stem + "session:" + id.rawValue }

    /// A hash and, for the order, a sorted set: the documents of a collection.
    func documents(_ collection: String) -> [String] { [stem + "docs:" + collection, stem + "docnames:" + collection] }

    /// A list: the newest entries of the audit log.
    var audit: String { stem + "audit" }

    /// In the order in which scripts get them.
    var all: [String] { [meta, queues, settings, sessions, removed] }
    func all(for session: SessionID) -> [String] { all + [self.session(session)] }

    /// The first lines of every script of the registry.
    static let prelude = """
        local META, QUEUES, SETTINGS, SESSIONS, REMOVED, SESSION = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
        local call = redis.call
        local clock = call('TIME')
        local now = ARGV[1] == '' and clock[1] * 1000000 + clock[2] or tonumber(ARGV[1])
        local function text(number) return string.format('%.0f', number) end

        """
}
