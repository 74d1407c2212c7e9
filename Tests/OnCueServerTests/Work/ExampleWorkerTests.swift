#if Server
    import Foundation
    import Logging
    import OnCue
    import OnCueServer
    import Testing

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #else
        import Darwin
    #endif

    /// The workers of `Examples/Workers` as real processes against a real server over SQLite.
    @Suite struct ExampleWorkerTests {
        private func python(
            _ server: TestServer, _ arguments: String..., environment: [String: String] = [:]
        ) throws -> ScriptProcess {
            try ScriptProcess(
                ["python3", "Examples/Workers/worker.py", "--server", server.address.url] + arguments,
                environment: environment)
        }

        private func shell(
            _ server: TestServer, _ words: String..., environment: [String: String] = [:]
        ) throws -> ScriptProcess {
            var environment = environment
            environment["ONCUE_SERVER"] = server.address.url
            return try ScriptProcess(["sh", "Examples/Workers/worker.sh"] + words, environment: environment)
        }

        /// A worker of our own beside the others: it does the store's upkeep, and runs no jobs.
        private func withUpkeep(_ server: TestServer, _ body: () async throws -> Void) async throws {
            var logger = Logger(label: "test.upkeep")
            logger.logLevel = .critical
            let worker = Worker(server.store, logger: logger)
            try worker.on("upkeep.only") { (_: [UInt8], _: JobContext) in }
            let running = Task { try await worker.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            running.cancel()
            _ = await running.result
            try result.get()
        }

        /// The statuses of these jobs, all together.
        private func states(_ ids: [String], _ server: TestServer) async throws -> [JobState?] {
            try await server.jobs.jobs(ids.compactMap { JobID($0) }).map { $0?.state }
        }

        @Test func thePythonWorkerRunsJobsAndAStreamShowsIt() async throws {
            try await TestServer.run(.sqlite) { server in
                let worker = try python(server, "--concurrency", "3", "--name", "py-1")
                try await SSEReader.follow(server, "/api/v1/events?name=report.*") { reader in
                    let id = try await server.submit(
                        #"{"name":"report.wordcount","payload":"durable jobs for Swift"}"#)
                    try await eventually("Done: \(worker.output)") {
                        reader.events.contains { $0.name == "job.completed" && $0.job == id }
                    }
                    #expect(reader.names == ["connected", "job.created", "job.started", "job.completed"])
                    let record = try #require(try await server.job(id))
                    #expect(record.output == Array(#"{"words": 4}"#.utf8) && record.worker == "py-1")
                }
                var ids: [String] = []
                for number in 0..<40 {
                    ids.append(try await server.submit(#"{"name":"echo","payload":{"n":\#(number)},"queue":"other"}"#))
                }
                let bad = try await server.submit(#"{"name":"report.wordcount","payload":7}"#)
                try await eventually("All ended: \(worker.output)") {
                    try await states(ids + [bad], server).allSatisfy { $0?.isFinal == true }
                }
                #expect(try await states(ids, server).allSatisfy { $0 == .completed })
                #expect(try await server.job(ids[7])?.output == Array(#"{"n": 7}"#.utf8))
                let record = try #require(try await server.job(bad))
                #expect(record.deadReason == .permanent && record.lastError == "the payload has to be a text")

                worker.send(SIGTERM)
                try await eventually("It ends: \(worker.output)") { worker.ended == 0 }
                #expect(try await server.store.sessions().map(\.standing) == [.closed])
            }
        }

        @Test func theJobsOfAKilledPythonWorkerFinishElsewhere() async throws {
            try await TestServer.run(.sqlite) { server in
                try await withUpkeep(server) {
                    var ids: [String] = []
                    for _ in 0..<3 {
                        ids.append(try await server.submit(#"{"name":"countdown","payload":{"seconds":3}}"#))
                    }
                    let killed = try python(server, "--lease", "2", "--concurrency", "3", "--name", "killed")
                    // So far that each has something to go on from.
                    try await eventually("All run: \(killed.output)") {
                        try await server.jobs.jobs(ids.compactMap { JobID($0) }).allSatisfy { ($0?.progress ?? 0) > 0 }
                    }
                    let other = try python(server, "--lease", "2", "--concurrency", "3", "--name", "other")
                    try await eventually("The other is here: \(other.output)") {
                        try await server.store.sessions().filter { $0.standing == .open }.count == 3
                    }
                    killed.send(SIGKILL)
                    let start = ContinuousClock.now
                    try await eventually("They finish elsewhere: \(other.output)", within: .seconds(40)) {
                        try await states(ids, server).allSatisfy { $0 == .completed }
                    }
                    #expect(ContinuousClock.now - start < .seconds(30))
                    for id in ids {
                        let record = try #require(try await server.job(id))
                        #expect(record.worker == "other" && record.attempt == 2)
                        let lost = try await server.jobs.attempts(of: record.id)
                        #expect(lost.map(\.category) == [.system] && lost.first?.worker == "killed")
                    }
                    other.send(SIGTERM)
                    try await eventually("It ends: \(other.output)") { other.ended == 0 }
                }
            }
        }

        @Test func thePythonWorkerHearsOfACancellationAndHandsBackWhenItEnds() async throws {
            try await TestServer.run(.sqlite) { server in
                let worker = try python(server, "--lease", "2", "--grace", "0")
                func submitSleep() async throws -> String {
                    let id = try await server.submit(#"{"name":"countdown","payload":{"seconds":600}}"#)
                    try await eventually("It runs: \(worker.output)") { try await server.job(id)?.progress != nil }
                    return id
                }
                let cancelled = try await submitSleep()
                _ = try await server.post("/api/v1/jobs/\(cancelled)/cancel", #"{"reason":"enough"}"#)
                try await eventually("It is told: \(worker.output)") {
                    try await server.job(cancelled)?.state == .cancelled
                }
                #expect(try await server.job(cancelled)?.cancelReason == "enough")
                let other = try await submitSleep()
                worker.send(SIGTERM)
                try await eventually("It ends: \(worker.output)") { worker.ended == 0 }
                let record = try #require(try await server.job(other))
                #expect(record.state == .pending && record.attempt == 0 && record.lostWorkers == 0)
            }
        }

        @Test func theShellWorkerRunsJobs() async throws {
            try await TestServer.run(.sqlite) { server in
                let key = try await server.key(.worker)
                let admin = try await server.key(.admin)
                let worker = try shell(
                    server, "count", "sh", "-c",
                    #"words=$(wc -w); [ "$words" -ne 2 ] || exit 65; [ "$words" -ne 3 ] || { echo 'no "luck"' >&2; exit 1; }; echo $words"#,
                    environment: ["ONCUE_API_KEY": key, "ONCUE_QUEUES": "q1,q2"])
                func submit(_ payload: String, _ queue: String) async throws -> String {
                    try await server.submit(
                        #"{"name":"count","queue":"\#(queue)","payload":\#(payload)}"#, headers: [("X-API-Key", admin)])
                }
                let good = try await submit(#"{"a": "b c" , "d":[1, 2]}"#, "q1")
                let text = try await submit(#""one two three } ] four""#, "q2")
                let dead = try await submit(#""one two""#, "q1")
                let failed = try await submit(#""one two three""#, "q2")
                try await eventually("They end: \(worker.output)", within: .seconds(30)) {
                    try await states([good, text, dead, failed], server) == [.completed, .completed, .dead, .retrying]
                }
                #expect(try await server.job(good)?.output == Array("6\n".utf8))
                #expect(try await server.job(text)?.output == Array("6\n".utf8))
                #expect(try await server.job(dead)?.deadReason == .permanent)
                #expect(try await server.job(failed)?.lastError == #"exit status 1: no "luck" "#)
                worker.send(SIGTERM)
                try await eventually("It ends: \(worker.output)") { worker.ended == 0 }
                #expect(try await server.store.sessions().map(\.standing) == [.closed])
                #expect(!worker.output.contains(key))
            }
        }

        @Test func theShellWorkerStopsItsCommandAndHandsItsJobBack() async throws {
            try await TestServer.run(.sqlite) { server in
                let worker = try shell(server, "nap", "sleep", "600", environment: ["ONCUE_LEASE": "2"])
                func submit() async throws -> String {
                    let id = try await server.submit(#"{"name":"nap"}"#)
                    try await eventually("It runs: \(worker.output)") { worker.output.contains("runs nap \(id)") }
                    return id
                }
                let cancelled = try await submit()
                _ = try await server.post("/api/v1/jobs/\(cancelled)/cancel")
                try await eventually("It is told: \(worker.output)") {
                    try await server.job(cancelled)?.state == .cancelled
                }
                let other = try await submit()
                worker.send(SIGTERM)
                try await eventually("It ends: \(worker.output)") { worker.ended == 0 }
                let record = try #require(try await server.job(other))
                #expect(record.state == .pending && record.attempt == 0)
            }
        }

        @Test func theJobOfAKilledShellWorkerFinishesElsewhere() async throws {
            try await TestServer.run(.sqlite) { server in
                try await withUpkeep(server) {
                    let id = try await server.submit(#"{"name":"nap"}"#)
                    let killed = try shell(server, "nap", "sleep", "30", environment: ["ONCUE_LEASE": "2"])
                    try await eventually("It runs: \(killed.output)") { killed.output.contains("runs nap \(id)") }
                    killed.send(SIGKILL)
                    try await eventually("It is gone") { killed.ended == -SIGKILL }
                    let other = try shell(server, "nap", "true", environment: ["ONCUE_LEASE": "2"])
                    try await eventually("It finishes elsewhere: \(other.output)", within: .seconds(40)) {
                        try await server.job(id)?.state == .completed
                    }
                    let record = try #require(try await server.job(id))
                    #expect(record.attempt == 2)
                    #expect(try await server.jobs.attempts(of: record.id).map(\.category) == [.system])
                    other.send(SIGTERM)
                    try await eventually("It ends: \(other.output)") { other.ended == 0 }
                }
            }
        }
    }
#endif
