#if Server
    import Foundation
    import NIOHTTP1
    import OnCue
    import OnCueServer
    import Testing

    /// The routes of workers, over real sockets.
    @Suite struct WorkRouteTests {
        @Test(arguments: StoreKind.allCases)
        func aWorkerOpensClaimsSettlesAndCloses(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let opened = try await server.post(
                    "/api/v1/sessions",
                    #"{"worker":"w-1","names":["a"],"queues":["default"],"concurrency":2,"lease":"30s","host":"h","pid":7,"#
                        + #""version":"1.2"}"#)
                #expect(opened.status == 201, "\(opened.text)")
                let session = try #require(opened.json["id"] as? String)
                #expect(opened.json["worker"] as? String == "w-1" && opened.json["lease"] as? String == "30s")
                #expect(opened.json["renew_every"] as? String == "10s")

                let payload = #"{"n": 9223372036854775808, "x":1.0 , "ü":null}"#
                let id = try await server.submit(
                    #"{"name":"a","payload":\#(payload),"timeout":"90s","tags":{"k":"v"},"correlation_id":"c"}"#)
                _ = try await server.submit(#"{"name":"b"}"#)
                let answer = try await server.post("/api/v1/sessions/\(session)/claim", #"{"limit":5}"#)
                #expect(answer.text.contains("\"payload\":\(payload)"), "\(answer.text)")
                let jobs = (answer.json["jobs"] as? [[String: Any]] ?? []).map { ClaimedJob(facts: $0) }
                let job = try #require(jobs.first)
                #expect(jobs.count == 1 && job.id == id && job.attempt == 1)
                #expect(job.facts["name"] as? String == "a" && job.facts["max_attempts"] as? Int == 5)
                #expect(job.facts["timeout"] as? String == "1m30s" && job.facts["timeout_ms"] as? Int == 90_000)
                #expect(job.facts["tags"] as? [String: String] == ["k": "v"])
                #expect(try await server.held(session).map(\.id) == [id])

                let workers = try await server.get("/api/v1/workers")
                let worker = try #require((workers.json["workers"] as? [[String: Any]])?.first)
                #expect(worker["worker"] as? String == "w-1" && worker["held"] as? Int == 1)
                #expect(worker["live"] as? Bool == true && worker["pid"] as? Int == 7)

                let result = "{\(job.named),\"outcome\":\"completed\",\"output\":{\"ok\":true}}"
                #expect(try await server.settle(session, 1, result) == ["completed"])
                #expect(try await server.job(id)?.output == Array(#"{"ok":true}"#.utf8))
                #expect(try await server.claim(session).isEmpty)
                let closed = try await server.send(.DELETE, "/api/v1/sessions/\(session)")
                #expect(closed.status == 204)
                #expect(try await server.renew(session).status == 410)
            }
        }

        @Test(arguments: StoreKind.allCases)
        func theSameSettlementAgainGetsTheSameAnswerAndWritesNothing(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                _ = try await server.submit(2)
                let jobs = try await server.claim(session, #"{"limit":2}"#)
                let results = [
                    "{\(jobs[0].named),\"outcome\":\"completed\"}",
                    "{\(jobs[1].named),\"outcome\":\"failed\",\"error\":\"no\",\"retry_in\":\"1h\"}",
                ]
                #expect(try await server.settle(session, 1, results[0], results[1]) == ["completed", "retrying"])
                #expect(try await server.settle(session, 1, results[0], results[1]) == ["completed", "retrying"])
                #expect(try await server.jobs.attempts(of: #require(JobID(jobs[1].id))).count == 1)
                // Under a new number they are nobody's any more.
                #expect(try await server.settle(session, 2, results[0], results[1]) == [nil, nil])
                let late = try await server.post(
                    "/api/v1/sessions/\(session)/settle", "{\"sequence\":1,\"results\":[\(results[0])]}")
                #expect(late.status == 409, "\(late.text)")
            }
        }

        @Test(arguments: StoreKind.allCases)
        func theServerWorksOutWhatFollowsFromAFailure(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                let id = try await server.submit(
                    #"{"name":"a","max_attempts":2,"backoff":{"strategy":"constant","initial_delay":"0s"}}"#)
                for (attempt, state) in [(1, "pending"), (2, "dead")] {
                    let job = try #require(try await server.claim(session).first)
                    #expect(job.attempt == attempt && job.id == id)
                    #expect(
                        try await server.settle(
                            session, attempt, "{\(job.named),\"outcome\":\"failed\",\"error\":\"e \(attempt)\"}")
                            == [state])
                }
                let record = try #require(try await server.job(id))
                #expect(record.deadReason == .attemptsExhausted && record.lastError == "e 2")
                #expect(try await server.jobs.attempts(of: record.id).map(\.error) == ["e 1", "e 2"])
            }
        }

        @Test(arguments: StoreKind.allCases)
        func allKindsOfOutcomesAreWritten(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                _ = try await server.submit(7)
                let jobs = try await server.claim(session, #"{"limit":10}"#)
                try #require(jobs.count == 7)
                let outcomes = [
                    #""outcome":"completed","follow_ups":[{"name":"next","payload":1}]"#,
                    #""outcome":"failed","error":"no","permanent":true"#,
                    #""outcome":"retry","retry_in":"1h""#,
                    #""outcome":"snooze","retry_in":"1h""#,
                    #""outcome":"release""#,
                    #""outcome":"cancelled","reason":"r""#,
                    #""outcome":"failed","category":"permanent""#,
                ]
                let body = zip(jobs, outcomes).map { "{\($0.named),\($1)}" }.joined(separator: ",")
                let states = try await server.settle(session, 1, body)
                #expect(
                    states == ["completed", "dead", "retrying", "delayed", "pending", "cancelled", "dead"])
                #expect(try await server.job(jobs[3].id)?.attempt == 0)
                #expect(try await server.job(jobs[4].id)?.attempt == 0)
                #expect(try await server.job(jobs[5].id)?.cancelReason == "r")
                let next = try await server.jobs.search(JobFilter(name: "next"), limit: 10).jobs
                #expect(next.map(\.parent) == [JobID(jobs[0].id)])
            }
        }

        @Test(arguments: StoreKind.allCases)
        func aClaimWaitsForAJobAndForItsTime(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                async let waiting = server.claim(session, #"{"wait":"30s","limit":3}"#)
                try await eventually("It waits") { server.server.openWaits == 1 }
                let id = try await server.submit(#"{"name":"a"}"#)
                let start = ContinuousClock.now
                #expect(try await waiting.map(\.id) == [id])
                #expect(ContinuousClock.now - start < .seconds(10))
                let before = ContinuousClock.now
                #expect(try await server.claim(session, #"{"wait":"300ms"}"#).isEmpty)
                #expect(ContinuousClock.now - before >= .milliseconds(300))
            }
        }

        /// A session without queues serves every one, those too that come while it waits.
        @Test func aQueueThatIsMadeWhileAClaimWaitsIsServed() async throws {
            try await TestServer.run { server in
                let session = try await server.openSession()
                async let waiting = server.claim(session, #"{"wait":"30s"}"#)
                try await eventually("It waits") { server.server.openWaits == 1 }
                let id = try await server.submit(#"{"name":"a","queue":"brand-new"}"#)
                #expect(try await waiting.map(\.id) == [id])
            }
        }

        @Test(arguments: StoreKind.allCases)
        func queuesAndNamesAreServedAsTheClaimSays(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession(#"{"names":["a","b"],"queues":["q1","q2"]}"#)
                for queue in ["q1", "q2", "q3"] {
                    for name in ["a", "a", "b"] {
                        _ = try await server.submit(#"{"name":"\#(name)","queue":"\#(queue)"}"#)
                    }
                }
                func names(_ body: String) async throws -> [String] {
                    // One in sixteen goes to the floor, which is out of order.
                    try await server.claim(session, body).map {
                        "\($0.facts["queue"] ?? "")/\($0.facts["name"] ?? "")"
                    }.sorted()
                }
                #expect(try await names(#"{"limit":1,"queues":["q2"]}"#) == ["q2/a"])
                #expect(try await names(#"{"limit":9,"names":{"a":1,"b":null},"queues":["q1"]}"#) == ["q1/a", "q1/b"])
                #expect(try await names(#"{"limit":9,"queues":[{"name":"q3","limit":1}]}"#) == ["q3/a"])
                #expect(try await names(#"{"limit":9,"names":["b"]}"#) == ["q2/b"])
                #expect(try await names(#"{"limit":9}"#) == ["q1/a", "q2/a"])
                #expect(try await names(#"{"limit":9}"#).isEmpty)
            }
        }

        @Test(arguments: StoreKind.allCases)
        func aHeartbeatSaysWhatOthersDid(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                _ = try await server.submit(2)
                let jobs = try await server.claim(session, #"{"limit":2}"#)
                _ = try await server.post("/api/v1/jobs/\(jobs[0].id)/cancel", #"{"reason":"enough"}"#)
                _ = try await server.post("/api/v1/jobs/\(jobs[1].id)/cancel", #"{"force":true}"#)
                var news = try await server.renew(session)
                #expect(news.status == 200 && news.json["held"] as? Int == 1)
                let cancels = try #require(news.json["cancel"] as? [[String: Any]])
                let own = try #require(cancels.first { $0["id"] as? String == jobs[0].id })
                #expect(own["reason"] as? String == "enough" && own["taken_away"] as? Bool == false)
                let taken = try #require(cancels.first { $0["id"] as? String == jobs[1].id })
                #expect(taken["taken_away"] as? Bool == true && cancels.count == 2)
                // It had been told to stop: that is how it ends, whatever the worker says; the other is lost.
                let results = jobs.map { "{\($0.named),\"outcome\":\"completed\"}" }
                #expect(try await server.settle(session, 1, results[0], results[1]) == ["cancelled", nil])

                _ = try await server.post("/api/v1/workers/\(session)/quiet")
                news = try await server.renew(session)
                #expect(news.json["quiet"] as? Bool == true && news.json["stop"] as? Bool == false)
                _ = try await server.submit(1)
                let claim = try await server.post("/api/v1/sessions/\(session)/claim", #"{"wait":"20s"}"#)
                #expect(claim.json["count"] as? Int == 0 && claim.json["quiet"] as? Bool == true)
                _ = try await server.post("/api/v1/workers/\(session)/stop")
                #expect(try await server.get("/api/v1/sessions/\(session)").json["stop"] as? Bool == true)
            }
        }

        @Test(arguments: StoreKind.allCases)
        func aFencedSessionIsToldSoAndWritesNothing(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                let id = try await server.submit(1)[0]
                let job = try #require(try await server.claim(session).first)
                let fenced = try await server.store.fence(
                    SessionID(rawValue: session), ifRenewals: nil, error: "gone")
                #expect(fenced == 1)
                let base = "/api/v1/sessions/\(session)"
                for answer in [
                    try await server.renew(session), try await server.get(base),
                    try await server.post("\(base)/claim", "{}"),
                ] {
                    #expect(answer.status == 410 && answer.errorCode == "fenced", "\(answer.text)")
                }
                #expect(try await server.settle(session, 1, "{\(job.named),\"outcome\":\"completed\"}") == [nil])
                let note = try await server.post("\(base)/notes", "{\"notes\":[{\(job.named),\"progress\":1}]}")
                #expect(note.text.contains(#""taken":false"#))
                #expect(try await server.held(session).isEmpty)
                let record = try #require(try await server.job(id))
                #expect(record.state == .pending && record.lostWorkers == 1 && record.progress == nil)
                #expect(try await server.send(.DELETE, base).status == 204)
            }
        }

        @Test(arguments: StoreKind.allCases)
        func closingGivesBackWhatIsHeldUnspent(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                let ids = try await server.submit(3)
                #expect(try await server.claim(session, #"{"limit":2}"#).count == 2)
                #expect(try await server.send(.DELETE, "/api/v1/sessions/\(session)").status == 204)
                let other = try await server.openSession()
                let jobs = try await server.claim(other, #"{"limit":9}"#)
                #expect(jobs.map(\.id) == ids && jobs.allSatisfy { $0.attempt == 1 })
            }
        }

        @Test(arguments: StoreKind.allCases)
        func notesAreKeptForLaterAttempts(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                let id = try await server.submit(1)[0]
                let job = try #require(try await server.claim(session).first)
                let notes = [
                    #""progress":0.5,"message":"half","checkpoint":{"at": 9007199254740993 }"#,
                    #""effect":"charge","result":{"id":"ch_1"}"#, #""effect":"charge","result":"second""#,
                    #""effect":"raw","result_base64":"AP8=""#,
                ].map { "{\(job.named),\($0)}" }
                let answer = try await server.post(
                    "/api/v1/sessions/\(session)/notes",
                    "{\"notes\":[\(notes.joined(separator: ",")),{\"id\":\"\(id)\",\"token\":\"9.default\",\"progress\":1}]}"
                )
                let taken = (answer.json["results"] as? [[String: Any]])?.map { $0["taken"] as? Bool }
                #expect(taken == [true, true, true, true, false], "\(answer.text)")
                let record = try #require(try await server.job(id))
                #expect(record.progress == 0.5 && record.progressMessage == "half")
                #expect(
                    try await server.settle(session, 1, "{\(job.named),\"outcome\":\"failed\",\"retry_in\":\"0s\"}")
                        == ["pending"])
                let again = try #require(try await server.claim(session).first)
                #expect(again.attempt == 2 && again.facts["has_memory"] as? Bool == true)
                let memory = try await server.get("/api/v1/jobs/\(id)/memory")
                #expect(memory.text.contains(#""checkpoint":{"at": 9007199254740993 }"#), "\(memory.text)")
                #expect(memory.text.contains(#"{"key":"charge","result":{"id":"ch_1"}}"#))
                #expect(memory.text.contains(#"{"key":"raw","result_base64":"AP8="}"#))
                let missing = try await server.get("/api/v1/jobs/\(UUID().uuidString)/memory")
                #expect(missing.status == 404)
            }
        }

        /// Whoever goes away during a claim loses nothing: the jobs are the session's.
        @Test(arguments: StoreKind.allCases)
        func aClientThatGoesAwayFindsItsJobsAgain(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                let body = #"{"wait":"60s"}"#
                try await RawConnection.open(server.address) { connection in
                    try await connection.write(
                        "POST /api/v1/sessions/\(session)/claim HTTP/1.1\r\nHost: localhost\r\n"
                            + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                    try await eventually("It waits") { server.server.openWaits == 1 }
                }
                try await eventually("The claim ends with its client") { server.server.openWaits == 0 }
                // Taken, but nobody reads the answer.
                let id = try await server.submit(1)[0]
                try await RawConnection.open(server.address, reads: false) { connection in
                    try await connection.write(
                        "POST /api/v1/sessions/\(session)/claim HTTP/1.1\r\nHost: localhost\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
                    try await eventually("It is claimed") { try await server.job(id)?.state == .running }
                }
                let job = try #require(try await server.held(session).first)
                #expect(job.id == id && job.attempt == 1)
                #expect(
                    try await server.settle(session, 1, "{\(job.named),\"outcome\":\"completed\"}") == ["completed"])
            }
        }

        /// A job that takes its workers with it is dead once its attempts are used up, without being run once more.
        @Test(arguments: StoreKind.allCases)
        func aJobThatLosesItsWorkersIsBuried(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let killer = try await server.submit(#"{"name":"a","max_attempts":2}"#)
                for attempt in 1...2 {
                    let session = try await server.openSession()
                    #expect(try await server.claim(session).first?.attempt == attempt)
                    _ = try await server.store.fence(SessionID(rawValue: session), ifRenewals: nil, error: "gone")
                }
                // With what it was answered last, the worker's claim is enough.
                let session = try await server.openSession()
                #expect(try await server.claim(session, #"{"settled":0}"#).isEmpty)
                let record = try #require(try await server.job(killer))
                #expect(record.state == .dead && record.deadReason == .workerLost)

                // Without, it is buried with the next settlement; and nobody is shown it until then.
                let second = try await server.submit(#"{"name":"a","max_attempts":1}"#)
                let lost = try await server.openSession()
                #expect(try await server.claim(lost).first?.id == second)
                _ = try await server.store.fence(SessionID(rawValue: lost), ifRenewals: nil, error: "gone")
                let other = try await server.submit(1)[0]
                let jobs = try await server.claim(session, #"{"limit":5}"#)
                #expect(jobs.map(\.id) == [other])
                #expect(try await server.held(session).map(\.id) == [other])
                #expect(
                    try await server.settle(session, 1, "{\(jobs[0].named),\"outcome\":\"completed\"}")
                        == ["completed"])
                #expect(try await server.job(second)?.deadReason == .workerLost)
                // What was written in between does not get into the way of repeating.
                #expect(
                    try await server.settle(session, 1, "{\(jobs[0].named),\"outcome\":\"completed\"}")
                        == ["completed"])
            }
        }

        /// One process runs at most one job beside others that has lost a worker.
        @Test func aSessionHoldsOneSuspect() async throws {
            try await TestServer.run { server in
                let ids = try await server.submit(3)
                let lost = try await server.openSession()
                #expect(try await server.claim(lost, #"{"limit":2}"#).count == 2)
                _ = try await server.store.fence(SessionID(rawValue: lost), ifRenewals: nil, error: "gone")
                let session = try await server.openSession()
                let first = try await server.claim(session, #"{"limit":3}"#)
                #expect(first.map(\.id).sorted() == [ids[0], ids[2]].sorted())
                #expect(try await server.claim(session, #"{"limit":3}"#).isEmpty)
                let suspect = try #require(first.first { $0.id == ids[0] })
                #expect(suspect.facts["lost_workers"] as? Int == 1)
                let result = "{\(suspect.named),\"outcome\":\"completed\"}"
                let answer = try await server.post(
                    "/api/v1/sessions/\(session)/settle",
                    "{\"sequence\":1,\"results\":[\(result)],\"claim\":{\"limit\":3}}")
                #expect(answer.status == 200)
                #expect(try await server.claim(session, #"{"limit":3}"#).map(\.id) == [ids[1]])
            }
        }

        @Test(arguments: StoreKind.allCases)
        func aSettlementMayClaimToo(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                let ids = try await server.submit(2)
                let job = try #require(try await server.claim(session).first)
                let answer = try await server.post(
                    "/api/v1/sessions/\(session)/settle",
                    "{\"sequence\":1,\"results\":[{\(job.named),\"outcome\":\"completed\"}],\"claim\":{\"limit\":1}}")
                let jobs = (answer.json["jobs"] as? [[String: Any]] ?? []).map { ClaimedJob(facts: $0) }
                #expect(jobs.map(\.id) == [ids[1]], "\(answer.text)")
                #expect(answer.json["results"] as? [[String: Any]] != nil)
            }
        }

        /// Nothing of a session is kept in a server alone: another one goes on with it.
        @Test func aSessionOutlivesItsServer() async throws {
            let store = MemoryStore()
            var (session, jobs): (String, [ClaimedJob]) = ("", [])
            var result = ""
            try await TestServer.run(on: store) { server in
                session = try await server.openSession(#"{"names":["a"],"queues":["q"]}"#)
                for _ in 0..<2 { _ = try await server.submit(#"{"name":"a","queue":"q"}"#) }
                jobs = try await server.claim(session)
                result = "{\(try #require(jobs.first).named),\"outcome\":\"completed\"}"
                #expect(try await server.settle(session, 1, result) == ["completed"])
            }
            try await TestServer.run(on: store) { server in
                #expect(try await server.settle(session, 1, result) == ["completed"])
                let job = try #require(try await server.claim(session).first)
                #expect(job.id != jobs[0].id)
                #expect(
                    try await server.settle(session, 2, "{\(job.named),\"outcome\":\"completed\"}") == ["completed"])
            }
        }

        /// Bodies of a worker with each of their parts replaced by something odd: told apart, never a 500, nothing lost.
        @Test(arguments: StoreKind.allCases)
        func whateverAWorkerSendsItsJobsStand(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                let session = try await server.openSession()
                let id = try await server.submit(1)[0]
                let job = try #require(try await server.claim(session).first)
                let bodies = [
                    (
                        "notes",
                        "{\"notes\":[{\(job.named),\"progress\":0.5,\"checkpoint\":[1],\"effect\":\"e\",\"result\":2}]}"
                    ),
                    ("claim", #"{"limit":1,"wait":"1ms","names":{"a":1},"queues":["q",{"name":"r"}],"suspects":0}"#),
                    (
                        "settle",
                        "{\"sequence\":1,\"results\":[{\"id\":\"\(UUID())\",\"token\":\"1.q\",\"outcome\":\"failed\","
                            + "\"error\":\"e\",\"retry_in\":\"1s\",\"follow_ups\":[{\"name\":\"b\"}]}],\"claim\":{\"limit\":1}}"
                    ),
                ]
                var seen: [Int: Int] = [:]
                for (path, body) in bodies {
                    let text = Array(body)
                    let colons = text.indices.filter { text[$0] == ":" }
                    for colon in colons {
                        for odd in [
                            "null", "[]", "{}", "-1", "1e400", "\"\"", "\"\u{7f}\"", "true", "[[[",
                            "9223372036854775808",
                        ] {
                            let end = text[(colon + 1)...].firstIndex { ",]}".contains($0) } ?? text.endIndex
                            let broken = String(text[...colon]) + odd + String(text[end...])
                            let answer = try await server.post("/api/v1/sessions/\(session)/\(path)", broken)
                            seen[answer.status, default: 0] += 1
                            #expect([200, 400, 409, 422].contains(answer.status), "\(answer.status): \(broken)")
                        }
                    }
                }
                #expect((seen[200] ?? 0) > 10 && (seen[400] ?? 0) > 10 && (seen[422] ?? 0) > 10, "\(seen)")
                #expect(try await server.held(session).map(\.id) == [id])
                #expect(
                    try await server.settle(session, 1 << 20, "{\(job.named),\"outcome\":\"completed\"}")
                        == ["completed"])
            }
        }

        @Test func aWaitingClaimEndsWithTheServer() async throws {
            try await TestServer.run { server in
                let session = try await server.openSession()
                async let waiting = server.post("/api/v1/sessions/\(session)/claim", #"{"wait":"60s"}"#)
                try await eventually("It waits") { server.server.openWaits == 1 }
                let start = ContinuousClock.now
                server.server.shutDown()
                let answer = try await waiting
                #expect(answer.status == 200 && answer.json["count"] as? Int == 0, "\(answer.text)")
                #expect(ContinuousClock.now - start < .seconds(10))
            }
        }

        @Test(arguments: [
            ("", #"{"names":[]}"#, "names"), ("", "{}", "names"), ("", #"{"names":["ä"]}"#, "names"),
            ("", #"{"names":["a"],"lease":"1s"}"#, "lease"), ("", #"{"names":["a"],"lease":30}"#, "lease"),
            ("", #"{"names":["a"],"queues":[""]}"#, "queues"), ("", #"{"names":["a"],"concurrency":0}"#, "concurrency"),
            ("", #"{"names":["a"],"worker":"no name"}"#, "worker"), ("", #"{"names":["a"],"pid":-1}"#, "pid"),
            ("", #"{"names":["a"],"host":"a\nb"}"#, "host"),
            ("claim", #"{"limit":0}"#, "limit"), ("claim", #"{"limit":1001}"#, "limit"),
            ("claim", #"{"wait":5}"#, "wait"), ("claim", #"{"queues":[5]}"#, "queues"),
            ("claim", #"{"queues":["ä"]}"#, "queues[0]"), ("claim", #"{"names":{"a":-1}}"#, "names"),
            ("claim", #"{"names":{"a":"x"}}"#, "names.a"), ("claim", #"{"suspects":-1}"#, "suspects"),
            ("claim", #"{"settled":-1}"#, "settled"),
            ("settle", "{}", "sequence"), ("settle", #"{"sequence":0}"#, "sequence"),
            ("settle", #"{"sequence":1,"results":[{}]}"#, "results[0].id"),
            ("settle", #"{"sequence":1,"results":[5]}"#, "results[0]"),
            (
                "settle", #"{"sequence":1,"results":[{"id":"0193a1b2-0000-7000-8000-000000000001","token":"x"}]}"#,
                "results[0].token"
            ),
            ("settle", #"{"sequence":1,"results":[],"claim":{"limit":0}}"#, "claim.limit"),
            (
                "notes", #"{"notes":[{"id":"0193a1b2-0000-7000-8000-000000000001","token":"1.a"}]}"#,
                "notes[0].progress"
            ),
        ])
        func whatIsWrongIsNamed(_ path: String, _ body: String, _ field: String) async throws {
            try await TestServer.run { server in
                let session = try await server.openSession()
                let answer = try await server.post(
                    path.isEmpty ? "/api/v1/sessions" : "/api/v1/sessions/\(session)/\(path)", body)
                #expect(answer.status == 422 && answer.errorField == field, "\(answer.text)")
            }
        }
    }
#endif
