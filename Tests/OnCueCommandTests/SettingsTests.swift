import Foundation
import OnCue
import Testing

@testable import OnCueCommand

@Suite struct SettingsTests {
    private let scratch = Scratch()

    private func settings(
        flags: [String: String] = [:], file: String? = nil, environment: [String: String] = [:]
    ) async throws -> Settings {
        let path = try file.map { try scratch.write($0, to: "oncue.yaml") }
        return try await Settings(flags: flags, configFile: path, environment: environment)
    }

    @Test func flagsBeatEnvironmentBeatsFileBeatsDefault() async throws {
        let file = "concurrency: 3\nlease: 5s\nshutdown_timeout: 1m\n"
        let settings = try await settings(
            flags: ["concurrency": "1"], file: file, environment: ["ONCUE_CONCURRENCY": "2", "ONCUE_LEASE": "4s"])
        #expect(try settings.value(.concurrency)?.origin == .flag("--concurrency"))
        #expect(try settings.count(.concurrency, in: 1...10) == 1)
        #expect(try settings.value(.lease)?.origin == .environment("ONCUE_LEASE"))
        #expect(try settings.duration(.lease, in: .zero ... .seconds(9)) == .seconds(4))
        #expect(
            try settings.value(.shutdownTimeout)?.origin == .file(scratch.path("oncue.yaml"), key: "shutdown_timeout"))
        #expect(try settings.value(.processes)?.origin == .fallback)
        #expect(try settings.value(.handlers) == nil)
    }

    @Test func theFileMayBeNamedByTheEnvironment() async throws {
        let path = try scratch.write("store: sqlite:/x/y.db\n", to: "other.yaml")
        let settings = try await Settings(flags: [:], configFile: nil, environment: ["ONCUE_CONFIG": path])
        #expect(try settings.text(.store) == "sqlite:/x/y.db")
    }

    @Test func listsInTheFileReadAsListsWithCommas() async throws {
        let settings = try await settings(file: "queues: [urgent, 'mail:2']\nworker-name: w1\n")
        #expect(try settings.text(.queues) == "urgent,mail:2")
        #expect(try settings.text(.workerName) == "w1")
    }

    @Test func anEmptyVariableCountsAsUnset() async throws {
        let settings = try await settings(environment: ["ONCUE_STORE": ""])
        #expect(try settings.value(.store)?.origin == .fallback)
    }

    @Test func unknownKeysAreRefusedWithASuggestion() async throws {
        let error = await #expect(throws: CommandError.self) { try await settings(file: "concurency: 3\n") }
        #expect(error?.status == .usage)
        #expect(error?.description.contains("'concurency'") == true)
        #expect(error?.hint == "Did you mean 'concurrency'?")
    }

    @Test(arguments: ["- a\n- b\n", "a: [1, {b: 2}]\n", "a: {{{\n"])
    func brokenFilesAreRefused(text: String) async throws {
        let error = await #expect(throws: CommandError.self) { try await settings(file: text) }
        #expect(error?.status == .usage)
        #expect(error?.message.contains("oncue.yaml") == true)
    }

    @Test func aMissingFileIsRefused() async throws {
        let error = await #expect(throws: CommandError.self) {
            try await Settings(flags: [:], configFile: scratch.path("none.yaml"), environment: [:])
        }
        #expect(error?.message.contains("no such file") == true)
    }

    @Test func wrongValuesNameTheirSource() async throws {
        let settings = try await settings(
            flags: ["lease": "1s"], file: "json: perhaps\n", environment: ["ONCUE_CONCURRENCY": "many"])
        let count = #expect(throws: CommandError.self) { try settings.count(.concurrency, in: 1...10) }
        #expect(count?.message == "concurrency: 'many' is not a whole number (from environment ONCUE_CONCURRENCY)")
        let lease = #expect(throws: CommandError.self) {
            try settings.duration(.lease, in: .seconds(2) ... .seconds(86_400))
        }
        #expect(lease?.message == "lease: '1s' is out of range; it takes 2s to 1d (from flag --lease)")
        let json = #expect(throws: CommandError.self) { try settings.flag(.json) }
        #expect(json?.message.contains("key json") == true)
        #expect(json?.status == .usage)
    }

    @Test func strangeVariablesAreListedAndHandlersVariablesAreNot() async throws {
        let settings = try await settings(environment: [
            "ONCUE_STOER": "x", "ONCUE_JOB_ID": "1", "ONCUE_QUEUE": "q", "PATH": "/bin",
        ])
        #expect(settings.unknownVariables.map(\.variable) == ["ONCUE_STOER"])
        #expect(settings.unknownVariables.first?.suggestion == "ONCUE_STORE")
    }

    @Test func namesFollowFromTheFlag() {
        #expect(Setting.shutdownTimeout.variable == "ONCUE_SHUTDOWN_TIMEOUT")
        #expect(Setting.shutdownTimeout.fileKey == "shutdown_timeout")
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    }
}

@Suite struct StoreLocationTests {
    @Test func urlsAreRead() throws {
        #expect(try StoreLocation("sqlite:./a.db") == .sqlite(path: "./a.db"))
        #expect(try StoreLocation("sqlite:/var/a.db") == .sqlite(path: "/var/a.db"))
        #expect(try StoreLocation("sqlite:///var/a.db") == .sqlite(path: "/var/a.db"))
        #expect(try StoreLocation("memory:") == .memory)
        for url in ["redis://localhost:6379/2", "rediss://u:p@h", "redis+cluster://a,b", "redis+sentinel://a,b/main"] {
            #expect(try StoreLocation(url, environment: ["REDIS_HOST": "other"]) == .redis(url: url))
        }
    }

    @Test func redisWithoutAHostIsTheOneOfTheEnvironment() throws {
        #expect(try StoreLocation("redis:") == .redis(url: "redis://localhost:6379"))
        let environment = [
            "REDIS_HOST": "cache", "REDIS_PORT": "7000", "REDIS_PASSWORD": "p@ss/ö", "REDIS_DB": "3",
        ]
        #expect(
            try StoreLocation("redis:?prefix=a", environment: environment)
                == .redis(url: "redis://:p%40ss%2f%c3%b6@cache:7000/3?prefix=a"))
        #expect(
            try StoreLocation("rediss://", environment: ["REDIS_HOST": "::1"]) == .redis(url: "rediss://[::1]:6379"))
        #expect(throws: CommandError.self) { try StoreLocation("redis:", environment: ["REDIS_PORT": "x"]) }
    }

    @Test(arguments: ["a.db", "./a.db", "", "sqlite:", "sqlite:dir/", "mysql://x", "/tmp/a.db"])
    func othersAreRefusedWithAHint(url: String) {
        let error = #expect(throws: CommandError.self) { try StoreLocation(url) }
        #expect(error?.status == .usage)
        #expect(error?.hint != nil)
    }

    @Test(arguments: ["postgres://u:p@h/db", "postgresql://h/db"])
    func laterStoresAreNamedAsSuch(url: String) {
        let error = #expect(throws: CommandError.self) { try StoreLocation(url) }
        #expect(error?.message.contains("not in this version") == true)
        #expect(error?.message.contains("u:p") == false)
    }

    @Test func passwordsAreMasked() {
        #expect(StoreLocation.masked("redis://user:secret@host:1/0") == "redis://user:***@host:1/0")
        #expect(StoreLocation.masked("redis://:secret@host") == "redis://:***@host")
        #expect(StoreLocation.masked("postgres://u:a@b/c@host/db") == "postgres://u:***@host/db")
        #expect(StoreLocation.masked("redis://host:6379") == "redis://host:6379")
        #expect(StoreLocation.masked("sqlite:./a@b.db") == "sqlite:./a@b.db")
    }
}
