import OnCue

#if SQLite
    import OnCueSQLite
#endif

/// A store as one text names it everywhere: `sqlite:PATH` or `memory:`.
enum StoreLocation: Equatable, Sendable {
    case sqlite(path: String)
    case memory

    init(_ url: String) throws(CommandError) {
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
        case "redis", "rediss", "redis+sentinel", "redis+cluster", "postgres", "postgresql":
            throw .usage(
                "stores of the kind \(url[..<colon]): are not in this version of oncue",
                hint: "Use --store sqlite:PATH or --store memory:")
        default:
            throw .usage(
                "--store does not know the kind '\(url[..<colon])'",
                hint: "Use --store sqlite:PATH or --store memory:")
        }
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

    func open(durability: DurabilityLevel, isCheckedFirst: Bool) async throws(StoreError) -> any JobStore {
        switch self {
        case .memory:
            return MemoryStore()
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
