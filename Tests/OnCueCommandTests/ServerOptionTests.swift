#if Server
    import Foundation
    import OnCue
    import Testing

    /// Every command through a server, in processes of their own.
    @Suite struct ServerOptionTests {
        private let scratch = Scratch()

        /// A server over a file in the scratch folder that runs no jobs itself.
        private func serve() async throws -> (child: Child, url: String) {
            let child = try Child(["serve", "--json", "--http", "0", "--no-builtins"], in: scratch)
            try await wait("it says where it listens; it said: \(child.errors)") {
                child.output.contains("\n") || !child.isRunning
            }
            let line = try Said(status: 0, output: child.output, errors: "").object()
            guard let url = line["url"] as? String else { throw Failure("no URL: \(child.output) \(child.errors)") }
            return (child, url)
        }

        @Test func commandsWorkThroughAServer() async throws {
            let (child, url) = try await serve()
            let away = Scratch()
            func said(_ words: String...) async throws -> Said {
                try await oncue(words, in: away, environment: ["ONCUE_SERVER": url])
            }
            let worker = try Child(["work", "--server", url, "--queues", "default"], in: away)
            let submitted = try await said("submit", "echo", "{\"n\":1}", "--wait", "--json")
            #expect(submitted.status == 0, "\(submitted.errors)")
            #expect(try submitted.object()["status"] as? String == "completed", "\(submitted.output)")

            let place = try await said("events", "--limit", "1", "--json").object()["cursor"] as? String
            let follower = try Child(
                ["events", "--follow", "--json", "--server", url, "--after", try #require(place)], in: away)
            let dead = try await said("submit", "error", "--queue", "other", "--json")
            let id = try #require(try dead.object()["id"] as? String)
            try await wait("the event is followed") { follower.output.contains(id) }
            follower.send(SIGINT)
            try await follower.ended()
            #expect(try await said("jobs", "cancel", id, "--json").status == 0)
            #expect(try await said("jobs", "show", id, "--json").object()["status"] as? String == "cancelled")

            #expect(try await said("queues", "pause", "other").status == 0)
            #expect(try await said("queues", "list").output.contains("other"))
            #expect(try await said("jobs", "list", "--state", "cancelled", "--json").output.contains(id))
            #expect(try await said("workers", "list").status == 0)
            #expect(try await said("stats").status == 0)
            #expect(try await said("dead", "list").status == 0)
            let doctor = try await said("doctor")
            #expect(doctor.output.contains("sqlite") || doctor.status == 0, "\(doctor.output) \(doctor.errors)")
            // None of this made a store here.
            #expect(!FileManager.default.fileExists(atPath: away.path("oncue.db")))

            worker.send(SIGTERM)
            #expect(try await worker.ended(within: .seconds(20)) == .exited(0))
            child.send(SIGTERM)
            #expect(try await child.ended(within: .seconds(20)) == .exited(0))
            let gone = try await said("jobs", "list")
            #expect(gone.status == 5 && gone.errors.contains(url))
        }

        @Test func aKeyIsNeverShown() async throws {
            let (child, url) = try await serve()
            let made = try await oncue("keys", "create", "--role", "viewer", in: scratch)
            let key = try #require(made.lines.first)
            let environment = ["ONCUE_SERVER": url, "ONCUE_API_KEY": key]
            try await wait("the server asks for keys") {
                try await oncue(["jobs", "list"], in: scratch, environment: ["ONCUE_SERVER": url]).status != 0
            }
            let refused = try await oncue(["jobs", "list"], in: scratch, environment: ["ONCUE_SERVER": url])
            #expect(refused.errors.contains("API key"))
            let read = try await oncue(["jobs", "list", "-v"], in: scratch, environment: environment)
            #expect(read.status == 0 && !read.errors.contains(key), "\(read.errors)")
            let forbidden = try await oncue(["submit", "a"], in: scratch, environment: environment)
            #expect(forbidden.status != 0 && forbidden.errors.contains("viewer") && !forbidden.errors.contains(key))
            for words in [["config"], ["config", "--json"]] {
                let shown = try await oncue(words, in: scratch, environment: environment)
                #expect(shown.output.contains("***") && !shown.output.contains(key), "\(shown.output)")
            }
            child.send(SIGTERM)
            try await child.ended()
        }

        @Test func aStoreAndAServerAreNotBothMeant() async throws {
            let both = try await oncue(
                "jobs", "list", "--store", "sqlite:a.db", "--server", "http://127.0.0.1:1", in: scratch)
            #expect(both.status == 2 && both.errors.contains("one of them"))
            // What stands nearer to the command line counts.
            let near = try await oncue(
                ["jobs", "list", "--server", "http://127.0.0.1:1"], in: scratch,
                environment: ["ONCUE_STORE": "sqlite:a.db"])
            #expect(near.status == 5 && near.errors.contains("127.0.0.1:1"))
            for url in ["127.0.0.1", "ftp://a", "http://user:secret@host"] {
                let odd = try await oncue("jobs", "list", "--server", url, in: scratch)
                #expect(odd.status == 2 && !odd.errors.contains("secret"), "\(url): \(odd.errors)")
            }
            let served = try await oncue("serve", "--server", "http://127.0.0.1:1", in: scratch)
            #expect(served.status == 2 && served.errors.contains("oncue work"))
            let store = try await oncue("jobs", "list", "--store", "http://127.0.0.1:1", in: scratch)
            #expect(store.status == 2 && store.errors.contains("--server"))
        }
    }
#endif
