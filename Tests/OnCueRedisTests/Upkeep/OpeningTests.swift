#if Redis
    import OnCue
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    @Suite struct OpeningTests {
        private func with(_ settings: [String: String], _ body: (RedisFixture, RedisServer) async throws -> Void)
            async throws
        {
            let server = try await RedisServer.start(settings)
            let fixture = try RedisFixture(RedisConfiguration(.single(.tcp(host: server.host, port: server.port))))
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(fixture, server))
            } catch {
                result = .failure(error)
            }
            await server.stop()
            try result.get()
        }

        @Test("A server that would throw jobs away is refused until it no longer would")
        func eviction() async throws {
            try await with(["maxmemory": "100mb", "maxmemory-policy": "allkeys-lru"]) { fixture, server in
                let error = await #expect(throws: StoreError.self) { try await fixture.open() }
                #expect(error?.code == .unsupported)
                #expect(error?.message.contains("CONFIG SET maxmemory-policy noeviction") == true)
                try await server.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
                let store = try await fixture.open()
                // Changed behind the back of a store that is open: the check says so.
                try await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
                let findings = try await store.check()
                #expect(findings.first?.severity == .problem && findings.first?.subject == "eviction")
                await store.close()
            }
        }

        @Test("Durability is named by what the server does")
        func durability() async throws {
            try await with(["appendonly": "yes", "appendfsync": "always"]) { fixture, server in
                let store = try await fixture.open()
                #expect(try await store.info().durability.hasPrefix("disk:"))
                try await server.command("CONFIG", "SET", "appendfsync", "everysec")
                #expect(try await store.info().durability.hasPrefix("process:"))
                let info = try await store.info()
                #expect(info.kind == "redis" && info.engineVersion.first?.isNumber == true)
                #expect(info.sizeInBytes.map { $0 > 0 } == true)
                #expect(info.location == "\(server.host):\(server.port), prefix \(fixture.prefix)")
                await store.close()
            }
        }

        @Test("A server that keeps its settings to itself is worked with")
        func hosted() async throws {
            let server = try await RedisServer.start(users: ["worker on >secret ~* &* +@all -config -info"])
            var configuration = RedisConfiguration(.single(.tcp(host: server.host, port: server.port)))
            configuration.user = "worker"
            configuration.password = "secret"
            let store = try await RedisStore(configuration)
            try await store.changeQueue("q", .pause)
            #expect(try await store.queues().map(\.isPaused) == [true])
            #expect(try await store.check().contains { $0.subject == "server" && $0.severity == .warning })
            #expect(try await store.info().engineVersion == "unknown")
            await store.close()
            await server.stop()
        }
    }
#endif
