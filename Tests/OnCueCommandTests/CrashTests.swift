import Foundation
import OnCue
import OnCueSQLite
import Testing

/// Workers that are killed, stopped and brought down by a job: nothing is lost, and nothing that comes late counts.
@Suite(.serialized) struct CrashTests {
    private let scratch = Scratch()

    private func open() async throws -> SQLiteStore { try await SQLiteStore(path: scratch.path("oncue.db")) }

    /// Processes of workers that are connected now.
    private func pids(_ store: SQLiteStore) async throws -> Set<pid_t> {
        Set(
            try await store.sessions().filter { $0.standing == .open && !$0.process.isCertainlyGone }
                .map(\.process.pid))
    }

    private func isAlive(_ pid: pid_t) -> Bool {
        guard kill(pid, 0) == 0 else { return false }
        // A process that has ended stays in the table until its parent has asked for it.
        let stat = (try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8)) ?? ""
        return !stat.contains(") Z ")
    }

    @Test func aJobOfAKilledWorkerRunsElsewhere() async throws {
        try scratch.write(
            """
            handlers:
              slow:
                shell: 'echo run >> runs; if [ $ONCUE_ATTEMPT = 1 ]; then sleep 60; fi; echo $ONCUE_ATTEMPT'
            """,
            to: "handlers.yaml")
        let first = try Child(["work", "--handlers", "handlers.yaml"], in: scratch)
        let id = try await JobBatch(count: 1, name: "slow").submit(in: scratch)[0]
        try await wait("it runs") { scratch.read("runs") == "run\n" }
        first.send(SIGKILL)
        #expect(try await first.ended() == .signaled(SIGKILL))
        let second = try Child(["work", "--handlers", "handlers.yaml"], in: scratch)
        let store = try await open()
        let job = try #require(try await store.outcome(of: id, wait: .seconds(45)))
        #expect(job.state == .completed)
        #expect(job.attempt == 2)
        #expect(job.output == Array("2\n".utf8))
        #expect(try await store.attempts(of: id).first?.category == .system)
        second.send(SIGTERM)
        try await second.ended()
        await store.close()
    }

    @Test func whatAStoppedWorkerWritesLateChangesNothing() async throws {
        try scratch.write(
            "handlers:\n  slow:\n    shell: 'echo run >> runs; sleep 3; echo $ONCUE_ATTEMPT'\n", to: "handlers.yaml")
        let options = ["--handlers", "handlers.yaml", "--lease", "2s"]
        let stopped = try Child(["work", "--worker-name", "stopped"] + options, in: scratch)
        let id = try await JobBatch(count: 1, name: "slow").submit(in: scratch)[0]
        try await wait("it runs") { scratch.read("runs") == "run\n" }
        let store = try await open()
        // Just after a write: one that is stopped in the midst of a write keeps everybody else from writing.
        let renewals = try await store.sessions().first?.renewals ?? 0
        try await wait("it has renewed its session") { try await store.sessions().first?.renewals ?? 0 > renewals }
        stopped.send(SIGSTOP)
        let other = try Child(["work", "--worker-name", "other"] + options, in: scratch)
        let job = try #require(try await store.outcome(of: id, wait: .seconds(30)))
        #expect(job.state == .completed)
        #expect(job.attempt == 2)
        #expect(job.worker == "other")
        let before = try await store.latestEvent()

        stopped.send(SIGCONT)
        // It learns that it was fenced off, and comes back under a new session.
        try await wait("the stopped worker is back") {
            try await store.sessions().contains { $0.worker == "stopped" && $0.standing == .open }
        }
        for worker in [stopped, other] {
            worker.send(SIGTERM)
            #expect(try await worker.ended() == .exited(0))
        }
        let after = try #require(try await store.find([id])[0])
        #expect(after.attempt == 2)
        #expect(after.worker == "other")
        #expect(after.output == Array("2\n".utf8))
        #expect(try await store.events(after: before, limit: 100, wait: .zero).events.filter { $0.job == id }.isEmpty)
        #expect(try await store.queues().first?.totals.completed == 1)
        await store.close()
    }

    @Test func aChildThatDiesIsStartedAgainAndItsJobsFinish() async throws {
        let supervisor = try Child(["work", "--processes", "2", "--concurrency", "2"], in: scratch)
        let ids = try await JobBatch(count: 4, name: "sleep", payload: "\"2s\"").submit(in: scratch)
        let store = try await open()
        try await wait("two workers hold all four") {
            let sessions = try await store.sessions().filter { $0.standing == .open }
            return sessions.count == 2 && sessions.allSatisfy { $0.held == 2 }
        }
        let before = try await pids(store)
        let victim = try #require(before.first)
        #expect(victim != supervisor.pid)
        kill(victim, SIGKILL)
        try await wait("there are two again") {
            let now = try await pids(store)
            return now.count == 2 && !now.contains(victim)
        }
        for id in ids {
            #expect(try await store.outcome(of: id, wait: .seconds(30))?.state == .completed)
        }
        supervisor.send(SIGTERM)
        #expect(try await supervisor.ended() == .exited(0))
        #expect(try await pids(store).isEmpty)
        await store.close()
    }

    @Test func childrenEndWithTheirSupervisor() async throws {
        let supervisor = try Child(["serve", "--processes", "3"], in: scratch)
        let store = try await {
            try await wait("the file is there") { FileManager.default.fileExists(atPath: scratch.path("oncue.db")) }
            return try await open()
        }()
        try await wait("three work") { try await pids(store).count == 3 }
        let children = try await pids(store)
        supervisor.send(SIGKILL)
        try await supervisor.ended()
        try await wait("all children have ended", within: .seconds(10)) { children.allSatisfy { !isAlive($0) } }
        await store.close()
    }

    @Test func oneKillerAmongManyDiesAloneAndTheOthersComplete() async throws {
        try scratch.write("handlers:\n  killer:\n    shell: 'echo run >> runs; kill -9 $PPID'\n", to: "handlers.yaml")
        let good = try await JobBatch(count: 100, name: "sleep", payload: "\"20ms\"").submit(in: scratch)
        let killer = try await JobBatch(count: 1, name: "killer", options: ",\"max_attempts\":3").submit(in: scratch)[0]
        let more = try await JobBatch(count: 100, name: "sleep", payload: "\"20ms\"").submit(in: scratch)
        let supervisor = try Child(
            ["work", "--processes", "4", "--handlers", "handlers.yaml", "--lease", "5s"], in: scratch)
        let store = try await open()
        let dead = try #require(try await store.outcome(of: killer, wait: .seconds(60)))
        #expect(dead.state == .dead)
        #expect(dead.deadReason == .workerLost)
        #expect(scratch.read("runs") == "run\nrun\nrun\n")
        for id in good + more {
            #expect(try await store.outcome(of: id, wait: .seconds(60))?.state == .completed)
        }
        supervisor.send(SIGTERM)
        try await supervisor.ended()
        await store.close()
    }

    @Test func workersKilledAtRandomLoseNothing() async throws {
        try await oncue("queues", "set", "--defaults", "--keep-completed", "30d:1000000", in: scratch)
        let ids = try await JobBatch(count: 20_000, name: "echo", options: ",\"max_attempts\":100").submit(in: scratch)
        let store = try await open()
        var workers: [Child] = []
        var kills = 0
        var isDone = false
        let started = ContinuousClock.now
        while !isDone {
            guard ContinuousClock.now - started < .seconds(180) else { throw Failure("not done after \(kills) kills") }
            while workers.count < 3 { workers.append(try Child(["work", "--concurrency", "20"], in: scratch)) }
            try await Task.sleep(for: .milliseconds(Int.random(in: 30...400)))
            isDone = try await store.queues().first?.totals.completed == ids.count
            if isDone || kills >= 40 { continue }
            let victim = workers.remove(at: Int.random(in: 0..<workers.count))
            victim.send(SIGKILL)
            try await victim.ended()
            kills += 1
        }
        var runs = 0
        var lost = 0
        for start in stride(from: 0, to: ids.count, by: 500) {
            for job in try await store.find(Array(ids[start..<min(ids.count, start + 500)])) {
                guard let job, job.state == .completed else {
                    lost += 1
                    continue
                }
                runs += job.attempt
                // A run beyond the first is a crash while the job was held, and each of these is kept with it.
                #expect(try await store.attempts(of: job.id).count == job.attempt - 1)
            }
        }
        #expect(lost == 0)
        #expect(kills > 0)
        // What one worker holds at most: its slots and what it has fetched ahead.
        #expect(runs - ids.count <= kills * (20 + 512))
        for worker in workers {
            worker.send(SIGTERM)
            try await worker.ended()
        }
        #expect(try await store.queues().first?.totals.completed == ids.count)
        await store.close()
    }
}
