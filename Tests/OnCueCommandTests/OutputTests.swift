import Logging
import OnCue
import Testing

@testable import OnCueCommand

@Suite struct OutputTests {
    private func table() -> Table {
        var table = Table(.left("ID"), .text("NAME", atLeast: 4), .right("N"))
        table.append("1", "short", "7")
        table.append("2", "a very long name indeed", "123")
        return table
    }

    @Test func columnsLineUp() {
        #expect(
            table().text(width: nil, colour: false) == """
                ID  NAME                       N
                1   short                      7
                2   a very long name indeed  123
                """)
    }

    @Test func narrowTerminalsCutWhatMayBeCut() {
        #expect(
            table().text(width: 20, colour: false)
                == """
                ID  NAME           N
                1   short          7
                2   a very lo…   123
                """.replacing("a very lo…   123", with: "a very lon…  123"))
        let narrowest = table().text(width: 5, colour: false).split(separator: "\n")
        #expect(narrowest[2] == "2   a v…  123")
    }

    @Test func coloursAddNoWidth() {
        var table = Table(.left("STATE"), .left("X"))
        table.append(Table.Cell("dead", .red), "1")
        let plain = table.text(width: nil, colour: false)
        let coloured = table.text(width: nil, colour: true)
        #expect(plain == "STATE  X\ndead   1")
        #expect(coloured.contains("\u{1b}[31mdead\u{1b}[0m   1"))
    }

    @Test func nothingInACellCommandsTheTerminal() {
        #expect("a\nb\tc".printable == "a b c")
        #expect("\u{1b}[31mred\u{7}".printable == "\u{fffd}[31mred\u{fffd}")
        #expect("grün ✓".printable == "grün ✓")
    }

    @Test(arguments: [
        (0, "0ms"), (250, "250ms"), (45_000, "45s"), (72_000, "1m12s"), (600_000, "10m"), (5_400_000, "1h30m"),
        (90_000_000, "1d1h"), (864_000_000, "10d"),
    ])
    func spansAreRough(milliseconds: Int, text: String) {
        #expect(Wording.rough(.milliseconds(milliseconds)) == text)
    }

    @Test func timesAreRelative() {
        let now = Timestamp(microseconds: 1_000_000_000)
        #expect(Wording.relative(now - .seconds(90), to: now) == "1m30s ago")
        #expect(Wording.relative(now + .seconds(5), to: now) == "in 5s")
        #expect(Wording.relative(now, to: now) == "now")
    }

    @Test func sizesAndCounts() {
        #expect(Wording.bytes(512) == "512 B")
        #expect(Wording.bytes(2_048) == "2 KiB")
        #expect(Wording.bytes(1_572_864) == "1.5 MiB")
        #expect(Wording.count(1, "job") == "1 job")
        #expect(Wording.count(JobCount(5, isExact: false)) == "more than 5 jobs")
    }

    @Test func progressShowsShareAndRate() {
        let line = ProgressBar.line("submit", done: 50, of: 100, after: .seconds(10))
        #expect(line.contains("50 %"))
        #expect(line.contains("50 of 100"))
        #expect(line.contains("5/s"))
        #expect(ProgressBar.line("submit", done: 7, of: nil, after: .zero) == "submit  7")
    }

    @Test func logLinesAsText() {
        let line = CommandLogHandler.line(
            at: Timestamp(microseconds: 0), level: .info, message: "started",
            metadata: ["b": "two words", "a": "1"], label: "oncue", format: .text, colour: false)
        #expect(line == "1970-01-01T00:00:00.000Z info    started a=1 b=\"two words\"")
    }

    @Test func logLinesAsJSON() {
        let line = CommandLogHandler.line(
            at: Timestamp(microseconds: 0), level: .warning, message: "a \"b\"",
            metadata: ["list": .array(["x", "y"]), "map": .dictionary(["k": "v"])], label: "oncue", format: .json,
            colour: true)
        #expect(
            line
                == "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warning\",\"label\":\"oncue\",\"message\":\"a \\\"b\\\"\",\"metadata\":{\"list\":[\"x\",\"y\"],\"map\":{\"k\":\"v\"}}}"
        )
    }

    @Test func everyStoreErrorHasAStatus() {
        #expect(CommandError(StoreError(.invalid, "x", field: "f")).status == .usage)
        #expect(CommandError(StoreError(.notFound, "x")).status == .notFound)
        #expect(CommandError(StoreError(.conflict, "x")).status == .refused)
        #expect(CommandError(StoreError(.queueFull, "x")).status == .refused)
        for code in [StoreError.Code.unavailable, .locked, .diskFull, .readOnly, .notADatabase, .newerSchema, .corrupt]
        {
            #expect(CommandError(StoreError(code, "x")).status == .unavailable)
        }
        #expect(Set(ExitStatus.allCases.map(\.rawValue)) == Set(0...7))
    }
}

@Suite struct LineReaderTests {
    private let scratch = Scratch()

    private func lines(_ text: String, limit: Int = 100) throws -> [LineReader.Line] {
        var reader = try LineReader(path: scratch.write(text, to: "lines"), limit: limit)
        var lines: [LineReader.Line] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }

    @Test func linesAreNumberedAndKeepTheirBytes() throws {
        let lines = try lines("a\n\n b \r\nlast")
        #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a", "", " b ", "last"])
        #expect(lines.map(\.number) == [1, 2, 3, 4])
    }

    @Test func aLineThatIsTooLongIsPassedOver() throws {
        let lines = try lines(
            "ab\n" + String(repeating: "x", count: 600_000) + "\ncd\n" + String(repeating: "y", count: 101))
        #expect(lines.map(\.isTooLong) == [false, true, false, true])
        #expect(lines[2].bytes == Array("cd".utf8))
        #expect(lines.map(\.number) == [1, 2, 3, 4])
    }

    @Test func linesLongerThanOnePieceAreWhole() throws {
        let long = String(repeating: "z", count: 700_000)
        let lines = try lines("\(long)\nb\n", limit: 1_000_000)
        #expect(lines.map(\.bytes.count) == [700_000, 1])
    }

    @Test func missingFilesAreRefused() {
        let error = #expect(throws: CommandError.self) { _ = try LineReader(path: scratch.path("none"), limit: 1) }
        #expect(error?.status == .usage)
    }
}
