import Foundation
import OnCue
import OnCueHandlers
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Handlers of a file and built-in ones, run by a real worker.
@Suite struct HandlerWorkerTests {
    private let store = MemoryStore()
    private var jobs: JobClient { JobClient(store) }

    private func work<T: Sendable>(
        _ yaml: String = "handlers:", _ body: @Sendable (Worker) async throws -> T
    ) async throws -> T {
        let worker = Worker(store, concurrency: 4)
        try HandlerFile(yaml: yaml).register(on: worker)
        try BuiltInHandlers.register(on: worker)
        let running = Task { try await worker.run() }
        do {
            let result = try await body(worker)
            worker.shutDown()
            try await running.value
            return result
        } catch {
            running.cancel()
            try? await running.value
            throw error
        }
    }

    private func finished(_ name: JobName, _ payload: String, _ options: EnqueueOption...) async throws -> JobRecord {
        let job = NewJob(name, bytes: Array(payload.utf8), options: options)
        let result = try await jobs.result(of: jobs.enqueue(job).id, timeout: .seconds(30))
        #expect(!result.isTimedOut, "\(name) is \(result.job.state)")
        return result.job
    }

    private func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

    @Test func aCommandsExitStatusDecides() async throws {
        let yaml = """
            handlers:
              count: {command: [wc, -w]}
              status: {shell: "read code; echo out; echo \\"wrong $code\\" >&2; exit $code", attempts: 2, backoff: "constant:1ms"}
              signal: {shell: "kill -KILL $$", attempts: 1}
              quiet: {shell: "exit 1", attempts: 1}
              missing: {command: [oncue-no-such-program]}
            """
        try await work(yaml) { _ in
            let count = try await finished("count", "one two three")
            #expect(count.state == .completed)
            #expect(text(count.output).contains("3"))

            #expect(try await finished("status", "0\n").state == .completed)
            for code in [1, 75] {
                let job = try await finished("status", "\(code)\n")
                #expect(job.state == .dead)
                #expect(job.deadReason == .attemptsExhausted)
                #expect(job.attempt == 2)
                #expect(job.lastError == "exit status \(code): wrong \(code)")
            }
            let permanent = try await finished("status", "65\n")
            #expect(permanent.deadReason == .permanent)
            #expect(permanent.attempt == 1)

            #expect(try await finished("signal", "").lastError?.hasPrefix("killed by SIGKILL (signal 9)") == true)
            #expect(try await finished("quiet", "").lastError == "exit status 1, with nothing on stderr")
            let missing = try await finished("missing", "")
            #expect(missing.deadReason == .permanent)
            #expect(missing.lastError?.contains("oncue-no-such-program") == true)
        }
    }

    @Test func aCommandKnowsItsJob() async throws {
        try await work("handlers:\n  env: {command: [env], env: {MINE: yes}}") { _ in
            let job = try await finished(
                "env", "", .queue("mail"), .header("traceparent", "00-1-2-01"), .header("secret", "hunter2"))
            let lines = Set(text(job.output).split(separator: "\n").map(String.init))
            #expect(
                lines.isSuperset(of: [
                    "ONCUE_JOB_ID=\(job.id)", "ONCUE_JOB_NAME=env", "ONCUE_QUEUE=mail", "ONCUE_ATTEMPT=1",
                    "TRACEPARENT=00-1-2-01", "MINE=yes",
                ]))
            #expect(!text(job.output).contains("hunter2"))
        }
    }

    @Test func aTimeoutEndsTheCommandAndWhatItStarted() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "oncue-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let yaml = """
            handlers:
              slow: {shell: "sleep 300 & echo $! >> $FILE; echo $$ >> $FILE; wait", timeout: 300ms, attempts: 1, env: {FILE: \(file)}}
            """
        try await work(yaml) { _ in
            let job = try await finished("slow", "")
            #expect(job.state == .dead)
            #expect(job.lastErrorCategory == .timeout)
            let pids = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").compactMap { Int32($0) }
            #expect(pids.count == 2)
            for pid in pids { #expect(kill(pid, 0) != 0) }
        }
    }

    @Test func aCancelledCommandEndsAsCancelled() async throws {
        try await work("handlers:\n  slow: {shell: \"trap 'exit 0' TERM; sleep 300 & wait\"}") { _ in
            let id = try await jobs.enqueue("slow").id
            let deadline = ContinuousClock.now + .seconds(20)
            while try await jobs.job(id)?.state != .running, ContinuousClock.now < deadline { await Task.yield() }
            #expect(try await jobs.cancel(id, reason: "enough") == .requested)
            let result = try await jobs.result(of: id)
            #expect(result.job.state == .cancelled)
            #expect(result.job.cancelReason == "enough")
        }
    }

    @Test func aShutdownGivesTheJobBack() async throws {
        let worker = Worker(store, configuration: .init(shutdownGrace: .milliseconds(50)))
        try HandlerFile(yaml: "handlers:\n  slow: {shell: \"trap 'exit 0' TERM; sleep 300 & wait\"}").register(
            on: worker)
        let running = Task { try await worker.run() }
        let id = try await jobs.enqueue("slow").id
        let deadline = ContinuousClock.now + .seconds(20)
        while try await jobs.job(id)?.state != .running, ContinuousClock.now < deadline { await Task.yield() }
        worker.shutDown()
        try await running.value
        let job = try #require(try await jobs.job(id))
        #expect(job.state == .pending)
        #expect(job.attempt == 0)
    }

    @Test func theBuiltInOnesDoWhatTheySay() async throws {
        try await work { worker in
            #expect(worker.names == BuiltInHandlers.names)
            let payload = #"{ "n": 9223372036854775808 }"#
            let echo = try await finished("echo", payload)
            #expect(text(echo.output) == payload)
            #expect(try await finished("sleep", #"{"duration":"5ms"}"#).state == .completed)
            #expect(try await finished("sleep", #""5ms""#).state == .completed)
            let unclear = try await finished("sleep", #"{"duration":"soon"}"#)
            #expect(unclear.deadReason == .permanent)
            #expect(unclear.lastError?.contains("soon") == true)
            let failed = try await finished("fail", #"{"error":"no luck"}"#, .attempts(1))
            #expect(failed.deadReason == .attemptsExhausted)
            #expect(failed.lastError == "no luck")
            let permanent = try await finished("error", #"{"error":"never","permanent":true}"#)
            #expect(permanent.deadReason == .permanent)
            #expect(permanent.lastError == "never")
            #expect(try await finished("fail", "", .attempts(1)).state == .dead)
            #expect(try await finished("fail", "[1", .attempts(5)).deadReason == .permanent)

            let sleeper = try await jobs.enqueue("sleep", "300s").id
            let deadline = ContinuousClock.now + .seconds(20)
            while try await jobs.job(sleeper)?.state != .running, ContinuousClock.now < deadline { await Task.yield() }
            try await jobs.cancel(sleeper)
            #expect(try await jobs.result(of: sleeper).job.state == .cancelled)
        }
    }

    @Test func theFileWinsOverTheBuiltInOnes() async throws {
        try await work("handlers:\n  echo: {command: [echo, mine]}") { _ in
            let echo = try await finished("echo", "theirs")
            #expect(text(echo.output) == "mine\n")
        }
    }
}
