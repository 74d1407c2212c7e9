#if Redis
    import NIOCore
    import Testing

    @testable import RedisWire

    private func tcp(_ port: Int) -> RedisAddress { .tcp(host: "127.0.0.1", port: port) }

    private func refusal(_ message: String) -> RedisError { RedisError(RedisServerError(message: message)) }

    @Suite("A command's way through a cluster")
    struct ClusterAttemptTests {
        private let lost = RedisError(.outcomeUnknown, "lost")

        @Test("It goes where it is sent on to, and to the table's server after that")
        func redirected() {
            var attempt = ClusterAttempt(RedisCommand("GET", key: "a"))
            #expect(attempt.target == nil)
            #expect(attempt.next(after: refusal("MOVED 1 127.0.0.1:2"), from: tcp(1)) == .again)
            #expect(attempt.target == tcp(2) && !attempt.asks)
            #expect(attempt.next(after: refusal("ASK 1 127.0.0.1:3"), from: tcp(2)) == .again)
            #expect(attempt.target == tcp(3) && attempt.asks)
            #expect(
                attempt.next(after: refusal("TRYAGAIN later"), from: tcp(3)) == .pause(attempt: 1, refreshes: false))
            #expect(attempt.target == nil && !attempt.asks)
            #expect(attempt.next(after: refusal("WRONGTYPE no"), from: tcp(3)) == .stop)
        }

        @Test("What was under way goes again only when that is safe")
        func repeated() {
            var command = RedisCommand("INCR", key: "a")
            var attempt = ClusterAttempt(command)
            #expect(attempt.next(after: lost, from: tcp(1)) == .stop)
            command.isSafeToRepeat = true
            attempt = ClusterAttempt(command)
            #expect(attempt.next(after: lost, from: tcp(1)) == .pause(attempt: 1, refreshes: true))
            let unplaced = RedisError(.notSent, "nobody")
            #expect(attempt.next(after: unplaced, from: nil) == .pause(attempt: 2, refreshes: true))
        }

        @Test("A script that is asked for elsewhere is sent there in full")
        func script() {
            let script = RedisScript("return 1")
            var attempt = ClusterAttempt(
                RedisCommand(evaluating: script, keys: ["a"], arguments: RedisArguments()))
            #expect(attempt.next(after: refusal("ASK 1 127.0.0.1:3"), from: tcp(2)) == .again)
            #expect(attempt.next(after: refusal("NOSCRIPT no"), from: tcp(3)) == .again)
            #expect(attempt.command.name == "EVAL" && attempt.target == tcp(3) && attempt.asks)
            #expect(attempt.next(after: refusal("NOSCRIPT no"), from: tcp(3)) == .stop)
        }

        @Test("A command for one server is for no other")
        func node() {
            var command = RedisCommand("DBSIZE")
            command.route = .node(RedisNodeID(tcp(1)))
            var attempt = ClusterAttempt(command)
            #expect(attempt.next(after: refusal("LOADING yet"), from: tcp(1)) == .pause(attempt: 1, refreshes: false))
            #expect(attempt.next(after: refusal("MOVED 1 127.0.0.1:2"), from: tcp(1)) == .stop)
            attempt = ClusterAttempt(command)
            #expect(attempt.next(after: refusal("READONLY replica"), from: tcp(1)) == .stop)
        }
    }

    @Suite("What is said of a pipeline")
    struct PipelineResultsTests {
        private let lost = RedisError(.outcomeUnknown, "lost")

        @Test("What may have run once is never said to have not run")
        func honest() {
            var results = PipelineResults(count: 4)
            for index in 0..<3 { results.set(.failure(lost), at: index) }
            results.set(.failure(RedisError(.notSent, "nobody")), at: 0)
            results.set(.failure(refusal("MOVED 1 127.0.0.1:2")), at: 1)
            results.set(.failure(refusal("WRONGTYPE no")), at: 2)
            results.set(.failure(RedisError(.notSent, "nobody")), at: 3)
            #expect(results.outcome.results.map { $0.failure?.code.isUnknown } == [true, true, false, false])
            #expect(results.timedOut.results[3].failure?.code == .timedOut)
            #expect(results.timedOut.results[0].failure?.code == .outcomeUnknown)
        }
    }

    extension RedisError.Code {
        fileprivate var isUnknown: Bool { self == .outcomeUnknown }
    }

    @Suite("Commands that were unblocked")
    struct UnblockedTests {
        @Test("A master that is none any more is waited for; somebody's wish is not")
        func meaning() {
            let demoted = "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)"
            #expect(RedisServerError(message: demoted).passes)
            #expect(!RedisServerError(message: "UNBLOCKED client unblocked via CLIENT UNBLOCK").passes)
        }
    }
#endif
