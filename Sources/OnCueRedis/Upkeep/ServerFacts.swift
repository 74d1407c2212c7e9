import OnCue

/// What a server says of itself: the fields of `INFO`, and of its configuration where it may be asked for.
struct ServerFacts: Sendable {
    var address: String
    private var fields: [String: String] = [:]
    /// Empty where the server does not let it be read.
    var configuration: [String: String] = [:]
    /// The oldest version that has what the store needs: functions of streams, sharded channels, flags of scripts.
    static let oldestVersion = 7

    /// Reads the text of `INFO`.
    init(address: String, info: String) {
        self.address = address
        // Lines end as in a text file of Windows, which Swift sees as one character.
        for line in info.split(whereSeparator: \.isNewline) {
            guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
    }

    subscript(_ field: String) -> String? { fields[field] }

    /// False where the user of the store may not ask.
    var tellsOfItself: Bool { !fields.isEmpty }

    func number(_ field: String) -> Int64? { fields[field].flatMap { Int64($0) } }

    /// `7.0.15`, or `valkey 8.1.1`.
    var version: String {
        if fields["server_name"] == "valkey", let version = fields["valkey_version"] { return "valkey \(version)" }
        return fields["redis_version"] ?? "unknown"
    }

    /// Nil where the server does not tell.
    var majorVersion: Int? {
        fields["redis_version"].flatMap { $0.split(separator: ".").first }.flatMap { Int($0) }
    }

    var evictionPolicy: String? { configuration["maxmemory-policy"] ?? fields["maxmemory_policy"] }

    /// The append-only file: `no` when it is off, else when it reaches the disk: `always`, `everysec`, `no`.
    var appends: Appends {
        guard (fields["aof_enabled"] ?? configuration["appendonly"]) == "1" || configuration["appendonly"] == "yes"
        else { return .off }
        return configuration["appendfsync"].map { $0 == "always" ? .always : .now(and: $0) } ?? .unknown
    }

    enum Appends: Hashable, Sendable {
        case off
        case always
        /// `everysec`, or `no`: when the system likes.
        case now(and: String)
        /// It is on; how often it is synced cannot be read.
        case unknown
    }

    /// Whether snapshots are made; nil where that cannot be read.
    var makesSnapshots: Bool? { configuration["save"].map { !$0.isEmpty } }

    var replicas: Int { number("connected_slaves").map(Int.init) ?? 0 }

    // MARK: What cannot be worked with

    /// Why the store may not be opened on this server; nil when it may.
    var refusal: StoreFinding? {
        if let majorVersion, majorVersion < Self.oldestVersion {
            return StoreFinding(
                .problem, "version", "Redis at \(address) is \(version); OnCue needs \(Self.oldestVersion).0 or later.",
                cure: "Update it, or use Valkey.")
        }
        if let evictionPolicy, evictionPolicy.hasPrefix("allkeys") {
            return StoreFinding(
                .problem, "eviction",
                "Redis at \(address) has maxmemory-policy \(evictionPolicy): when its memory is used up it would throw jobs away.",
                cure: "Set it to noeviction: CONFIG SET maxmemory-policy noeviction, and the same in redis.conf.")
        }
        return nil
    }
}
