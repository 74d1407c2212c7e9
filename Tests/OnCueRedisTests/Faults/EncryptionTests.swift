#if Redis
    import OnCue
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    /// Servers that also speak TLS among themselves, and a store that has only their TLS ports.
    @Suite(.enabled(if: RedisServer.isInstalled, "needs redis-server"), .serialized, .timeLimit(.minutes(5)))
    struct EncryptionTests {
        @Test("On a cluster with TLS every server, its messages and its successor are reached")
        func cluster() async throws {
            let cluster = try await RedisCluster.start(tls: true)
            try await Self.ending(cluster.stop) {
                try await Self.work("rediss+cluster://", through: [cluster.servers[1]], "") {
                    await cluster.kill(0)
                }
            }
        }

        @Test("Behind Sentinels with TLS the master, its messages and its successor are reached")
        func sentinels() async throws {
            let replication = try await RedisReplication.start(tls: true)
            try await Self.ending(replication.stop) {
                try await Self.work("rediss+sentinel://", through: replication.sentinels, "/\(replication.name)") {
                    try await replication.killMaster()
                }
            }
        }

        private static func ending(_ stop: () async -> Void, _ body: () async throws -> Void) async throws {
            let result: Result<Void, any Error>
            do {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            await stop()
            try result.get()
        }

        /// Jobs of several queues go in, wake who waits, and are settled; before and after a server is lost.
        private static func work(
            _ scheme: String, through servers: [RedisServer], _ path: String, losing: () async throws -> Void
        ) async throws {
            let first = servers[0]
            let hosts = servers.compactMap { $0.tlsPort.map { "127.0.0.1:\($0)" } }.joined(separator: ",")
            let (authority, certificate, key) = (
                try #require(first.caFile), try #require(first.certificateFile), try #require(first.keyFile)
            )
            await #expect(throws: StoreError.self) {
                try await RedisStore(url: "\(scheme)\(hosts)\(path)", options: .init(callTimeout: .seconds(2)))
            }
            let store = try await RedisStore(
                url: "\(scheme)\(hosts)\(path)?ca=\(authority)&cert=\(certificate)&key=\(key)")
            try await ending(store.close) {
                // On a cluster they are with different servers.
                let queues = (0..<6).map { QueueName("q\($0)") }
                let session = try await store.openSession(
                    SessionOpening(
                        worker: "w", process: .current, lease: .seconds(60), names: [], queues: [], concurrency: 100))
                var sequence: Int64 = 0
                for isAfter in [false, true] {
                    if isAfter {
                        try await Self.replicate(store)
                        try await losing()
                    }
                    let end = ContinuousClock.now + .seconds(60)
                    for queue in queues {
                        let request = ClaimRequest(
                            session: session, queues: [.init(queue)], names: nil, limit: 100, suspects: 10,
                            wait: .seconds(20))
                        let claiming = Task { try await store.claim(request) }
                        let ids = try await Self.enqueue(into: queue, store, until: end)
                        var taken = (try? await claiming.value) ?? []
                        while !Set(ids).isSubset(of: taken.map(\.id)), ContinuousClock.now < end {
                            let known = Set(taken.map(\.id))
                            taken += (try? await store.held(by: session, besides: known)) ?? []
                            taken += (try? await store.claim(request)) ?? []
                        }
                        // A call whose reply was lost is made again: then there are more.
                        #expect(Set(ids).isSubset(of: taken.map(\.id)))
                        #expect(Set(taken.map(\.id)).count == taken.count)
                        sequence += 1
                        let answers = try await store.settle(
                            SettleBatch(
                                session: session, sequence: sequence,
                                items: taken.map { Settlement($0, .completed(output: nil)) }))
                        #expect(answers.allSatisfy { $0 == .applied(.completed) })
                    }
                }
            }
        }

        /// Until a replica of each server has all that was written.
        private static func replicate(_ store: RedisStore) async throws {
            let writes = (0..<30).map { number in
                var write = RedisCommand("SET", key: "sync:\(number)")
                write.append("1")
                return write
            }
            let (_, acknowledged) = await store.client.replicated(writes, replicas: 1, within: .seconds(5))
            #expect(acknowledged ?? 0 >= 1)
        }

        /// What is refused for want of a server is tried again.
        private static func enqueue(
            into queue: QueueName, _ store: RedisStore, until end: ContinuousClock.Instant
        ) async throws -> [JobID] {
            while true {
                do throws(StoreError) {
                    let jobs = (0..<3).map { NewJob(name: "work", queue: queue, payload: [UInt8($0)]) }
                    return try await store.enqueue(jobs, atomically: true).compactMap(\.id)
                } catch {
                    guard error.isTransient, ContinuousClock.now < end else { throw error }
                }
            }
        }
    }
#endif
