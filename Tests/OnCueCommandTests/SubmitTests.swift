import Foundation
import OnCue
import OnCueSQLite
import Testing

/// Real processes on a file of their own: what is taken in, and what is said about it.
@Suite struct SubmitTests {
    private let scratch = Scratch()

    private func store() async throws -> SQLiteStore {
        try await SQLiteStore(path: scratch.path("oncue.db"))
    }

    @Test func theIdAloneGoesToStdout() async throws {
        let said = try await oncue("submit", "email.receipt", "{\"n\": 1}", in: scratch)
        #expect(said.status == 0)
        #expect(said.lines.count == 1)
        #expect(said.errors == "")
        let id = try #require(JobID(said.lines[0]))
        let store = try await store()
        let job = try #require(try await store.find([id])[0])
        #expect(job.name == "email.receipt")
        #expect(job.state == .pending)
        await store.close()
    }

    @Test func aJobIsRunByAnotherProcessWithinASecond() async throws {
        let server = try Child(["serve"], in: scratch)
        try await wait("the server says what it does") { server.output.contains("works on") }
        try await wait("the worker is there") {
            try await oncue("workers", "--json", in: scratch).array().count == 1
        }
        let started = ContinuousClock.now
        let said = try await oncue("submit", "echo", "{\"hello\":  1.0}", "--wait", in: scratch)
        #expect(said.status == 0)
        #expect(said.output == "{\"hello\":  1.0}\n")
        #expect(ContinuousClock.now - started < .seconds(4))

        let id = try #require(JobID(try await oncue("submit", "echo", "1", in: scratch).lines[0]))
        let accepted = ContinuousClock.now
        let store = try await store()
        let done = try await store.outcome(of: id, wait: .seconds(5))
        #expect(done?.state == .completed)
        #expect(ContinuousClock.now - accepted < .seconds(1))
        await store.close()
        server.send(SIGTERM)
        #expect(try await server.ended() == .exited(0))
    }

    @Test func waitingSaysHowItEnded() async throws {
        let server = try Child(["work"], in: scratch)
        let failed = try await oncue(
            "submit", "fail", "{\"error\":\"no such customer\",\"permanent\":true}", "--wait", in: scratch)
        #expect(failed.status == 7)
        #expect(failed.output == "")
        #expect(failed.errors.contains("no such customer"))

        let late = try await oncue("submit", "echo", "1", "--delay", "1h", "--wait", "50ms", in: scratch)
        #expect(late.status == 6)
        #expect(late.errors.contains("jobs why"))

        let json = try await oncue("submit", "echo", "[1]", "--wait", "10s", "--json", in: scratch)
        #expect(json.status == 0)
        #expect(try json.object()["status"] as? String == "completed")
        #expect(try json.object()["output"] as? String == Data("[1]".utf8).base64EncodedString())
        server.send(SIGTERM)
        try await server.ended()
    }

    @Test func aDuplicateAnswersTheFirstId() async throws {
        let first = try await oncue("submit", "a", "--unique", "order-1", in: scratch)
        let second = try await oncue("submit", "a", "--unique", "order-1", in: scratch)
        #expect(second.status == 0)
        #expect(second.output == first.output)
        #expect(second.errors.contains("was there already"))
        let json = try await oncue("submit", "a", "--unique", "order-1:1h", "--json", in: scratch)
        #expect(try json.object()["duplicate"] as? Bool == true)
    }

    @Test func payloadsComeFromStdinAndFiles() async throws {
        let text = " {\"n\" : 9223372036854775808, \"b\":1.0,\"a\":[ ] }\n"
        let byStdin = try await oncue("submit", "a", "-", in: scratch, input: text)
        try scratch.write(text, to: "p.json")
        let byFile = try await oncue("submit", "a", "@p.json", in: scratch)
        let plain = try await oncue("submit", "a", "héllo", "--content-type", "text/plain", in: scratch)
        let bare = try await oncue("submit", "a", in: scratch)
        let store = try await store()
        let ids = try [byStdin, byFile, plain, bare].map { try #require(JobID($0.lines[0])) }
        let jobs = try await store.find(ids)
        #expect(jobs.map { $0.map { String(decoding: $0.payload, as: UTF8.self) } } == [text, text, "héllo", "{}"])
        #expect(jobs[2]?.contentType == "text/plain")
        await store.close()
    }

    @Test(arguments: [
        ["submit", "a", "hello"], ["submit", "a b"], ["submit"], ["submit", "a", "--delay", "-1s"],
        ["submit", "a", "--attempts", "0"], ["submit", "a", "--timeout", "1s", "--soft-timeout", "1s"],
        ["submit", "a", "--colour", "red"], ["submit", "a", "--tag", "x"], ["submit", "a", "@none.json"],
        ["submit", "a", "--store", "oncue.db"], ["submit", "a", "--store", "postgres://h"],
        ["submit", "a", "--store", "memory:"], ["submit", "--batch", "none.ndjson"], ["frobnicate"], ["jobs", "shwo"],
    ])
    func whatIsWrongIsRefusedBeforeAnythingIsMade(arguments: [String]) async throws {
        let said = try await oncue(arguments, in: scratch)
        #expect(said.status == 2)
        #expect(said.output == "")
        #expect(said.errors.hasPrefix("Error: "))
        #expect(!FileManager.default.fileExists(atPath: scratch.path("oncue.db")))
    }

    // MARK: Batches

    @Test func batchesKeepTheBytesAndTheOrder() async throws {
        let payloads = [
            "9223372036854775808", "1.0", "{\"b\":1,\"a\":2}", "{ \"a\" :  [ 1 , 2 ] }", "\"\\u00e9 é\"", "1e400",
            "null",
        ]
        let lines = payloads.enumerated().map { index, payload in
            index % 2 == 0
                ? "{\"name\":\"job.\(index)\", \"payload\": \(payload) ,\"queue\":\"q\"}"
                : "{\"payload\":\(payload),\"type\":\"job.\(index)\",\"priority\":\"high\",\"tags\":{\"n\":\"\(index)\"}}"
        }
        try scratch.write(lines.joined(separator: "\n") + "\n\n", to: "jobs.ndjson")
        let said = try await oncue("submit", "--batch", "jobs.ndjson", in: scratch)
        #expect(said.status == 0)
        let store = try await store()
        let jobs = try await store.find(said.lines.map { try #require(JobID($0)) })
        #expect(jobs.map { $0.map { String(decoding: $0.payload, as: UTF8.self) } } == payloads)
        #expect(jobs.map { $0?.name.rawValue } == payloads.indices.map { "job.\($0)" })
        #expect(jobs[1]?.priority == .high)
        #expect(jobs[1]?.tags == ["n": "1"])
        #expect(jobs[0]?.queue == "q")
        await store.close()
    }

    @Test func wrongLinesAreReportedWithTheirNumberAndTheOthersTaken() async throws {
        let lines = [
            "{\"name\":\"a\"}", "not json", "{\"payload\":1}", "{\"name\":\"b\",\"delay\":\"soon\"}",
            "{\"name\":\"c\",\"max_attempts\":0}", "{\"name\":\"d\"}",
        ]
        let said = try await oncue("submit", "--batch", "-", in: scratch, input: lines.joined(separator: "\n"))
        #expect(said.status == 4)
        #expect(said.lines.count == 2)
        for number in [2, 3, 4, 5] { #expect(said.errors.contains("line \(number): ")) }
        #expect(!said.errors.contains("line 1: "))
        #expect(said.errors.contains("4 of 6 lines not taken"))
        let store = try await store()
        let jobs = try await store.find(said.lines.map { try #require(JobID($0)) })
        #expect(jobs.map { $0?.name } == ["a", "d"])
        await store.close()

        let json = try await oncue(
            "submit", "--batch", "-", "--json", in: scratch, input: lines.joined(separator: "\n"))
        let objects = try json.lines.map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["line"] as? Int } == [1, 2, 3, 4, 5, 6])
        #expect(objects.map { $0["error"] != nil } == [false, true, true, true, true, false])
    }

    @Test func largeBatchesComeInWhole() async throws {
        let count = 5_500
        let text = (0..<count).map { "{\"name\":\"n\",\"payload\":\($0)}\n" }.joined()
        let said = try await oncue("submit", "--batch", "-", in: scratch, input: text)
        #expect(said.status == 0)
        #expect(Set(said.lines).count == count)
        let store = try await store()
        let sample = [0, 999, 1_000, 1_001, 5_499]
        let jobs = try await store.find(sample.map { try #require(JobID(said.lines[$0])) })
        #expect(jobs.map { $0.map { String(decoding: $0.payload, as: UTF8.self) } } == sample.map(String.init))
        #expect(try await store.queues().first?.count(.pending) == count)
        await store.close()
    }

    @Test func aFullQueueRefuses() async throws {
        try await oncue("queues", "set", "small", "--max-waiting", "1", in: scratch)
        #expect(try await oncue("submit", "a", "--queue", "small", in: scratch).status == 0)
        let said = try await oncue("submit", "a", "--queue", "small", in: scratch)
        #expect(said.status == 4)
        #expect(said.output == "")
    }
}
