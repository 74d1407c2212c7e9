import OnCue
import Testing

@testable import OnCueCommand

@Suite struct DoctorTests {
    private let now = Timestamp(microseconds: 1_000_000_000)

    private func worker(
        queues: [QueueName] = [], names: Set<JobName> = ["a"], isLive: Bool = true, held: Int = 0
    ) -> WorkerInfo {
        let session = SessionInfo(
            id: .make(at: now), worker: "w", process: .current, lease: .seconds(30), names: names, queues: queues,
            concurrency: 10, standing: .open, renewals: 1, openedAt: now, renewedAt: now, held: held)
        return WorkerInfo(session: session, jobs: [], isLive: isLive)
    }

    @Test func clocksThatAgreeAreNotMentioned() {
        #expect(DoctorCommand.clock(store: now, here: now + .seconds(1)) == nil)
        #expect(DoctorCommand.clock(store: now, here: now - .seconds(60))?.severity == .warning)
    }

    @Test func dueJobsWithoutAWorkerAreNamed() {
        let due = QueueInfo(name: "mail", counts: [.pending: 3])
        let alone = DoctorCommand.queues([due], workers: [], now: now)
        #expect(alone.first?.message == "3 jobs due and no worker")
        #expect(alone.first?.cure?.contains("oncue serve") == true)
        let elsewhere = DoctorCommand.queues([due], workers: [worker(queues: ["other"])], now: now)
        #expect(elsewhere.map(\.subject) == ["queue mail"])
        #expect(DoctorCommand.queues([due], workers: [worker()], now: now).isEmpty)
    }

    @Test func pausedQueuesAndDeadLettersAreNamed() {
        let queues = [QueueInfo(name: "mail", isPaused: true, counts: [.delayed: 1, .dead: 2])]
        let findings = DoctorCommand.queues(queues, workers: [worker()], now: now)
        #expect(findings.map(\.cure).contains("oncue queues resume mail"))
        #expect(findings.contains { $0.subject == "dead letters" && $0.message.hasPrefix("2 jobs") })
    }

    @Test func silentWorkersAreNamedWithWhatTheyHold() {
        let findings = DoctorCommand.workers([worker(), worker(isLive: false, held: 3)])
        #expect(findings.map(\.severity) == [.fine, .warning])
        #expect(findings.last?.message == "1 worker silent or gone, holding 3 jobs")
    }

    @Test func namesWithoutAHandlerAreCounted() {
        let findings = DoctorCommand.names(["a", "b", "b"], workers: [worker()])
        #expect(findings.map(\.message) == ["2 jobs named b due and no live worker handles it"])
        #expect(DoctorCommand.names(["b"], workers: []).isEmpty)
    }
}
