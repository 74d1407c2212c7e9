/// Three masters that share the slots, and a replica of each.
public final class RedisCluster: Sendable {
    /// The masters as they were at the start, then their replicas in the same order.
    public let servers: [RedisServer]

    public var ports: [Int] { servers.map(\.port) }

    private static let masters = 3
    private static let slots = 16_384

    /// Starts the servers, makes them a cluster, and waits until all say that it is well.
    ///
    /// - Parameter tls: a second port with TLS each, and TLS among themselves.
    public static func start(_ settings: [String: String] = [:], tls: Bool = false) async throws -> RedisCluster {
        var settings = settings.merging(
            [
                "cluster-enabled": "yes", "cluster-config-file": "nodes.conf", "cluster-node-timeout": "1000",
                "cluster-replica-validity-factor": "0",
            ], uniquingKeysWith: { given, _ in given })
        settings["cluster-enabled"] = "yes"
        if tls { settings.merge(["tls-cluster": "yes", "tls-replication": "yes"]) { $1 } }
        var servers: [RedisServer] = []
        for _ in 0..<(2 * masters) {
            servers.append(
                try await RedisServer.start(.server, settings, tls: tls, certificates: servers.first?.certificates))
        }
        let cluster = RedisCluster(servers: servers)
        try await cluster.join()
        try await cluster.waitUntilOk()
        return cluster
    }

    private init(servers: [RedisServer]) { self.servers = servers }

    /// SIGKILL for one server.
    public func kill(_ index: Int) async { await servers[index].kill() }

    /// Starts a killed server again.
    public func restart(_ index: Int) async throws { try await servers[index].restart() }

    /// The cluster's name for a server.
    public func id(_ index: Int) async throws -> String { try await servers[index].command("CLUSTER", "MYID") }

    /// Whether a server is a master now.
    public func isMaster(_ index: Int) async throws -> Bool {
        try await servers[index].command("ROLE").hasPrefix("master")
    }

    /// Moves slots with their keys from one master to another, and waits until all servers know.
    public func moveSlots(_ count: Int, from source: Int, to target: Int) async throws {
        _ = try await TestProgram.run(
            "redis-cli",
            [
                "--cluster", "reshard", "127.0.0.1:\(servers[target].port)", "--cluster-from", id(source),
                "--cluster-to", id(target), "--cluster-slots", "\(count)", "--cluster-yes",
            ])
        try await waitUntilOk()
    }

    /// Waits until all servers that run agree who has which slots, every slot is with a server that runs, and all say that
    /// the cluster is well.
    public func waitUntilOk() async throws {
        try await wait("the cluster is well", within: .seconds(60), every: .milliseconds(50)) {
            var views: Set<[String]> = []
            let running = servers.filter(\.isRunning)
            for server in running {
                guard let info = try? await server.command("CLUSTER", "INFO"), info.contains("cluster_state:ok"),
                    let nodes = try? await server.command("CLUSTER", "NODES"),
                    let view = Self.owners(nodes, running: Set(running.map(\.port))),
                    let replication = try? await server.command("INFO", "replication"),
                    replication.contains("role:master") || replication.contains("master_link_status:up")
                else { return false }
                views.insert(view)
            }
            return views.count == 1
        }
    }

    public func stop() async {
        for server in servers { await server.stop() }
    }

    private func join() async throws {
        let first = servers[0]
        for index in 0..<Self.masters {
            let slots = Self.slots * index / Self.masters..<Self.slots * (index + 1) / Self.masters
            let server = servers[index]
            try await server.command("CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)")
            try await server.command("CLUSTER", "ADDSLOTSRANGE", "\(slots.lowerBound)", "\(slots.upperBound - 1)")
        }
        for server in servers.dropFirst() {
            try await server.command("CLUSTER", "MEET", first.host, "\(first.port)", "\(first.busPort)")
        }
        for (index, server) in servers.enumerated() {
            try await wait("server \(server.port) knows all others") {
                let nodes = try await server.command("CLUSTER", "NODES").components(separatedByText: "\n")
                return nodes.count == servers.count && !nodes.contains { $0.contains("handshake") }
            }
            if index >= Self.masters {
                try await server.command("CLUSTER", "REPLICATE", id(index - Self.masters))
            }
        }
    }

    /// From the text of CLUSTER NODES, who has which slots, in order; nil when a slot is with a server that does not run
    /// or with nobody, or moves just now.
    private static func owners(_ text: String, running: Set<Int>) -> [String]? {
        var owners: [String] = []
        var count = 0
        for line in text.components(separatedByText: "\n") {
            // id host:port@bus flags master ping pong epoch link slot slot …
            let words = line.components(separatedByText: " ")
            guard words.count > 8 else { continue }
            guard
                let port = words[1].split(whereSeparator: { ":@".contains($0) }).dropFirst().first.flatMap({ Int($0) }),
                running.contains(port)
            else { return nil }
            for range in words[8...] {
                let bounds = range.split(separator: "-").compactMap { Int($0) }
                guard let lower = bounds.first, let upper = bounds.last, !range.hasPrefix("[") else { return nil }
                count += upper - lower + 1
                owners.append("\(port) \(range)")
            }
        }
        return count == slots ? owners.sorted() : nil
    }
}
