#if Redis
    import RedisTestServers

    @testable import RedisWire

    extension RedisServer {
        var address: RedisAddress { .tcp(host: host, port: port) }
    }

    struct TestFailure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// Waits until the condition holds.
    func eventually(
        within limit: Duration = .seconds(10), _ condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while try await !condition() {
            guard ContinuousClock.now < end else { throw TestFailure("it did not come about within \(limit)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Runs the body with a server and a client, and ends both.
    func withServer<Result>(
        _ settings: [String: String] = [:], users: [String] = [], tls: Bool = false,
        configure: (inout RedisConfiguration, RedisServer) -> Void = { _, _ in },
        _ body: (RedisServer, RedisClient) async throws -> Result
    ) async throws -> Result {
        let server = try await RedisServer.start(settings, users: users, tls: tls)
        var configuration = RedisConfiguration(.single(server.address))
        configure(&configuration, server)
        let client = RedisClient(configuration)
        do {
            let result = try await body(server, client)
            await client.shutdown()
            await server.stop()
            return result
        } catch {
            await client.shutdown()
            await server.stop()
            throw error
        }
    }

    extension RedisCommand {
        init(_ name: String, key: String, _ arguments: String...) {
            self.init(name)
            append(key: key)
            for argument in arguments { append(argument) }
        }

        init(words: String...) {
            self.init(words[0])
            for word in words.dropFirst() { append(word) }
        }
    }
#endif
