#if Server
    import Foundation
    import NIOHTTP1
    import OnCue
    @testable import OnCueHandlers
    import Synchronization
    import Testing

    /// Webhooks of a handlers file, run by a real worker against a real server.
    @Suite struct WebhookTests {
        private let store = MemoryStore()
        private var jobs: JobClient { JobClient(store) }

        private func work<T: Sendable>(
            _ register: (Worker) throws -> Void, _ body: @Sendable () async throws -> T
        ) async throws -> T {
            let worker = Worker(store, concurrency: 4)
            try register(worker)
            let running = Task { try await worker.run() }
            do {
                let result = try await body()
                worker.shutDown()
                try await running.value
                return result
            } catch {
                running.cancel()
                try? await running.value
                throw error
            }
        }

        private func work<T: Sendable>(_ yaml: String, _ body: @Sendable () async throws -> T) async throws -> T {
            try await work({ try HandlerFile(yaml: yaml).register(on: $0) }, body)
        }

        private func finished(_ name: JobName, _ payload: String = "", _ options: EnqueueOption...) async throws
            -> JobRecord
        {
            let job = NewJob(name, bytes: Array(payload.utf8), options: options)
            let result = try await jobs.result(of: jobs.enqueue(job).id, timeout: .seconds(30))
            #expect(!result.isTimedOut, "\(name) is \(result.job.state)")
            return result.job
        }

        private func until(_ what: String, _ condition: () async throws -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(20)
            while try await !condition() {
                try #require(ContinuousClock.now < deadline, "\(what) did not come about")
                try await Task.sleep(for: .milliseconds(2))
            }
        }

        private func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

        @Test func theRequestTellsOfTheJobAndIsSigned() async throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "oncue-\(UUID().uuidString)").path()
            try Data("key of the test\n".utf8).write(to: URL(filePath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }
            let server = try await HTTPTestServer { request, _ in .status(201, body: Array("made ".utf8) + request.body)
            }
            let yaml = """
                handlers:
                  invoice.paid:
                    webhook:
                      url: http://127.0.0.1:\(server.port)/hooks/in?x=1
                      secret: {file: \(path)}
                      headers: {X-Tenant: acme}
                      allow_private: [127.0.0.1/32]
                """
            let payload = #"{ "n": 9223372036854775808, "f": 1.0 }"#
            let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let job = try await work(yaml) {
                try await finished(
                    "invoice.paid", payload, .queue("mail"), .header("traceparent", parent),
                    .header("password", "hunter2"))
            }
            #expect(job.state == .completed)
            #expect(text(job.output) == "made \(payload)")
            let request = try #require(server.requests.first)
            #expect(server.requests.count == 1)
            #expect(request.method == "POST")
            #expect(request.path == "/hooks/in?x=1")
            #expect(text(request.body) == payload)
            #expect(request["Content-Type"] == "application/json")
            #expect(request["Content-Length"] == "\(payload.utf8.count)")
            #expect(request["Host"] == "127.0.0.1:\(server.port)")
            #expect(request["OnCue-Job-ID"] == job.id.description)
            #expect(request["OnCue-Job-Name"] == "invoice.paid")
            #expect(request["OnCue-Queue"] == "mail")
            #expect(request["OnCue-Attempt"] == "1")
            #expect(request["X-Tenant"] == "acme")
            #expect(request.headers["traceparent"] == [parent])
            #expect(!"\(request.headers)".contains("hunter2"))
            let timestamp = try #require(request["OnCue-Timestamp"])
            #expect(abs(Date().timeIntervalSince1970 - (Double(timestamp) ?? 0)) < 60)
            #expect(
                request["OnCue-Signature"]
                    == WebhookSignature.of(
                        request.body, timestamp: timestamp, secret: Secret("key of the test")))
            try await server.close()
        }

        /// The value comes from `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'a secret'`.
        @Test func theSignatureIsWhatOtherLanguagesWorkOut() {
            #expect(
                WebhookSignature.of(Array(#"{"a":1}"#.utf8), timestamp: "1700000000", secret: Secret("a secret"))
                    == "v1=b4c5d5c08194254de18b80695176335ee482a5907fb5e68f7bd993b1b00b018d")
        }

        @Test func theStatusDecides() async throws {
            let server = try await HTTPTestServer { request, _ in
                let status = Int(text(request.body)) ?? 0
                return .status(
                    status, headers: ["Location": "/elsewhere"], body: status == 204 ? [] : Array(" why".utf8))
            }
            let yaml = """
                handlers:
                  hook:
                    webhook: {url: "http://127.0.0.1:\(server.port)/?token=t0ken", allow_private: true}
                    attempts: 2
                    backoff: constant:1ms
                """
            try await work(yaml) {
                for status in [200, 202, 299] {
                    let job = try await finished("hook", "\(status)")
                    #expect(job.state == .completed)
                    #expect(text(job.output) == " why")
                }
                #expect(try await finished("hook", "204").output == nil)
                for status in [400, 401, 404, 408, 410, 422] {
                    let job = try await finished("hook", "\(status)")
                    #expect(job.deadReason == .permanent, "\(status)")
                    #expect(job.attempt == 1)
                    #expect(job.lastError == "http://127.0.0.1:\(server.port) answered \(status): why")
                }
                for status in [301, 307, 429, 500, 502, 503, 504] {
                    let job = try await finished("hook", "\(status)")
                    #expect(job.deadReason == .attemptsExhausted, "\(status)")
                    #expect(job.attempt == 2)
                    #expect(job.lastError?.contains("answered \(status)") == true)
                }
            }
            #expect(!server.requests.contains { $0.path.contains("elsewhere") })
            #expect(server.requests.contains { $0["OnCue-Attempt"] == "2" })
            try await server.close()
        }

        @Test func retryAfterIsKept() async throws {
            let server = try await HTTPTestServer { request, before in
                switch (request.path, before) {
                case ("/429", 0): .status(429, headers: ["Retry-After": "3600"])
                case ("/503", _): .status(503, headers: ["Retry-After": "7200"])
                default: .status(200)
                }
            }
            let yaml = """
                handlers:
                  busy: {webhook: {url: "http://127.0.0.1:\(server.port)/429", allow_private: true}, attempts: 1}
                  down: {webhook: {url: "http://127.0.0.1:\(server.port)/503", allow_private: true}, attempts: 2}
                """
            try await work(yaml) {
                for (name, seconds, attempts) in [("busy", 3_600.0, 0), ("down", 7_200.0, 1)] {
                    let id = try await jobs.enqueue(NewJob(JobName(name), bytes: [])).id
                    try await until("\(name) waits") { try await [.retrying, .delayed].contains(jobs.job(id)?.state) }
                    let job = try #require(try await jobs.job(id))
                    let wait = try #require(job.dueAt).date.timeIntervalSinceNow
                    #expect(abs(wait - seconds) < 60, "\(wait)")
                    #expect(job.attempt == attempts)
                }
            }
            try await server.close()
        }

        @Test(
            arguments: [
                ("0", 0), ("120", 120), ("99999999999999999999", 86_400), ("999999", 86_400), (" 5 ", nil),
                ("Tue, 14 Nov 2023 22:14:20 GMT", 60), ("Tue, 14 Nov 2023 22:00:00 GMT", 0), ("soon", nil), ("-3", nil),
                ("Tue, 14 Nob 2023 22:14:20 GMT", nil), ("1.5", nil),
            ] as [(String, Int?)])
        func retryAfterIsSecondsOrADate(text: String, seconds: Int?) throws {
            // 2023-11-14T22:13:20Z
            let now = Timestamp(microseconds: 1_700_000_000_000_000)
            let answer = WebhookAnswer(status: 503, retryAfter: text, body: [], isBodyCut: false)
            let url = try WebhookURL("https://example.com")
            let error = #expect(throws: (any Error).self) { try answer.outcome(from: url, at: now) }
            #expect((error as? JobError)?.wait == seconds.map { .seconds($0) })
        }

        @Test func networkErrorsAreTriedAgain() async throws {
            let server = try await HTTPTestServer { _, before in before == 0 ? .hangUp : .status(200) }
            let closed = try await HTTPTestServer { _, _ in .status(200) }
            try await closed.close()
            let yaml = """
                handlers:
                  flaky:
                    webhook: {url: "http://127.0.0.1:\(server.port)/", allow_private: true}
                    backoff: constant:1ms
                  refused:
                    webhook: {url: "http://127.0.0.1:\(closed.port)/", allow_private: true}
                    attempts: 2
                    backoff: constant:1ms
                  nowhere: {webhook: "http://oncue-no-such-host.invalid/", attempts: 1}
                """
            try await work(yaml) {
                let flaky = try await finished("flaky")
                #expect(flaky.state == .completed)
                #expect(flaky.attempt == 2)
                let refused = try await finished("refused")
                #expect(refused.deadReason == .attemptsExhausted)
                let text = refused.lastError ?? ""
                #expect(text.contains("127.0.0.1:\(closed.port)"), "\(text)")
                let nowhere = try await finished("nowhere")
                #expect(nowhere.deadReason == .attemptsExhausted)
                #expect(nowhere.lastError?.contains("could not be found") == true, "\(nowhere.lastError ?? "")")
            }
            try await server.close()
        }

        @Test func aTimeoutAndACancelEndTheRequest() async throws {
            let server = try await HTTPTestServer { _, _ in .silence }
            let yaml = """
                handlers:
                  slow: {webhook: {url: "http://127.0.0.1:\(server.port)/", allow_private: true}, timeout: 200ms, attempts: 1}
                  stuck: {webhook: {url: "http://127.0.0.1:\(server.port)/", allow_private: true}}
                """
            try await work(yaml) {
                let slow = try await finished("slow")
                #expect(slow.state == .dead)
                #expect(slow.lastErrorCategory == .timeout)
                try await until("the connection is closed") { server.openConnections == 0 }
                let id = try await jobs.enqueue(NewJob("stuck", bytes: [])).id
                try await until("the request arrives") { server.requests.count == 2 }
                #expect(try await jobs.cancel(id, reason: "enough") == .requested)
                #expect(try await jobs.result(of: id, timeout: .seconds(20)).job.state == .cancelled)
                try await until("the connection is closed") { server.openConnections == 0 }
            }
            try await server.close()
        }

        @Test func aLongAnswerIsCut() async throws {
            let server = try await HTTPTestServer { request, _ in
                .status(request.path == "/bad" ? 500 : 200, body: [UInt8](repeating: 0x61, count: 3_000_000))
            }
            let yaml = """
                handlers:
                  long: {webhook: {url: "http://127.0.0.1:\(server.port)/", allow_private: true}}
                  bad: {webhook: {url: "http://127.0.0.1:\(server.port)/bad", allow_private: true}, attempts: 1}
                """
            try await work(yaml) {
                let long = try await finished("long")
                #expect(long.state == .completed)
                #expect(long.output?.count == Webhook.outputBytes)
                let end = text(long.output?.suffix(40).map(\.self))
                #expect(end.hasSuffix("kept]\n"), "\(end)")
                let bad = try await finished("bad")
                #expect((2_000..<3_000).contains(bad.lastError?.utf8.count ?? 0))
            }
            try await server.close()
        }

        @Test func privateAddressesAreRefusedBeforeAnythingIsSent() async throws {
            let server = try await HTTPTestServer { _, _ in .status(200) }
            // What a resolver takes for 127.0.0.1 as well.
            let yaml = """
                handlers:
                  name: {webhook: "http://localhost:\(server.port)/"}
                  number: {webhook: "http://2130706433:\(server.port)/"}
                  short: {webhook: "http://127.1:\(server.port)/"}
                """
            try await work(yaml) {
                for name in ["name", "number", "short"] as [JobName] {
                    let job = try await finished(name)
                    #expect(job.deadReason == .permanent)
                    #expect(job.lastError?.contains("not a public address") == true, "\(job.lastError ?? "")")
                }
            }
            #expect(server.connections == 0)
            try await server.close()
        }

        /// The name does not exist: only the address that was checked can have been connected to.
        @Test func theCheckedAddressIsConnectedTo() async throws {
            let server = try await HTTPTestServer { _, _ in .status(200, body: Array("here".utf8)) }
            let asked = Mutex(0)
            let lookup = HostLookup(memory: .zero) { host in
                #expect(host == "hook.invalid")
                let count = asked.withLock { count in
                    count += 1
                    return count
                }
                let addresses =
                    switch count {
                    // Nobody listens at the first one.
                    case 1: ["127.0.0.9", "127.0.0.1"]
                    case 2: ["169.254.169.254", "127.0.0.1"]
                    default: ["127.0.1.1"]
                    }
                return addresses.compactMap { NetworkAddress($0) }
            }
            let client = WebhookClient(lookup: lookup)
            let webhook = Webhook(
                try WebhookURL("http://hook.invalid:\(server.port)/x"),
                addresses: .publicAnd([AddressRange("127.0.0.0/24")].compactMap(\.self)))
            try await work({ worker in
                try worker.on("hook") { (payload: [UInt8], context: JobContext) -> JobOutcome in
                    try await webhook.perform(payload, context, client: client)
                }
            }) {
                for _ in 0..<2 {
                    let job = try await finished("hook")
                    #expect(job.state == .completed)
                    #expect(text(job.output) == "here")
                }
                let job = try await finished("hook")
                #expect(job.deadReason == .permanent)
                #expect(job.lastError?.contains("127.0.1.1") == true)
            }
            #expect(server.requests.map { $0["Host"] } == Array(repeating: "hook.invalid:\(server.port)", count: 2))
            try await server.close()
        }

        @Test func connectionsAreKept() async throws {
            let server = try await HTTPTestServer { _, _ in .status(200) }
            let yaml =
                "handlers:\n  hook: {webhook: {url: \"http://127.0.0.1:\(server.port)/\", allow_private: true}, concurrency: 1}"
            try await work(yaml) {
                for _ in 0..<20 {
                    let job = try await finished("hook")
                    #expect(job.state == .completed)
                }
            }
            #expect(server.requests.count == 20)
            #expect(server.connections <= 2)
            // Nobody needs them any more.
            try await until("the connections are closed") { server.openConnections == 0 }
            try await server.close()
        }
    }
#endif
