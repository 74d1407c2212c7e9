#if Redis
    import RedisTestServers
    import Synchronization

    @testable import RedisWire

    /// Runs the body with a cluster and a client of it that knows one server, and ends both.
    func withCluster<Result>(
        configure: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisCluster, RedisClient) async throws -> Result
    ) async throws -> Result {
        let cluster = try await RedisCluster.start()
        var configuration = RedisConfiguration(.cluster([cluster.servers[1].address]))
        configure(&configuration)
        let client = RedisClient(configuration)
        do {
            let result = try await body(cluster, client)
            await client.shutdown()
            await cluster.stop()
            return result
        } catch {
            await client.shutdown()
            await cluster.stop()
            throw error
        }
    }

    /// Runs the body with a master, two replicas and three Sentinels, and a client of them, and ends all.
    func withReplication<Result>(
        password: String? = nil, sentinelPassword: String? = nil,
        configure: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisReplication, RedisClient) async throws -> Result
    ) async throws -> Result {
        let replication = try await RedisReplication.start(
            password: password, sentinelPassword: sentinelPassword)
        var configuration = RedisConfiguration(
            .sentinel(
                master: replication.name, sentinels: replication.sentinels.map(\.address),
                sentinelPassword: sentinelPassword))
        configuration.password = password
        configure(&configuration)
        let client = RedisClient(configuration)
        do {
            let result = try await body(replication, client)
            await client.shutdown()
            await replication.stop()
            return result
        } catch {
            await client.shutdown()
            await replication.stop()
            throw error
        }
    }

    /// What tasks that send all the time have met.
    final class Load: Sendable {
        struct Counts: Sendable {
            var answered = 0
            var unknown = 0
            /// It was said of them that they have not run.
            var refused = 0
            /// Errors that nobody should see.
            var strange: [RedisError] = []
        }

        private let counts = Mutex([Counts]())
        private let isOver = Mutex(false)

        var total: Counts {
            counts.withLock { counts in
                counts.reduce(into: Counts()) { total, part in
                    total.answered += part.answered
                    total.unknown += part.unknown
                    total.refused += part.refused
                    total.strange += part.strange
                }
            }
        }

        /// Of each task.
        var each: [Counts] { counts.withLock { $0 } }

        /// Runs `send` again and again in each task until the body has ended. It says what came of each command.
        func run<Result: Sendable>(
            tasks: Int, _ send: @escaping @Sendable (_ task: Int, _ turn: Int) async -> [RedisResult],
            while body: () async throws -> Result
        ) async throws -> Result {
            counts.withLock { $0 = Array(repeating: Counts(), count: tasks) }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<tasks {
                    group.addTask { [self] in
                        var turn = 0
                        while !isOver.withLock({ $0 }) {
                            let results = await send(task, turn)
                            counts.withLock { $0[task].add(results) }
                            turn += 1
                        }
                    }
                }
                defer { isOver.withLock { $0 = true } }
                return try await body()
            }
        }
    }

    extension Load.Counts {
        mutating func add(_ results: [RedisResult]) {
            for result in results {
                switch result.failure?.code {
                case nil: answered += 1
                case .outcomeUnknown: unknown += 1
                case .notSent, .timedOut: refused += 1
                default: if let error = result.failure { strange.append(error) }
                }
            }
        }
    }
#endif
