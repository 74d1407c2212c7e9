#if Server
    import Foundation
    import Logging
    import NIOHTTP1
    import OnCue
    @testable import OnCueServer
    import Synchronization
    import Testing
    import Tracing

    /// Spans that reach a real collector.
    @Suite struct OTLPTracerTests {
        private struct Flaw: Error, CustomStringConvertible {
            var description: String { "no luck" }
        }

        private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        private func tracer(_ url: String, _ change: (inout OTLPConfiguration) -> Void = { _ in }) throws -> OTLPTracer
        {
            var configuration = OTLPConfiguration(endpoint: try #require(URL(string: url + "/v1/traces")))
            configuration.delay = .milliseconds(20)
            change(&configuration)
            return OTLPTracer(configuration, logger: quiet)
        }

        private func until(_ what: String, _ condition: () async throws -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(20)
            while try await !condition() {
                try #require(ContinuousClock.now < deadline, "\(what) did not come about")
                try await Task.sleep(for: .milliseconds(2))
            }
        }

        private func attributes(_ object: [String: Any]) -> [String: String] {
            var values: [String: String] = [:]
            for pair in object["attributes"] as? [[String: Any]] ?? [] {
                guard let key = pair["key"] as? String, let value = pair["value"] as? [String: Any] else { continue }
                values[key] = value.map { "\($0.key):\($0.value)" }.joined()
            }
            return values
        }

        @Test func aTraceGoesFromTheRequestThroughTheJob() async throws {
            let collector = try await TraceCollector()
            let tracer = try tracer(collector.url) { configuration in
                configuration.headers = [("api-key", "k1")]
                configuration.resource["deployment.environment.name"] = "test"
            }
            let store = MemoryStore()
            var configuration = Worker.Configuration()
            configuration.tracer = tracer
            let worker = Worker(store, configuration: configuration, logger: quiet)
            let seen = Mutex<[String: String]>([:])
            try worker.on("work") { (_: [UInt8], context: JobContext) in
                seen.withLock { $0 = context.traceHeaders }
                tracer.withSpan("inside", ofKind: .client) { span in
                    span.attributes["n"] = 3
                    span.attributes["list"] = [1.5, 2]
                    span.addEvent(SpanEvent(name: "half", attributes: ["ok": true]))
                }
            }
            try worker.on("bad", options: HandlerOptions(maxAttempts: 1)) { (_: [UInt8], _: JobContext) in throw Flaw()
            }
            let request = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let jobs = JobClient(store)
            let id = try await jobs.enqueue(
                NewJob("work", options: [.header("Traceparent", request), .header("tracestate", "v=1")])
            ).id
            let bad = try await jobs.enqueue(NewJob("bad")).id
            let running = Task { try await worker.run() }
            try await until("both end") {
                let states = try await store.find([id, bad]).map { $0?.state }
                return states == [.completed, .dead]
            }
            worker.shutDown()
            try await running.value
            await tracer.shutDown()

            let spans = collector.spans
            #expect(spans.count == 3)
            let run = try #require(spans.first { $0["name"] as? String == "run work" })
            #expect(run["traceId"] as? String == "0af7651916cd43dd8448eb211c80319c")
            #expect(run["parentSpanId"] as? String == "b7ad6b7169203331")
            #expect(run["traceState"] as? String == "v=1")
            #expect(run["kind"] as? Int == 5)
            let start = try #require(UInt64(run["startTimeUnixNano"] as? String ?? ""))
            let end = try #require(UInt64(run["endTimeUnixNano"] as? String ?? ""))
            #expect(start <= end && abs(Double(start) / 1e9 - Date().timeIntervalSince1970) < 60)
            #expect(attributes(run)["messaging.message.id"] == "stringValue:\(id)")
            #expect(attributes(run)["oncue.job.attempt"] == "intValue:1")
            // What the handler hands on is its own span.
            let runID = try #require(run["spanId"] as? String)
            #expect(
                seen.withLock { $0 } == [
                    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-\(runID)-01", "tracestate": "v=1",
                ])
            let inside = try #require(spans.first { $0["name"] as? String == "inside" })
            #expect(inside["parentSpanId"] as? String == runID)
            #expect(inside["kind"] as? Int == 3)
            #expect(attributes(inside)["n"] == "intValue:3")
            #expect(attributes(inside)["list"]?.contains("1.5") == true)
            let event = try #require((inside["events"] as? [[String: Any]])?.first)
            #expect(event["name"] as? String == "half")
            #expect(attributes(event)["ok"] == "boolValue:1" || attributes(event)["ok"] == "boolValue:true")
            let failed = try #require(spans.first { $0["name"] as? String == "run bad" })
            #expect(failed["parentSpanId"] == nil)
            #expect((failed["status"] as? [String: Any])?["code"] as? Int == 2)
            #expect((failed["status"] as? [String: Any])?["message"] as? String == "no luck")
            let exception = try #require((failed["events"] as? [[String: Any]])?.first)
            #expect(attributes(exception)["exception.message"] == "stringValue:no luck")

            let export = try #require(collector.exports.first)
            #expect(export.path == "/v1/traces")
            #expect(export.headers["content-type"] == ["application/json"])
            #expect(export.headers["api-key"] == ["k1"])
            let root = try JSONSerialization.jsonObject(with: Data(export.body)) as? [String: Any]
            let resource = (root?["resourceSpans"] as? [[String: Any]])?.first?["resource"] as? [String: Any]
            #expect(
                attributes(resource ?? [:]) == [
                    "service.name": "stringValue:oncue", "deployment.environment.name": "stringValue:test",
                ])
            try await collector.close()
        }

        @Test func aTraceThatIsNotRecordedIsOnlyHandedOn() async throws {
            let collector = try await TraceCollector()
            let tracer = try tracer(collector.url)
            var context = InstrumentationContext.topLevel
            let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
            tracer.extract(["traceparent": header], into: &context, using: Carrier())
            let span = tracer.startSpan("quiet", context: context)
            #expect(!span.isRecording)
            var carried: [String: String] = [:]
            tracer.inject(span.context, into: &carried, using: Carrier())
            #expect(carried["traceparent"]?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") == true)
            #expect(carried["traceparent"]?.hasSuffix("-00") == true)
            #expect(carried["traceparent"] != header)
            span.end()
            await tracer.shutDown()
            #expect(collector.exports.isEmpty)
            try await collector.close()
        }

        @Test func spansGoInBatchesAndAllArrive() async throws {
            let collector = try await TraceCollector()
            let tracer = try tracer(collector.url) { configuration in
                configuration.batchSize = 10
                configuration.delay = .seconds(3_600)
            }
            await withTaskGroup { group in
                for task in 0..<5 {
                    group.addTask { for number in 0..<21 { tracer.startSpan("s\(task)-\(number)").end() } }
                }
            }
            // Full batches do not wait for the timer.
            try await until("full batches arrive") { collector.spans.count >= 100 }
            tracer.startSpan("last").end()
            await tracer.shutDown()
            let spans = collector.spans
            #expect(spans.count == 106)
            #expect(Set(spans.compactMap { $0["spanId"] as? String }).count == 106)
            #expect(collector.exports.count >= 11)
            #expect(tracer.exporter.dropped == 0)
            // After the end nothing is taken in.
            tracer.startSpan("late").end()
            #expect(tracer.exporter.dropped == 1)
            try await collector.close()
        }

        @Test func aCollectorThatIsAwayIsTriedAgain() async throws {
            let collector = try await TraceCollector { $0 < 2 ? .status(503) : .status(200) }
            let tracer = try tracer(collector.url)
            tracer.startSpan("one").end()
            try await until("it is accepted") { collector.exports.count == 3 }
            #expect(Set(collector.exports.map(\.body)).count == 1)
            await tracer.shutDown()
            #expect(tracer.exporter.dropped == 0)
            let port = collector.port
            try await collector.close()

            let second = try self.tracer("http://127.0.0.1:\(port)")
            second.startSpan("two").end()
            try await Task.sleep(for: .milliseconds(100))
            let back = try await TraceCollector(port: port)
            try await until("it is back") { back.spans.contains { $0["name"] as? String == "two" } }
            await second.shutDown()
            try await back.close()
        }

        @Test func whatIsRefusedIsNotTriedAgain() async throws {
            let collector = try await TraceCollector { _ in .status(400) }
            let tracer = try tracer(collector.url)
            tracer.startSpan("one").end()
            try await until("it is dropped") { tracer.exporter.dropped == 1 }
            await tracer.shutDown()
            #expect(collector.exports.count == 1)
            try await collector.close()
        }

        @Test func nothingGrowsAndNobodyWaitsWhenTheCollectorIsSilent() async throws {
            let collector = try await TraceCollector { _ in .silence }
            let tracer = try tracer(collector.url) { configuration in
                configuration.queueSize = 20
                configuration.batchSize = 5
                configuration.timeout = .seconds(60)
            }
            let start = ContinuousClock.now
            for number in 0..<10_000 { tracer.startSpan("s\(number)").end() }
            #expect(ContinuousClock.now - start < .seconds(10))
            try await until("one export is under way") { collector.exports.count == 1 }
            // One batch is on its way, the queue is full, the rest has gone.
            #expect(tracer.exporter.dropped >= 10_000 - 25)
            let end = ContinuousClock.now
            await tracer.shutDown(within: .milliseconds(200))
            #expect(ContinuousClock.now - end < .seconds(5))
            try await collector.close()
        }
    }

    private struct Carrier: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }
#endif
