import ArgumentParser
import Testing

@testable import OnCueCommand

@Suite struct ArgumentOrderTests {
    private let order = OnCueCommand.argumentOrder

    @Test(arguments: [
        (["--json", "stats"], ["stats", "--json"]),
        (
            ["--store", "sqlite:a.db", "-q", "jobs", "list", "--limit", "3"],
            ["jobs", "list", "--store", "sqlite:a.db", "-q", "--limit", "3"]
        ),
        (
            ["--store=sqlite:a.db", "jobs", "--json", "show", "x"],
            ["jobs", "show", "--store=sqlite:a.db", "--json", "x"]
        ),
        (["jobs", "--json"], ["jobs", "--json"]),
        (["jobs", "--json", "--limit", "3"], ["jobs", "--json", "--limit", "3"]),
        (["--store", "submit", "submit", "echo"], ["submit", "--store", "submit", "echo"]),
        (["serve", "--json"], ["serve", "--json"]),
        (["--help"], ["--help"]),
        (["--json"], ["--json"]),
        (["-v", "frobnicate"], ["-v", "frobnicate"]),
        ([], []),
    ])
    func globalOptionsMoveBehindTheSubcommand(given: [String], wanted: [String]) {
        #expect(order.arranged(given) == wanted)
    }

    @Test(arguments: [
        (["submit", "a", "--wait"], ["submit", "a", "--wait=unlimited"]),
        (["submit", "--wait", "a", "{}"], ["submit", "--wait=unlimited", "a", "{}"]),
        (["submit", "a", "--wait", "30s", "{}"], ["submit", "a", "--wait=30s", "{}"]),
        (["submit", "a", "--wait=5m"], ["submit", "a", "--wait=5m"]),
        (["submit", "a", "--wait", "--json"], ["submit", "a", "--wait=unlimited", "--json"]),
        (["submit", "a", "--", "--wait"], ["submit", "a", "--", "--wait"]),
        (["jobs", "cancel", "--wait"], ["jobs", "cancel", "--wait"]),
    ])
    func waitTakesATimeOrNone(given: [String], wanted: [String]) {
        #expect(order.arranged(given) == wanted)
    }

    @Test func unknownCommandsAreNamed() {
        #expect(order.unknownCommand(in: ["job", "list"])?.word == "job")
        #expect(order.unknownCommand(in: ["--json", "jobs", "shwo"])?.word == "shwo")
        #expect(order.unknownCommand(in: ["jobs", "shwo"])?.known.contains("show") == true)
        #expect(order.unknownCommand(in: ["jobs"]) == nil)
        #expect(order.unknownCommand(in: ["jobs", "--limit", "3"]) == nil)
        #expect(order.unknownCommand(in: ["submit", "anything"]) == nil)
        #expect(order.unknownCommand(in: ["help", "jobs"]) == nil)
        #expect(order.unknownCommand(in: []) == nil)
    }

    /// The lists by which options are moved must name exactly what the parser knows.
    @Test func everyGlobalOptionIsKnownToTheParser() throws {
        for flag in GlobalOptions.flags { _ = try GlobalOptions.parse([flag]) }
        for option in GlobalOptions.options { _ = try GlobalOptions.parse([option, "x"]) }
        let given = try GlobalOptions.parse(GlobalOptions.options.flatMap { [$0, "x"] } + ["--json", "-v", "-q"]).given
        #expect(Set(given.keys) == Set(Setting.global.map(\.name)))
    }

    @Test func everySettingOfAWorkerIsAFlag() throws {
        let arguments = Setting.work.filter { $0 != .noBuiltins }.flatMap { [$0.flag, "x"] }
        let given = try WorkOptions.parse(arguments + ["--no-builtins"]).given
        #expect(Set(given.keys) == Set(Setting.work.map(\.name)))
        #expect(given["no-builtins"] == "true")
    }

    @Test(arguments: [("jbos", "jobs"), ("sevre", "serve"), ("stat", "stats"), ("sumbit", "submit")])
    func nearWordsAreFound(typed: String, meant: String) {
        #expect(Spelling.nearest(to: typed, in: ["jobs", "serve", "stats", "submit", "work"]) == meant)
    }

    @Test func farWordsAreNot() {
        #expect(Spelling.nearest(to: "zebra", in: ["jobs", "serve"]) == nil)
    }
}
