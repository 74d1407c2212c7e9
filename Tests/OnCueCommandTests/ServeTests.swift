#if Server
    import Foundation
    import OnCue
    import Subprocess
    import Testing

    @testable import OnCueCommand

    #if canImport(System)
        import System
    #else
        import SystemPackage
    #endif

    #if canImport(FoundationNetworking)
        import FoundationNetworking
    #endif

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #else
        import Darwin
    #endif

    /// `serve` as a process: the API and the worker beside each other.
    @Suite struct ServeTests {
        private let scratch = Scratch()

        /// A served store with what it listens on.
        private func serve(
            _ arguments: [String] = [], environment: [String: String] = [:]
        ) async throws -> (child: Child, url: String) {
            let child = try Child(
                ["serve", "--json", "--http", "0"] + arguments, in: scratch, environment: environment)
            try await wait("it says where it listens; it said: \(child.errors)") {
                child.output.contains("\n") || !child.isRunning
            }
            let line = try Said(status: 0, output: child.output, errors: "").object()
            guard let url = line["url"] as? String else { throw Failure("no URL: \(child.output) \(child.errors)") }
            return (child, url)
        }

        @Test func aJobSubmittedOverHTTPRunsInTheSameProcess() async throws {
            let (child, url) = try await serve()
            let job = try await HTTPAnswer.post(
                "\(url)/api/v1/jobs", "{\"type\":\"echo\",\"payload\":{\"n\": 1.0}}")
            #expect(job.status == 201)
            let id = try #require(try job.object()["id"] as? String)
            let done = try await HTTPAnswer.get("\(url)/api/v1/jobs/\(id)/wait?timeout=20s")
            #expect(done.status == 200, "\(done.text)")
            #expect(try done.object()["status"] as? String == "completed", "\(done.text)")
            #expect(try await oncue("jobs", "show", id, in: scratch).output.contains("completed"))

            // One set of figures for the worker, the store and the requests.
            let metrics = try await HTTPAnswer.get("\(url)/metrics").text
            for name in [
                "oncue_jobs_enqueued_total{queue=\"default\",name=\"echo\"} 1", "oncue_jobs_started_total{",
                "oncue_http_requests_total{",
                "oncue_store_call_duration_seconds_count{",
            ] {
                #expect(metrics.contains(name), "\(name) is missing")
            }
            #expect(try await HTTPAnswer.get("\(url)/ready").status == 200)
            child.send(SIGTERM)
            #expect(try await child.ended(within: .seconds(10)) == .exited(0))
        }

        @Test func sigtermEndsStreamsAndWaitsAndHandsBackWhatRuns() async throws {
            let (child, url) = try await serve(["--shutdown-timeout", "1s"])
            let id = try await JobBatch(count: 1, name: "sleep", payload: "\"1h\"").submit(in: scratch)[0]
            try await wait("the job runs") {
                try await HTTPAnswer.get("\(url)/api/v1/jobs/\(id)").object()["status"] as? String == "running"
            }
            async let waited = curl("\(url)/api/v1/jobs/\(id)/wait?timeout=300s", to: "waited")
            async let stream = curl("\(url)/api/v1/events", to: "stream")
            try await wait("both are open") {
                scratch.read("waited")?.contains("> GET") == true
                    && scratch.read("stream")?.contains("event: connected") == true
            }
            child.send(SIGTERM)
            #expect(try await child.ended(within: .seconds(15)) == .exited(0))
            _ = try await (stream, waited)
            #expect(scratch.read("waited")?.contains("timed_out") == true, "\(scratch.read("waited") ?? "")")
            let job = try await oncue("jobs", "show", "\(id)", "--json", in: scratch).object()
            #expect(job["status"] as? String == "pending" && job["attempt"] as? Int == 0, "\(job)")
        }

        /// Asks, with all that is said and heard in a file while it goes on.
        private func curl(_ url: String, to name: String) async throws {
            let file = try FileDescriptor.open(
                FilePath(scratch.path(name)), .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite])
            _ = try await Subprocess.run(
                .name("curl"), arguments: ["--no-buffer", "--silent", "--verbose", "--max-time", "60", url],
                output: .fileDescriptor(file, closeAfterSpawningProcess: false),
                error: .fileDescriptor(file, closeAfterSpawningProcess: false))
            try file.close()
        }

        @Test func aTakenPortEndsItAtOnce() async throws {
            let (child, url) = try await serve()
            let port = try #require(URL(string: url)?.port)
            let other = Scratch()
            let said = try await oncue("serve", "--http", "\(port)", in: other, within: .seconds(20))
            #expect(said.status == 1)
            #expect(said.errors.contains("port \(port) of 127.0.0.1 is taken"))
            #expect(said.output.isEmpty)
            child.send(SIGTERM)
            #expect(try await child.ended(within: .seconds(10)) == .exited(0))
        }

        @Test func beyondThisMachineItNeedsKeys() async throws {
            let refused = try await oncue("serve", "--http", "0.0.0.0:0", in: scratch, within: .seconds(20))
            #expect(refused.status == 2)
            #expect(refused.errors.contains("oncue keys create"))
            let key = try await oncue("keys", "create", "--role", "viewer", "--name", "test", "--json", in: scratch)
            let secret = try #require(try key.object()["key"] as? String)
            let audited = try await oncue("audit", "--json", in: scratch)
            #expect(try audited.object()["action"] as? String == "keys.create")
            let (child, url) = try await serve(["--http", "0.0.0.0:0"])
            let local = url.replacing("0.0.0.0", with: "127.0.0.1")
            #expect(try await HTTPAnswer.get("\(local)/api/v1/jobs").status == 401)
            #expect(try await HTTPAnswer.get("\(local)/api/v1/jobs", key: secret).status == 200)
            let submit = try await HTTPAnswer.post("\(local)/api/v1/jobs", "{\"type\":\"echo\"}", key: secret)
            #expect(submit.status == 403)
            #expect(!child.errors.contains(secret))
            child.send(SIGTERM)
            #expect(try await child.ended(within: .seconds(10)) == .exited(0))
        }

        @Test func withTLSItSpeaksHTTPS() async throws {
            let (certificate, key) = (scratch.path("server.pem"), scratch.path("server.key"))
            let made = try await Subprocess.run(
                .name("openssl"),
                arguments: [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                    "-out", certificate,
                ],
                output: .discarded, error: .string(limit: 65_536))
            #expect(made.terminationStatus.isSuccess, "\(made.standardError)")
            let (child, url) = try await serve(["--tls-certificate", certificate, "--tls-key", key])
            #expect(url.hasPrefix("https://"))
            let said = try await Subprocess.run(
                .name("curl"), arguments: ["--silent", "--show-error", "--cacert", certificate, "\(url)/live"],
                output: .string(limit: 65_536), error: .string(limit: 65_536))
            #expect(said.terminationStatus.isSuccess, "\(said.standardError)")
            #expect(said.standardOutput.contains("alive"), "\(said.standardOutput)")
            child.send(SIGTERM)
            #expect(try await child.ended(within: .seconds(10)) == .exited(0))
        }

        @Test func theLinesOfTheReadmeDoWhatTheySay() async throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
            let section = try #require(readme.firstRange(of: "\n## Over HTTP\n")?.upperBound)
            let start = try #require(readme[section...].firstRange(of: "```sh\n")?.upperBound)
            let end = try #require(readme[start...].firstRange(of: "```")?.lowerBound)
            let (child, url) = try await serve()
            let lines = readme[start..<end].replacing("http://127.0.0.1:8080", with: url)
            let said = try await Subprocess.run(
                .name("sh"), arguments: ["-e", "-c", String(lines)], output: .string(limit: 1 << 20),
                error: .string(limit: 65_536))
            #expect(said.terminationStatus.isSuccess, "\(said.standardError)")
            for part in ["\"status\":\"completed\"", "\"reasons\"", "\"paused\":true", "event: connected"] {
                #expect(said.standardOutput.contains(part), "\(part) is missing in \(said.standardOutput)")
            }
            child.send(SIGTERM)
            #expect(try await child.ended(within: .seconds(10)) == .exited(0))
        }

        @Test func severalProcessesWorkBehindOneServer() async throws {
            let (child, url) = try await serve(["--processes", "2"])
            let job = try await HTTPAnswer.post("\(url)/api/v1/jobs", "{\"type\":\"echo\",\"payload\":1}").object()
            let id = try #require(job["id"] as? String)
            let done = try await HTTPAnswer.get("\(url)/api/v1/jobs/\(id)/wait?timeout=30s").object()
            #expect(done["status"] as? String == "completed")
            #expect(try await oncue("workers", "--json", in: scratch).array().count == 2)
            child.send(SIGTERM)
            #expect(try await child.ended(within: .seconds(15)) == .exited(0))
        }

        @Test func whatCannotBeUnderstoodEndsItBeforeAnythingIsOpened() async throws {
            for (arguments, word) in [
                (["--http", "nowhere"], "HOST:PORT"),
                (["--http", "127.0.0.1:99999"], "65535"),
                (["--tls-key", "key.pem"], "--tls-certificate"),
                (["--tls-certificate", "none.pem", "--tls-key", "none.pem"], "none.pem"),
                (["--allowed-origins", "ops.example.com"], "https://"),
            ] {
                let said = try await oncue(["serve", "--http", "0"] + arguments, in: Scratch(), within: .seconds(20))
                #expect(said.status == 2, "\(arguments): \(said)")
                #expect(said.errors.contains(word), "\(arguments): \(said.errors)")
            }
            let collector = try await oncue(
                ["serve", "--http", "0"], in: Scratch(),
                environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "not a URL"], within: .seconds(20))
            #expect(collector.status == 2 && collector.errors.contains("OTEL_EXPORTER_OTLP_ENDPOINT"))
        }
    }

    @Suite struct HTTPPlanTests {
        private func plan(_ flags: [String: String]) async throws -> HTTPPlan? {
            try HTTPPlan.read(try await Settings(flags: flags, configFile: nil, environment: [:]))
        }

        @Test(arguments: [
            ("8080", "127.0.0.1", 8080), ("0", "127.0.0.1", 0), ("0.0.0.0:80", "0.0.0.0", 80),
            ("[::1]:9000", "::1", 9000), ("localhost:9000", "localhost", 9000),
        ])
        func addressesAreRead(text: String, host: String, port: Int) async throws {
            #expect(try await plan(["http": text]) == HTTPPlan(host: host, port: port))
        }

        @Test func offIsNoServerAndTheDefaultIsThisMachine() async throws {
            #expect(try await plan(["http": "off"]) == nil)
            #expect(try await plan([:]) == HTTPPlan(host: "127.0.0.1", port: 8080))
        }

        @Test(arguments: ["", ":8080", "host", "host:", "::1:80", "1.2.3.4:-1", "a b:80", "http://h:80", "[]:80"])
        func whatIsNoAddressIsRefused(text: String) async throws {
            let error = await #expect(throws: CommandError.self) { try await plan(["http": text]) }
            #expect(error?.status == .usage)
        }
    }

    /// An answer over HTTP.
    private struct HTTPAnswer: Sendable {
        var status: Int
        var text: String

        func object() throws -> [String: Any] { try Said(status: 0, output: text, errors: "").object() }

        static func get(_ url: String, key: String? = nil) async throws -> HTTPAnswer {
            try await send("GET", url, nil, key)
        }

        static func post(_ url: String, _ body: String, key: String? = nil) async throws -> HTTPAnswer {
            try await send("POST", url, body, key)
        }

        private static func send(
            _ method: String, _ url: String, _ body: String?, _ key: String?
        ) async throws -> HTTPAnswer {
            guard let place = URL(string: url) else { throw Failure("no URL: \(url)") }
            var request = URLRequest(url: place, timeoutInterval: 60)
            request.httpMethod = method
            request.httpBody = body.map { Data($0.utf8) }
            if body != nil { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
            if let key { request.setValue(key, forHTTPHeaderField: "X-API-Key") }
            let (data, response) = try await URLSession.shared.data(for: request)
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            return HTTPAnswer(status: status, text: String(decoding: data, as: UTF8.self))
        }
    }
#endif
