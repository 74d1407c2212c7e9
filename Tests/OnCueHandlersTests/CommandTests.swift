import Foundation
import OnCueHandlers
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite struct CommandTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func isAlive(_ pid: Int32) -> Bool { kill(pid, 0) == 0 }

    private func waitUntil(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, "it did not happen within 20 s")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "oncue-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    // MARK: Input and output

    @Test func theInputReachesIt() async throws {
        let end = try await Command(["wc", "-w"]).run(input: Array("one two three".utf8))
        #expect(end.status == .exited(0))
        #expect(!end.isInterrupted)
        #expect(text(end.output).trimmingCharacters(in: .whitespacesAndNewlines) == "3")
        #expect(end.errorText.isEmpty)
    }

    @Test func aLargeInputComesBackWhole() async throws {
        let input = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let end = try await Command(["cat"]).run(input: input)
        #expect(end.output == input)
        #expect(!end.isOutputCut)
    }

    @Test func anInputThatIsNotReadHoldsNobodyUp() async throws {
        let input = [UInt8](repeating: 65, count: 8 << 20)
        for line in ["true", "exec <&-; exit 0", "head -c 1 >/dev/null"] {
            #expect(try await Command.shell(line).run(input: input).status == .exited(0))
        }
    }

    @Test func aLongOutputIsCutAndTheChildGoesOn() async throws {
        let end = try await Command.shell("head -c 5000000 /dev/zero | tr '\\0' x; echo end >&2; exit 3").run(input: [])
        #expect(end.status == .exited(3))
        #expect(end.errorText == "end")
        #expect(end.isOutputCut)
        #expect(end.output.count == Command.outputBytes)
        #expect(text(end.output).hasSuffix("[cut here: 5000000 bytes were written, at most 1048576 are kept]\n"))
    }

    @Test func theEndOfTheErrorsIsKept() async throws {
        let end = try await Command.shell("i=0; while [ $i -lt 9000 ]; do echo é$i; i=$((i+1)); done >&2; exit 1")
            .run(input: [])
        #expect(end.errorText.utf8.count <= Command.errorBytes + 8)
        #expect(end.errorText.hasPrefix("… "))
        #expect(end.errorText.hasSuffix("é8999"))
        #expect(!end.errorText.contains("\u{fffd}"))
    }

    // MARK: Ends

    @Test(arguments: [0, 1, 65, 75, 255] as [Int32])
    func theExitStatusIsGiven(code: Int32) async throws {
        #expect(try await Command.shell("exit \(code)").run(input: []).status == .exited(code))
    }

    @Test func aSignalIsNamed() async throws {
        let end = try await Command.shell("kill -SEGV $$").run(input: [])
        #expect(end.status == .signalled(SIGSEGV))
        #expect(end.status.description == "killed by SIGSEGV (signal 11)")
    }

    @Test func whatCannotBeStartedSaysWhy() async throws {
        for program in ["oncue-no-such-program", "/nowhere/program"] {
            let error = await #expect(throws: CommandStartError.self) { try await Command([program]).run(input: []) }
            #expect(error?.isNotFound == true)
            #expect(error?.description.contains(program) == true)
        }
        let folder = await #expect(throws: CommandStartError.self) {
            try await Command(["true"], directory: "/nowhere").run(input: [])
        }
        #expect(folder?.isNotFound == false)
        #expect(folder?.description.contains("/nowhere") == true)
        let file = await #expect(throws: CommandStartError.self) { try await Command(["/etc/hostname"]).run(input: []) }
        #expect(file?.isNotFound == false)
        await #expect(throws: CommandStartError.self) { try await Command([]).run(input: []) }
    }

    // MARK: Surroundings

    @Test func itSeesNoSecrets() async throws {
        setenv("ONCUE_TEST_SECRET", "hunter2", 1)
        defer { unsetenv("ONCUE_TEST_SECRET") }
        let end = try await Command(["env"], environment: ["MINE": "1", "LANG": "C"]).run(
            input: [], variables: ["ONCUE_JOB_ID": "x"])
        let lines = text(end.output).split(separator: "\n").map(String.init)
        #expect(!text(end.output).contains("hunter2"))
        #expect(
            Set(lines.map { $0.prefix { $0 != "=" } }).isSubset(of: ["PATH", "HOME", "LANG", "MINE", "ONCUE_JOB_ID"]))
        #expect(lines.contains("MINE=1"))
        #expect(lines.contains("LANG=C"))
        #expect(lines.contains("ONCUE_JOB_ID=x"))
        #expect(lines.contains { $0.hasPrefix("PATH=/") })
    }

    #if os(Linux)
        @Test func itInheritsNoOpenFiles() async throws {
            let end = try await Command.shell("ls /proc/$$/fd").run(input: [])
            #expect(text(end.output).split(whereSeparator: \.isWhitespace) == ["0", "1", "2"])
        }
    #endif

    @Test func itRunsInItsFolder() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let end = try await Command(["pwd", "-P"], directory: folder.path()).run(input: [])
        #expect(text(end.output).contains(folder.lastPathComponent))
    }

    // MARK: Being ended

    /// Starts `line`, which has to write pids to a file named `pids`, and cancels it once there are `count`.
    private func cancelled(
        _ line: String, pids count: Int, grace: Duration
    ) async throws -> (end: CommandEnd, pids: [Int32], took: Duration) {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let command = Command.shell(line, directory: folder.path(), grace: grace)
        let task = Task { try await command.run(input: []) }
        var pids: [Int32] = []
        try await waitUntil {
            let text = (try? String(contentsOf: folder.appending(path: "pids"), encoding: .utf8)) ?? ""
            pids = text.split(separator: "\n").compactMap { Int32($0) }
            return pids.count == count && text.hasSuffix("\n")
        }
        for pid in pids { #expect(isAlive(pid)) }
        let start = ContinuousClock.now
        task.cancel()
        let end = try await task.value
        #expect(end.isInterrupted)
        return (end, pids, ContinuousClock.now - start)
    }

    @Test func cancellingEndsItsGrandchildrenToo() async throws {
        let (end, pids, took) = try await cancelled(
            "sleep 300 & echo $! >> pids; (sleep 301 & echo $! >> pids; wait) & echo $$ >> pids; wait", pids: 3,
            grace: .seconds(10))
        #expect(end.status == .signalled(SIGTERM))
        for pid in pids { #expect(!isAlive(pid)) }
        #expect(took < .seconds(8))
    }

    @Test func whatIgnoresTheFirstSignalIsKilled() async throws {
        let (end, pids, took) = try await cancelled(
            "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 1; done' & echo $$ >> pids; "
                + "while :; do sleep 1; done", pids: 2, grace: .milliseconds(300))
        #expect(end.status == .signalled(SIGKILL))
        for pid in pids { #expect(!isAlive(pid)) }
        #expect(took >= .milliseconds(300))
        #expect(took < .seconds(15))
    }

    @Test func aGrandchildThatOutlivesItsParentIsKilled() async throws {
        let (_, pids, _) = try await cancelled(
            "sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 1; done' & echo $$ >> pids; wait", pids: 2,
            grace: .milliseconds(300))
        for pid in pids { #expect(!isAlive(pid)) }
    }

    @Test func itMayTidyUpBeforeItEnds() async throws {
        let (end, _, _) = try await cancelled(
            "trap 'echo tidy; echo why >&2; exit 9' TERM; echo $$ >> pids; while :; do sleep 0.05; done", pids: 1,
            grace: .seconds(10))
        #expect(end.status == .exited(9))
        #expect(text(end.output) == "tidy\n")
        #expect(end.errorText.hasSuffix("why"))
    }

    @Test func aTaskThatWasCancelledBeforeStartsNothingThatLasts() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Command(["sleep", "300"], grace: .seconds(10)).run(input: [])
        }
        #expect(try await task.value.status == .signalled(SIGTERM))
    }

    @Test func whatItLeavesInTheBackgroundHoldsNobodyUp() async throws {
        let start = ContinuousClock.now
        let end = try await Command.shell("sleep 30 & echo $!").run(input: [])
        #expect(end.status == .exited(0))
        #expect(ContinuousClock.now - start < .seconds(15))
        let pid = try #require(Int32(text(end.output).trimmingCharacters(in: .newlines)))
        #expect(isAlive(pid))
        kill(pid, SIGKILL)
    }

    @Test func manyAtOnce() async throws {
        let outputs = try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<40 {
                group.addTask {
                    let end = try await Command(["cat"]).run(input: Array("\(index)".utf8))
                    return String(decoding: end.output, as: UTF8.self)
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(outputs == Set((0..<40).map(String.init)))
    }
}
