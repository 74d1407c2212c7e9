#if Redis
    import Foundation
    import OnCue
    import RedisTestServers
    import Testing

    /// The command over a real Redis: as over a file.
    @Suite struct RedisTests {
        private let scratch = Scratch()

        @Test func everyCommandWorksOverIt() async throws {
            let redis = try await RedisServer.start()
            let environment = ["ONCUE_STORE": "redis:", "REDIS_HOST": redis.host, "REDIS_PORT": "\(redis.port)"]
            func run(_ arguments: String...) async throws -> Said {
                try await oncue(arguments, in: scratch, environment: environment)
            }
            let server = try Child(["serve"], in: scratch, environment: environment)
            try await wait("the worker is there") { try await run("workers", "--json").array().count == 1 }
            let done = try await run("submit", "echo", "{\"hello\":  1.0}", "--wait")
            #expect(done.status == 0 && done.output == "{\"hello\":  1.0}\n" && done.errors == "")
            let failed = try await run("submit", "fail", "{\"error\":\"no\",\"permanent\":true}", "--wait")
            #expect(failed.status == 7)
            let later = try await run("submit", "echo", "1", "--delay", "1h", "--queue", "mail").lines[0]
            #expect(try await run("jobs", "why", later).output.contains("delayed until"))
            #expect(try await run("jobs", "cancel", later).status == 0)
            #expect(try await run("jobs", "list").lines.count == 4)
            #expect(try await run("dead", "retry", "--all", "--yes").status == 0)
            #expect(try await run("queues", "pause", "mail").status == 0)
            #expect(try await run("queues", "list").output.contains("paused"))
            let doctor = try await run("doctor")
            #expect(doctor.status == 0 && doctor.output.contains("writes nothing to the disk"))
            server.send(SIGTERM)
            #expect(try await server.ended() == .exited(0))
            #expect(server.errors.contains("writes nothing to the disk"))
            await redis.stop()
        }

        /// Nothing runs: it waits for Redis ten seconds and not for the many times that a call may take.
        @Test func anIdleWorkerEndsThoughRedisIsGone() async throws {
            let redis = try await RedisServer.start()
            let environment = ["ONCUE_STORE": "redis://\(redis.host):\(redis.port)"]
            let worker = try Child(["work"], in: scratch, environment: environment)
            try await wait("the worker is there") {
                try await oncue("workers", "--json", in: scratch, environment: environment).array().count == 1
            }
            await redis.stop()
            try await wait("it has noticed") { worker.errors.contains("No connection to Redis") }
            worker.send(SIGTERM)
            #expect(try await worker.ended(within: .seconds(25)) == .exited(0))
            #expect(worker.errors.contains("ends while calls to it are under way"))
        }

        @Test func aServerThatMayEvictJobsIsRefusedWithTheCure() async throws {
            let redis = try await RedisServer.start(["maxmemory": "100mb", "maxmemory-policy": "allkeys-lru"])
            let said = try await oncue("stats", "--store", "redis://\(redis.host):\(redis.port)", in: scratch)
            #expect(said.status == 2 && said.errors.contains("noeviction"))
            await redis.stop()
        }
    }
#endif
