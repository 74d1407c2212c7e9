#if Server
    import AsyncHTTPClient
    import Foundation
    import NIOCore
    import NIOHTTP1
    import OnCue
    import OnCueServer
    import Synchronization
    import Testing

    /// A stream of server-sent events that a test reads.
    final class SSEReader: Sendable {
        struct Event: Sendable {
            var name: String
            var data: String
            var id: String?

            var job: String? { (object["id"] as? String) }
            var object: [String: Any] {
                (try? JSONSerialization.jsonObject(with: Data(data.utf8))) as? [String: Any] ?? [:]
            }
        }

        private let received = Mutex<[Event]>([])
        private let ended = Mutex(false)

        var events: [Event] { received.withLock { $0 } }
        var hasEnded: Bool { ended.withLock { $0 } }
        var names: [String] { events.map(\.name) }

        /// Reads `path` while `body` runs.
        static func follow(
            _ server: TestServer, _ path: String, headers: [(String, String)] = [],
            _ body: (SSEReader) async throws -> Void
        ) async throws {
            let reader = SSEReader()
            var request = HTTPClientRequest(url: server.address.url + path)
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            let response = try await server.client.execute(request, timeout: .seconds(120))
            #expect(response.status == .ok)
            #expect(response.headers.first(name: "content-type") == "text/event-stream")
            let task = Task { [body = response.body] in
                defer { reader.ended.withLock { $0 = true } }
                var text = ""
                for try await part in body {
                    text += String(buffer: part)
                    while let end = text.firstRange(of: "\n\n") {
                        reader.take(String(text[..<end.lowerBound]))
                        text.removeSubrange(..<end.upperBound)
                    }
                }
            }
            do {
                try await eventually("The stream begins") { reader.names.first == "connected" }
                try await body(reader)
            } catch {
                task.cancel()
                throw error
            }
            task.cancel()
            _ = await task.result
        }

        private func take(_ block: String) {
            var event = Event(name: "", data: "", id: nil)
            for line in block.split(separator: "\n") {
                if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
                if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
            }
            guard !event.name.isEmpty else { return }
            received.withLock { $0.append(event) }
        }
    }

    @Suite struct EventRouteTests {
        @Test(arguments: StoreKind.allCases)
        func aStreamShowsWhatHappens(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                try await SSEReader.follow(server, "/api/v1/events") { reader in
                    let id = try await server.submit(#"{"type":"a","queue":"mail"}"#)
                    _ = try await server.post("/api/v1/jobs/\(id)/cancel")
                    _ = try await server.post("/api/v1/jobs/\(id)/retry")
                    _ = try await server.send(.DELETE, "/api/v1/jobs/\(id)")
                    _ = try await server.post("/api/v1/queues/mail/pause")
                    try await eventually { reader.names.count >= 6 }
                    #expect(
                        reader.names == [
                            "connected", "job.created", "job.cancelled", "job.retried", "job.deleted", "queue.paused",
                        ])
                    #expect(reader.events.dropFirst().prefix(4).allSatisfy { $0.job == id })
                    #expect(reader.events.allSatisfy { $0.id != nil })
                }
            }
        }

        @Test func aStreamIsAboutWhatWasAskedFor() async throws {
            try await TestServer.run { server in
                let first = try await server.submit(#"{"type":"email.a","queue":"mail"}"#)
                try await SSEReader.follow(server, "/api/v1/events?job_id=\(first)") { byJob in
                    try await SSEReader.follow(server, "/api/v1/events?queue=mail") { byQueue in
                        try await SSEReader.follow(server, "/api/v1/events?name=email.*") { byName in
                            let second = try await server.submit(#"{"type":"email.b"}"#)
                            let third = try await server.submit(#"{"type":"other","queue":"mail"}"#)
                            _ = try await server.post("/api/v1/jobs/\(first)/cancel")
                            try await eventually {
                                byJob.events.count >= 2 && byQueue.events.count >= 3 && byName.events.count >= 3
                            }
                            #expect(byJob.events.dropFirst().map(\.job) == [first])
                            #expect(byJob.events.last?.object["state"] as? String == "cancelled")
                            #expect(byJob.events.last?.object["created_at"] != nil, "The job stands with its event")
                            #expect(byQueue.events.dropFirst().map(\.job) == [third, first])
                            #expect(byName.events.dropFirst().map(\.job) == [second, first])
                        }
                    }
                }
                #expect(try await server.get("/api/v1/events?job_id=odd").errorField == "job_id")
                #expect(try await server.get("/api/v1/jobs/\(UUID())/events").errorCode == "not_found")
            }
        }

        @Test(arguments: StoreKind.allCases)
        func aStreamGoesOnWhereItBrokeOff(_ kind: StoreKind) async throws {
            try await TestServer.run(kind) { server in
                var ids: [String] = []
                for number in 0..<5 { ids.append(try await server.submit(#"{"type":"n\#(number)"}"#)) }
                let log = try await server.get("/api/v1/events/log?after=start&limit=2")
                let cursor = try #require(log.json["next_cursor"] as? String)
                #expect(
                    (log.json["events"] as? [[String: Any]])?.compactMap { $0["id"] as? String } == Array(ids[..<2]))
                try await SSEReader.follow(server, "/api/v1/events", headers: [("Last-Event-ID", cursor)]) { reader in
                    ids.append(try await server.submit(#"{"type":"n5"}"#))
                    try await eventually { reader.events.count >= 5 }
                    #expect(
                        reader.events.dropFirst().map(\.job) == Array(ids[2...]), "Each once, in order, none left out")
                }
                #expect(try await server.get("/api/v1/events", headers: [("Last-Event-ID", "x")]).status == 422)
            }
        }

        @Test func aReaderThatDoesNotReadIsCutOffAndHoldsNobodyUp() async throws {
            var configuration = JobServer.Configuration()
            configuration.limits.answerTime = .milliseconds(500)
            try await TestServer.run(configuration: configuration) { server in
                try await RawConnection.open(server.address, reads: false) { raw in
                    try await raw.write("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    try await eventually("The stream is open") { server.server.openStreams == 1 }
                    let batch =
                        #"{"jobs":["# + Array(repeating: #"{"type":"a"}"#, count: 1_000).joined(separator: ",") + "]}"
                    try await SSEReader.follow(server, "/api/v1/events") { reader in
                        try await eventually("The slow reader goes", within: .seconds(60)) {
                            _ = try await server.post("/api/v1/jobs/batch", batch)
                            return server.server.openStreams == 1
                        }
                        #expect(!reader.hasEnded)
                        #expect(reader.events.count > 1_000)
                    }
                }
                try await eventually("The stream is given back") { server.server.openStreams == 0 }
            }
        }

        @Test func aWaitAndAStreamHoldPastAMinute() async throws {
            try await TestServer.run { server in
                let id = try await server.submit(#"{"type":"a"}"#)
                try await SSEReader.follow(server, "/api/v1/events") { reader in
                    async let waited = server.get("/api/v1/jobs/\(id)/wait?timeout=300s")
                    try await Task.sleep(for: .seconds(62))
                    #expect(!reader.hasEnded)
                    _ = try await server.post("/api/v1/jobs/\(id)/cancel")
                    let answer = try await waited
                    #expect(answer.json["state"] as? String == "cancelled")
                    try await eventually { reader.names == ["connected", "job.cancelled"] }
                }
            }
        }

        @Test func onlySoManyStreamsAreOpenAtOnce() async throws {
            var configuration = JobServer.Configuration()
            configuration.limits.streams = 1
            try await TestServer.run(configuration: configuration) { server in
                try await SSEReader.follow(server, "/api/v1/events") { _ in
                    let second = try await server.get("/api/v1/events")
                    #expect(second.status == 429)
                    #expect(second.errorCode == "too_many_streams")
                    #expect(second.headers.first(name: "retry-after") != nil)
                }
                try await eventually("A place is free again") { server.server.openStreams == 0 }
            }
        }
    }
#endif
