#if Server
    import AsyncHTTPClient
    import Foundation
    import Logging
    import NIOCore
    import NIOHTTP1
    import OnCue
    import OnCueSQLite
    import OnCueServer
    import Testing

    /// Which store a test's server stands on.
    enum StoreKind: String, CaseIterable, Sendable {
        case memory, sqlite
    }

    /// A server on a free port, with a client for it.
    struct TestServer: Sendable {
        let server: JobServer
        let store: any JobStore
        let address: JobServer.Address
        let client: HTTPClient

        var jobs: JobClient { JobClient(store) }

        /// Runs a server while `body` runs; fails when it does not end properly.
        static func run(
            _ kind: StoreKind = .memory, configuration: JobServer.Configuration = .init(port: 0),
            authorizer: (any RequestAuthorizer)? = nil, _ body: (TestServer) async throws -> Void
        ) async throws {
            var folder: URL?
            let store: any JobStore
            switch kind {
            case .memory: store = MemoryStore()
            case .sqlite:
                let place = FileManager.default.temporaryDirectory.appending(path: "oncue-server-\(UUID())")
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                folder = place
                store = try await SQLiteStore(path: place.appending(path: "jobs.db").path)
            }
            try await run(on: store, configuration: configuration, authorizer: authorizer, body)
            await store.close()
            if let folder { try? FileManager.default.removeItem(at: folder) }
        }

        static func run(
            on store: any JobStore, configuration: JobServer.Configuration = .init(port: 0),
            authorizer: (any RequestAuthorizer)? = nil, _ body: (TestServer) async throws -> Void
        ) async throws {
            var configuration = configuration
            configuration.port = 0
            var logger = Logger(label: "test.server")
            logger.logLevel = .critical
            let server = JobServer(store, configuration: configuration, authorizer: authorizer, logger: logger)
            let running = Task { try await server.run() }
            var settings = HTTPClient.Configuration()
            settings.timeout = .init(connect: .seconds(5), read: .seconds(120))
            settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
            let failure: (any Error)?
            do {
                let address = try await server.address()
                try await body(TestServer(server: server, store: store, address: address, client: client))
                failure = nil
            } catch {
                failure = error
            }
            server.shutDown()
            try await running.value
            try await client.shutdown()
            if let failure { throw failure }
        }

        // MARK: Requests

        /// An answer, whole.
        struct Answer {
            let status: Int
            let headers: HTTPHeaders
            let body: [UInt8]

            var text: String { String(decoding: body, as: UTF8.self) }
            var json: [String: Any] {
                (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
            }
            var errorCode: String? { (json["error"] as? [String: Any])?["code"] as? String }
            var errorMessage: String? { (json["error"] as? [String: Any])?["message"] as? String }
            var errorField: String? { (json["error"] as? [String: Any])?["field"] as? String }
        }

        func send(
            _ method: HTTPMethod, _ path: String, _ body: String? = nil, headers: [(String, String)] = []
        ) async throws -> Answer {
            try await send(method, path, bytes: body.map { Array($0.utf8) }, headers: headers)
        }

        func send(
            _ method: HTTPMethod, _ path: String, bytes: [UInt8]?, headers: [(String, String)] = []
        ) async throws -> Answer {
            var request = HTTPClientRequest(url: address.url + path)
            request.method = method
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            if let bytes {
                if !request.headers.contains(name: "Content-Type") {
                    request.headers.add(name: "Content-Type", value: "application/json")
                }
                request.body = .bytes(ByteBuffer(bytes: bytes))
            }
            let response = try await client.execute(request, timeout: .seconds(120))
            let whole = try await response.body.collect(upTo: 64 << 20)
            let answer = Answer(
                status: Int(response.status.code), headers: response.headers, body: Array(whole.readableBytesView))
            try check(answer, to: method, path)
            return answer
        }

        func get(_ path: String, headers: [(String, String)] = []) async throws -> Answer {
            try await send(.GET, path, headers: headers)
        }

        func post(_ path: String, _ body: String? = nil, headers: [(String, String)] = []) async throws -> Answer {
            try await send(.POST, path, body, headers: headers)
        }

        /// Submits a job that has to be taken.
        func submit(_ body: String, headers: [(String, String)] = []) async throws -> String {
            let answer = try await post("/api/v1/jobs", body, headers: headers)
            #expect(answer.status == 201 || answer.status == 200, "\(answer.text)")
            return try #require(answer.json["id"] as? String)
        }
    }

    /// Waits for a condition, and fails the test when it does not come in time.
    func eventually(
        _ what: Comment? = nil, within patience: Duration = .seconds(20), _ condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + patience
        while try await !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record(what ?? "The condition did not come true in time.")
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
#endif
