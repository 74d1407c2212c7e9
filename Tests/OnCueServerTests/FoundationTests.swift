#if Server
    import Foundation
    import NIOHTTP1
    import OnCue
    import OnCueServer
    import Subprocess
    import Testing

    @Suite struct FoundationTests {
        @Test func everyRefusalIsJSON() async throws {
            var configuration = JobServer.Configuration()
            configuration.limits.body = 2_000
            try await TestServer.run(configuration: configuration) { server in
                let cases: [(HTTPMethod, String, String?, [(String, String)], Int, String)] = [
                    (.GET, "/api/v1/nothing", nil, [], 404, "not_found"),
                    (.GET, "/elsewhere", nil, [], 404, "not_found"),
                    (.GET, "/api/v1/jobs/\(UUID())", nil, [], 404, "not_found"),
                    (.GET, "/api/v1/jobs/\(UUID())/odd", nil, [], 404, "not_found"),
                    (.PUT, "/api/v1/jobs", "{}", [], 405, "method_not_allowed"),
                    (.OPTIONS, "/api/v1/jobs", nil, [], 405, "method_not_allowed"),
                    (.POST, "/api/v1/jobs", String(repeating: "x", count: 2_001), [], 413, "payload_too_large"),
                    (.POST, "/api/v1/jobs", "{}", [("Content-Type", "text/plain")], 415, "unsupported_media_type"),
                    (.POST, "/api/v1/jobs", #"{"type": }"#, [], 400, "invalid_request"),
                    (.GET, "/api/v1/jobs/%zz", nil, [], 400, "invalid_request"),
                    (.GET, "/api/v1/jobs?type=%ff", nil, [], 400, "invalid_request"),
                ]
                for (method, path, body, headers, status, code) in cases {
                    let answer = try await server.send(method, path, body, headers: headers)
                    #expect(answer.status == status, "\(method) \(path): \(answer.text)")
                    #expect(answer.errorCode == code, "\(method) \(path)")
                    #expect(answer.headers.first(name: "content-type") == "application/json", "\(method) \(path)")
                    #expect(answer.errorMessage?.isEmpty == false, "\(method) \(path)")
                    #expect(answer.headers.first(name: "x-request-id") != nil)
                    #expect(answer.headers.first(name: "x-content-type-options") == "nosniff")
                    if status == 405 { #expect(answer.headers.first(name: "allow")?.contains("POST") == true) }
                }
            }
        }

        @Test func aBodyIsNestedAsDeepAsTheLimitsSay() async throws {
            var configuration = JobServer.Configuration()
            configuration.limits.depth = 4
            try await TestServer.run(configuration: configuration) { server in
                for (payload, status) in [
                    ("[[[1]]]", 201), ("[[[[1]]]]", 400), (#"{"a":[{"b":1}]}"#, 201), (#"{"a":[{"b":[]}]}"#, 400),
                    (#""[[[[[[\"[[[""#, 201),
                ] {
                    let answer = try await server.post("/api/v1/jobs", #"{"type":"a","payload":\#(payload)}"#)
                    #expect(answer.status == status, "\(payload): \(answer.text)")
                }
            }
        }

        @Test func withoutKeysNobodyComesThroughAProxy() async throws {
            try await TestServer.run { server in
                for name in ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via"] {
                    let answer = try await server.get("/api/v1/jobs", headers: [(name, "192.0.2.1")])
                    #expect(answer.status == 403, "\(name)")
                }
                let key = try await server.key(.viewer)
                // The server hears of the first key a little later.
                try await eventually {
                    try await server.get(
                        "/api/v1/jobs", headers: [("X-Forwarded-For", "192.0.2.1"), ("X-API-Key", key)]
                    ).status == 200
                }
            }
        }

        @Test func requestsAreNamed() async throws {
            try await TestServer.run { server in
                let named = try await server.get("/live", headers: [("X-Request-ID", "abc-123")])
                #expect(named.headers.first(name: "x-request-id") == "abc-123")
                let odd = try await server.get("/live", headers: [("X-Request-ID", "a b\"c")])
                #expect(odd.headers.first(name: "x-request-id")?.count == 16)
            }
        }

        @Test func probesAnswer() async throws {
            try await TestServer.run { server in
                let health = try await server.get("/health")
                #expect(health.status == 200)
                #expect(health.json["healthy"] as? Bool == true)
                let components = try #require(health.json["components"] as? [String: Any])
                #expect(Set(components.keys) == ["store", "scheduler", "workers"])
                #expect(try await server.get("/ready").text == "{\"ready\":true}\n")
                #expect(try await server.get("/live").text == "{\"alive\":true}\n")
            }
        }

        @Test func aTakenPortIsSaidAtOnce() async throws {
            try await TestServer.run { server in
                let second = JobServer(MemoryStore(), configuration: .init(port: server.address.port))
                await #expect(throws: JobServerError.portTaken(host: "127.0.0.1", port: server.address.port)) {
                    try await second.run()
                }
            }
        }

        @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "example.com"])
        func withoutKeysNobodyElseIsLetIn(_ host: String) async throws {
            let server = JobServer(MemoryStore(), configuration: .init(host: host, port: 0))
            await #expect(throws: JobServerError.unprotected(host: host)) { try await server.run() }
        }

        @Test func otherSitesPagesAreRefused() async throws {
            try await TestServer.run { server in
                let foreign = try await server.post(
                    "/api/v1/jobs", #"{"type":"a"}"#, headers: [("Origin", "https://evil.example")])
                #expect(foreign.status == 403)
                let rebound = try await server.get("/api/v1/jobs", headers: [("Host", "evil.example")])
                #expect(rebound.status == 403)
                let own = try await server.get(
                    "/api/v1/jobs", headers: [("Origin", "http://localhost:8080"), ("Host", "localhost:1")])
                #expect(own.status == 200)
                #expect(own.headers.first(name: "access-control-allow-origin") == nil)
            }
        }

        @Test func anAllowedOriginMayUseTheAPI() async throws {
            let site = "https://ops.example"
            try await TestServer.run(configuration: .init(allowedOrigins: [site])) { server in
                let asked = try await server.send(.OPTIONS, "/api/v1/jobs", headers: [("Origin", site)])
                #expect(asked.status == 204)
                #expect(asked.headers.first(name: "access-control-allow-methods")?.contains("POST") == true)
                let done = try await server.post("/api/v1/jobs", #"{"type":"a"}"#, headers: [("Origin", site)])
                #expect(done.status == 201)
                #expect(done.headers.first(name: "access-control-allow-origin") == site)
                let other = try await server.send(.OPTIONS, "/api/v1/jobs", headers: [("Origin", "https://x.example")])
                #expect(other.status == 405)
            }
        }

        @Test func requestsThatWereSentAheadAreAnsweredInOrder() async throws {
            try await TestServer.run { server in
                let text = try await RawConnection.open(server.address) { raw in
                    try await raw.write(
                        "GET /live HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: one\r\n\r\n"
                            + "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: two\r\n\r\n"
                            + "GET /ready HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: three\r\nConnection: close\r\n\r\n"
                    )
                    return try await raw.read()
                }
                let order = ["one", "two", "three"].compactMap {
                    text.firstRange(of: "X-Request-ID: \($0)")?.lowerBound
                }
                #expect(order.count == 3)
                #expect(order == order.sorted())
            }
        }

        @Test func aSlowBodyIsCutOff() async throws {
            var configuration = JobServer.Configuration()
            configuration.limits.requestTime = .milliseconds(200)
            try await TestServer.run(configuration: configuration) { server in
                let text = try await RawConnection.open(server.address) { raw in
                    try await raw.write(
                        "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{")
                    return try await raw.read()
                }
                #expect(text.hasPrefix("HTTP/1.1 408"))
                #expect(text.contains("request_timeout"))
            }
        }

        @Test func anIdleConnectionIsClosed() async throws {
            var configuration = JobServer.Configuration()
            configuration.limits.idleTime = .seconds(2)
            try await TestServer.run(configuration: configuration) { server in
                let text = try await RawConnection.open(server.address) { raw in
                    try await raw.write("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    return try await raw.read()
                }
                #expect(text.hasPrefix("HTTP/1.1 200"))
            }
        }

        @Test func hugeHeadersAreRefused() async throws {
            try await TestServer.run { server in
                let text = try await RawConnection.open(server.address) { raw in
                    let long = String(repeating: "a", count: 20_000)
                    try await raw.write("GET /live HTTP/1.1\r\nHost: localhost\r\nX-Long: \(long)\r\n\r\n")
                    return try await raw.read()
                }
                #expect(text.hasPrefix("HTTP/1.1 431"))
                #expect(text.contains("headers_too_large"))
            }
        }

        @Test func aClientMayAskBeforeItSends() async throws {
            try await TestServer.run { server in
                let text = try await RawConnection.open(server.address) { raw in
                    try await raw.write(
                        "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                            + "Connection: close\r\nContent-Length: 12\r\n\r\n")
                    _ = try await raw.read { $0.contains("100 Continue\r\n\r\n") }
                    try await raw.write(#"{"type":"a"}"#)
                    return try await raw.read()
                }
                #expect(text.contains("201 Created"))
            }
        }

        @Test func aShutdownEndsWaitsAndStreamsAndFinishesRequests() async throws {
            let store = MemoryStore()
            let id = try await JobClient(store).enqueue(JobName("a")).id
            try await TestServer.run(on: store) { server in
                async let waited = server.get("/api/v1/jobs/\(id)/wait?timeout=300s")
                let streamed = try await RawConnection.open(server.address) { raw in
                    try await raw.write("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    _ = try await raw.read { $0.contains("event: connected") }
                    try await eventually("The wait is under way too") { server.server.openWaits == 2 }
                    server.server.shutDown()
                    return try await raw.read()
                }
                #expect(streamed.contains("event: connected") && streamed.hasSuffix("\r\n0\r\n\r\n"), "\(streamed)")
                let answer = try await waited
                #expect(answer.json["timed_out"] as? Bool == true)
                #expect(answer.headers["Connection"] == ["close"])
            }
            await store.close()
        }

        /// Runs a server whose answer has 80 MB, more than the system takes off it, and has `curl` ask for it.
        ///
        /// - Parameter meanwhile: gets the file that `curl` writes.
        private func download(
            _ arguments: [String], limits: (inout ServerLimits) -> Void = { _ in },
            meanwhile: (JobServer, URL) async throws -> Void = { _, _ in }
        ) async throws {
            let file = FileManager.default.temporaryDirectory.appending(path: "oncue-server-\(UUID())")
            defer { try? FileManager.default.removeItem(at: file) }
            var configuration = JobServer.Configuration()
            limits(&configuration.limits)
            try await TestServer.run(configuration: configuration) { server in
                let text = String(repeating: "x", count: 1_000_000)
                let jobs = (0..<80).map { _ in NewJob(name: "a", payload: Array("\"\(text)\"".utf8)) }
                _ = try await server.jobs.enqueue(jobs)
                let arguments =
                    ["--silent", "--show-error", "--output", file.path] + arguments
                    + ["\(server.address.url)/api/v1/jobs?payload=true&limit=100"]
                async let result = Subprocess.run(
                    .name("curl"), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 1_024))
                try await meanwhile(server.server, file)
                let ended = try await result
                #expect(ended.terminationStatus.isSuccess, "\(ended.standardError)")
                let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
                #expect(try #require(size) > jobs.count * text.utf8.count)
            }
        }

        /// It takes longer than the server waits for a client that takes nothing, asks nothing more, or does not close its end.
        @Test func aSlowClientGetsALargeAnswerWhole() async throws {
            try await download(["--limit-rate", "10M", "--header", "Connection: close"]) { limits in
                limits.answerTime = .seconds(1)
                limits.idleTime = .seconds(1)
                limits.closeTime = .milliseconds(50)
            }
        }

        @Test func aShutdownWaitsForWhoTakesALargeAnswer() async throws {
            try await download(
                ["--limit-rate", "40M"],
                meanwhile: { server, file in
                    try await eventually("The answer is on its way") {
                        let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
                        return (size ?? 0) > 0
                    }
                    server.shutDown()
                })
        }

        /// What a client has sent on a connection that stood before the shutdown may not be read before it.
        @Test func aFirstRequestThatMeetsTheShutdownIsAnswered() async throws {
            try await TestServer.run { server in
                let text = try await RawConnection.open(server.address) { raw in
                    server.server.shutDown()
                    try await eventually("It listens no more") {
                        do {
                            return try await RawConnection.open(server.address) { _ in false }
                        } catch {
                            return true
                        }
                    }
                    try await raw.write("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    return try await raw.read()
                }
                #expect(text.hasPrefix("HTTP/1.1 200"), "\(text)")
                #expect(text.lowercased().contains("connection: close"))
            }
        }

        @Test func theRouteTableHasEachRouteOnceWithAPermissionBelowTheAPI() {
            let routes = JobServer(MemoryStore()).routes.routes
            #expect(Set(routes.map { "\($0.method) \($0.path)" }).count == routes.count)
            for route in routes {
                // What the API is, is no secret.
                let isOpen = ["/health", "/ready", "/live", "/api/v1/openapi.json"].contains(route.path)
                #expect(isOpen == (route.permission == nil), "\(route.path)")
                #expect(route.summary.hasSuffix("."))
            }
        }
    }
#endif
