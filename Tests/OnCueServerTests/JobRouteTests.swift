#if Server
    import Foundation
    import NIOHTTP1
    import OnCue
    import OnCueServer
    import Testing

    @Suite struct JobRouteTests {
        @Test(arguments: StoreKind.allCases)
        func aJobIsSubmittedListedAndCancelled(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let submitted = try await server.post(
                    "/api/v1/jobs",
                    #"{"type":"email.receipt","payload":{"order":1},"priority":1,"tags":{"tenant":"a"},"max_attempts":7}"#
                )
                #expect(submitted.status == 201)
                #expect(submitted.headers.first(name: "content-type") == "application/json")
                let id = try #require(submitted.json["id"] as? String)
                for key in ["id", "type", "state", "priority", "attempt", "max_attempts", "created_at", "updated_at"] {
                    #expect(submitted.json[key] != nil, "\(key) is missing")
                }
                #expect(submitted.json["state"] as? String == "pending")
                #expect(submitted.json["max_attempts"] as? Int == 7)

                let shown = try await server.get("/api/v1/jobs/\(id)")
                #expect(shown.status == 200)
                var (expected, answered) = (shown.json, submitted.json)
                expected["payload"] = nil
                // The answer to a submission says the server's time, which is a moment before the store's.
                for key in ["created_at", "updated_at"] {
                    expected[key] = nil
                    answered[key] = nil
                }
                #expect(expected as NSDictionary == answered as NSDictionary, "The submission's answer is the job")

                let list = try await server.get("/api/v1/jobs?state=pending&type=email.*&limit=100")
                #expect(list.json["count"] as? Int == 1)

                let cancelled = try await server.post(
                    "/api/v1/jobs/\(id)/cancel", #"{"reason":"no need","force":false}"#)
                #expect(cancelled.status == 200)
                #expect(cancelled.json["state"] as? String == "cancelled")
                #expect(cancelled.json["cancel_reason"] as? String == "no need")
                let again = try await server.post("/api/v1/jobs/\(id)/cancel", "{}")
                #expect(again.status == 409)
                #expect(again.errorCode == "conflict")
            }
        }

        @Test func aDelayedJobIsAnsweredAsTheStoreHasIt() async throws {
            try await TestServer.run { server in
                let submitted = try await server.post(
                    "/api/v1/jobs",
                    #"{"type":"later","queue":"mail","delay":"1h30m","priority":"low","expires_at":"2099-01-01T00:00:00Z","#
                        + #""soft_timeout":"5s","timeout":"10s","retention":"1h","correlation_id":"c1","headers":{"a":"b"},"#
                        + #""backoff":{"strategy":"linear","initial_delay":"2s","max_delay":"1m"},"#
                        + #""unique":{"key":"k","ttl":"1h"}}"#)
                #expect(submitted.status == 201, "\(submitted.text)")
                #expect(submitted.json["state"] as? String == "delayed")
                let id = try #require(submitted.json["id"] as? String)
                let shown = try await server.get("/api/v1/jobs/\(id)")
                #expect(shown.json as NSDictionary == submitted.json as NSDictionary)
                #expect(shown.json["queue"] as? String == "mail")
                #expect(shown.json["priority"] as? Int == 3)
                #expect((shown.json["backoff"] as? [String: Any])?["strategy"] as? String == "linear")
            }
        }

        @Test(arguments: [
            #"{"big": 9223372036854775808, "d": 1.0, "z":1,"a" : 2 }"#, "1.0", "\"a\\u0062\"", "null", " [1 , 2]",
            #"{"b":1,"a":2,"b":3}"#,
        ])
        func aPayloadKeepsItsBytes(_ payload: String) async throws {
            try await TestServer.run { server in
                let single = try await server.submit(#"{"type":"a","payload":\#(payload),"queue":"q"}"#)
                let batch = try await server.post(
                    "/api/v1/jobs/batch", #"{"jobs":[{"type":"x"},{"payload":\#(payload) ,"type":"b"}]}"#)
                let results = try #require(batch.json["results"] as? [[String: Any]])
                let second = try #require((results[1]["job"] as? [String: Any])?["id"] as? String)
                let edited = try await server.submit(#"{"type":"c","payload":1}"#)
                let edit = try await server.send(.PATCH, "/api/v1/jobs/\(edited)", #"{"payload": \#(payload)}"#)
                #expect(edit.status == 200, "\(edit.text)")
                let wanted = Array(payload.trimmingCharacters(in: .whitespaces).utf8)
                for id in [single, second, edited] {
                    let job = try await server.jobs.job(try #require(JobID(id)))
                    #expect(job?.payload == wanted)
                    let shown = try await server.get("/api/v1/jobs/\(id)")
                    #expect(shown.text.contains("\"payload\":" + String(decoding: wanted, as: UTF8.self)))
                }
            }
        }

        @Test func bytesTravelAsBase64WithTheirContentType() async throws {
            try await TestServer.run { server in
                let id = try await server.submit(
                    #"{"type":"a","payload_base64":"AP8QgA==","content_type":"application/octet-stream"}"#)
                let job = try await server.jobs.job(try #require(JobID(id)))
                #expect(job?.payload == [0, 255, 16, 128])
                #expect(job?.contentType == "application/octet-stream")
                let shown = try await server.get("/api/v1/jobs/\(id)")
                #expect(shown.json["payload_base64"] as? String == "AP8QgA==")
            }
        }

        @Test func aWrongValueIsNamed() async throws {
            try await TestServer.run { server in
                let cases: [(String, Int, String, String?)] = [
                    ("{", 400, "invalid_request", nil),
                    ("[]", 400, "invalid_request", nil),
                    ("\u{1}", 400, "invalid_request", nil),
                    ("{}", 422, "validation_error", "name"),
                    (#"{"type":""}"#, 422, "validation_error", "name"),
                    (#"{"type":"a","priority":9}"#, 422, "validation_error", "priority"),
                    (#"{"type":"a","delay":5}"#, 422, "validation_error", "delay"),
                    (#"{"type":"a","delay":"soon"}"#, 422, "validation_error", "delay"),
                    (#"{"type":"a","scheduled_at":"tomorrow"}"#, 422, "validation_error", "scheduled_at"),
                    (#"{"type":"a","max_attempts":0}"#, 422, "validation_error", "max_attempts"),
                    (#"{"type":"a","tags":{"a":1}}"#, 422, "validation_error", "tags"),
                    (#"{"type":"a","payload_base64":"?"}"#, 422, "validation_error", "payload_base64"),
                    (#"{"type":"a","id":"x"}"#, 422, "validation_error", "id"),
                ]
                for (body, status, code, field) in cases {
                    let answer = try await server.post("/api/v1/jobs", body)
                    #expect(answer.status == status, "\(body): \(answer.text)")
                    #expect(answer.errorCode == code, "\(body)")
                    #expect(answer.errorField == field, "\(body)")
                }
                #expect(try await server.get("/api/v1/jobs?limit=0").status == 422)
                #expect(try await server.get("/api/v1/jobs?limit=x").errorField == "limit")
                #expect(try await server.get("/api/v1/jobs?state=odd").errorField == "state")
                #expect(try await server.get("/api/v1/jobs?cursor=odd").errorField == "cursor")
                #expect(try await server.get("/api/v1/jobs/nonsense").errorCode == "invalid_request")
                #expect(try await server.get("/api/v1/jobs/").status == 400)
            }
        }

        @Test func pagesFollowOneAnother() async throws {
            try await TestServer.run { server in
                for number in 0..<7 { _ = try await server.submit(#"{"type":"n\#(number)"}"#) }
                var seen: [String] = []
                var cursor: String?
                repeat {
                    let page = try await server.get("/api/v1/jobs?limit=3" + (cursor.map { "&cursor=\($0)" } ?? ""))
                    let jobs = try #require(page.json["jobs"] as? [[String: Any]])
                    seen += jobs.compactMap { $0["type"] as? String }
                    cursor = page.json["next_cursor"] as? String
                } while cursor != nil
                #expect(seen == ["n6", "n5", "n4", "n3", "n2", "n1", "n0"])
            }
        }

        @Test func bothVocabulariesFilter() async throws {
            try await TestServer.run { server in
                _ = try await server.submit(#"{"type":"a"}"#)
                _ = try await server.submit(#"{"type":"b","delay":"1h"}"#)
                let gone = try await server.submit(#"{"type":"c"}"#)
                _ = try await server.post("/api/v1/jobs/\(gone)/cancel")
                for (word, types) in [
                    ("pending", ["a"]), ("scheduled", ["a"]), ("delayed", ["b"]), ("cancelled", ["c"]), ("failed", []),
                    ("dead_letter", []), ("dead", []), ("pending,delayed", ["b", "a"]), ("blocked", []),
                ] {
                    let answer = try await server.get("/api/v1/jobs?state=\(word)")
                    let jobs = try #require(answer.json["jobs"] as? [[String: Any]], "\(word)")
                    #expect(jobs.compactMap { $0["type"] as? String } == types, "\(word)")
                }
            }
        }

        @Test(arguments: StoreKind.allCases)
        func anIdempotencyKeyStandsForOneJob(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let body = #"{"type":"pay","payload":{"n":1},"idempotency_key":"k1"}"#
                let first = try await server.post("/api/v1/jobs", body)
                #expect(first.status == 201)
                let second = try await server.post("/api/v1/jobs", body)
                #expect(second.status == 200)
                #expect(second.json["id"] as? String == first.json["id"] as? String)
                let byHeader = try await server.post(
                    "/api/v1/jobs", #"{"type":"pay","payload":{"n":1}}"#, headers: [("Idempotency-Key", "k1")])
                #expect(byHeader.status == 200)
                for other in [
                    #"{"type":"pay","payload":{"n":2},"idempotency_key":"k1"}"#,
                    #"{"type":"other","payload":{"n":1},"idempotency_key":"k1"}"#,
                ] {
                    let conflict = try await server.post("/api/v1/jobs", other)
                    #expect(conflict.status == 409)
                    #expect(conflict.errorCode == "conflict")
                }
                let id = try #require(first.json["id"] as? String)
                _ = try await server.post("/api/v1/jobs/\(id)/cancel")
                let afterEnd = try await server.post("/api/v1/jobs", body)
                #expect(afterEnd.status == 200, "The key holds for 24 h, also when the job is final")
                #expect(afterEnd.json["state"] as? String == "cancelled")
            }
        }

        @Test(arguments: StoreKind.allCases)
        func aBatchAnswersElementByElement(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let old = try await server.submit(#"{"type":"d","idempotency_key":"k"}"#)
                let answer = try await server.post(
                    "/api/v1/jobs/batch",
                    #"{"jobs":[{"type":"a"},{"payload":1},{"type":"d","idempotency_key":"k"},"#
                        + #"{"type":"e","idempotency_key":"k"},{"type":"f","priority":"urgent"},{"type":"g"}]}"#)
                #expect(answer.status == 201)
                #expect(answer.json["total"] as? Int == 6)
                #expect(answer.json["accepted"] as? Int == 3)
                #expect(answer.json["rejected"] as? Int == 3)
                let results = try #require(answer.json["results"] as? [[String: Any]])
                #expect(results.compactMap { $0["index"] as? Int } == [0, 1, 2, 3, 4, 5])
                #expect(results.compactMap { $0["success"] as? Bool } == [true, false, true, false, false, true])
                #expect((results[2]["job"] as? [String: Any])?["id"] as? String == old)
                #expect(results[1]["field"] as? String == "jobs[1].name")
                #expect(results[3]["code"] as? String == "conflict")
                #expect(results[4]["field"] as? String == "jobs[4].priority")

                let before = try await server.jobs.count().count
                let atomic = try await server.post(
                    "/api/v1/jobs/batch", #"{"atomic":true,"jobs":[{"type":"a"},{"type":"b","max_attempts":0}]}"#)
                #expect(atomic.status == 422)
                #expect(atomic.errorField == "jobs[1].max_attempts")
                #expect(try await server.jobs.count().count == before, "An atomic batch that is refused leaves nothing")
                let many =
                    #"{"jobs":["# + Array(repeating: #"{"type":"a"}"#, count: 1_001).joined(separator: ",") + "]}"
                #expect(try await server.post("/api/v1/jobs/batch", many).errorField == "jobs")
                #expect(try await server.post("/api/v1/jobs/batch", #"{"jobs":[]}"#).errorField == "jobs")
            }
        }

        @Test(arguments: StoreKind.allCases)
        func aWaitEndsWithTheJob(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let id = try await server.submit(#"{"type":"a"}"#)
                let early = try await server.post("/api/v1/jobs/\(id)/wait", #"{"timeout":"50ms"}"#)
                #expect(early.status == 200)
                #expect(early.json["timed_out"] as? Bool == true)
                #expect(early.json["completed"] as? Bool == false)
                async let waited = server.get("/api/v1/jobs/\(id)/wait?timeout=60s")
                async let ended = server.post("/api/v1/jobs/\(id)/cancel", #"{"reason":"enough"}"#)
                #expect(try await ended.status == 200)
                let answer = try await waited
                #expect(answer.json["completed"] as? Bool == true)
                #expect(answer.json["state"] as? String == "cancelled")
                #expect((answer.json["result"] as? [String: Any])?["success"] as? Bool == false)
                let missing = try await server.post("/api/v1/jobs/\(UUID().uuidString)/wait", #"{"timeout":"1s"}"#)
                #expect(missing.errorCode == "not_found")
                #expect(try await server.post("/api/v1/jobs/\(id)/wait", #"{"timeout":3}"#).errorField == "timeout")
            }
        }

        @Test func aDeletedJobIsGone() async throws {
            try await TestServer.run { server in
                let id = try await server.submit(#"{"type":"a","idempotency_key":"k"}"#)
                let deleted = try await server.send(.DELETE, "/api/v1/jobs/\(id)")
                #expect(deleted.status == 204)
                #expect(deleted.body.isEmpty)
                #expect(try await server.get("/api/v1/jobs/\(id)").errorCode == "not_found")
                #expect(try await server.send(.DELETE, "/api/v1/jobs/\(id)").errorCode == "not_found")
                #expect(try await server.get("/api/v1/jobs/\(id)/result").errorMessage == "result not found")
                #expect(try await server.submit(#"{"type":"a","idempotency_key":"k"}"#) != id)
            }
        }

        @Test func aTraceGoesOnInTheJob() async throws {
            try await TestServer.run { server in
                let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                let id = try await server.submit(#"{"type":"a"}"#, headers: [("traceparent", parent)])
                #expect(try await server.jobs.job(try #require(JobID(id)))?.headers["traceparent"] == parent)
            }
        }
    }
#endif
