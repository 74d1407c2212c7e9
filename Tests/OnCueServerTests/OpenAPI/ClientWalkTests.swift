#if Server
    import Foundation
    import OnCue
    import OnCueServer
    import Subprocess
    import Testing

    /// GopherQueue's clients, as other languages' programs that send what those send and read what those read.
    @Suite struct ClientWalkTests {
        private struct NotThisTime: Error {}

        @Test(arguments: StoreKind.allCases)
        func thePythonClientIsServed(_ kind: StoreKind) async throws {
            try await walk(kind, "python3", "gopherqueue_walk.py", withKey: kind == .sqlite)
        }

        @Test(.enabled(if: Self.hasNode), arguments: StoreKind.allCases)
        func theJavaScriptClientIsServed(_ kind: StoreKind) async throws {
            try await walk(kind, "node", "gopherqueue_walk.mjs", withKey: kind == .sqlite)
        }

        private static let hasNode = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .contains { FileManager.default.isExecutableFile(atPath: "\($0)/node") }

        private func walk(_ kind: StoreKind, _ language: String, _ program: String, withKey: Bool) async throws {
            let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Clients")
            try await TestServer.run(kind) { server in
                let key = withKey ? [try await server.key(.operator)] : []
                try await Self.work(server.store) {
                    let result = try await Subprocess.run(
                        .name(language),
                        arguments: .init([folder.appending(path: program).path, server.address.url] + key),
                        output: .string(limit: 65_536), error: .string(limit: 65_536))
                    #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
                    #expect(result.standardOutput.hasSuffix(" checks\n"))
                }
            }
        }

        /// Runs a worker for the programs' jobs while `body` runs.
        private static func work(_ store: any JobStore, _ body: () async throws -> Void) async throws {
            let worker = Worker(store, concurrency: 8, configuration: .init(lease: .seconds(3)))
            try worker.on("echo") { (payload: [UInt8], _: JobContext) in JobOutcome.output(payload) }
            try worker.on("broken") { (_: [UInt8], _: JobContext) -> JobOutcome in
                throw JobError.permanent("out of order")
            }
            try worker.on("flaky", options: HandlerOptions(backoff: .constant(.milliseconds(1)))) {
                (_: [UInt8], context: JobContext) -> JobOutcome in
                if context.attempt < 2 { throw NotThisTime() }
                return .completed
            }
            try worker.on("endless") { (_: [UInt8], _: JobContext) -> JobOutcome in
                try await Task.sleep(for: .seconds(600))
                return .completed
            }
            let running = Task { try await worker.run() }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body())
            } catch {
                outcome = .failure(error)
            }
            worker.shutDown()
            try await running.value
            try outcome.get()
        }
    }
#endif
