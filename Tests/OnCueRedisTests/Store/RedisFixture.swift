#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire

    @testable import OnCueRedis

    /// A prefix of its own on the one server that all cases of this process share.
    struct RedisFixture: StoreFixture {
        let configuration: RedisConfiguration
        let prefix: KeyPrefix

        /// Started by the first who needs it; it ends with the process.
        private static let server = Task { try await RedisServer.start() }

        init() async throws {
            let server = try await Self.server.value
            try self.init(RedisConfiguration(.single(.tcp(host: server.host, port: server.port))))
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
            try await RedisStore(configuration, options: .init(prefix: prefix, time: time))
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
