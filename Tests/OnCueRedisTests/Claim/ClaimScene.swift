#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire

    @testable import OnCueRedis

    /// A store on the server of the tests, and a session that works in the queue `default`.
    struct ClaimScene {
        let store: RedisStore
        let fixture: RedisFixture
        let session: SessionID

        static func with(
            _ configuration: RedisConfiguration? = nil, time: (any TimeSource)? = nil,
            _ body: (ClaimScene) async throws -> Void
        ) async throws {
            let fixture =
                if let configuration { try RedisFixture(configuration) } else { try await RedisFixture() }
            let store = try await fixture.open(.init(time: time))
            let result: Result<Void, any Error>
            do {
                let session = try await Self.session(store)
                let scene = ClaimScene(store: store, fixture: fixture, session: session)
                // The queue is made, and the session works there.
                _ = try await scene.add()
                _ = try await scene.take()
                result = .success(try await body(scene))
            } catch {
                result = .failure(error)
            }
            await store.close()
            await fixture.cleanUp()
            try result.get()
        }

        static func session(_ store: RedisStore) async throws -> SessionID {
            try await store.openSession(
                SessionOpening(
                    worker: "w", process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 10))
        }

        func add(_ jobs: NewJob...) async throws -> [JobID] {
            let jobs = jobs.isEmpty ? [NewJob(name: "work")] : jobs
            return try await store.enqueue(jobs, atomically: false).compactMap(\.id)
        }

        func take(
            _ limit: Int = 100, as other: SessionID? = nil, names: [JobName: Int]? = nil, suspects: Int = 1
        ) async throws -> [LeasedJob] {
            try await store.claim(
                ClaimRequest(
                    session: other ?? session, queues: [.init(.default)], names: names, limit: limit,
                    suspects: suspects))
        }

        func key(_ name: String) -> String { "{\(fixture.prefix):default}:\(name)" }

        @discardableResult
        func send(_ name: String, _ key: String, _ words: String...) async throws -> RESPToken {
            var command = RedisCommand(name, key: key)
            for word in words { command.append(word) }
            return try await store.client.send(command)
        }

        /// Reads new entries for the session and goes no further, as a claim whose connection broke.
        func readOnly(_ session: SessionID) async throws {
            var command = RedisCommand("XREADGROUP")
            for word in ["GROUP", "w", session.rawValue, "COUNT", "100", "STREAMS"] { command.append(word) }
            command.append(key: key("2"))
            command.append(">")
            _ = try await store.client.send(command)
        }

        func parked() async throws -> [String: Int64] {
            let pairs = try await send("HGETALL", key("parked")).pairs("parked")
            return Dictionary(pairs.map { ($0.name, $0.value.integer ?? -1) }) { $1 }
        }
    }
#endif
