#if Redis
    import OnCue
    import OnCueTesting
    import Testing

    @testable import OnCueRedis

    /// A store of its own, and short words for what happens to its jobs.
    struct JobScene {
        let store: RedisStore

        /// Closed and cleaned up whatever happens.
        static func with(_ body: (JobScene) async throws -> Void) async throws {
            let fixture = try await RedisFixture()
            let store = try await fixture.open()
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(JobScene(store: store)))
            } catch {
                result = .failure(error)
            }
            await store.close()
            await fixture.cleanUp()
            try result.get()
        }

        func accept(_ jobs: [NewJob]) async throws -> [JobID] {
            try await store.enqueue(jobs, atomically: false).map { answer in
                guard case .accepted(let id) = answer else { throw UnexpectedAnswer(answer: answer) }
                return id
            }
        }

        func session(_ worker: String = "worker") async throws -> SessionID {
            try await store.openSession(
                SessionOpening(
                    worker: worker, process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 10))
        }

        func take(
            _ session: SessionID, _ limit: Int = 100, names: [JobName: Int]? = nil, from queue: QueueName = .default
        ) async throws -> [LeasedJob] {
            try await store.claim(
                ClaimRequest(session: session, queues: [.init(queue)], names: names, limit: limit))
        }

        func pending(_ queue: QueueName = .default) async throws -> Int? {
            try await store.queues().first { $0.name == queue }?.count(.pending)
        }

        /// All ids that a filter means, page by page.
        func list(
            _ filter: JobFilter = JobFilter(), _ order: JobOrder = .oldestFirst, limit: Int = 1_000
        ) async throws -> [JobID] {
            var (ids, cursor): ([JobID], String?) = ([], nil)
            repeat {
                let page = try await store.search(filter, order: order, after: cursor, limit: limit)
                ids += page.jobs.map(\.id)
                cursor = page.nextCursor
            } while cursor != nil
            return ids
        }

        struct UnexpectedAnswer: Error {
            var answer: EnqueueAnswer
        }
    }
#endif
