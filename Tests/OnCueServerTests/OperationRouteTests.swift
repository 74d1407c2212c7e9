#if Server
    import Foundation
    import NIOHTTP1
    import OnCue
    import OnCueServer
    import Testing

    @Suite struct OperationRouteTests {
        @Test(arguments: StoreKind.allCases)
        func queuesArePausedSetAndPurged(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                for _ in 0..<3 { _ = try await server.submit(#"{"type":"a","queue":"team/mail"}"#) }
                let path = "/api/v1/queues/team%2Fmail"
                #expect(try await server.post(path + "/pause").json["paused"] as? Bool == true)
                #expect(try await server.post(path + "/resume").json["paused"] as? Bool == false)

                let set = try await server.send(
                    .PATCH, path + "/settings", #"{"max_attempts":9,"timeout":"30s","retention":{"dead":{"age":"2d"}}}"#
                )
                #expect(set.status == 200, "\(set.text)")
                let again = try await server.send(.PATCH, path + "/settings", #"{"timeout":null}"#)
                #expect(again.json["max_attempts"] as? Int == 9)
                #expect(again.json["timeout"] == nil)
                let list = try await server.get("/api/v1/jobs?queue=team/mail")
                #expect((list.json["jobs"] as? [[String: Any]])?.first?["max_attempts"] as? Int == 9)
                let replaced = try await server.send(.PUT, path + "/settings", #"{"order":2}"#)
                #expect(replaced.json["max_attempts"] == nil)
                for (body, field) in [
                    (#"{"order":"x"}"#, "order"), (#"{"odd":1}"#, "odd"), (#"{"max_attempts":0}"#, "max_attempts"),
                    (#"{"retention":{"dead":{"age":3}}}"#, "retention.dead.age"),
                ] {
                    #expect(try await server.send(.PATCH, path + "/settings", body).errorField == field)
                }
                #expect(try await server.send(.DELETE, path).errorCode == "conflict")
                #expect(try await server.post(path + "/purge", #"{"states":["running"]}"#).status == 422)
                #expect(try await server.post(path + "/purge").json["removed"] as? Int == 3)
                #expect(try await server.send(.DELETE, path).status == 204)
                #expect(try await server.get(path).errorCode == "not_found")
                let defaults = try await server.send(.PATCH, "/api/v1/settings", #"{"max_attempts":4}"#)
                #expect(defaults.json["max_attempts"] as? Int == 4)
                let id = try await server.submit(#"{"type":"a"}"#)
                #expect(try await server.get("/api/v1/jobs/\(id)").json["max_attempts"] as? Int == 4)
            }
        }

        @Test func bulkActionsCountFirst() async throws {
            try await TestServer.run { server in
                for number in 0..<4 {
                    _ = try await server.submit(#"{"type":"a\#(number % 2)","tags":{"tenant":"\#(number)"}}"#)
                }
                let unsaid = try await server.post("/api/v1/jobs/bulk", #"{"action":"cancel"}"#)
                #expect(unsaid.errorField == "filter")
                let dry = try await server.post(
                    "/api/v1/jobs/bulk", #"{"action":"cancel","filter":{"name":"a0"},"dry_run":true}"#)
                #expect(dry.json["matched"] as? Int == 2)
                #expect(dry.json["done"] as? Int == 0)
                let done = try await server.post("/api/v1/jobs/bulk", #"{"action":"cancel","filter":{"name":"a0"}}"#)
                #expect(done.json["done"] as? Int == 2)
                let edit = try await server.post(
                    "/api/v1/jobs/bulk",
                    #"{"action":"edit","edit":{"priority":"high"},"filter":{"tags":{"tenant":"3"}}}"#)
                #expect(edit.json["done"] as? Int == 1)
                let found = try await server.post(
                    "/api/v1/jobs/search",
                    #"{"tags":{"tenant":null},"state":["pending"],"count_up_to":10,"order":"oldest"}"#)
                #expect(found.json["total"] as? Int == 2)
                let jobs = try #require(found.json["jobs"] as? [[String: Any]])
                #expect(jobs.compactMap { $0["priority"] as? Int } == [2, 1])
                let ids = jobs.compactMap { $0["id"] as? String } + [UUID().uuidString]
                let text = try JSONSerialization.data(withJSONObject: ["action": "delete", "ids": ids])
                let deleted = try await server.send(.POST, "/api/v1/jobs/bulk", bytes: Array(text))
                #expect(deleted.json["done"] as? Int == 2)
                let results = try #require(deleted.json["results"] as? [[String: Any]])
                #expect(results.compactMap { $0["result"] as? String } == ["done", "done", "not_found"])
                #expect(try await server.post("/api/v1/jobs/bulk", #"{"action":"odd"}"#).errorField == "action")
            }
        }

        @Test(arguments: StoreKind.allCases)
        func deadLettersAreGroupedAndReplayed(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                for number in 0..<3 { try await server.bury("mail", error: "server \(number) said no") }
                try await server.bury("other", error: "disk full")
                let dead = try await server.get("/api/v1/dead?limit=10")
                #expect(dead.json["count"] as? Int == 4)
                let first = try #require((dead.json["jobs"] as? [[String: Any]])?.first)
                #expect(first["state"] as? String == "dead_letter")
                #expect(first["status"] as? String == "dead")
                #expect(first["dead_reason"] as? String == "permanent")
                let groups = try #require(
                    try await server.get("/api/v1/dead/errors").json["groups"] as? [[String: Any]])
                #expect(groups.compactMap { $0["count"] as? Int } == [3, 1])
                #expect(groups.first?["error"] as? String == "server # said no")

                let id = try #require(first["id"] as? String)
                let attempts = try #require(
                    try await server.get("/api/v1/jobs/\(id)/attempts").json["attempts"] as? [[String: Any]])
                #expect(attempts.count == 1)
                let result = try await server.get("/api/v1/jobs/\(id)/result")
                #expect(result.json["success"] as? Bool == false)
                #expect(result.json["error"] as? String == "disk full")
                let why = try await server.get("/api/v1/jobs/\(id)/why")
                #expect((why.json["reasons"] as? [[String: Any]])?.first?["kind"] as? String == "dead")

                let dry = try await server.post("/api/v1/dead/replay", #"{"filter":{"name":"mail"},"dry_run":true}"#)
                #expect(dry.json["matched"] as? Int == 3)
                #expect(try await server.post("/api/v1/dead/replay", "{}").errorField == "filter")
                #expect(
                    try await server.post("/api/v1/dead/replay", #"{"filter":{"name":"mail"}}"#).json["done"] as? Int
                        == 3)
                let retried = try await server.post("/api/v1/jobs/\(id)/retry", #"{"reset_attempts":true}"#)
                #expect(retried.json["state"] as? String == "pending")
                #expect(retried.json["attempt"] as? Int == 0)
                let again = try await server.post("/api/v1/jobs/\(id)/retry")
                #expect(again.status == 409)
                try await server.bury("other", error: "x")
                #expect(try await server.post("/api/v1/dead/purge", #"{"everything":true}"#).json["done"] as? Int == 1)
            }
        }

        @Test func aRunningJobIsToldToStopOrGivenUp() async throws {
            try await TestServer.run { server in
                let soft = try await server.submit(#"{"type":"a"}"#)
                let hard = try await server.submit(#"{"type":"a"}"#)
                let session = try await server.store.openSession(.test)
                let held = try await server.store.claim(
                    ClaimRequest(session: session, queues: [.init(.default)], limit: 2))
                #expect(held.count == 2)
                let asked = try await server.post("/api/v1/jobs/\(soft)/cancel", #"{"reason":"why"}"#)
                #expect(asked.json["state"] as? String == "running")
                #expect(asked.json["cancel_requested"] as? Bool == true)
                let forced = try await server.post("/api/v1/jobs/\(hard)/cancel", #"{"force":true}"#)
                #expect(forced.json["state"] as? String == "cancelled")
                let workers = try await server.get("/api/v1/workers")
                #expect((workers.json["workers"] as? [[String: Any]])?.first?["worker"] as? String == "test")
                #expect(try await server.post("/api/v1/workers/\(session)/stop").json["stop"] as? Bool == true)
                #expect(try await server.store.news(for: session).isStopping)
                let stats = try await server.get("/api/v1/stats")
                let queue = try #require(stats.json["queue"] as? [String: Any])
                for key in [
                    "pending", "scheduled", "running", "delayed", "completed", "failed", "dead_letter", "cancelled",
                    "total_jobs", "storage_bytes", "timestamp",
                ] {
                    #expect(queue[key] != nil, "\(key)")
                }
                #expect(queue["running"] as? Int == 1)
            }
        }
    }

    extension SessionOpening {
        static var test: SessionOpening {
            SessionOpening(
                worker: "test", process: .current, lease: .seconds(60), names: [], queues: [], concurrency: 10)
        }
    }

    extension TestServer {
        /// A job that was run and will not be tried again.
        func bury(_ name: String, error: String) async throws {
            _ = try await submit(#"{"type":"\#(name)","queue":"graves"}"#)
            let session = try await store.openSession(.test)
            let claimed = try await store.claim(ClaimRequest(session: session, queues: [.init("graves")], limit: 1))
            let now = try await store.now()
            let settlements = claimed.map { job in
                Settlement(
                    job, .dead(.permanent),
                    failure: .init(category: .permanent, error: error, startedAt: now, duration: .milliseconds(5)))
            }
            #expect(settlements.count == 1)
            _ = try await store.settle(SettleBatch(session: session, sequence: 1, items: settlements))
            try await store.closeSession(session)
        }
    }
#endif
