import Logging
import OnCue

#if SQLite
    import OnCueSQLite
#endif
#if Redis
    import OnCueRedis
#endif
#if Server
    import OnCueRemote
#endif

/// A store as one text names it everywhere: `sqlite:PATH`, `redis://HOST` and its kin, `memory:`, or the URL of a server.
enum StoreLocation: Equatable, Sendable {
    case sqlite(path: String)
    /// What the Redis store reads itself.
    case redis(url: String)
    case memory
    /// A store behind an OnCue server.
    case server(url: String, apiKey: String?)

    /// - Parameter environment: where `redis:` without a host finds `REDIS_HOST`, `REDIS_PORT`, `REDIS_PASSWORD` and `REDIS_DB`.
    init(_ url: String, environment: [String: String] = [:]) throws(CommandError) {
        guard let colon = url.firstIndex(of: ":"), url[..<colon].allSatisfy({ $0.isLetter || $0 == "+" }) else {
            throw .usage(
                "--store takes a URL and '\(url.prefix(200))' has no scheme",
                hint: "For a file write --store sqlite:\(url.isEmpty ? "./oncue.db" : url)")
        }
        let rest = String(url[url.index(after: colon)...])
        switch url[..<colon].lowercased() {
        case "sqlite":
            let path = rest.hasPrefix("//") ? String(rest.dropFirst(2)) : rest
            guard !path.isEmpty, !path.hasSuffix("/") else {
                throw .usage("--store sqlite: needs the path of a file", hint: "For example --store sqlite:./oncue.db")
            }
            self = .sqlite(path: path)
        case "memory":
            self = .memory
        case "redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster", "redis+unix":
            self = .redis(url: try Self.completed(url, environment))
        case "http", "https":
            throw .usage("a server is no --store", hint: "Write --server \(Self.masked(url))")
        case "postgres", "postgresql":
            throw .usage(
                "stores of the kind \(url[..<colon]): are not in this version of oncue", hint: Self.kinds)
        default:
            throw .usage("--store does not know the kind '\(url[..<colon])'", hint: Self.kinds)
        }
    }

    private static let kinds = "Use --store sqlite:PATH, --store redis://HOST or --store memory:"

    /// `redis:` and `rediss:` without a host get the one of the environment.
    private static func completed(_ url: String, _ environment: [String: String]) throws(CommandError) -> String {
        guard let scheme = ["redis", "rediss"].first(where: { url.lowercased().hasPrefix($0 + ":") }) else {
            return url
        }
        var rest = url.dropFirst(scheme.count + 1)
        if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
        let query = rest.firstIndex(of: "?") ?? rest.endIndex
        guard rest[..<query].isEmpty || rest[..<query] == "/" else { return url }
        func variable(_ name: String) -> String? {
            environment["REDIS_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let port = variable("PORT"), UInt16(port) == nil {
            throw .usage("the environment variable REDIS_PORT is '\(port.prefix(50))', not the number of a port")
        }
        let host = variable("HOST") ?? "localhost"
        let isIPv6 = host.contains(":") && !host.hasPrefix("[")
        var completed = scheme + "://"
        if let password = variable("PASSWORD") { completed += ":\(percentEncoded(password))@" }
        completed += isIPv6 ? "[\(host)]" : host
        completed += ":" + (variable("PORT") ?? "6379")
        if let database = variable("DB") { completed += "/" + database }
        return completed + rest[query...]
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                String(UnicodeScalar(byte))
            default:
                "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }

    /// The text with a password in it made unreadable, as in `redis://user:***@host`.
    static func masked(_ text: String) -> String {
        guard let start = text.firstRange(of: "://")?.upperBound, let at = text[start...].lastIndex(of: "@") else {
            return text
        }
        let slash = text[start...].firstIndex(of: "/") ?? text.endIndex
        guard at < slash || text[start..<at].contains(":"), let colon = text[start..<at].firstIndex(of: ":") else {
            return text
        }
        return text[...colon] + "***" + text[at...]
    }

    /// - Parameters:
    ///   - durability: of a file; what a server keeps is in its own hands.
    ///   - isCheckedFirst: looks the store over, and says what it finds; commands that end at once do without.
    ///   - logger: hears of trouble that no call reports.
    func open(
        durability: DurabilityLevel, isCheckedFirst: Bool, logger: Logger
    ) async throws(StoreError) -> any JobStore {
        switch self {
        case .memory:
            return MemoryStore()
        case .server(let url, let apiKey):
            #if Server
                return try RemoteStore(url: url, apiKey: apiKey)
            #else
                throw StoreError(
                    .unsupported,
                    "this oncue was built without its server's client, so it cannot use \(Self.masked(url))")
            #endif
        case .redis(let url):
            #if Redis
                var logger = logger
                if !isCheckedFirst { logger.logLevel = max(logger.logLevel, .error) }
                return try await RedisStore(url: url, options: .init(logger: logger))
            #else
                throw StoreError(
                    .unsupported, "this oncue was built without Redis, so it cannot open \(Self.masked(url))")
            #endif
        case .sqlite(let path):
            #if SQLite
                var options = SQLiteStore.Options()
                options.durability = durability == .full ? .full : .normal
                options.checksIntegrity = isCheckedFirst
                return try await SQLiteStore(path: path, options: options)
            #else
                throw StoreError(.unsupported, "this oncue was built without SQLite, so it cannot open \(path)")
            #endif
        }
    }
}

/// What has to happen to the machine before an answered id is lost.
enum DurabilityLevel: String, CaseIterable, Sendable {
    /// Survives a loss of power.
    case full
    /// Survives a crash of the process; a loss of power may cost the last moments.
    case normal
}
