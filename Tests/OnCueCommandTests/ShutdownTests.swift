import Foundation
import OnCue
import OnCueSQLite
import Testing

/// A worker that is told to stop: what runs may finish, the rest goes back unspent.
@Suite struct ShutdownTests {
    private let scratch = Scratch()

    private func open() async throws -> SQLiteStore { try await SQLiteStore(path: scratch.path("oncue.db")) }

    private func running(_ id: JobID, in store: SQLiteStore) async throws {
        try await wait("the job runs") { try await store.find([id])[0]?.state == .running }
    }

    @Test func sigtermLetsRunningJobsFinish() async throws {
        let handlers = try scratch.write(
            "handlers:\n  slow:\n    shell: 'echo run >> runs; sleep 1'\n", to: "handlers.yaml")
        let worker = try Child(["work", "--concurrency", "2", "--handlers", handlers], in: scratch)
        let ids = try await JobBatch(count: 6, name: "slow", payload: "{}").submit(in: scratch)
        let store = try await open()
        // Not what is held: the worker also prefetches.
        try await wait("two run") { (scratch.read("runs") ?? "").split(separator: "\n").count >= 2 }
        worker.send(SIGTERM)
        #expect(try await worker.ended(within: .seconds(10)) == .exited(0))
        let jobs = try await store.find(ids).compactMap(\.self)
        let done = jobs.filter { $0.state == .completed }
        #expect(done.count >= 2)
        #expect(done.allSatisfy { $0.attempt == 1 })
        let left = jobs.filter { $0.state == .pending }
        #expect(left.count == 6 - done.count)
        #expect(left.allSatisfy { $0.attempt == 0 && $0.lostWorkers == 0 })
        await store.close()
    }

    @Test func aJobThatOutlivesTheGraceGoesBackUnspent() async throws {
        let worker = try Child(["work", "--shutdown-timeout", "300ms"], in: scratch)
        let id = try await JobBatch(count: 1, name: "sleep", payload: "\"1h\"").submit(in: scratch)[0]
        let store = try await open()
        try await running(id, in: store)
        worker.send(SIGTERM)
        #expect(try await worker.ended(within: .seconds(10)) == .exited(0))
        let job = try #require(try await store.find([id])[0])
        #expect(job.state == .pending)
        #expect(job.attempt == 0)
        #expect(job.lostWorkers == 0)
        await store.close()
    }

    @Test func aSecondInterruptStopsAtOnce() async throws {
        let worker = try Child(["serve", "--shutdown-timeout", "1h"], in: scratch)
        let id = try await JobBatch(count: 1, name: "sleep", payload: "\"1h\"").submit(in: scratch)[0]
        let store = try await open()
        try await running(id, in: store)
        worker.send(SIGINT)
        try await wait("it says that it stops") { worker.errors.contains("stopping") }
        #expect(worker.isRunning)
        worker.send(SIGINT)
        try await worker.ended(within: .seconds(8))
        let job = try #require(try await store.find([id])[0])
        #expect(job.state == .pending)
        #expect(job.attempt == 0)
        await store.close()
    }

    @Test func restartsUnderLoadCostNoAttempt() async throws {
        let ids = try await JobBatch(count: 4_000, name: "echo").submit(in: scratch)
        let store = try await open()
        var restarts = 0
        while try await store.queues().first?.totals.completed != ids.count {
            let worker = try Child(["work"], in: scratch)
            let before = try await store.queues().first?.totals.completed ?? 0
            try await wait("some are done") {
                let now = try await store.queues().first?.totals.completed ?? 0
                return now > before || now == ids.count
            }
            worker.send(SIGTERM)
            #expect(try await worker.ended() == .exited(0))
            restarts += 1
        }
        #expect(restarts >= 1)
        let jobs = try await store.find(ids)
        #expect(jobs.allSatisfy { $0?.state == .completed && $0?.attempt == 1 })
        await store.close()
    }
}

/// Many equal jobs, enqueued by `submit --batch`.
struct JobBatch {
    var count: Int
    var name: String
    var payload = "1"
    var options = ""

    func submit(in scratch: Scratch) async throws -> [JobID] {
        let line = "{\"name\":\"\(name)\",\"payload\":\(payload)\(options)}\n"
        let said = try await oncue(
            "submit", "--batch", "-", in: scratch, input: String(repeating: line, count: count), within: .seconds(120))
        guard said.status == 0 else { throw Failure(said.errors) }
        return try said.lines.map { try #require(JobID($0)) }
    }
}
