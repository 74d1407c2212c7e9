import OnCue
import OnCueHandlers
import Testing

@Suite struct HandlerFileTests {
    @Test func everythingIsRead() throws {
        let file = try HandlerFile(
            yaml: """
                # what runs
                handlers:
                  report.wordcount:
                    command: ["wc", "-w"]
                    timeout: 30s
                    soft_timeout: 1m30s
                    concurrency: 4
                  tidy:
                    shell: rm -f "$DIR"/*.tmp
                    env: {DIR: /var/tmp, LEVEL: 3}
                    cwd: /tmp
                    attempts: 2
                    backoff: constant:10s
                  slow:
                    command: [sleep, 1]
                    backoff: {strategy: linear, initial_delay: 2s, max_delay: 1m, multiplier: 3}
                """.replacing("1m30s", with: "10s"))
        #expect(file.names == ["report.wordcount", "tidy", "slow"])
        #expect(file.entries[0].command == Command(["wc", "-w"]))
        #expect(file.entries[0].concurrency == 4)
        #expect(file.entries[0].options == JobOptions(timeout: .seconds(30), softTimeout: .seconds(10)))
        #expect(
            file.entries[1].command
                == .shell("rm -f \"$DIR\"/*.tmp", environment: ["DIR": "/var/tmp", "LEVEL": "3"], directory: "/tmp"))
        #expect(file.entries[1].options.maxAttempts == 2)
        #expect(file.entries[1].options.backoff?.initial == .seconds(10))
        #expect(file.entries[2].command == Command(["sleep", "1"]))
        #expect(
            file.entries[2].options.backoff
                == Backoff(strategy: .linear, initial: .seconds(2), max: .seconds(60), multiplier: 3))
        #expect(try HandlerFile(yaml: "handlers:").entries.isEmpty)
        #expect(try HandlerFile(yaml: "handlers: {}").entries.isEmpty)
    }

    @Test(
        arguments: [
            ("", nil, "handlers"), ("- a", nil, "handlers"), ("handler: {}", 1, "handler"),
            ("handlers: [a]", 1, "mapping"),
            ("handlers:\n  a:\n    comand: [wc]", 3, "comand"),
            ("handlers:\n  a:\n    timeout: 3s", 2, "'command', a 'shell' or a 'webhook'"),
            ("handlers:\n  a:\n    command: [wc]\n    shell: wc", 4, "either"),
            ("handlers:\n  a:\n    command: wc -w", 3, "list"),
            ("handlers:\n  a:\n    command: []", 3, "list"), ("handlers:\n  a:\n    command: [[wc]]", 3, "word"),
            ("handlers:\n  a b:\n    command: [wc]", 2, "character"), ("handlers:\n  a: wc", 2, "mapping"),
            ("handlers:\n  a:\n    command: [wc]\n    timeout: 30", 4, "duration"),
            ("handlers:\n  a:\n    command: [wc]\n    timeout: -3s", 2, "negative"),
            ("handlers:\n  a:\n    command: [wc]\n    concurrency: 0", 4, "concurrency"),
            ("handlers:\n  a:\n    command: [wc]\n    concurrency: many", 4, "concurrency"),
            ("handlers:\n  a:\n    command: [wc]\n    attempts: 0", 2, "max_attempts"),
            ("handlers:\n  a:\n    command: [wc]\n    backoff: random", 4, "backoff"),
            ("handlers:\n  a:\n    command: [wc]\n    backoff: {strategy: x}", 4, "strategy"),
            ("handlers:\n  a:\n    command: [wc]\n    backoff: {base: 1s}", 4, "base"),
            ("handlers:\n  a:\n    command: [wc]\n    env: [A]", 4, "env"),
            ("handlers:\n  a:\n    command: [wc]\n    env: {A: [1]}", 4, "env.A"),
            ("handlers:\n  a:\n    command: [wc]\n    timeout: 1s\n    soft_timeout: 2s", 2, "soft_timeout"),
            ("handlers:\n  a: {command: [wc]}\n  a: {command: [wc]}", nil, "YAML"), ("handlers: {", nil, "YAML"),
        ] as [(String, Int?, String)])
    func mistakesAreNamedWithTheirLine(yaml: String, line: Int?, word: String) {
        let error = #expect(throws: HandlerFileError.self) { try HandlerFile(yaml: yaml, file: "h.yaml") }
        #expect(error?.line == line)
        #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("h.yaml") == true)
    }

    @Test func aFileThatIsNotThereIsNamed() {
        let error = #expect(throws: HandlerFileError.self) { try HandlerFile(path: "/nowhere/h.yaml") }
        #expect(error?.file == "/nowhere/h.yaml")
    }
}
