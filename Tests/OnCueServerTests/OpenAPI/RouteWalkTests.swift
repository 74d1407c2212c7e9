#if Server
    import Foundation
    import NIOHTTP1
    import OnCue
    import OnCueServer
    import Testing

    /// A walk over every route, successes and refusals: each answer is held against the description.
    @Suite struct RouteWalkTests {
        @Test(arguments: StoreKind.allCases)
        func eachAnswerFitsItsDescription(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let walk = try RouteWalk(server)
                try await walk.lookAround()
                try await walk.submit()
                try await walk.runJobs()
                try await walk.serveWorkers()
                try await walk.changeJobs()
                try await walk.changeMany()
                try await walk.serveQueues()
                try await walk.followEvents()
                try await walk.callStore()
                try await walk.manageAccess()
                #expect(walk.routesWithoutSuccess() == [])
            }
        }

        /// The check is not one that passes everything.
        @Test func whatIsNotDescribedIsFound() async throws {
            try await TestServer.run { server in
                let description = try APIDescription.of(server.server)
                func problems(_ status: Int, _ body: String, _ path: String = "/api/v1/queues") -> [String] {
                    description.problems(
                        .GET, path,
                        TestServer.Answer(
                            status: status, headers: ["Content-Type": "application/json"], body: Array(body.utf8)))
                }
                #expect(problems(200, #"{"count":0,"queues":[]}"#) == [])
                #expect(problems(200, #"{"count":0,"queues":[],"odd":1}"#) == ["$: odd is not described"])
                #expect(problems(200, #"{"queues":[]}"#) == ["$: has no count"])
                #expect(problems(200, "[]").count == 1)
                #expect(problems(200, "").count == 1)
                #expect(problems(418, "{}").count == 1)
                #expect(problems(404, #"{"error":{"code":"not_found","message":""}}"#).count == 1)
                #expect(problems(401, #"{"error":"no"}"#).count == 1)
                #expect(problems(200, "{}", "/api/v1/odd").count == 1)
                #expect(problems(404, #"{"error":{"code":"not_found","message":""}}"#, "/api/v1/odd") == [])
            }
        }
    }

    /// The steps. What is sent through the server's fixture is checked there.
    private final class RouteWalk {
        let server: TestServer
        let description: APIDescription
        var key: String?
        private var succeeded: Set<String> = []

        init(_ server: TestServer) throws {
            self.server = server
            description = try APIDescription.of(server.server)
        }

        func routesWithoutSuccess() -> [String] {
            server.server.routes.routes.map { "\($0.method) \($0.path)" }.filter { !succeeded.contains($0) }
        }

        @discardableResult
        func step(
            _ method: HTTPMethod, _ path: String, _ body: String? = nil, is status: Int,
            headers: [(String, String)] = [], at location: SourceLocation = #_sourceLocation
        ) async throws -> TestServer.Answer {
            let headers = headers + (key.map { [("X-API-Key", $0)] } ?? [])
            let answer = try await server.send(method, path, body, headers: headers)
            #expect(answer.status == status, "\(method) \(path): \(answer.text)", sourceLocation: location)
            if answer.status < 300 { note(method, path) }
            return answer
        }

        private func note(_ method: HTTPMethod, _ path: String) {
            if let template = description.describedPath(of: path) { succeeded.insert("\(method) \(template)") }
        }

        private func id(_ answer: TestServer.Answer) throws -> String { try #require(answer.json["id"] as? String) }

        // MARK: Steps

        func lookAround() async throws {
            for path in ["/api/v1", "/api/v1/", "/api/v1/openapi.json", "/health", "/ready", "/live", "/metrics"] {
                try await step(.GET, path, is: 200)
                try await step(.HEAD, path, is: 200)
                try await step(.PUT, path, is: 405)
            }
            try await step(.GET, "/metrics?format=json", is: 200)
            try await step(.GET, "/metrics?format=odd", is: 422)
            try await step(.GET, "/api/v1/odd", is: 404)
            try await step(.GET, "/api/v1/jobs/%zz", is: 400)
        }

        /// A job with everything that a submission may say.
        private static let whole = """
            {"type":"whole","payload":{"a":1.0},"queue":"mail","priority":"high","delay":"1h","expires":"2h",\
            "max_attempts":3,"backoff":{"strategy":"linear","initial_delay":"2s","max_delay":"1m","multiplier":1,\
            "jitter":0},"timeout":"1m","soft_timeout":"30s","retention":"1h","idempotency_key":"k1",\
            "correlation_id":"c","tags":{"t":"1"},"headers":{"h":"2"},"content_type":"application/json"}
            """

        func submit() async throws {
            let whole = try id(try await step(.POST, "/api/v1/jobs", Self.whole, is: 201))
            try await step(.POST, "/api/v1/jobs", Self.whole, is: 200)
            try await step(.POST, "/api/v1/jobs", #"{"type":"odd","queue":"mail","idempotency_key":"k1"}"#, is: 409)
            for (body, status) in [
                ("{", 400), ("{}", 422), (#"{"type":"a","priority":9}"#, 422), ("[]", 400),
                (#"{"type":"a b"}"#, 422), (#"{"type":"a","delay":"x"}"#, 422),
            ] { try await step(.POST, "/api/v1/jobs", body, is: status) }
            try await step(.POST, "/api/v1/jobs", "{}", is: 415, headers: [("Content-Type", "text/plain")])
            let bytes = #"{"name":"bytes","payload_base64":"/w==","content_type":"application/x","unique":"u"}"#
            let binary = try id(try await step(.POST, "/api/v1/jobs", bytes, is: 201))
            try await step(
                .POST, "/api/v1/jobs/batch",
                #"{"jobs":[{"type":"a"},{"type":""},{"type":"b","queue":"mail","idempotency_key":"k1"},{"type":"c"}]}"#,
                is: 201)
            try await step(.POST, "/api/v1/jobs/batch", #"{"jobs":[{"type":"a"},{"type":1}],"atomic":true}"#, is: 422)
            try await step(.POST, "/api/v1/jobs/batch", #"{"jobs":[]}"#, is: 422)
            for id in [whole, binary] {
                try await step(.GET, "/api/v1/jobs/\(id)", is: 200)
                try await step(.GET, "/api/v1/jobs/\(id)?payload=false", is: 200)
                try await step(.GET, "/api/v1/jobs/\(id)/why", is: 200)
            }
            for query in [
                "", "?limit=1", "?state=pending,delayed&payload=true&order=oldest", "?type=who*&queue=mail&tag=t:1",
            ] { try await step(.GET, "/api/v1/jobs\(query)", is: 200) }
            for query in ["?state=odd", "?limit=x", "?limit=0", "?cursor=odd", "?order=odd", "?created_after=x"] {
                try await step(.GET, "/api/v1/jobs\(query)", is: 422)
            }
            try await step(.POST, "/api/v1/jobs/search", #"{"filter":{"tags":{"t":null}},"count_up_to":1}"#, is: 200)
            try await step(.POST, "/api/v1/jobs/search", is: 200)
            try await step(.POST, "/api/v1/jobs/search", #"{"limit":true}"#, is: 422)
        }

        func runJobs() async throws {
            var ids: [String] = []
            for type in ["done", "again", "dead", "held"] {
                ids.append(
                    try id(try await step(.POST, "/api/v1/jobs", #"{"type":"\#(type)","queue":"run"}"#, is: 201)))
            }
            let store = server.store
            let session = try await store.openSession(.test)
            let jobs = try await store.claim(ClaimRequest(session: session, queues: [.init("run")], limit: 4))
            try #require(jobs.count == 4)
            _ = try await store.record([JobNote(jobs[3], .progress(0.5, message: "half"))])
            let now = try await store.now()
            func failure(_ category: FailureCategory) -> Settlement.Failure {
                .init(category: category, error: "error 17", startedAt: now, duration: .milliseconds(5))
            }
            let settlements = [
                Settlement(jobs[0], .completed(output: Array("\"out\"".utf8))),
                Settlement(jobs[1], .retry(after: .seconds(3_600), counts: true), failure: failure(.temporary)),
                Settlement(jobs[2], .dead(.permanent), failure: failure(.permanent)),
            ]
            _ = try await store.settle(SettleBatch(session: session, sequence: 1, items: settlements))
            for id in ids {
                for part in ["", "/attempts", "/why", "/wait?timeout=0s"] {
                    try await step(.GET, "/api/v1/jobs/\(id)\(part)", is: 200)
                }
                try await step(.POST, "/api/v1/jobs/\(id)/wait", #"{"timeout":"1ms"}"#, is: 200)
                try await step(.GET, "/api/v1/jobs/\(id)/result", is: id == ids[3] ? 404 : 200)
            }
            try await step(.GET, "/api/v1/jobs/\(ids[0])/wait?timeout=x", is: 422)
            for part in ["", "/result", "/wait?timeout=0s", "/attempts", "/why", "/events"] {
                try await step(.GET, "/api/v1/jobs/\(UUID().uuidString.lowercased())\(part)", is: 404)
                try await step(.GET, "/api/v1/jobs/odd\(part)", is: 400)
            }
            try await step(.GET, "/api/v1/workers", is: 200)
            try await step(.GET, "/api/v1/stats", is: 200)
            for word in ["quiet", "stop"] {
                try await step(.POST, "/api/v1/workers/\(session)/\(word)", is: 200)
                try await step(.POST, "/api/v1/workers/odd/\(word)", is: 404)
            }
            try await step(.POST, "/api/v1/jobs/\(ids[3])/cancel", #"{"reason":"r"}"#, is: 200)
            try await step(.POST, "/api/v1/jobs/\(ids[3])/cancel", #"{"force":true}"#, is: 200)
            try await store.closeSession(session)
            try await step(.GET, "/api/v1/workers?ended=true&jobs=false", is: 200)
            try await step(.GET, "/api/v1/workers?ended=odd", is: 422)
            try await step(.POST, "/api/v1/workers/prune", is: 200)
        }

        func serveWorkers() async throws {
            let sessions = "/api/v1/sessions"
            let opening =
                #"{"names":["w"],"queues":["w"],"concurrency":2,"host":"h","pid":1,"version":"1","worker":"w"}"#
            let session = "\(sessions)/\(try id(try await step(.POST, sessions, opening, is: 201)))"
            try await step(.POST, sessions, #"{"names":[]}"#, is: 422)
            let whole = Self.whole.replacing(#""type":"whole""#, with: #""type":"w""#)
                .replacing(#""queue":"mail""#, with: #""queue":"w""#).replacing(#""delay":"1h","#, with: "")
            try await step(.POST, "/api/v1/jobs", whole, is: 201)
            // Of the same level: a claim takes one from below now and then, which would then come first.
            let bytes =
                #"{"type":"w","queue":"w","priority":"high","payload_base64":"/w==","content_type":"x/y","max_attempts":1}"#
            try await step(.POST, "/api/v1/jobs", bytes, is: 201)
            let claim = try await step(.POST, "\(session)/claim", #"{"limit":5,"settled":0}"#, is: 200)
            let jobs = (claim.json["jobs"] as? [[String: Any]] ?? []).map { ClaimedJob(facts: $0) }
            try #require(jobs.count == 2)
            try await step(.POST, "\(session)/claim", is: 200)
            try await step(.POST, "\(session)/claim", #"{"limit":-1}"#, is: 422)
            try await step(.GET, "\(session)/held", is: 200)
            try await step(.GET, "\(session)/held?besides=\(jobs[0].id)", is: 200)
            try await step(.GET, "\(session)/held?besides=odd", is: 422)
            let notes = [
                #""progress":0.5,"message":"m","checkpoint":[1]"#, #""effect":"e","result":{}"#,
                #""effect":"f","result_base64":"/w==""#,
            ].map { "{\(jobs[0].named),\($0)}" }.joined(separator: ",")
            try await step(.POST, "\(session)/notes", "{\"notes\":[\(notes)]}", is: 200)
            try await step(.POST, "\(session)/notes", #"{"notes":[{}]}"#, is: 422)
            try await step(.GET, "/api/v1/jobs/\(jobs[0].id)/memory", is: 200)
            try await step(.GET, "/api/v1/jobs/\(jobs[1].id)/memory", is: 200)
            try await step(.GET, "/api/v1/jobs/\(UUID().uuidString.lowercased())/memory", is: 404)
            try await step(.POST, "/api/v1/jobs/\(jobs[1].id)/cancel", #"{"reason":"r"}"#, is: 200)
            try await step(.POST, "\(session)/renew", is: 200)
            try await step(.GET, session, is: 200)
            let retry = "{\(jobs[0].named),\"outcome\":\"failed\",\"error\":\"e\",\"retry_in\":\"0s\"}"
            let settlement = "{\"sequence\":1,\"results\":[\(retry)],\"claim\":{\"limit\":1}}"
            var again = try await step(.POST, "\(session)/settle", settlement, is: 200)
            if (again.json["jobs"] as? [Any])?.isEmpty ?? true {
                // It was not due yet in the moment of the same call.
                again = try await step(.POST, "\(session)/claim", #"{"limit":1,"wait":"20s"}"#, is: 200)
            }
            let job = ClaimedJob(facts: try #require((again.json["jobs"] as? [[String: Any]])?.first))
            let done = "{\(job.named),\"outcome\":\"completed\",\"output\":[1]}"
            try await step(
                .POST, "\(session)/settle", "{\"sequence\":2,\"results\":[\(done),\(done)]}", is: 200)
            try await step(.POST, "\(session)/settle", "{\"sequence\":1,\"results\":[\(retry)]}", is: 409)
            try await step(.POST, "\(session)/settle", #"{"sequence":3,"results":[{}]}"#, is: 422)
            try await step(.DELETE, session, is: 204)
            for part in ["/renew", "/claim"] { try await step(.POST, session + part, is: 410) }
            try await step(.GET, session, is: 410)
            try await step(.DELETE, session, is: 204)
        }

        func changeJobs() async throws {
            let id = try id(try await step(.POST, "/api/v1/jobs", #"{"type":"change","queue":"c"}"#, is: 201))
            let path = "/api/v1/jobs/\(id)"
            try await step(.PATCH, path, #"{"priority":0,"payload":[1],"delay":"1m"}"#, is: 200)
            try await step(.PATCH, path, "{}", is: 422)
            try await step(.POST, path + "/cancel", #"{"reason":""}"#, is: 200)
            try await step(.POST, path + "/cancel", is: 409)
            try await step(.POST, path + "/cancel", #"{"force":1}"#, is: 422)
            try await step(.PATCH, path, #"{"priority":1}"#, is: 409)
            try await step(.POST, path + "/retry", #"{"reset_attempts":true}"#, is: 200)
            try await step(.POST, path + "/retry", is: 409)
            try await step(.DELETE, path, is: 204)
            try await step(.DELETE, path, is: 404)
            try await step(.POST, path + "/retry", is: 404)
        }

        func changeMany() async throws {
            for _ in 0..<2 { try await step(.POST, "/api/v1/jobs", #"{"type":"many","queue":"m"}"#, is: 201) }
            let id = try id(try await step(.POST, "/api/v1/jobs", #"{"type":"many","queue":"m"}"#, is: 201))
            let bulk = "/api/v1/jobs/bulk"
            try await step(.POST, bulk, #"{"action":"cancel","filter":{"queue":"m"},"dry_run":true}"#, is: 200)
            try await step(.POST, bulk, #"{"action":"edit","edit":{"priority":1},"filter":{"type":"many"}}"#, is: 200)
            let unknown = UUID().uuidString.lowercased()
            for action in ["cancel", "cancel", "delete"] {
                try await step(.POST, bulk, #"{"action":"\#(action)","ids":["\#(id)","\#(unknown)"]}"#, is: 200)
            }
            try await step(.POST, bulk, #"{"action":"cancel","ids":["\#(unknown)"],"dry_run":true}"#, is: 200)
            for body in [#"{"action":"cancel"}"#, #"{"action":"odd"}"#, #"{"action":"delete","ids":[]}"#] {
                try await step(.POST, bulk, body, is: 422)
            }
            try await step(.GET, "/api/v1/dead", is: 200)
            try await step(.GET, "/api/v1/dead?limit=0", is: 422)
            try await step(.GET, "/api/v1/dead/errors", is: 200)
            try await step(.POST, "/api/v1/dead/replay", #"{"everything":true,"dry_run":true}"#, is: 200)
            try await step(.POST, "/api/v1/dead/purge", #"{"everything":true,"dry_run":true}"#, is: 200)
            try await step(.POST, "/api/v1/dead/replay", #"{"filter":{"type":"dead"}}"#, is: 200)
            try await step(.POST, "/api/v1/dead/replay", "{}", is: 422)
            try await step(.POST, "/api/v1/dead/purge", "{}", is: 422)
        }

        func serveQueues() async throws {
            let path = "/api/v1/queues/m"
            try await step(.GET, "/api/v1/queues", is: 200)
            try await step(.GET, path, is: 200)
            try await step(.GET, "/api/v1/queues/none", is: 404)
            try await step(.GET, "/api/v1/queues/a%20b", is: 422)
            for word in ["pause", "resume"] { try await step(.POST, "\(path)/\(word)", is: 200) }
            let whole = """
                {"order":1,"max_attempts":2,"backoff":{"strategy":"constant","initial_delay":"1s"},"timeout":"1m",\
                "soft_timeout":"30s","max_waiting":1000,"retention":{"dead":{"age":"2d","count":5}}}
                """
            for settings in ["\(path)/settings", "/api/v1/settings"] {
                try await step(.PUT, settings, whole, is: 200)
                try await step(.GET, settings, is: 200)
                try await step(.PATCH, settings, #"{"order":null}"#, is: 200)
                try await step(.PATCH, settings, #"{"odd":null}"#, is: 422)
                try await step(.PUT, settings, "{}", is: 200)
            }
            try await step(.POST, "/api/v1/jobs", #"{"type":"many","queue":"m"}"#, is: 201)
            try await step(.DELETE, path, is: 409)
            try await step(.POST, "\(path)/purge", #"{"states":["running"]}"#, is: 422)
            try await step(.POST, "\(path)/purge", #"{"states":["pending","cancelled"],"limit":100}"#, is: 200)
            try await step(.POST, "\(path)/purge", is: 200)
            try await step(.DELETE, path, is: 204)
        }

        func followEvents() async throws {
            try await step(.GET, "/api/v1/events/log", is: 200)
            try await step(.GET, "/api/v1/events/log?after=start&limit=1000", is: 200)
            try await step(.GET, "/api/v1/events/log?after=odd", is: 422)
            try await step(.GET, "/api/v1/events?job_id=odd", is: 422)
            let id = try id(try await step(.POST, "/api/v1/jobs", #"{"type":"seen","payload":[1]}"#, is: 201))
            for path in ["/api/v1/events", "/api/v1/events?job_id=\(id)", "/api/v1/jobs/\(id)/events"] {
                try await SSEReader.follow(server, path) { reader in
                    try await step(.PATCH, "/api/v1/jobs/\(id)", #"{"priority":1}"#, is: 200)
                    try await step(.POST, "/api/v1/jobs/\(id)/cancel", is: 200)
                    try await step(.POST, "/api/v1/jobs/\(id)/retry", is: 200)
                    try await eventually { reader.names.count >= 3 }
                    try check(reader.events, of: path)
                }
            }
            try await SSEReader.follow(server, "/api/v1/events") { reader in
                try await step(.POST, "/api/v1/queues/run/pause", is: 200)
                try await step(.DELETE, "/api/v1/jobs/\(id)", is: 204)
                try await eventually { reader.names.count >= 3 }
                try check(reader.events, of: "/api/v1/events")
            }
        }

        private func check(_ events: [SSEReader.Event], of path: String) throws {
            note(.GET, path)
            let template = try #require(description.describedPath(of: path))
            let schema = try #require(
                description.document["paths"]?[template]?["get"]?["responses"]?["200"]?["x-event-data"])
            for event in events {
                let problems = description.checker.problems(try JSONValue(text: event.data), schema)
                #expect(problems.isEmpty, "\(path) \(event.name): \(problems)")
            }
        }

        /// The calls of the store itself.
        func callStore() async throws {
            @discardableResult
            func call(_ name: String, _ body: String = "{}", is status: Int = 200) async throws -> TestServer.Answer {
                try await step(.POST, "/api/v1/store/\(name)", body, is: status)
            }
            let process = #"{"host":"h","boot":"","namespace":"","pid":1,"started":""}"#
            let opened = try await call(
                "open-session", #"{"worker":"w","process":\#(process),"lease":30000000000,"concurrency":1}"#)
            let session = try #require(opened.json["value"] as? String)
            let accepted = try await call(
                "enqueue",
                #"{"atomically":false,"jobs":[{"name":"a","queue":"s","payload":"AQI=","tags":{"t":"1"}},{"name":"a b"}]}"#
            )
            let items = try #require(accepted.json["items"] as? [[String: Any]])
            let id = try #require(items[0]["accepted"] as? String)
            try await call("find", #"{"items":["\#(id)","\#(UUID().uuidString.lowercased())"]}"#)
            try await call("search", #"{"filter":{"tags":{"t":null}},"order":"newest","limit":10}"#)
            try await call("search", #"{"filter":{},"order":"newest","limit":0}"#, is: 422)
            try await call("count", #"{"filter":{"states":["pending"]},"bound":10}"#)
            let claim = #"{"session":"\#(session)","queues":[{"name":"s"}],"limit":1,"wait":1000000,"ticket":"t"}"#
            let taken = try await call("claim", claim)
            let job = try #require((taken.json["items"] as? [Any])?.first)
            let text = String(decoding: try JSONSerialization.data(withJSONObject: job), as: UTF8.self)
            try await call("claim", claim)
            try await call("interrupt", #"{"value":"t"}"#)
            for name in ["renew", "news"] { try await call(name, #"{"value":"\#(session)"}"#) }
            try await call("held", #"{"session":"\#(session)"}"#)
            try await call("record", #"{"items":[{"job":\#(text),"kind":"effect","key":"k","result":"AQ=="}]}"#)
            for name in ["memory", "attempts"] { try await call(name, #"{"value":"\#(id)"}"#) }
            try await call("outcome", #"{"job":"\#(id)","wait":1000000}"#)
            let settlement = #"{"job":\#(text),"outcome":{"kind":"completed","output":"AQ=="}}"#
            let batch = #"{"session":"\#(session)","sequence":1,"items":[\#(settlement)]}"#
            for _ in 0..<2 { try await call("settle", batch) }
            try await call("exchange", #"{"settle":\#(batch),"claim":{"session":"\#(session)","limit":1}}"#)
            try await call("cancel", #"{"jobs":["\#(id)"],"change":{"kind":"cancel","force":false}}"#)
            try await call("cancel", #"{"jobs":["\#(id)"],"change":{"kind":"delete"}}"#, is: 422)
            try await call("change", #"{"jobs":["\#(id)"],"change":{"kind":"delete"}}"#)
            try await call("queues")
            try await call("change-queue", #"{"queue":"s","change":{"kind":"settings","settings":{"order":1}}}"#)
            try await call("purge", #"{"queue":"s","states":["pending"],"limit":10}"#)
            try await call("remove-queue", #"{"value":"s"}"#)
            try await call("remove-queue", #"{"value":"s"}"#, is: 404)
            try await call("defaults")
            try await call("set-defaults")
            try await call("instruct", #"{"session":"\#(session)","quiet":true,"stop":false}"#)
            try await call("sessions")
            try await call("fence", #"{"session":"\#(session)","renewals":7,"error":"e"}"#)
            try await call("fence", #"{"session":"\#(session)","error":"e"}"#)
            try await call("renew", #"{"value":"\#(session)"}"#, is: 410)
            try await call("close-session", #"{"value":"\#(session)"}"#)
            try await call("events", #"{"after":"0-0","limit":100}"#)
            try await call("latest-event")
            let document = #""collection":"c","key":"k","expecting":{"kind":"nothing"}"#
            try await call("put-document", "{\(document),\"value\":\"AQ==\"}")
            try await call("put-document", "{\(document),\"value\":\"AQ==\"}", is: 409)
            try await call("documents", #"{"collection":"c","limit":10}"#)
            try await call("remove-document", #"{"collection":"c","key":"k","expecting":{"kind":"anything"}}"#)
            try await call("append-audit", #"{"items":[{"principal":"p","action":"a","outcome":"o"}]}"#)
            try await call("audit", #"{"limit":10}"#)
            try await call(
                "maintain", #"{"limit":10,"events_before":0,"events_keep":1000,"sessions_before":0}"#)
            for name in ["info", "check", "now"] { try await call(name) }
            // Memory has nothing to repair; the other stores have.
            let repaired = try await server.send(.POST, "/api/v1/store/repair", #"{"dry_run":true}"#)
            #expect([200, 501].contains(repaired.status))
            note(.POST, "/api/v1/store/repair")
            for body in ["[]", "{", #"{"value":1}"#] {
                try await call("renew", body, is: body == #"{"value":1}"# ? 422 : 400)
            }
        }

        /// From the first key on, nothing goes without one.
        func manageAccess() async throws {
            let made = try await step(.POST, "/api/v1/keys", #"{"role":"admin","name":"a","expires":"1h"}"#, is: 201)
            try await step(.GET, "/api/v1/keys", is: 401)
            key = try #require(made.json["key"] as? String)
            let viewer = try await step(.POST, "/api/v1/keys", #"{"role":"viewer","rate":"2/h"}"#, is: 201)
            try await step(.POST, "/api/v1/keys", #"{"role":"odd"}"#, is: 422)
            try await step(.GET, "/api/v1/keys", is: 200)
            try await step(.GET, "/api/v1/keys/odd", is: 404)
            let admin = key
            key = try #require(viewer.json["key"] as? String)
            try await step(.POST, "/api/v1/jobs", "{}", is: 403)
            try await step(.GET, "/api/v1/jobs", is: 200)
            try await step(.GET, "/api/v1/jobs", is: 429)
            key = admin
            try await step(.POST, "/api/v1/keys/\(id(viewer))/revoke", is: 200)
            try await step(.GET, "/api/v1/keys/\(id(viewer))", is: 200)
            let page = try await step(.GET, "/api/v1/audit?limit=2", is: 200)
            let cursor = try #require(page.json["next_cursor"] as? String)
            try await step(.GET, "/api/v1/audit?cursor=\(cursor)", is: 200)
            try await step(.GET, "/api/v1/audit?limit=0", is: 422)
        }
    }
#endif
