#if Server
    import AsyncHTTPClient
    import Foundation
    import NIOCore
    import NIOHTTP1
    import OnCue
    import OnCueServer
    import OnCueTesting
    import Testing

    extension TestServer {
        /// A key of the role, made in the store.
        func key(
            _ role: AccessRole, name: String? = nil, lifetime: Duration? = nil, rate: RequestRate? = nil
        ) async throws -> String {
            try await KeyRing(store).create(role, name: name, lifetime: lifetime, rate: rate, by: "test").text
        }

        func send(
            _ method: HTTPMethod, _ path: String, _ body: String? = nil, key: String
        ) async throws -> Answer {
            try await send(method, path, body, headers: [("X-API-Key", key)])
        }

        /// The status alone; a body that does not end is not waited for.
        func status(_ method: HTTPMethod, _ path: String, headers: [(String, String)]) async throws -> Int {
            var request = HTTPClientRequest(url: address.url + path)
            request.method = method
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            return Int(try await client.execute(request, timeout: .seconds(60)).status.code)
        }
    }

    /// Who is let in, with what, and how often.
    @Suite struct AccessTests {
        @Test func withoutAnyKeyThisMachineMayDoEverything() async throws {
            try await TestServer.run { server async throws in
                #expect(try await server.get("/api/v1/jobs").status == 200)
                #expect(try await server.post("/api/v1/jobs", #"{"type":"a"}"#).status == 201)
                #expect(try await server.get("/api/v1/keys").status == 200)
            }
        }

        @Test(arguments: StoreKind.allCases)
        func theFirstKeyClosesTheServerAtOnce(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let made = try await server.post("/api/v1/keys", #"{"role":"admin","name":"first"}"#)
                #expect(made.status == 201)
                let text = try #require(made.json["key"] as? String)
                let refused = try await server.get("/api/v1/jobs")
                #expect(refused.status == 401 && refused.errorCode == "unauthorized")
                #expect(refused.headers.first(name: "WWW-Authenticate") == "Bearer")
                #expect(try await server.send(.GET, "/api/v1/jobs", key: text).status == 200)
                // What watches the server needs no key.
                for path in ["/health", "/ready", "/live"] {
                    #expect([200, 503].contains(try await server.get(path).status), "\(path)")
                }
            }
        }

        @Test func aKeyComesInEitherHeader() async throws {
            try await TestServer.run { server in
                let key = try await server.key(.viewer)
                let accepted: [[(String, String)]] = [
                    [("X-API-Key", key)], [("Authorization", "Bearer \(key)")], [("Authorization", "bearer  \(key)")],
                    [("x-api-key", key), ("Authorization", "Bearer other")],
                ]
                for headers in accepted {
                    #expect(try await server.get("/api/v1/jobs", headers: headers).status == 200)
                }
                let wrong = String(key.dropLast()) + (key.last == "0" ? "1" : "0")
                let refused: [[(String, String)]] = [
                    [], [("X-API-Key", "")], [("X-API-Key", wrong)], [("Authorization", key)],
                    [("Authorization", "Basic \(key)")], [("Authorization", "Bearer")], [("Cookie", "key=\(key)")],
                    [("X-API-Key", "other"), ("Authorization", "Bearer \(key)")],
                ]
                for headers in refused {
                    let answer = try await server.get("/api/v1/jobs", headers: headers)
                    #expect(answer.status == 401 && answer.errorCode == "unauthorized", "\(headers)")
                    #expect(!answer.text.contains(key))
                }
                #expect(try await server.get("/api/v1/jobs?api_key=\(key)").status == 401)
            }
        }

        @Test func aKeyExpires() async throws {
            let time = ManualTime()
            let store = MemoryStore(time: time)
            try await TestServer.run(on: store, authorizer: KeyAuthorizer(store, time: time)) { server in
                let key = try await KeyRing(store, time: time).create(.viewer, lifetime: .seconds(60), by: "test").text
                #expect(try await server.send(.GET, "/api/v1/jobs", key: key).status == 200)
                time.advance(by: .seconds(60))
                let late = try await server.send(.GET, "/api/v1/jobs", key: key)
                #expect(late.status == 401 && late.errorMessage?.contains("expired") == true)
            }
            await store.close()
        }

        @Test func aRevokedKeyStopsWorkingHereAtOnceAndElsewhereWithinSeconds() async throws {
            let store = MemoryStore()
            try await TestServer.run(on: store) { one in
                try await TestServer.run(on: store) { other in
                    let admin = try await one.key(.admin)
                    let made = try await one.send(.POST, "/api/v1/keys", #"{"role":"viewer"}"#, key: admin)
                    let key = try #require(made.json["key"] as? String)
                    let id = try #require(made.json["id"] as? String)
                    try await eventually { try await other.send(.GET, "/api/v1/jobs", key: key).status == 200 }
                    #expect(try await one.send(.GET, "/api/v1/jobs", key: key).status == 200)

                    let revoked = try await one.send(.POST, "/api/v1/keys/\(id)/revoke", key: admin)
                    #expect(revoked.status == 200 && revoked.json["standing"] as? String == "revoked")
                    let answer = try await one.send(.GET, "/api/v1/jobs", key: key)
                    #expect(answer.status == 401 && answer.errorMessage?.contains("revoked") == true)
                    try await eventually(within: .seconds(5)) {
                        try await other.send(.GET, "/api/v1/jobs", key: key).status == 401
                    }
                }
            }
            await store.close()
        }

        @Test func theLastRevokedKeyDoesNotOpenTheServerAgain() async throws {
            try await TestServer.run { server in
                let admin = try await server.key(.admin)
                let list = try await server.send(.GET, "/api/v1/keys", key: admin)
                let id = try #require((list.json["keys"] as? [[String: Any]])?.first?["id"] as? String)
                #expect(try await server.send(.POST, "/api/v1/keys/\(id)/revoke", key: admin).status == 200)
                #expect(try await server.get("/api/v1/jobs").status == 401)
                #expect(try await server.send(.GET, "/api/v1/jobs", key: admin).status == 401)
            }
        }

        @Test func aRateLetsThroughWhatItSaysAndSaysWhenToComeAgain() async throws {
            try await TestServer.run { server in
                let key = try await server.key(.viewer, rate: try RequestRate(3, per: .hour))
                let other = try await server.key(.viewer)
                for _ in 0..<3 { #expect(try await server.send(.GET, "/api/v1/jobs", key: key).status == 200) }
                let refused = try await server.send(.GET, "/api/v1/jobs", key: key)
                #expect(refused.status == 429 && refused.errorCode == "rate_limited")
                let wait = try #require(refused.headers.first(name: "Retry-After").flatMap { Int($0) })
                #expect((1_100...1_200).contains(wait))
                for _ in 0..<10 { #expect(try await server.send(.GET, "/api/v1/jobs", key: other).status == 200) }
            }
        }

        @Test(arguments: ["0.0.0.0", "::"])
        func beyondThisMachineTheServerListensWithKeysOnly(_ host: String) async throws {
            let store = MemoryStore()
            let configuration = JobServer.Configuration(host: host, port: 0)
            let error = await #expect(throws: JobServerError.self) {
                try await JobServer(store, configuration: configuration).run()
            }
            #expect(error == .unprotected(host: host))
            #expect(error?.description.contains("oncue keys create") == true)
            if host == "0.0.0.0" {
                _ = try await KeyRing(store).create(.viewer, by: "test")
                try await TestServer.run(on: store, configuration: configuration) { server in
                    let refused = try await server.get("/api/v1/jobs")
                    #expect(refused.status == 401)
                }
            }
            await store.close()
        }

        // MARK: Keys

        @Test func keysAreMadeShownAndListedWithoutTheKeyItself() async throws {
            try await TestServer.run { server in
                let admin = try await server.key(.admin)
                let made = try await server.send(
                    .POST, "/api/v1/keys", #"{"role":"producer","name":"ci","expires":"30d","rate":"600/m"}"#,
                    key: admin)
                #expect(made.status == 201 && made.json["rate"] as? String == "600/m")
                let (id, text) = (
                    try #require(made.json["id"] as? String), try #require(made.json["key"] as? String)
                )
                let shown = try await server.send(.GET, "/api/v1/keys/\(id)", key: admin)
                #expect(shown.json["name"] as? String == "ci" && shown.json["standing"] as? String == "active")
                #expect(shown.json["expires_at"] != nil && shown.json["key"] == nil)
                let list = try await server.send(.GET, "/api/v1/keys", key: admin)
                #expect(list.json["count"] as? Int == 2)
                for answer in [shown, list] { #expect(!answer.text.contains(text.suffix(52))) }
                #expect(try await server.send(.GET, "/api/v1/keys/nonesuch", key: admin).status == 404)
                #expect(try await server.send(.POST, "/api/v1/keys/nonesuch/revoke", key: admin).status == 404)
            }
        }

        @Test(arguments: [
            ("{}", "role"), (#"{"role":"boss"}"#, "role"), (#"{"role":7}"#, "role"),
            (#"{"role":"viewer","rate":"fast"}"#, "rate"), (#"{"role":"viewer","rate":"0/s"}"#, "rate"),
            (#"{"role":"viewer","expires":"soon"}"#, "expires"), (#"{"role":"viewer","expires":"0s"}"#, "expires"),
            (#"{"role":"viewer","name":""}"#, "name"),
        ])
        func whatMakesNoKeyIsRefusedWithItsField(_ body: String, _ field: String) async throws {
            try await TestServer.run { server in
                let answer = try await server.post("/api/v1/keys", body)
                #expect(answer.status == 422 && answer.errorField == field, "\(answer.text)")
                #expect(try await server.get("/api/v1/keys").json["count"] as? Int == 0)
            }
        }

        // MARK: A producer's own jobs

        @Test(arguments: StoreKind.allCases)
        func aProducerCancelsItsOwnJobsOnly(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let (one, other) = (try await server.key(.producer), try await server.key(.producer))
                let chief = try await server.key(.operator)
                let forged = #"{"type":"a","headers":{"oncue-submitted-by":"me","x":"y"}}"#
                let own = try await server.submit(forged, headers: [("X-API-Key", one)])
                let batch = try await server.send(.POST, "/api/v1/jobs/batch", #"{"jobs":[{"type":"b"}]}"#, key: other)
                let results = try #require(batch.json["results"] as? [[String: Any]])
                let foreign = try #require((results.first?["job"] as? [String: Any])?["id"] as? String)
                let unowned = try await server.jobs.enqueue(NewJob(name: "c")).id

                for id in [foreign, "\(unowned)"] {
                    let refused = try await server.send(.POST, "/api/v1/jobs/\(id)/cancel", key: one)
                    #expect(refused.status == 403 && refused.errorCode == "forbidden")
                }
                let none = JobID.make(at: Timestamp(microseconds: 1))
                #expect(try await server.send(.POST, "/api/v1/jobs/\(none)/cancel", key: one).status == 404)
                #expect(try await server.send(.POST, "/api/v1/jobs/junk/cancel", key: one).status == 400)
                let cancelled = try await server.send(.POST, "/api/v1/jobs/\(own)/cancel", key: one)
                #expect(cancelled.status == 200 && cancelled.json["state"] as? String == "cancelled")
                #expect(try await server.send(.POST, "/api/v1/jobs/\(foreign)/cancel", key: other).status == 200)
                #expect(try await server.send(.POST, "/api/v1/jobs/\(unowned)/cancel", key: chief).status == 200)
            }
        }

        @Test func whoSubmitsStandsInTheJobAndIsNotBelievedFromOutside() async throws {
            try await TestServer.run { server in
                func owner(_ id: String) async throws -> String? {
                    try await server.jobs.job(try #require(JobID(id)))?.headers["oncue-submitted-by"]
                }
                let forged = #"{"type":"a","headers":{"oncue-submitted-by":"me"}}"#
                let anonymous = try await server.submit(forged)
                #expect(try await owner(anonymous) == nil)
                let key = try await server.key(.producer)
                // A server that has no keys looks for new ones every two seconds.
                try await eventually("The server has heard of the key") {
                    let signed = try await server.submit(forged, headers: [("X-API-Key", key)])
                    return try await owner(signed) == String(key.dropFirst(6).prefix(10))
                }
            }
        }
    }
#endif
