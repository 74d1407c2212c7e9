import Foundation
import OnCue
import OnCueTesting
import Subprocess
import Synchronization
import Testing

@testable import OnCueSQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What goes wrong in production, and what OnCue has to do about it: one test for each entry of the playbook in the
/// documentation.
@Suite(.serialized)
struct FailurePlaybookTests {
    struct Trouble: Error {}

    @Test("F1: a worker crashes in the middle of a job")
    func f1WorkerCrash() async throws {
        let scratch = try Scratch()
        let crash = try await Program.run("ExampleCrashRecovery", [scratch.path(), "crash"])
        #expect(crash.status == .signaled(9))
        let id = try #require(JobID(String(crash.output.prefix { !$0.isNewline })))

        let recovery = try await Program.run("ExampleCrashRecovery", [scratch.path(), "recover"])
        #expect(recovery.status == .exited(0))
        #expect(recovery.output.contains("attempt 2: finished all 10 pages"))

        let store = try await SQLiteStore(path: scratch.path())
        let job = try #require(try await store.find([id])[0])
        #expect(job.state == .completed)
        #expect(job.attempt == 2)
        let lost = try await store.attempts(of: id)
        #expect(lost.map(\.category) == [.system])
        #expect(lost.first?.worker.isEmpty == false)
        await store.close()
    }

    @Test("F2: the machine or all processes go down with jobs running")
    func f2Kill() async throws {
        let scratch = try Scratch()
        // A store that is never closed and a session that is never ended stand for the process that is gone.
        let before = try await SQLiteStore(path: scratch.path())
        let gone = ProcessIdentity(
            host: ProcessIdentity.current.host, boot: ProcessIdentity.current.boot,
            namespace: ProcessIdentity.current.namespace, pid: 2_147_483_000, started: "1")
        let session = try await before.openSession(
            SessionOpening(
                worker: "gone", process: gone, lease: .seconds(30), names: ["work"], queues: [], concurrency: 5))
        let ids = try await before.enqueue((0..<20).map { _ in NewJob(name: "work") }, atomically: true).compactMap(
            \.id)
        let held = try await before.claim(
            ClaimRequest(session: session, queues: [.init(.default)], names: ["work": 20], limit: 5))
        #expect(held.count == 5)

        let after = try await SQLiteStore(path: scratch.path())
        let worker = Worker(after, concurrency: 4)
        try worker.on("work") { (_: [UInt8], _: JobContext) in }
        try await running(worker) {
            try await eventually("all jobs are completed") {
                try await after.queues().first?.count(.completed) == ids.count
            }
        }
        for job in held {
            let record = try #require(try await after.find([job.id])[0])
            #expect(record.attempt == 2)
        }
        await before.close()
        await after.close()
    }

    @Test("F3: the database is damaged")
    func f3Corruption() async throws {
        let scratch = try Scratch()
        try Data("this is a letter, not a database, and it is longer than a header".utf8)
            .write(to: URL(filePath: scratch.path("letter.txt")))
        await #expect(throws: StoreError.self) { try await SQLiteStore(path: scratch.path("letter.txt")) }

        let store = try await SQLiteStore(path: scratch.path())
        _ = try await store.enqueue(
            (0..<2_000).map { _ in NewJob(name: "work", payload: [1, 2, 3]) }, atomically: true)
        await store.close()
        let file = try FileHandle(forUpdating: URL(filePath: scratch.path()))
        let end = try file.seekToEnd()
        // Every page but the first few: whatever is there, a check has to notice.
        for offset in stride(from: 16_384, to: end, by: 4_096) {
            try file.seek(toOffset: offset)
            try file.write(contentsOf: Data(repeating: 0xff, count: 64))
        }
        try file.close()
        do {
            let damaged = try await SQLiteStore(path: scratch.path())
            await damaged.close()
            Issue.record("a damaged file was opened")
        } catch {
            #expect(error.code == .corrupt || error.code == .notADatabase)
            #expect(!error.message.isEmpty)
        }
    }

    @Test("F4: a handler hangs")
    func f4Hang() async throws {
        let store = MemoryStore()
        let jobs = JobClient(store)
        let release = Gate()
        let worker = Worker(store, concurrency: 1, configuration: .init(stuckGrace: .milliseconds(100)))
        try worker.on("hang", options: HandlerOptions(blocking: true)) { (_: [UInt8], context: JobContext) in
            // Deaf to cancellation, and holds its thread.
            if context.attempt == 1 { release.wait() }
        }
        try worker.on("quick") { (_: [UInt8], _: JobContext) in }
        let hanging = try await jobs.enqueue(
            "hang", bytes: [], .timeout(.milliseconds(100)), .backoff(.constant(.milliseconds(50))))
        try await running(worker) {
            let quick = try await jobs.enqueue("quick", bytes: [])
            #expect(try await jobs.result(of: quick.id, timeout: .seconds(20)).job.state == .completed)
            let job = try await jobs.result(of: hanging.id, timeout: .seconds(20)).job
            #expect(job.state == .completed)
            #expect(job.attempt == 2)
            #expect(try await store.attempts(of: hanging.id).map(\.category) == [.timeout])
            release.open()
        }
    }

    @Test("F5: more comes in than can be worked off")
    func f5Overload() async throws {
        let store = MemoryStore()
        let jobs = JobClient(store)
        try await jobs.setSettings(QueueSettings(maxWaiting: 100), of: "busy")
        let answers = try await jobs.enqueue(
            (0..<150).map { NewJob(name: "work", queue: "busy", payload: [UInt8($0)]) })
        #expect(answers.compactMap(\.id).count == 100)
        guard case .refused(let error) = answers[120] else {
            Issue.record("more than the bound was taken")
            return
        }
        #expect(error.code == .queueFull)

        let order = Mutex<[UInt8]>([])
        let worker = Worker(store, concurrency: 1, queues: ["busy"])
        try worker.on("work") { (payload: [UInt8], _: JobContext) in order.withLock { $0.append(payload[0]) } }
        try await running(worker) {
            try await eventually("the accepted jobs ran") { order.withLock { $0.count } == 100 }
        }
        #expect(order.withLock { $0 } == Array(0..<100))
    }

    @Test("F6: a job can never be started")
    func f6NeverStarted() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        let jobs = JobClient(store)
        let id = try await jobs.enqueue("nobody.knows.it", bytes: [], .expires(after: .seconds(60))).id
        #expect(try await jobs.why(id).reasons.contains { $0.kind == .noWorker || $0.kind == .noHandler })
        time.advance(by: .seconds(61))
        _ = try await store.maintain(
            MaintenanceRequest(eventsBefore: try await store.now() - .seconds(3_600), sessionsBefore: time.now()))
        let job = try #require(try await store.find([id])[0])
        #expect(job.state == .dead)
        #expect(job.deadReason == .expired)
    }

    @Test("F7: SIGTERM while jobs run")
    func f7Shutdown() async throws {
        let store = MemoryStore()
        let jobs = JobClient(store)
        let started = Mutex(0)
        let worker = Worker(store, concurrency: 4, configuration: .init(shutdownGrace: .milliseconds(100)))
        try worker.on("long") { (_: [UInt8], _: JobContext) in
            started.withLock { $0 += 1 }
            try await Task.sleep(for: .seconds(600))
        }
        let answers = try await jobs.enqueue((0..<10).map { _ in NewJob(name: "long") })
        try await running(worker) {
            try await eventually("four run") { started.withLock { $0 } == 4 }
        }
        for job in try await store.find(answers.compactMap(\.id)) {
            #expect(job?.state == .pending)
            #expect(job?.attempt == 0)
        }
    }

    @Test("F8: memory, disk and file descriptors run out")
    func f8Exhaustion() async throws {
        let scratch = try Scratch()
        let store = try await SQLiteStore(path: scratch.path())
        let jobs = JobClient(store)
        // Memory: what is too large is refused before anything is written.
        await #expect(throws: StoreError.self) {
            try await jobs.enqueue("big", bytes: [UInt8](repeating: 0, count: Limits.payloadBytes + 1))
        }
        #expect(try await store.queues().reduce(0) { $0 + $1.waiting } == 0)

        // Disk: what does not fit is refused whole, what was accepted stays, and with room again all goes on.
        _ = try await jobs.enqueue((0..<10).map { _ in NewJob(name: "work") })
        try await store.write { ledger throws(StoreError) in
            let pages = try ledger.connection.integer("PRAGMA page_count") ?? 0
            try ledger.connection.execute("PRAGMA max_page_count = \(pages + 3)")
        }
        let tooMany = (0..<500).map { _ in NewJob(name: "work", payload: [UInt8](repeating: 1, count: 200)) }
        let failure = await #expect(throws: StoreError.self) { try await jobs.enqueue(tooMany, atomically: true) }
        #expect(failure?.code == .diskFull)
        #expect(try await jobs.count().count == 10)
        try await store.write { ledger throws(StoreError) in
            try ledger.connection.execute("PRAGMA max_page_count = 1073741823")
        }
        _ = try await jobs.enqueue(tooMany, atomically: true)
        #expect(try await jobs.count().count == 510)
        await store.close()

        // Descriptors: in a process of its own, since it leaves none for others.
        await #expect(processExitsWith: .success) {
            let scratch = try Scratch()
            let store = try await SQLiteStore(path: scratch.path())
            let worker = Worker(store, concurrency: 2)
            try worker.on("work") { (_: [UInt8], _: JobContext) in }
            try await running(worker) {
                try await eventually("the worker has begun") { try await !store.sessions().isEmpty }
                var taken: [Int32] = []
                while true {
                    let descriptor = open("/dev/null", O_RDONLY)
                    guard descriptor >= 0 else { break }
                    taken.append(descriptor)
                }
                // A store that is open needs no more of them: jobs come in and are worked off.
                let answers = try await store.enqueue([NewJob(name: "work")], atomically: false)
                let id = try #require(answers.first?.id)
                #expect(try await store.outcome(of: id, wait: .seconds(20))?.state == .completed)
                await #expect(throws: StoreError.self) { try await SQLiteStore(path: scratch.path("other.db")) }
                for descriptor in taken { close(descriptor) }
            }
            await store.close()
        }
    }

    @Test("F9: a service that jobs need is down")
    func f9ServiceDown() async throws {
        let store = MemoryStore()
        let jobs = JobClient(store)
        let isUp = Mutex(false)
        let worker = Worker(store, concurrency: 2)
        try worker.on("call") { (_: [UInt8], _: JobContext) in
            if !isUp.withLock({ $0 }) { throw Trouble() }
        }
        try worker.on("other") { (_: [UInt8], _: JobContext) in }
        let call = try await jobs.enqueue(
            "call", bytes: [], .attempts(3), .backoff(.constant(.milliseconds(20))))
        try await running(worker) {
            let other = try await jobs.enqueue("other", bytes: [])
            #expect(try await jobs.result(of: other.id, timeout: .seconds(20)).job.state == .completed)
            let dead = try await jobs.result(of: call.id, timeout: .seconds(20)).job
            #expect(dead.state == .dead)
            #expect(dead.deadReason == .attemptsExhausted)
            #expect(try await store.attempts(of: call.id).map(\.attempt) == [1, 2, 3])
            isUp.withLock { $0 = true }
            try await jobs.retry(call.id)
            #expect(try await jobs.result(of: call.id, timeout: .seconds(20)).job.state == .completed)
        }
    }

    @Test("F10: a payload is not what the handler expects")
    func f10MalformedPayload() async throws {
        struct Order: Codable { var id: String }
        let store = MemoryStore()
        let jobs = JobClient(store)
        let worker = Worker(store)
        try worker.on("order") { (_: Order, _: JobContext) in }
        try await running(worker) {
            let id = try await jobs.enqueue("order", bytes: Array(#"{"id": 7}"#.utf8)).id
            let job = try await jobs.result(of: id, timeout: .seconds(20)).job
            #expect(job.state == .dead)
            #expect(job.deadReason == .permanent)
            #expect(job.attempt == 1)
            #expect(job.lastError?.contains("id") == true)
        }
    }

    @Test("F11: a handler traps")
    func f11Trap() async throws {
        let scratch = try Scratch()
        let trap = try await Program.run("ExampleCrashRecovery", [scratch.path(), "trap"])
        guard case .signaled = trap.status else {
            Issue.record("the trap did not end the process: \(trap.status)")
            return
        }
        let recovery = try await Program.run("ExampleCrashRecovery", [scratch.path(), "recover"])
        #expect(recovery.status == .exited(0))
        #expect(recovery.output.contains("attempt 2: finished all 10 pages"))
    }

    @Test("F12: the wall clock jumps")
    func f12ClockJump() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        let jobs = JobClient(store)
        let order = Mutex<[UInt8]>([])
        let release = Gate()
        let worker = Worker(store, concurrency: 1)
        try worker.on("work", options: HandlerOptions(blocking: true)) { (payload: [UInt8], context: JobContext) in
            #expect(context.attempt == 1)
            release.wait()
            order.withLock { $0.append(payload[0]) }
        }
        try await running(worker) {
            _ = try await jobs.enqueue("work", bytes: [0])
            time.jumpWallClock(by: .seconds(-86_400))
            _ = try await jobs.enqueue("work", bytes: [1])
            time.jumpWallClock(by: .seconds(7 * 86_400))
            _ = try await jobs.enqueue("work", bytes: [2])
            release.open()
            try await eventually("all ran") { order.withLock { $0.count } == 3 }
        }
        #expect(order.withLock { $0 } == [0, 1, 2])
        #expect(try await store.sessions().allSatisfy { $0.standing != .fenced })
    }
}

/// Holds threads until it is opened.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() {
        semaphore.wait()
        semaphore.signal()
    }

    func open() {
        semaphore.signal()
    }
}
