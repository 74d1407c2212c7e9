/// One master, its replicas and three Sentinels that watch them.
public final class RedisReplication: Sendable {
    /// What the Sentinels call the master.
    public let name = "primary"
    /// The master as it was at the start, then the replicas.
    public let servers: [RedisServer]
    public let sentinels: [RedisServer]
    private let password: String?
    private let sentinelPassword: String?

    public var sentinelPorts: [Int] { sentinels.map(\.port) }

    /// Starts all of them, and waits until the replicas follow and the Sentinels know of each other.
    ///
    /// - Parameters:
    ///   - settings: for the master and the replicas.
    ///   - password: of the master and the replicas.
    ///   - sentinelPassword: of the Sentinels.
    ///   - silence: for how many milliseconds a server may not answer before the Sentinels count it as down.
    ///   - tls: a second port with TLS each, and TLS among themselves: the Sentinels name those ports.
    public static func start(
        replicas: Int = 2, _ settings: [String: String] = [:], password: String? = nil,
        sentinelPassword: String? = nil, silence: Int = 500, tls: Bool = false
    ) async throws -> RedisReplication {
        var settings = settings
        if let password {
            settings["requirepass"] = password
            settings["masterauth"] = password
        }
        if tls { settings["tls-replication"] = "yes" }
        let master = try await RedisServer.start(.server, settings, tls: tls)
        let masterPort = master.tlsPort ?? master.port
        var servers = [master]
        settings["replicaof"] = "127.0.0.1 \(masterPort)"
        for _ in 0..<replicas {
            servers.append(
                try await RedisServer.start(.server, settings, tls: tls, certificates: master.certificates))
        }
        for replica in servers.dropFirst() {
            // A Sentinel asks a master for its replicas at once, and then only every ten seconds.
            try await wait("the replica at \(replica.port) follows") {
                try await Self.command(replica, password, ["INFO", "replication"]).contains("master_link_status:up")
            }
        }
        try await wait("the master knows its replicas") {
            let text = try await Self.command(master, password, ["INFO", "replication"])
            return text.components(separatedByText: "state=online").count == replicas + 1
        }

        let name = "primary"
        var lines = [
            "sentinel monitor \(name) 127.0.0.1 \(masterPort) 2",
            "sentinel down-after-milliseconds \(name) \(silence)",
            "sentinel failover-timeout \(name) 4000",
        ]
        if let password { lines.append("sentinel auth-pass \(name) \(password)") }
        if let sentinelPassword {
            lines += ["requirepass \(sentinelPassword)", "sentinel sentinel-pass \(sentinelPassword)"]
        }
        var sentinels: [RedisServer] = []
        for _ in 0..<3 {
            sentinels.append(
                try await RedisServer.start(
                    .sentinel, tls ? ["tls-replication": "yes"] : [:], lines: lines, tls: tls,
                    certificates: master.certificates))
        }

        let replication = RedisReplication(
            servers: servers, sentinels: sentinels, password: password, sentinelPassword: sentinelPassword)
        try await replication.waitUntilAgreed(replicas: replicas)
        return replication
    }

    private init(
        servers: [RedisServer], sentinels: [RedisServer], password: String?, sentinelPassword: String?
    ) {
        self.servers = servers
        self.sentinels = sentinels
        self.password = password
        self.sentinelPassword = sentinelPassword
    }

    /// The master's port, when the Sentinels that run say the same and it says that it is one; nil otherwise.
    ///
    /// - Parameter other: one that is not asked, since it may not answer.
    public func agreedMasterPort(otherThan other: Int? = nil) async -> Int? {
        var ports: Set<Int> = []
        for sentinel in sentinels where sentinel.isRunning {
            guard
                let answer = try? await Self.command(
                    sentinel, sentinelPassword, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name]),
                let named = answer.components(separatedByText: "\n").last.flatMap({ Int($0) }),
                let port = servers.first(where: { $0.port == named || $0.tlsPort == named })?.port
            else { return nil }
            ports.insert(port)
        }
        guard ports.count == 1, let port = ports.first, port != other,
            let server = servers.first(where: { $0.port == port }), server.isRunning,
            let role = try? await Self.command(server, password, ["ROLE"]), role.hasPrefix("master")
        else { return nil }
        return port
    }

    /// The master's port; waits while there is no master that all Sentinels name.
    public func masterPort() async throws -> Int { try await masterPort(otherThan: nil) }

    /// Waits for a master other than the one at `port`.
    @discardableResult
    public func masterPort(otherThan port: Int?) async throws -> Int {
        var found = 0
        try await wait("the Sentinels agree on a master", within: .seconds(60)) {
            guard let agreed = await agreedMasterPort(otherThan: port) else { return false }
            found = agreed
            return true
        }
        return found
    }

    public func master() async throws -> RedisServer {
        let port = try await masterPort()
        guard let server = servers.first(where: { $0.port == port }) else {
            throw RedisTestFailure("the Sentinels name a master that is none of these servers: \(port)")
        }
        return server
    }

    /// Makes a replica the master while the old one is well, and waits until it is.
    ///
    /// - Returns: the new master's port.
    @discardableResult
    public func failover() async throws -> Int {
        let before = try await masterPort()
        // Refused while the failover before it is young.
        try await wait("a Sentinel begins the failover", every: .milliseconds(100)) {
            (try? await Self.command(sentinels[0], sentinelPassword, ["SENTINEL", "FAILOVER", name])) != nil
        }
        return try await masterPort(otherThan: before)
    }

    /// Kills the master and returns it without waiting for the next one.
    @discardableResult
    public func killMaster() async throws -> RedisServer {
        let server = try await master()
        await server.kill()
        return server
    }

    public func stop() async {
        for server in sentinels + servers { await server.stop() }
    }

    private func waitUntilAgreed(replicas: Int) async throws {
        for sentinel in sentinels {
            try await wait("Sentinel \(sentinel.port) knows all others") {
                let lines = try await Self.command(sentinel, sentinelPassword, ["SENTINEL", "MASTER", name])
                    .components(separatedByText: "\n")
                func value(_ field: String) -> String? {
                    lines.firstIndex(of: field).flatMap { $0 + 1 < lines.count ? lines[$0 + 1] : nil }
                }
                return value("flags") == "master" && value("num-other-sentinels") == "2"
                    && value("num-slaves") == "\(replicas)"
            }
        }
    }

    private static func command(_ server: RedisServer, _ password: String?, _ words: [String]) async throws -> String {
        try await server.command((password.map { ["--no-auth-warning", "-a", $0] } ?? []) + words)
    }
}

extension String {
    func components(separatedByText separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
