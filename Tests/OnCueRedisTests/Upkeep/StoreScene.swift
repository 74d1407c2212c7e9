#if Redis
    import OnCue
    import OnCueTesting
    import RedisWire
    import Testing

    @testable import OnCueRedis

    /// A store under a prefix of its own, and raw words to the server behind its back.
    struct StoreScene: Sendable {
        let store: RedisStore
        let fixture: RedisFixture
        let time: ManualTime

        /// Runs `body` on a fresh store, which is closed and cleaned up whatever happens.
        static func with(_ body: (StoreScene) async throws -> Void) async throws {
            let fixture = try await RedisFixture()
            let time = ManualTime()
            let store = try await fixture.open(RedisStore.Options(time: time))
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(StoreScene(store: store, fixture: fixture, time: time)))
            } catch {
                result = .failure(error)
            }
            await store.close()
            await fixture.cleanUp()
            try result.get()
        }

        // MARK: Jobs

        func accept(_ jobs: [NewJob]) async throws -> [JobID] {
            try await store.enqueue(jobs, atomically: true).map { try #require($0.id) }
        }

        func session(_ worker: String = "worker") async throws -> SessionID {
            try await store.openSession(
                SessionOpening(
                    worker: worker, process: .current, lease: .seconds(30), names: ["work"], queues: [],
                    concurrency: 10))
        }

        func take(_ session: SessionID, _ limit: Int = 100) async throws -> [LeasedJob] {
            try await store.claim(
                ClaimRequest(
                    session: session, queues: [.init(.default)], names: nil, limit: limit, floor: 0, suspects: 10,
                    wait: .zero))
        }

        @discardableResult
        func maintain(
            limit: Int = 1_000, eventsBefore: Timestamp = .init(microseconds: 0), eventsKeep: Int = 1_000_000,
            sessionsBefore: Timestamp = .init(microseconds: 0)
        ) async throws -> MaintenanceReport {
            try await store.maintain(
                MaintenanceRequest(
                    limit: limit, eventsBefore: eventsBefore, eventsKeep: eventsKeep, sessionsBefore: sessionsBefore))
        }

        /// What is counted is what is listed.
        func countsAreRight() async throws -> Bool {
            for queue in try await store.queues() {
                for state in JobState.allCases where state != .blocked {
                    let listed = try await store.count(
                        JobFilter(states: [state], queue: queue.name), upTo: 10_000)
                    guard listed.count == queue.count(state) else { return false }
                }
            }
            return true
        }

        // MARK: Behind the store's back

        func key(_ key: QueueKeys.Key, of queue: QueueName = .default) throws -> String {
            try QueueKeys(prefix: fixture.prefix, queue: queue)[key]
        }

        @discardableResult
        func send(_ words: String...) async throws -> RESPToken {
            var command = RedisCommand(words[0])
            for word in words.dropFirst() { command.append(word) }
            return try await store.client.send(command)
        }

        /// A command with a job's id as its bytes.
        @discardableResult
        func send(_ words: [String], _ id: JobID, _ more: [UInt8]...) async throws -> RESPToken {
            var command = RedisCommand(words[0])
            for word in words.dropFirst() { command.append(word) }
            command.append(Self.bytes(id))
            for bytes in more { command.append(bytes) }
            return try await store.client.send(command)
        }

        static func bytes(_ id: JobID) -> [UInt8] {
            var writer = ByteWriter()
            writer.write(id: id)
            return writer.bytes
        }

        /// The keys of this store that have `part` in their name.
        func keys(with part: String) async throws -> [String] {
            try await send("KEYS", "{\(fixture.prefix)*\(part)*").elements?.compactMap(\.text) ?? []
        }
    }
#endif
