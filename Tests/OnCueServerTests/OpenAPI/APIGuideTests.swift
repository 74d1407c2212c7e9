#if Server
    import Foundation
    import OnCue
    import OnCueServer
    import Subprocess
    import Testing

    /// What `docs/API.md` says is true.
    @Suite struct APIGuideTests {
        private static var guide: String {
            get throws {
                let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                    .deletingLastPathComponent().deletingLastPathComponent()
                return try String(contentsOf: root.appending(path: "docs/API.md"), encoding: .utf8)
            }
        }

        /// Routes that workers speak to are in a guide of their own, the store's own calls in the description alone.
        private static func isElsewhere(_ route: Route) -> Bool {
            ["/api/v1/sessions", "/api/v1/store"].contains { route.path.hasPrefix($0) }
                || route.path.hasSuffix("/memory")
        }

        @Test func eachRouteStandsInTheGuideWithItsPermission() throws {
            var told: [String: String] = [:]
            for line in try Self.guide.split(separator: "\n") {
                guard let row = line.wholeMatch(of: /\| `([A-Z]+ \/[^`]*)` \| (\w+) \|.*\|/) else { continue }
                told[String(row.1)] = String(row.2)
            }
            let routes = JobServer(MemoryStore()).routes.routes.filter { !Self.isElsewhere($0) }
            let table = Dictionary(
                uniqueKeysWithValues: routes.map { ("\($0.method) \($0.path)", $0.permission?.rawValue ?? "none") })
            #expect(told == table)
        }

        @Test(arguments: StoreKind.allCases)
        func theGuidesLinesRunFromTopToBottom(_ kind: StoreKind) async throws {
            let blocks = try Self.guide.matches(of: /```sh\n(.*?)```/.dotMatchesNewlines()).map { String($0.1) }
            #expect(blocks.count >= 8)
            try await TestServer.run(kind) { server in
                let worker = Worker(server.store)
                try worker.on("email.receipt") { (payload: [UInt8], _: JobContext) in JobOutcome.output(payload) }
                let running = Task { try await worker.run() }
                let result = try await Subprocess.run(
                    .name("sh"), arguments: ["-eu", "-c", blocks.joined(separator: "\n")],
                    environment: .inherit.updating(["ONCUE_SERVER": server.address.url]),
                    output: .string(limit: 1_000_000), error: .string(limit: 65_536))
                worker.shutDown()
                try await running.value
                #expect(result.terminationStatus.isSuccess, "\(result.standardError)\n\(result.standardOutput)")
                // The wait saw the job's end, and the number that no double holds came back as it was.
                #expect(result.standardOutput.contains(#""completed":true,"success":true"#))
                #expect(result.standardOutput.contains("9223372036854775808"))
                #expect(result.standardOutput.contains(#""standing":"active""#))
            }
        }
    }
#endif
