#if Server
    import Foundation
    import NIOHTTP1
    import OnCue
    @testable import OnCueServer
    import Testing
    import Tracing

    /// `/metrics` and spans over real sockets.
    @Suite struct MetricsRouteTests {
        @Test func aScrapeSaysWhatTheServerDid() async throws {
            try await TestServer.run { server in
                _ = try await server.submit(#"{"type":"mail.send","payload":1,"queue":"mail"}"#)
                _ = try await server.submit(#"{"type":"mail.send","payload":2,"queue":"mail"}"#)
                #expect(try await server.get("/api/v1/jobs/none").status == 400)
                #expect(try await server.get("/nowhere").status == 404)
                let answer = try await server.get("/metrics")
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"] == ["text/plain; version=0.0.4; charset=utf-8"])
                let text = try PrometheusReading(answer.body)
                #expect(text["oncue_queue_jobs", ["queue": "mail", "state": "pending"]] == 2)
                #expect(text["oncue_jobs_enqueued_total", ["queue": "mail", "name": "mail.send"]] == 2)
                #expect(
                    text["oncue_http_requests_total", ["method": "POST", "route": "/api/v1/jobs", "status": "201"]] == 2
                )
                #expect(
                    text["oncue_http_requests_total", ["method": "GET", "route": "/api/v1/jobs/{id}", "status": "400"]]
                        == 1)
                #expect(
                    text["oncue_http_requests_total", ["method": "other", "route": "none", "status": "404"]] == 1)
                #expect(
                    text["oncue_http_request_duration_seconds_count", ["method": "POST", "route": "/api/v1/jobs"]] == 2)
                #expect((text["oncue_store_call_duration_seconds_count", ["call": "enqueue"]] ?? 0) >= 1)
            }
        }

        @Test func gopherQueuesJSONIsGivenWhereItIsAskedFor() async throws {
            try await TestServer.run { server in
                _ = try await server.submit(#"{"type":"mail.send","payload":1}"#)
                for (path, accept) in [
                    ("/metrics", "application/json"), ("/metrics?format=json", "*/*"),
                    ("/metrics?format=json", "text/plain"),
                ] {
                    let answer = try await server.get(path, headers: [("Accept", accept)])
                    #expect(answer.headers["content-type"] == ["application/json"])
                    #expect(answer.json["jobs_enqueued"] as? Int == 1)
                    #expect(answer.json["jobs_by_type"] as? [String: Int] == ["mail.send": 1])
                    #expect(answer.json["queue_depth"] as? Int == 1)
                }
                let scraper =
                    "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
                let answer = try await server.get("/metrics", headers: [("Accept", scraper)])
                #expect(answer.headers["content-type"].first?.hasPrefix("text/plain") == true)
                #expect(try await server.get("/metrics?format=xml").errorField == "format")
            }
        }

        @Test func aRequestIsASpanOfTheTraceItBelongsTo() async throws {
            let collector = try await TraceCollector()
            var tracing = OTLPConfiguration(endpoint: try #require(URL(string: collector.url)))
            tracing.delay = .milliseconds(20)
            let tracer = OTLPTracer(tracing)
            var configuration = JobServer.Configuration(port: 0)
            configuration.tracer = tracer
            try await TestServer.run(configuration: configuration) { server in
                let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                let id = try await server.submit(#"{"type":"a","payload":1}"#, headers: [("traceparent", parent)])
                #expect(try await server.get("/api/v1/jobs/\(id)").status == 200)
                #expect(try await server.get("/live").status == 200)
                let jobID = try #require(JobID(id))
                let job = try #require(try await server.jobs.job(jobID))
                #expect(job.headers["traceparent"]?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") == true)
            }
            await tracer.shutDown()
            let spans = collector.spans
            let submit = try #require(spans.first { $0["name"] as? String == "POST /api/v1/jobs" })
            #expect(submit["traceId"] as? String == "0af7651916cd43dd8448eb211c80319c")
            #expect(submit["parentSpanId"] as? String == "b7ad6b7169203331")
            #expect(submit["kind"] as? Int == 2)
            let read = try #require(spans.first { $0["name"] as? String == "GET /api/v1/jobs/{id}" })
            #expect(read["parentSpanId"] == nil)
            #expect(!spans.contains { ($0["name"] as? String)?.contains("live") == true })
            try await collector.close()
        }
    }
#endif
