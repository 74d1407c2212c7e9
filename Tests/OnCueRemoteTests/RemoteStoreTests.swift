#if Server
    import Foundation
    import NIOCore
    import NIOPosix
    import OnCue
    import OnCueRemote
    import OnCueServer
    import OnCueTesting
    import Testing

    /// What is special about a store that is elsewhere.
    @Suite struct RemoteStoreTests {
        private func served(
            _ configuration: JobServer.Configuration = .init(port: 0), options: RemoteStore.Options = .init(),
            _ body: (ServedStore, RemoteStore, MemoryStore) async throws -> Void
        ) async throws {
            let memory = MemoryStore()
            let served = try await ServedStore(memory, configuration: configuration)
            let remote = try RemoteStore(url: served.url, options: options)
            try await body(served, remote, memory)
            await remote.close()
            try await served.shutDown()
            await memory.close()
        }

        private func code(_ call: () async throws(StoreError) -> Void) async -> StoreError.Code? {
            do throws(StoreError) {
                try await call()
                return nil
            } catch {
                return error.code
            }
        }

        // MARK: Addresses

        @Test func aServerIsNamedByItsURL() throws {
            for url in [
                "http://127.0.0.1:8080", "https://jobs.example.com/", "HTTP://[::1]:80/base", "http://localhost",
            ] { #expect(throws: Never.self) { try RemoteStore(url: url) } }
            for url in [
                "", "127.0.0.1:8080", "ftp://host", "http://", "http://:80", "http://host:0", "http://host:x",
                "http://host:65536", "http://user:secret@host", "http://host?x=1", "http://host/#a", "http://ho st",
                "http://host\r\nX: y",
            ] {
                let error = #expect(throws: StoreError.self, "\(url)") { try RemoteStore(url: url) }
                #expect(error?.code == .invalid && error?.field == "server")
                #expect(error?.message.contains("secret") == false)
            }
            let error = #expect(throws: StoreError.self) { try RemoteStore(url: "http://host", apiKey: "a\nb") }
            #expect(error?.field == "api_key" && error?.message.contains("a\nb") == false)
        }

        @Test func whereNobodyListensIsSaidAtOnce() async throws {
            let remote = try RemoteStore(url: "http://127.0.0.1:1")
            let start = ContinuousClock.now
            #expect(await code { () throws(StoreError) in _ = try await remote.queues() } == .unavailable)
            #expect(
                await code { () throws(StoreError) in
                    _ = try await remote.enqueue([NewJob(name: "a")], atomically: false)
                } == .unavailable)
            #expect(.now - start < .seconds(10))
            await remote.close()
        }

        @Test func whatIsNoSuchServerIsSaid() async throws {
            func text(_ status: String, _ body: String) -> String {
                "HTTP/1.1 \(status)\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
            }
            let answers = [
                text("404 Not Found", "{}"), text("200 OK", "hello"), text("302 Found\r\nlocation: /x", ""),
                text("404 Not Found", #"{"error":{"code":"not_found","message":"endpoint not found"}}"#),
            ]
            for answer in answers {
                let server = try await OddServer(answering: answer)
                let remote = try RemoteStore(url: server.url)
                #expect(await code { () throws(StoreError) in _ = try await remote.queues() } == .unsupported)
                await remote.close()
                try await server.close()
            }
        }

        // MARK: Answers that do not come

        @Test func aLostAnswerOfWhatMayHaveBeenDoneIsUnknown() async throws {
            let server = try await OddServer(answering: nil)
            let remote = try RemoteStore(url: server.url)
            let session = SessionID(rawValue: "s")
            #expect(
                await code { () throws(StoreError) in
                    _ = try await remote.enqueue([NewJob(name: "a")], atomically: false)
                } == .outcomeUnknown)
            #expect(
                await code { () throws(StoreError) in
                    _ = try await remote.claim(ClaimRequest(session: session, queues: [], limit: 1))
                } == .outcomeUnknown)
            let before = server.requests
            // What may be asked again is asked again, but not for ever.
            #expect(await code { () throws(StoreError) in _ = try await remote.renew(session) } == .unavailable)
            #expect(server.requests - before == 3)
            await remote.close()
            try await server.close()
        }

        @Test func aServerThatSaysNothingIsGivenUpAtTheDeadline() async throws {
            let server = try await OddServer(answering: "")
            let remote = try RemoteStore(url: server.url, options: .init(callDeadline: .seconds(3)))
            #expect(await code { () throws(StoreError) in _ = try await remote.queues() } == .timedOut)
            #expect(
                await code { () throws(StoreError) in
                    _ = try await remote.enqueue([NewJob(name: "a")], atomically: true)
                } == .outcomeUnknown)
            await remote.close()
            try await server.close()
        }

        @Test func aClaimWhoseClientWentAwayIsFound() async throws {
            try await served { _, remote, memory in
                let session = try await remote.openSession(.test)
                let ids = try await memory.enqueue([NewJob(name: "a"), NewJob(name: "b")], atomically: true)
                let claimed = try await remote.claim(
                    ClaimRequest(session: session, queues: [.init(.default)], limit: 10))
                #expect(claimed.map(\.id) == ids.compactMap(\.id))
                let again = try RemoteStore(url: remote.url)
                let held = try await again.held(by: session, besides: [claimed[0].id])
                #expect(held.map(\.id) == [claimed[1].id] && held.map(\.delivery) == [claimed[1].delivery])
                await again.close()
            }
        }

        // MARK: Waits

        @Test func aCancelledClaimEndsAtOnceAndLosesNothing() async throws {
            try await served { served, remote, memory in
                let session = try await remote.openSession(.test)
                for round in 0..<20 {
                    let claim = Task {
                        try await remote.claim(
                            ClaimRequest(
                                session: session, queues: [.init(.default)], limit: 1, wait: .seconds(600)))
                    }
                    if round.isMultiple(of: 2) {
                        try await eventually { served.server.openWaits == 1 }
                    }
                    async let enqueued = memory.enqueue([NewJob(name: "a")], atomically: true)
                    let start = ContinuousClock.now
                    claim.cancel()
                    var jobs = try await claim.value
                    #expect(.now - start < .seconds(5))
                    _ = try await enqueued
                    // What the claim has not brought is there for the next.
                    if jobs.isEmpty {
                        jobs = try await remote.claim(
                            ClaimRequest(session: session, queues: [.init(.default)], limit: 1))
                    }
                    try #require(jobs.count == 1)
                    #expect(try await remote.held(by: session, besides: [jobs[0].id]).isEmpty)
                    _ = try await remote.settle(
                        SettleBatch(
                            session: session, sequence: Int64(round + 1),
                            items: [Settlement(jobs[0], .completed(output: nil))]))
                }
                try await eventually { served.server.openWaits == 0 }
            }
        }

        @Test func aWaitGoesOnInAnotherRequestWhenOneIsOver() async throws {
            var configuration = JobServer.Configuration(port: 0)
            configuration.limits.wait = .milliseconds(50)
            try await served(configuration) { _, remote, memory in
                let id = try #require(try await memory.enqueue([NewJob(name: "a")], atomically: true).first?.id)
                let start = ContinuousClock.now
                #expect(try await remote.outcome(of: id, wait: .milliseconds(400))?.state == .pending)
                #expect(.now - start > .milliseconds(300))
                let waiting = Task { try await remote.outcome(of: id, wait: .seconds(60)) }
                try await Task.sleep(for: .milliseconds(200))
                _ = try await memory.change([id], .cancel(reason: nil, force: false))
                #expect(try await waiting.value?.state == .cancelled)
            }
        }

        @Test func aServerThatIsStartedAgainIsFoundAgain() async throws {
            let memory = MemoryStore()
            let first = try await ServedStore(memory)
            let port = try #require(Int(first.url.split(separator: ":").last ?? ""))
            let remote = try RemoteStore(url: first.url)
            let id = try #require(try await remote.enqueue([NewJob(name: "a")], atomically: true).first?.id)
            let waiting = Task { try await remote.outcome(of: id, wait: .seconds(60)) }
            try await eventually { first.server.openWaits == 1 }
            try await first.shutDown()
            #expect(await code { () throws(StoreError) in _ = try await remote.queues() } == .unavailable)
            let second = try await ServedStore(memory, configuration: .init(port: port))
            #expect(try await remote.queues().count == 1)
            _ = try await memory.change([id], .cancel(reason: nil, force: false))
            #expect(try await waiting.value?.state == .cancelled)
            await remote.close()
            try await second.shutDown()
            await memory.close()
        }

        /// What was told to another caller, whose look came too early, is not told to one who asks later.
        @Test func whoAsksAServerThatIsThereIsAnsweredThoughOthersFoundNobody() async throws {
            let memory = MemoryStore()
            let first = try await ServedStore(memory)
            let port = try #require(Int(first.url.split(separator: ":").last ?? ""))
            try await first.shutDown()
            for _ in 0..<20 {
                let remote = try RemoteStore(url: first.url)
                let others = (0..<8).map { _ in
                    Task {
                        while !Task.isCancelled { _ = try? await remote.queues() }
                    }
                }
                let second = try await ServedStore(memory, configuration: .init(port: port))
                await #expect(throws: Never.self) { try await remote.queues() }
                for other in others { other.cancel() }
                for other in others { await other.value }
                await remote.close()
                try await second.shutDown()
            }
            await memory.close()
        }

        // MARK: Workers

        @Test func aWorkerRunsJobsOfAServer() async throws {
            try await served { _, remote, memory in
                let worker = Worker(remote, concurrency: 4)
                try worker.on("work") { (payload: [UInt8], context: JobContext) -> JobOutcome in
                    try await context.checkpoint([1])
                    return .output(payload)
                }
                let running = Task { try await worker.run() }
                let jobs = (0..<50).map { NewJob(name: "work", payload: Array("\($0)".utf8)) }
                let ids = try await remote.enqueue(jobs, atomically: false).compactMap(\.id)
                for (number, id) in ids.enumerated() {
                    let record = try #require(try await remote.outcome(of: id, wait: .seconds(30)))
                    #expect(record.state == .completed && record.output == Array("\(number)".utf8))
                }
                worker.shutDown()
                try await running.value
                #expect(try await memory.sessions().allSatisfy { $0.standing == .closed && $0.held == 0 })
            }
        }

        @Test func manyLargeJobsGoInSeveralRequests() async throws {
            var configuration = JobServer.Configuration(port: 0)
            configuration.limits.storeBody = 10 << 20
            try await served(configuration) { _, remote, memory in
                let payload = [UInt8](repeating: 7, count: 1_000_000)
                let answers = try await remote.enqueue(
                    [NewJob](repeating: NewJob(name: "a", payload: payload), count: 12), atomically: false)
                #expect(Set(answers.compactMap(\.id)).count == 12)
                #expect(try await memory.count(JobFilter(), upTo: 100).count == 12)
                let atOnce = await code { () throws(StoreError) in
                    _ = try await remote.enqueue(
                        [NewJob](repeating: NewJob(name: "a", payload: payload), count: 12), atomically: true)
                }
                #expect(atOnce == .invalid)
                #expect(try await memory.count(JobFilter(), upTo: 100).count == 12)
            }
        }
    }

    extension SessionOpening {
        static let test = SessionOpening(
            worker: "worker", process: .current, lease: .seconds(30), names: ["a"], queues: [], concurrency: 10)
    }

    func eventually(
        _ what: Comment? = nil, within patience: Duration = .seconds(20), _ condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + patience
        while try await !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record(what ?? "The condition did not come true in time.")
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
#endif
