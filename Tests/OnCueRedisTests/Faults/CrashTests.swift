#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    /// A process that ends between any two of its commands, or that never hears what became of any one of them: nothing is lost or
    /// done twice.
    @Suite(.serialized) struct CrashTests {
        /// What happens at one command.
        enum Trouble: CaseIterable, Sendable {
            /// The process ends before it, or behind it without having heard of it.
            case ends, endsUnheard
            /// The connection breaks before it, or instead of its reply; the process goes on.
            case breaks, breaksUnheard
            /// The command, or its reply, gets stuck on the way for longer than a call may take; the process says it again.
            case stalls, stallsUnheard

            var isEnd: Bool { self == .ends || self == .endsUnheard }
            var isStall: Bool { self == .stalls || self == .stallsUnheard }

            /// What the proxy does at that command.
            var action: RedisProxy.Action {
                switch self {
                case .ends, .breaks: .cutBefore
                case .endsUnheard, .breaksUnheard: .dropReply
                case .stalls: .stall
                case .stallsUnheard: .loseReply
                }
            }

            /// How long a call may take.
            var callTimeout: Duration {
                if isEnd { return .milliseconds(300) }
                return isStall ? .seconds(3) : .seconds(10)
            }
        }

        @Test("Whichever command meets trouble, all work is done, each job once", arguments: Trouble.allCases)
        func trouble(_ trouble: Trouble) async throws {
            let server = try await RedisServer.start()
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Who waits for a deadline keeps nobody busy.
                let lanes = trouble.isStall ? 12 : 4
                for lane in 0..<lanes {
                    group.addTask {
                        var number = lane
                        while try await CrashScene(server, trouble, at: number).run() { number += lanes }
                        // It really was cut off somewhere, and everywhere.
                        #expect(number > 20)
                    }
                }
                try await group.waitForAll()
            }
            await server.stop()
        }
    }

    /// One process that meets trouble at one command, and the one that comes after it.
    private struct CrashScene {
        let server: RedisServer
        let trouble: CrashTests.Trouble
        let number: Int
        let time = ManualTime()
        let prefix: KeyPrefix
        private static let first: QueueName = "first"
        private static let second: QueueName = "second"
        private let followUps = [JobID.make(at: .init(microseconds: 1)), JobID.make(at: .init(microseconds: 2))]

        init(_ server: RedisServer, _ trouble: CrashTests.Trouble, at number: Int) throws {
            self.server = server
            self.trouble = trouble
            self.number = number
            prefix = try KeyPrefix("\(trouble)\(number)")
        }

        /// What the process that ended was told.
        private struct Told {
            var accepted: [JobID] = []
            var completed: [JobID] = []
        }

        /// False when the process came to its end before that command.
        func run() async throws -> Bool {
            let (trouble, number) = (trouble, number)
            let proxy = try await RedisProxy.start(to: server) { command in
                if command.number == number { return trouble.action }
                return command.number > number && trouble.isEnd ? .cutBefore : .pass
            }
            var told = Told()
            var isCutOff = true
            do throws(StoreError) {
                let store = try await insist { () throws(StoreError) in
                    try await open(port: proxy.port, callTimeout: trouble.callTimeout)
                }
                let result: Result<Void, StoreError>
                do throws(StoreError) {
                    result = .success(try await work(store, &told))
                } catch {
                    result = .failure(error)
                }
                await store.close()
                try result.get()
                isCutOff = proxy.count > number
            } catch {
                // An end is what it is about; a connection that breaks once keeps nobody from going on.
                #expect(trouble.isEnd, "\(trouble) \(number): \(error)")
            }
            await proxy.stop()
            let survivor = try await open(port: server.port, callTimeout: .seconds(30))
            try await takeOver(survivor, told)
            await survivor.close()
            return isCutOff
        }

        private func open(port: Int, callTimeout: Duration) async throws(StoreError) -> RedisStore {
            var configuration = RedisConfiguration(.single(.tcp(host: server.host, port: port)))
            configuration.connectTimeout = .seconds(10)
            return try await RedisStore(
                configuration, options: .init(prefix: prefix, callTimeout: callTimeout, time: time))
        }

        /// Says it again where the process goes on and the contract lets it.
        private func insist<Answer>(
            _ call: () async throws(StoreError) -> Answer
        ) async throws(StoreError) -> Answer {
            for _ in 0..<3 where !trouble.isEnd {
                do throws(StoreError) {
                    return try await call()
                } catch {
                    guard error.isTransient else { throw error }
                }
            }
            return try await call()
        }

        /// A bit of everything that writes.
        private func work(_ store: RedisStore, _ told: inout Told) async throws(StoreError) {
            // Of those that have no id of their own an unknown outcome may leave two.
            let plain = try await insist { () throws(StoreError) in
                try await store.enqueue(
                    (0..<3).map { NewJob(name: "plain", queue: Self.first, payload: [UInt8($0)]) }, atomically: false)
            }.compactMap(\.id)
            told.accepted += plain
            told.accepted += try await insist { () throws(StoreError) in
                try await store.enqueue(
                    [
                        NewJob(name: "special", queue: Self.first, unique: UniqueKey("key")),
                        NewJob(name: "later", queue: Self.second, due: .after(.seconds(1)), unique: UniqueKey("key")),
                    ], atomically: false)
            }.compactMap(\.id)
            let session = try await insist { () throws(StoreError) in
                try await store.openSession(
                    SessionOpening(
                        worker: "w", process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 10))
            }
            var held: [LeasedJob] = []
            do throws(StoreError) {
                held = try await store.claim(
                    ClaimRequest(session: session, queues: [.init(Self.first)], limit: 10))
            } catch {
                if trouble.isEnd || !error.isTransient { throw error }
            }
            held += try await insist { () throws(StoreError) in
                try await store.held(by: session, besides: Set(held.map(\.id)))
            }
            if held.isEmpty {
                // It had not begun when the connection broke.
                held = try await store.claim(
                    ClaimRequest(session: session, queues: [.init(Self.first)], limit: 10))
            }
            let jobs = plain.compactMap { id in held.first { $0.id == id } }
            guard jobs.count == 3 else { throw StoreError(.corrupt, "of three jobs \(jobs.count) were claimed") }
            _ = try await insist { () throws(StoreError) in
                try await store.record([JobNote(jobs[1], .checkpoint([7]))])
            }
            let next = zip(followUps, [Self.first, Self.second]).map { id, queue in
                NewJob(id: id, name: "next", queue: queue)
            }
            let answers = try await insist { () throws(StoreError) in
                try await store.settle(
                    SettleBatch(
                        session: session, sequence: 1,
                        items: [
                            Settlement(jobs[0], .completed(output: nil), followUps: next),
                            Settlement(jobs[1], .retry(after: .seconds(1), counts: true)),
                            Settlement(jobs[2], .released),
                        ]))
            }
            #expect(answers == [.applied(.completed), .applied(.retrying), .applied(.pending)], "\(trouble) \(number)")
            told.completed.append(jobs[0].id)
            _ = try await insist { () throws(StoreError) in
                try await store.change([jobs[2].id], .edit(JobEdit(payload: [9], priority: .high)))
            }
            _ = try await insist { () throws(StoreError) in
                try await store.change([jobs[1].id], .retry(resetAttempts: false))
            }
            try await insist { () throws(StoreError) in try await store.closeSession(session) }
        }

        /// Another process fences what is left, works everything off and looks whether all is right.
        private func takeOver(_ store: RedisStore, _ told: Told) async throws {
            for session in try await store.sessions() where session.standing == .open {
                _ = try await store.fence(session.id, ifRenewals: nil, error: "gone")
            }
            let mine = try await store.openSession(
                SessionOpening(
                    worker: "survivor", process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 100)
            )
            var runs: [JobID: Int] = [:]
            var sequence: Int64 = 0
            for _ in 0..<3 {
                time.advance(by: .seconds(5))
                _ = try await store.maintain(
                    MaintenanceRequest(
                        eventsBefore: .init(microseconds: 0), eventsKeep: 10_000, sessionsBefore: .init(microseconds: 0)
                    ))
                let jobs = try await store.claim(
                    ClaimRequest(
                        session: mine, queues: [.init(Self.first), .init(Self.second)], limit: 100, suspects: 100))
                for job in jobs { runs[job.id, default: 0] += 1 }
                sequence += 1
                let answers = try await store.settle(
                    SettleBatch(
                        session: mine, sequence: sequence, items: jobs.map { Settlement($0, .completed(output: nil)) }))
                #expect(answers.allSatisfy { $0 == .applied(.completed) }, "\(trouble) \(number)")
            }
            try await store.closeSession(mine)

            for (id, job) in zip(told.accepted, try await store.find(told.accepted)) {
                #expect(job?.state == .completed, "\(trouble) \(number): \(id) was accepted")
            }
            #expect(runs.values.allSatisfy { $0 == 1 }, "\(trouble) \(number): each job is run once more at most")
            #expect(told.completed.allSatisfy { runs[$0] == nil }, "\(trouble) \(number): an outcome stands")
            // The first job ended with its follow-ups, or was run again and had none.
            let hasEnded = told.accepted.first.map { runs[$0] == nil } ?? false
            #expect(
                followUps.map { runs[$0] ?? 0 } == (hasEnded ? [1, 1] : [0, 0]), "\(trouble) \(number): follow-ups")
            let findings = try await store.repair(dryRun: true)
            #expect(findings.allSatisfy { $0.severity == .fine }, "\(trouble) \(number): \(findings.map(\.message))")
        }
    }
#endif
