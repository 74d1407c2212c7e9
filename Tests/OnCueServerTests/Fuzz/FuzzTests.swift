#if Server
    import Foundation
    import NIOCore
    import NIOHTTP1
    import OnCue
    import OnCueServer
    import Testing

    /// Whatever is sent: the server stands, never says 500, and under `/api` speaks JSON.
    @Suite struct FuzzTests {
        /// What each caller sends, in the same order each time; less where the machine is slow.
        private static let attacks = 150
        private static let time: Duration = .seconds(10)
        /// Other numbers than usual, for who looks for more: `FUZZ_SEED=7 swift test --filter FuzzTests`.
        private static let offset = ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap(UInt64.init) ?? 0
        private static let callers = 8

        @Test(arguments: zip(StoreKind.allCases, [11, 12] as [UInt64]))
        func whateverIsSentTheServerStands(_ kind: StoreKind, _ seed: UInt64) async throws {
            var configuration = JobServer.Configuration()
            configuration.limits.requestTime = .seconds(1)
            configuration.limits.body = 100_000
            configuration.limits.wait = .milliseconds(20)
            try await TestServer.run(kind, configuration: configuration) { server in
                let description = try APIDescription.of(server.server)
                var jobs: [String] = []
                for number in 0..<8 {
                    jobs.append(try await server.submit(#"{"type":"a","queue":"q\#(number % 3)","payload":[1]}"#))
                }
                let known = jobs + [try await server.store.openSession(.test).rawValue]
                let seen = try await withThrowingTaskGroup(of: [Int: Int].self) { group in
                    for caller in 0..<Self.callers {
                        let attacker = Attacker(
                            description, known: known, seed: (seed + Self.offset) << 32 + UInt64(caller))
                        group.addTask { try await Self.attack(server, attacker, description) }
                    }
                    var seen: [Int: Int] = [:]
                    for try await part in group { seen.merge(part) { $0 + $1 } }
                    return seen
                }
                #expect(try await server.get("/live").status == 200)
                #expect(try await server.get("/api/v1/keys").status == 200)
                // It was more than one kind of refusal that was met.
                for status in [200, 400, 404, 422] { #expect(seen[status] ?? 0 > 0, "\(seen)") }
                #expect(seen.values.reduce(0, +) > 100, "\(seen)")
            }
        }

        /// - Returns: how often each status was answered.
        @concurrent
        private static func attack(
            _ server: TestServer, _ attacker: Attacker, _ description: APIDescription
        ) async throws -> [Int: Int] {
            var attacker = attacker
            var seen: [Int: Int] = [:]
            let end = ContinuousClock.now + time
            for _ in 0..<attacks where ContinuousClock.now < end {
                for answer in try await answers(to: attacker.next(), server, description) {
                    seen[answer.status, default: 0] += 1
                }
            }
            return seen
        }

        private static func answers(
            to attack: Attack, _ server: TestServer, _ description: APIDescription
        ) async throws -> [RawAnswer] {
            let received = try await RawExchange.send(
                attack.pieces, finishes: attack.finishes, to: server.address, within: .seconds(30))
            guard let received else {
                Issue.record("The connection did not end: \(attack.text)")
                return []
            }
            guard let answers = RawAnswer.all(in: received, to: attack.methods) else {
                // Of a request that was damaged it is not known whether it became a HEAD.
                let said = String(decoding: received.prefix(500), as: UTF8.self)
                if !attack.methods.isEmpty || !attack.text.contains("HEAD") {
                    Issue.record("\(said) is no answer, to \(attack.text)")
                }
                return []
            }
            for answer in answers { check(answer, to: attack) }
            if let path = attack.path, let method = attack.methods.first, answers.count == 1 {
                check(answers[0], to: method, path, attack, description)
            }
            return answers
        }

        private static func check(_ answer: RawAnswer, to attack: Attack) {
            let said = String(decoding: answer.body.prefix(500), as: UTF8.self)
            #expect(
                answer.status < 500 || answer.status == 503 || answer.status == 501,
                "\(answer.status) \(said) to \(attack.text)")
            guard !answer.body.isEmpty, answer.headers["content-type"]?.hasPrefix("text/plain") != true else { return }
            #expect(answer.headers["content-type"] == "application/json", "to \(attack.text)")
            #expect(JSONSlicer.isValue(answer.body), "\(said) to \(attack.text)")
        }

        private static func check(
            _ raw: RawAnswer, to method: String, _ path: String, _ attack: Attack, _ description: APIDescription
        ) {
            // Large ones are made of what small ones are made of.
            guard raw.body.count < 20_000, raw.headers["transfer-encoding"] == nil else { return }
            let answer = TestServer.Answer(
                status: raw.status, headers: HTTPHeaders(raw.headers.map { ($0.key, $0.value) }), body: raw.body)
            let problems = description.problems(HTTPMethod(rawValue: method), path, answer)
            #expect(problems.isEmpty, "\(problems) to \(attack.text)")
        }
    }
#endif
