#if Redis
    import OnCue
    import OnCueTesting
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    /// A process that ends between any two of its commands: another one takes over, and nothing is lost or done twice.
    @Suite struct CrashTests {
        /// Whether the last command of the process was done.
        enum Last: CaseIterable, Sendable {
            case notDone, doneWithoutReply
        }

        @Test("Whichever command was a process's last, others finish its work, each job once", arguments: Last.allCases)
        func crash(_ last: Last) async throws {
            let server = try await RedisServer.start()
            try await withThrowingTaskGroup(of: Void.self) { group in
                let lanes = 4
                for lane in 0..<lanes {
                    group.addTask {
                        var number = lane
                        while try await CrashScene(server, dies: last, at: number).run() { number += lanes }
                        // It really was cut off somewhere, and everywhere.
                        #expect(number > 20)
                    }
                }
                try await group.waitForAll()
            }
            await server.stop()
        }
    }

    /// One process that ends at one command, and the one that comes after it.
    private struct CrashScene {
        let server: RedisServer
        let last: CrashTests.Last
        let number: Int
        let time = ManualTime()
        let prefix: KeyPrefix
        private static let first: QueueName = "first"
        private static let second: QueueName = "second"
        private let followUps = [JobID.make(at: .init(microseconds: 1)), JobID.make(at: .init(microseconds: 2))]

        init(_ server: RedisServer, dies last: CrashTests.Last, at number: Int) throws {
            self.server = server
            self.last = last
            self.number = number
            prefix = try KeyPrefix("crash\(last)\(number)")
        }

        /// What the process that ended was told.
        private struct Told {
            var accepted: [JobID] = []
            var completed: [JobID] = []
        }

        /// False when the process came to its end before that command.
        func run() async throws -> Bool {
            let (last, number) = (last, number)
            let proxy = try await RedisProxy.start(to: server) { command in
                if command.number < number { return .pass }
                return command.number == number && last == .doneWithoutReply ? .dropReply : .cutBefore
            }
            var told = Told()
            var isCutOff = true
            do throws(StoreError) {
                let store = try await open(port: proxy.port, callTimeout: .milliseconds(300))
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
                // That is what it is about.
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

        /// A bit of everything that writes.
        private func work(_ store: RedisStore, _ told: inout Told) async throws(StoreError) {
            told.accepted += try await store.enqueue(
                (0..<3).map { NewJob(name: "plain", queue: Self.first, payload: [UInt8($0)]) }, atomically: false
            ).compactMap(\.id)
            told.accepted += try await store.enqueue(
                [
                    NewJob(name: "special", queue: Self.first, unique: UniqueKey("key")),
                    NewJob(name: "later", queue: Self.second, due: .after(.seconds(1))),
                ], atomically: false
            ).compactMap(\.id)
            let session = try await store.openSession(
                SessionOpening(
                    worker: "w", process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 10))
            let jobs = try await store.claim(
                ClaimRequest(session: session, queues: [.init(Self.first)], limit: 10))
            guard jobs.count == 4 else { throw StoreError(.corrupt, "\(jobs.count) jobs were claimed") }
            _ = try await store.record([JobNote(jobs[1], .checkpoint([7]))])
            let next = zip(followUps, [Self.first, Self.second]).map { id, queue in
                NewJob(id: id, name: "next", queue: queue)
            }
            let answers = try await store.settle(
                SettleBatch(
                    session: session, sequence: 1,
                    items: [
                        Settlement(jobs[0], .completed(output: nil), followUps: next),
                        Settlement(jobs[1], .retry(after: .seconds(1), counts: true)),
                        Settlement(jobs[2], .released),
                    ]))
            if answers[0] == .applied(.completed) { told.completed.append(jobs[0].id) }
            _ = try await store.change([jobs[2].id], .edit(JobEdit(payload: [9], priority: .high)))
            _ = try await store.change([jobs[1].id], .retry(resetAttempts: false))
            try await store.closeSession(session)
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
                #expect(answers.allSatisfy { $0 == .applied(.completed) }, "\(last) \(number)")
            }
            try await store.closeSession(mine)

            for (id, job) in zip(told.accepted, try await store.find(told.accepted)) {
                #expect(job?.state == .completed, "\(last) \(number): \(id) was accepted")
            }
            #expect(runs.values.allSatisfy { $0 == 1 }, "\(last) \(number): each job is run once more at most")
            #expect(told.completed.allSatisfy { runs[$0] == nil }, "\(last) \(number): an outcome stands")
            // The first job ended with its follow-ups, or was run again and had none.
            let hasEnded = told.accepted.first.map { runs[$0] == nil } ?? false
            #expect(followUps.map { runs[$0] ?? 0 } == (hasEnded ? [1, 1] : [0, 0]), "\(last) \(number): follow-ups")
            let findings = try await store.repair(dryRun: true)
            #expect(findings.allSatisfy { $0.severity == .fine }, "\(last) \(number): \(findings.map(\.message))")
        }
    }
#endif
