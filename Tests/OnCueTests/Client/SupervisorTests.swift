import Foundation
import InMemoryLogging
import Logging
import OnCue
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@Suite struct RestartPolicyTests {
    @Test func theWaitsGrowAndStartAnew() {
        var policy = RestartPolicy()
        let waits = (0..<12).map { _ in policy.wait(afterLifeOf: .milliseconds(5)) }
        #expect(
            waits.prefix(5) == [
                .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1_600),
            ])
        #expect(waits.last == .seconds(30))
        #expect(policy.wait(afterLifeOf: .seconds(60)) == .milliseconds(100))
        #expect(policy.wait(afterLifeOf: .zero) == .milliseconds(200))
    }

    @Test func manyDeathsOverflowNothing() {
        var policy = RestartPolicy(initial: .seconds(1), max: .seconds(100_000_000_000))
        for _ in 0..<500 { _ = policy.wait(afterLifeOf: .zero) }
        #expect(policy.wait(afterLifeOf: .zero) == policy.max)
    }
}

@Suite struct SupervisorTests {
    private let folder: URL
    private let log = InMemoryLogHandler()

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "oncue-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func isAlive(_ pid: Int32) -> Bool { kill(pid, 0) == 0 }

    private func waitUntil(_ condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try !condition() {
            try #require(ContinuousClock.now < deadline, "it did not happen within 20 s")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    }

    private func supervisor(
        _ line: String, processes: Int = 1, grace: Duration = .seconds(10), policy: RestartPolicy = RestartPolicy()
    ) -> Supervisor {
        let log = log
        return Supervisor(
            processes: processes, executable: "/bin/sh", arguments: ["-c", line],
            environment: ["FOLDER": folder.path()], grace: grace, policy: policy,
            logger: Logger(label: "test") { _ in log })
    }

    @Test func theOneThatDiesIsStartedAgain() async throws {
        let supervisor = supervisor(
            "echo $ONCUE_SUPERVISED >> $FOLDER/indexes; exec sleep 300", processes: 2)
        try await testGracefulShutdown { trigger in
            async let run: Void = supervisor.run()
            try await waitUntil { supervisor.processIDs.count == 2 && text("indexes").count == 4 }
            let first = supervisor.processIDs
            let victim = try #require(first[1])
            kill(victim, SIGKILL)
            try await waitUntil { supervisor.processIDs[1] != nil && supervisor.processIDs[1] != victim }
            #expect(supervisor.processIDs[0] == first[0])
            try await waitUntil { text("indexes").count == 6 }
            let last = Array(supervisor.processIDs.values)
            trigger.triggerGracefulShutdown()
            try await run
            for pid in last { #expect(!isAlive(pid)) }
        }
        #expect(text("indexes").split(separator: "\n").sorted() == ["0", "1", "1"])
        let ended = try #require(log.entries.first { $0.message == "A worker process has ended" })
        #expect(ended.metadata["how"] == "signal 9")
        #expect(ended.metadata["process"] == "1")
        #expect(log.entries.count { $0.message == "A worker process has ended" } == 1)
        #expect(log.entries.contains { $0.message == "It is started again" && $0.metadata["in"] == "100ms" })
    }

    @Test func aCommandThatKeepsDyingIsStartedLessAndLessOften() async throws {
        func waits() -> [String] { log.entries.compactMap { $0.metadata["in"].map { "\($0)" } } }
        let supervisor = supervisor(
            "echo x >> $FOLDER/starts; exit 3", policy: RestartPolicy(initial: .milliseconds(10), max: .seconds(300)))
        try await testGracefulShutdown { trigger in
            async let run: Void = supervisor.run()
            try await waitUntil { waits().count >= 4 }
            trigger.triggerGracefulShutdown()
            try await run
        }
        #expect(waits().prefix(4) == ["10ms", "20ms", "40ms", "80ms"])
        #expect(text("starts").count >= 8)
        #expect(log.entries.contains { $0.metadata["how"] == "exit status 3" })
    }

    @Test func whatIgnoresTheSignalIsKilledAfterTheGrace() async throws {
        let supervisor = supervisor(
            "trap '' TERM; echo $$ >> $FOLDER/pid; while :; do sleep 0.05; done", grace: .milliseconds(300))
        try await testGracefulShutdown { trigger in
            async let run: Void = supervisor.run()
            try await waitUntil { text("pid").hasSuffix("\n") }
            let start = ContinuousClock.now
            trigger.triggerGracefulShutdown()
            try await run
            let took = ContinuousClock.now - start
            #expect(took >= .milliseconds(300))
            #expect(took < .seconds(15))
        }
        let pid = try #require(Int32(text("pid").trimmingCharacters(in: .newlines)))
        #expect(!isAlive(pid))
    }

    @Test func aChildMayTakeItsTimeWithinTheGrace() async throws {
        let supervisor = supervisor(
            "trap 'sleep 0.3; echo tidy > $FOLDER/end; exit 0' TERM; echo $$ >> $FOLDER/pid; "
                + "while :; do sleep 0.02; done")
        try await testGracefulShutdown { trigger in
            async let run: Void = supervisor.run()
            try await waitUntil { text("pid").hasSuffix("\n") }
            trigger.triggerGracefulShutdown()
            try await run
        }
        #expect(text("end") == "tidy\n")
    }

    @Test func cancellingEndsTheChildrenToo() async throws {
        let supervisor = supervisor("exec sleep 300", processes: 3)
        let task = Task { try await supervisor.run() }
        try await waitUntil { supervisor.processIDs.count == 3 }
        let pids = Array(supervisor.processIDs.values)
        task.cancel()
        try await task.value
        for pid in pids { #expect(!isAlive(pid)) }
    }

    @Test func aProgramThatIsNotThereIsAnError() async {
        let supervisor = Supervisor(processes: 2, executable: "/nowhere/program", arguments: [])
        let error = await #expect(throws: Supervisor.StartError.self) { try await supervisor.run() }
        #expect(error?.description.contains("/nowhere/program") == true)
    }

    // MARK: The supervisor's own end

    @Test func childrenEndWhenTheirSupervisorIsKilled() async throws {
        let path = folder.path()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let supervisor = Supervisor(
                processes: 1, executable: "/bin/sh",
                arguments: ["-c", "echo $$ > $FOLDER/pid; cat > /dev/null; echo gone > $FOLDER/end"],
                environment: ["FOLDER": path])
            async let run: Void = supervisor.run()
            let deadline = ContinuousClock.now + .seconds(20)
            while !FileManager.default.fileExists(atPath: path + "/pid"), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            kill(getpid(), SIGKILL)
            try await run
        }
        #expect(!text("pid").isEmpty)
        try await waitUntil { text("end") == "gone\n" }
    }

    @Test func aSupervisedProcessEndsWithItsLifeline() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            dup2(ends[0], STDIN_FILENO)
            setenv(SupervisedChild.variable, "4", 1)
            guard let child = SupervisedChild.current, child.index == 4 else { return }
            child.watch()
            close(ends[1])
            try await Task.sleep(for: .seconds(20))
        }
        await #expect(processExitsWith: .exitCode(1)) {
            signal(SIGTERM, SIG_IGN)
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            dup2(ends[0], STDIN_FILENO)
            SupervisedChild(index: 0).watch(grace: .milliseconds(50))
            close(ends[1])
            try await Task.sleep(for: .seconds(20))
        }
        #expect(SupervisedChild.current == nil)
    }
}
