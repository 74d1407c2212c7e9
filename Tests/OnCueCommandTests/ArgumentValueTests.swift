import ArgumentParser
import OnCue
import Testing

@testable import OnCueCommand

@Suite struct ArgumentValueTests {
    @Test func uniqueKeysMayCarryATime() throws {
        #expect(try UniqueArgument.key("order-1", until: nil) == UniqueKey("order-1"))
        #expect(
            try UniqueArgument.key("order-1:10m", until: nil) == UniqueKey("order-1", until: .elapsed(.seconds(600))))
        #expect(try UniqueArgument.key("order:1", until: nil) == UniqueKey("order:1"))
        #expect(try UniqueArgument.key("a:b:1h", until: nil) == UniqueKey("a:b", until: .elapsed(.seconds(3_600))))
        #expect(try UniqueArgument.key("a", until: .started) == UniqueKey("a", until: .started))
        #expect(try UniqueArgument.key(":1h", until: nil) == UniqueKey(":1h"))
        #expect(throws: CommandError.self) { try UniqueArgument.key("a:1h", until: .started) }
    }

    @Test func tagsAreKeysWithValues() throws {
        #expect(try PairArgument.pairs(["a=1", "b=x=y", "c="], option: "--tag") == ["a": "1", "b": "x=y", "c": ""])
        for wrong in ["a", "=1", ""] {
            #expect(throws: CommandError.self) { try PairArgument.pairs([wrong], option: "--tag") }
        }
    }

    @Test func payloadsKeepTheirBytes() throws {
        for text in ["{\"n\": 9223372036854775808, \"x\": 1.0}", " [1,2] ", "null", "\"a\"", "1e400"] {
            #expect(try PayloadArgument(text: text).read() == Array(text.utf8))
        }
        #expect(try PayloadArgument(text: nil).read() == Array("{}".utf8))
        #expect(try PayloadArgument(text: nil, contentType: "text/plain").read() == [])
        #expect(try PayloadArgument(text: "hello", contentType: "text/plain").read() == Array("hello".utf8))
    }

    @Test func payloadsThatAreNoJSONAreRefusedWithAHint() {
        let word = #expect(throws: CommandError.self) { try PayloadArgument(text: "hello").read() }
        #expect(word?.status == .usage)
        #expect(word?.hint?.contains("'\"hello\"'") == true)
        #expect(word?.hint?.contains("--content-type text/plain") == true)
        let half = #expect(throws: CommandError.self) { try PayloadArgument(text: "{\"a\":").read() }
        #expect(half?.hint?.contains("--content-type") == true)
        #expect(throws: CommandError.self) {
            try PayloadArgument(text: "x", contentType: "application/json; charset=utf-8").read()
        }
        #expect(throws: CommandError.self) {
            try PayloadArgument(text: "x", contentType: "application/cloudevents+json").read()
        }
    }

    @Test func payloadsComeFromFiles() throws {
        let scratch = Scratch()
        let path = try scratch.write("{\n \"a\" : 1.0\n}\n", to: "p.json")
        #expect(try PayloadArgument(text: "@\(path)").read() == Array("{\n \"a\" : 1.0\n}\n".utf8))
        let error = #expect(throws: CommandError.self) { try PayloadArgument(text: "@\(scratch.path("none"))").read() }
        #expect(error?.status == .usage)
    }

    @Test func aMomentIsATimeOrASpanBack() throws {
        let now = Timestamp(microseconds: 10_000_000)
        #expect(try ArgumentValue.moment("4s").timestamp(now: now) == Timestamp(microseconds: 6_000_000))
        #expect(
            try ArgumentValue.moment("1970-01-01T00:00:01Z").timestamp(now: now) == Timestamp(microseconds: 1_000_000))
        #expect(throws: (any Error).self) { try ArgumentValue.moment("yesterday") }
        #expect(throws: (any Error).self) { try ArgumentValue.moment("-1s") }
    }

    @Test func statesAreListedWithCommas() throws {
        #expect(try ArgumentValue.state("dead,retrying") == [.dead, .retrying])
        #expect(throws: (any Error).self) { try ArgumentValue.state("ded") }
    }

    @Test func waitTimesAreReadFromTheirText() {
        #expect(WaitTime(argument: "unlimited") == .unlimited)
        #expect(WaitTime(argument: "1m30s") == .upTo(.seconds(90)))
        #expect(WaitTime(argument: "-1s") == nil)
        #expect(WaitTime(argument: "soon") == nil)
    }

    @Test func filtersTakeTagsWithAndWithoutValue() throws {
        let options = try FilterOptions.parse([
            "--tag", "a=1", "--tag", "b", "--tag", "c=", "--name", "email.*", "--since", "1h", "--queue", "mail",
        ])
        let now = Timestamp(microseconds: 3_600_000_000)
        let filter = options.filter(states: [.dead], now: now)
        #expect(filter.tags == ["a": "1", "b": nil, "c": ""])
        #expect(filter.name == "email.*")
        #expect(filter.queue == "mail")
        #expect(filter.createdFrom == Timestamp(microseconds: 0))
        #expect(filter.states == [.dead])
    }
}

@Suite struct SubmitOptionsTests {
    private func job(_ arguments: String...) throws -> NewJob {
        try SubmitCommand.parse(arguments).newJob()
    }

    @Test func everyOptionReachesTheJob() throws {
        let job = try job(
            "email.receipt", "{\"n\": 1.0}", "--queue", "mail", "--priority", "high", "--delay", "5m", "--expires",
            "1h",
            "--attempts", "3", "--backoff", "linear:2s:1m", "--timeout", "10s", "--soft-timeout", "5s", "--unique",
            "k:1h",
            "--tag", "a=1", "--tag", "b=2", "--header", "h=v", "--correlation-id", "c", "--retention", "1d", "--id",
            "0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01")
        #expect(job.name == "email.receipt")
        #expect(job.payload == Array("{\"n\": 1.0}".utf8))
        #expect(job.queue == "mail")
        #expect(job.priority == .high)
        #expect(job.due == .after(.seconds(300)))
        #expect(job.expires == .after(.seconds(3_600)))
        #expect(job.options.maxAttempts == 3)
        #expect(job.options.backoff == .linear(base: .seconds(2), max: .seconds(60)))
        #expect(job.options.timeout == .seconds(10))
        #expect(job.options.softTimeout == .seconds(5))
        #expect(job.options.retention == .seconds(86_400))
        #expect(job.unique == UniqueKey("k", until: .elapsed(.seconds(3_600))))
        #expect(job.tags == ["a": "1", "b": "2"])
        #expect(job.headers == ["h": "v"])
        #expect(job.correlationID == "c")
        #expect(job.id == JobID("0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01"))
    }

    @Test func timesAreTakenToo() throws {
        let job = try job("a", "--at", "2030-01-01T00:00:00Z", "--expires", "2030-01-02T00:00:00+01:00")
        #expect(job.due == .at(Timestamp(microseconds: 1_893_456_000_000_000)))
        #expect(job.expires == .at(Timestamp(microseconds: 1_893_538_800_000_000)))
    }

    @Test(arguments: [
        ["--queue", "a b", "a"], ["a", "--delay", "-1s"], ["a", "--delay", "5"], ["a", "--attempts", "0"],
        ["a", "--attempts", "x"], ["a", "--timeout", "1s", "--soft-timeout", "2s"], ["a", "--priority", "urgent"],
        ["a", "--delay", "1s", "--at", "2030-01-01T00:00:00Z"], ["a b"], ["a", "--expires", "soon"],
        ["a", "--tag", "x"],
        ["a", "--backoff", "quick"], ["a", "--id", "7"], [], ["--batch", "f", "a"], ["--batch", "f", "--wait=1s"],
    ])
    func wrongOptionsAreRefused(arguments: [String]) {
        #expect(throws: (any Error).self) { try SubmitCommand.parse(arguments).newJob() }
    }
}

@Suite struct QueueSettingsOptionsTests {
    private func applied(to old: QueueSettings = .init(), _ arguments: String...) throws -> QueueSettings {
        try QueuesSetCommand.parse(["mail"] + arguments).applied(to: old)
    }

    @Test func whatIsGivenIsSetAndTheRestStays() throws {
        let old = QueueSettings(order: 3, maxAttempts: 7)
        let new = try applied(
            to: old, "--timeout", "30s", "--max-waiting", "100", "--keep-dead", "90d:50", "--order", "-1")
        #expect(new.order == -1)
        #expect(new.maxAttempts == 7)
        #expect(new.timeout == .seconds(30))
        #expect(new.maxWaiting == 100)
        #expect(new.retention?.dead == .init(age: .seconds(90 * 86_400), count: 50))
        #expect(new.retention?.completed == RetentionPolicy.default.completed)
    }

    @Test func noneClears() throws {
        var old = QueueSettings(maxAttempts: 7, timeout: .seconds(1))
        old.retention = RetentionPolicy(dead: .none)
        let new = try applied(to: old, "--timeout", "none", "--attempts", "NONE", "--keep-dead", "none")
        #expect(new == QueueSettings())
        #expect(try applied("--keep-dead", "none").retention == nil)
    }

    @Test func anAgeAloneKeepsTheCount() throws {
        #expect(
            try applied("--keep-completed", "1h").retention?.completed == .init(age: .seconds(3_600), count: 10_000))
    }

    @Test(arguments: [
        ["--timeout", "1s", "--soft-timeout", "1s"], ["--timeout", "soon"], ["--attempts", "0"], ["--order", "x"],
        ["--max-waiting", "-1"], ["--keep-dead", "x"], ["--keep-dead", "1d:-1"], ["--backoff", "quick"], [],
    ])
    func wrongSettingsAreRefused(arguments: [String]) {
        #expect(throws: (any Error).self) { try QueuesSetCommand.parse(["mail"] + arguments).applied(to: .init()) }
    }
}
