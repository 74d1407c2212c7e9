#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire

    @testable import OnCueRedis

    /// A prefix of its own on servers that all cases of this process share.
    struct RedisFixture: StoreFixture {
        enum Topology: String, CaseIterable, Sendable {
            case single, sentinel, cluster
        }

        let configuration: RedisConfiguration
        let prefix: KeyPrefix

        // Started by the first who needs them; they end with the process.
        private static let server = Task { try await RedisServer.start() }
        // On a busy machine a server may be silent for long: here none is to be replaced for that.
        private static let replication = Task { try await RedisReplication.start(silence: 60_000) }
        private static let cluster = Task { try await RedisCluster.start(["cluster-node-timeout": "60000"]) }

        init(_ topology: Topology = .single) async throws {
            func addresses(_ ports: [Int]) -> [RedisAddress] { ports.map { .tcp(host: "127.0.0.1", port: $0) } }
            switch topology {
            case .single:
                let server = try await Self.server.value
                try self.init(RedisConfiguration(.single(.tcp(host: server.host, port: server.port))))
            case .sentinel:
                let replication = try await Self.replication.value
                try self.init(
                    RedisConfiguration(
                        .sentinel(master: replication.name, sentinels: addresses(replication.sentinelPorts))))
            case .cluster:
                try self.init(RedisConfiguration(.cluster(addresses(try await Self.cluster.value.ports))))
            }
        }

        init(_ configuration: RedisConfiguration) throws {
            var configuration = configuration
            // Very many cases connect at once, on a machine that may be busy.
            configuration.connectTimeout = .seconds(30)
            self.configuration = configuration
            var generator = SystemRandomNumberGenerator()
            prefix = try KeyPrefix("t\(UInt64.random(in: 0 ... .max, using: &generator))")
        }

        func open(time: any TimeSource) async throws -> any JobStore {
            let end = ContinuousClock.now + .seconds(60)
            while true {
                do throws(StoreError) {
                    return try await RedisStore(configuration, options: .init(prefix: prefix, time: time))
                } catch {
                    // Hundreds of cases ask the Sentinels at once, who then answer late.
                    guard error.isTransient, ContinuousClock.now < end else { throw error }
                }
            }
        }

        func open(_ options: RedisStore.Options = .init()) async throws -> RedisStore {
            var options = options
            options.prefix = prefix
            return try await RedisStore(configuration, options: options)
        }

        var keepsData: Bool { true }
        var isShared: Bool { true }

        /// Removes the keys of this prefix from every master.
        func cleanUp() async {
            let client = RedisClient(configuration)
            for node in (try? await client.masters()) ?? [] {
                var cursor = "0"
                repeat {
                    var scan = RedisCommand("SCAN")
                    for word in [cursor, "MATCH", "{\(prefix)*", "COUNT", "1000"] { scan.append(word) }
                    scan.route = .node(node)
                    // What is left does no harm: the server goes with the tests.
                    guard let parts = try? await client.send(scan).elements.map(Array.init), parts.count == 2 else {
                        break
                    }
                    cursor = parts[0].text ?? "0"
                    let removals = parts[1].elements?.compactMap(\.text).map { RedisCommand("UNLINK", key: $0) } ?? []
                    _ = await client.send(removals)
                } while cursor != "0"
            }
            await client.shutdown()
        }
    }
#endif
