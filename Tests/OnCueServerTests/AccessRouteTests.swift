#if Server
    import NIOHTTP1
    import OnCue
    import OnCueServer
    import Testing

    /// Each role at each route of the server's table, over real sockets.
    @Suite struct AccessRouteTests {
        /// What the roles may do, said anew: the table under test is the server's and the role's.
        private static func mayPass(_ role: AccessRole, _ permission: Permission) -> Bool {
            switch permission {
            case .read: true
            case .submit, .cancel: [.producer, .operator, .admin].contains(role)
            case .work: [.worker, .admin].contains(role)
            case .operate: [.operator, .admin].contains(role)
            case .administer: role == .admin
            }
        }

        /// A path of the route in which nothing is: what is let in finds nothing, or is told what is wrong with it.
        private static func path(of route: Route) -> String {
            let id = JobID.make(at: Timestamp(microseconds: 1)).description
            return route.path.split(separator: "/", omittingEmptySubsequences: false)
                .map {
                    $0.first == "{" ? ($0 == "{id}" && !route.path.contains("/keys/") ? id : "nothing") : String($0)
                }
                .joined(separator: "/")
        }

        @Test(arguments: AccessRole.allCases)
        func eachRolePassesTheRoutesThatItIsForAndNoOther(_ role: AccessRole) async throws {
            try await TestServer.run { server in
                let key = try await server.key(role)
                var passed = 0
                for route in server.server.routes.routes {
                    guard let permission = route.permission else { continue }
                    let status = try await status(of: route, on: server, headers: [("X-API-Key", key)])
                    let isLetIn = status != 401 && status != 403
                    #expect(
                        isLetIn == (Self.mayPass(role, permission) || route.alsoFor == .work && role == .worker),
                        "\(role) \(route.method) \(route.path): \(status)")
                    #expect(status != 500 && status != 429)
                    passed += isLetIn ? 1 : 0
                }
                #expect(passed > 10)
            }
        }

        @Test func withoutAKeyNoRouteIsOpenThatNeedsOne() async throws {
            try await TestServer.run { server in
                _ = try await server.key(.viewer)
                var open = 0
                for route in server.server.routes.routes {
                    let status = try await status(of: route, on: server, headers: [])
                    if route.permission == nil {
                        open += 1
                        #expect(status != 401, "\(route.path)")
                    } else {
                        #expect(status == 401, "\(route.method) \(route.path): \(status)")
                    }
                }
                #expect(open >= 3 && open <= 6)
            }
        }

        /// Only the head of the answer is read: streams do not end.
        private func status(
            of route: Route, on server: TestServer, headers: [(String, String)]
        ) async throws -> Int {
            try await server.status(HTTPMethod(rawValue: "\(route.method)"), Self.path(of: route), headers: headers)
        }
    }

    /// The audit log over HTTP.
    @Suite struct AccessAuditTests {
        private struct Line: Equatable {
            var action: String
            var target: String?
            var outcome: String
            var principal: String
            var role: String?
        }

        private func lines(_ server: TestServer, _ query: String = "", key: String) async throws -> [Line] {
            let answer = try await server.send(.GET, "/api/v1/audit\(query)", key: key)
            #expect(answer.status == 200, "\(answer.text)")
            let entries = try #require(answer.json["entries"] as? [[String: Any]])
            return entries.map { entry in
                Line(
                    action: entry["action"] as? String ?? "", target: entry["target"] as? String,
                    outcome: entry["outcome"] as? String ?? "", principal: entry["principal"] as? String ?? "",
                    role: entry["role"] as? String)
            }
        }

        @Test(arguments: StoreKind.allCases)
        func eachChangeIsWrittenDownBeforeItIsAnswered(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let admin = try await server.key(.admin)
                let id = String(admin.dropFirst(6).prefix(10))
                func act(_ method: HTTPMethod, _ path: String, _ body: String? = nil) async throws -> TestServer.Answer
                {
                    try await server.send(method, path, body, key: admin)
                }
                let job = try #require(
                    try await act(.POST, "/api/v1/jobs", #"{"type":"a","payload":"private"}"#).json["id"] as? String)
                _ = try await act(.POST, "/api/v1/queues/mail/pause")
                _ = try await act(.POST, "/api/v1/jobs/\(job)/cancel", #"{"reason":"r"}"#)
                _ = try await act(.POST, "/api/v1/jobs/\(job)/cancel")
                _ = try await act(.DELETE, "/api/v1/jobs/\(job)")
                // None of these changes anything.
                _ = try await act(.GET, "/api/v1/jobs")
                _ = try await act(.POST, "/api/v1/jobs/search", "{}")
                _ = try await act(.GET, "/api/v1/jobs/\(job)/wait?timeout=0s")
                _ = try await act(.POST, "/api/v1/dead/replay", #"{"dry_run":true}"#)
                _ = try await server.send(.DELETE, "/api/v1/jobs/\(job)", key: try await server.key(.viewer))

                func line(_ action: String, _ target: String?, _ outcome: String) -> Line {
                    Line(action: action, target: target, outcome: outcome, principal: id, role: "admin")
                }
                #expect(
                    try await lines(server, key: admin) == [
                        line("jobs.delete", job, "204"), line("jobs.cancel", job, "409"),
                        line("jobs.cancel", job, "200"),
                        line("queues.pause", "mail", "200"), line("jobs.create", nil, "201"),
                    ])
            }
        }

        @Test func anEntryNamesItsRequestAndItsMomentAndKeepsNoSecret() async throws {
            try await TestServer.run { server in
                let made = try await server.send(
                    .POST, "/api/v1/keys", #"{"role":"admin","name":"boss"}"#, headers: [("X-Request-ID", "r-77")])
                let admin = try #require(made.json["key"] as? String)
                let answer = try await server.send(.GET, "/api/v1/audit", key: admin)
                let entry = try #require((answer.json["entries"] as? [[String: Any]])?.first)
                #expect(entry["request_id"] as? String == "r-77" && entry["principal"] as? String == "anonymous")
                #expect(entry["action"] as? String == "keys.create")
                #expect((entry["target"] as? String)?.contains("boss") == true)
                #expect((entry["at"] as? String).flatMap { Timestamp($0) } != nil)
                #expect(!answer.text.contains(admin.suffix(52)))
            }
        }

        @Test func theLogIsReadPageByPage() async throws {
            try await TestServer.run { server in
                let admin = try await server.key(.admin)
                for queue in ["a", "b", "c"] {
                    _ = try await server.send(.POST, "/api/v1/queues/\(queue)/pause", key: admin)
                }
                let first = try await server.send(.GET, "/api/v1/audit?limit=2", key: admin)
                let cursor = try #require(first.json["next_cursor"] as? String)
                #expect(try await lines(server, "?limit=2", key: admin).map(\.target) == ["c", "b"])
                #expect(try await lines(server, "?limit=2&cursor=\(cursor)", key: admin).map(\.target) == ["a"])
                #expect(try await server.send(.GET, "/api/v1/audit?limit=0", key: admin).status == 422)
                #expect(try await server.send(.GET, "/api/v1/audit?cursor=junk", key: admin).status == 422)
            }
        }

        @Test func manySubmissionsAreCountedInsteadOfFillingTheLog() async throws {
            let store = MemoryStore()
            try await TestServer.run(on: store) { server in
                let key = try await server.key(.producer)
                for _ in 0..<20 { _ = try await server.submit(#"{"type":"a"}"#, headers: [("X-API-Key", key)]) }
                #expect(try await store.audit(after: nil, limit: 100).entries.count == 1)
            }
            // What was counted only is written when the server ends.
            let entries = try await store.audit(after: nil, limit: 100).entries
            #expect(entries.count == 2 && entries.allSatisfy { $0.action.action == "jobs.create" })
            #expect(entries.first?.action.target?.contains("19 requests") == true)
            await store.close()
        }
    }
#endif
