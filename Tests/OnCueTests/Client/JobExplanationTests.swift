import OnCue
import Testing

@Suite struct JobExplanationTests {
    private let now = Timestamp(microseconds: 1_700_000_000_000_000)

    private func job(_ state: JobState, _ change: (inout JobRecord) -> Void = { _ in }) -> JobRecord {
        var job = JobRecord(
            id: JobID(high: 1, low: 2), name: "a.job", queue: "q", priority: .normal, state: state, payload: [],
            createdAt: now - .seconds(60), updatedAt: now)
        change(&job)
        return job
    }

    private func session(_ change: (inout SessionInfo) -> Void = { _ in }) -> SessionInfo {
        var session = SessionInfo(
            id: SessionID(rawValue: "s1"), worker: "host-1", process: .current, lease: .seconds(30), names: ["a.job"],
            queues: [], concurrency: 10, standing: .open, renewals: 1, openedAt: now - .seconds(60),
            renewedAt: now - .seconds(5), held: 0)
        change(&session)
        return session
    }

    private func kinds(
        _ job: JobRecord, paused: Bool = false, _ sessions: [SessionInfo], gone: Set<SessionID> = [], ahead: Int = 0
    ) -> [JobExplanation.Reason.Kind] {
        JobExplanation.explain(
            job: job, queue: QueueInfo(name: "q", isPaused: paused), sessions: sessions, gone: gone,
            ahead: JobCount(ahead, isExact: true), now: now
        ).map(\.kind)
    }

    @Test func endedJobsSayHow() {
        #expect(kinds(job(.completed), []) == [.completed])
        #expect(kinds(job(.cancelled) { $0.cancelReason = "not wanted" }, []) == [.cancelled])
        for reason in DeadReason.allCases {
            let reasons = JobExplanation.explain(
                job: job(.dead) {
                    $0.deadReason = reason
                    $0.lastError = "boom\nat line 1"
                    $0.attempt = 3
                }, queue: nil, sessions: [], now: now)
            #expect(reasons.map(\.kind) == [.dead])
            #expect(reason == .expired || reasons[0].summary.contains("boom"))
            #expect(!reasons[0].summary.contains("\n"))
            #expect(reasons[0].cure?.contains("oncue jobs retry 00000000-0000-0001-0000-000000000002") == true)
        }
    }

    @Test func runningJobsSayWhere() {
        let running = job(.running) {
            $0.session = SessionID(rawValue: "s1")
            $0.startedAt = now - .seconds(75)
            $0.attempt = 2
            $0.progress = 0.25
        }
        let reasons = JobExplanation.explain(job: running, queue: nil, sessions: [session()], now: now)
        #expect(reasons.map(\.kind) == [.running])
        #expect(reasons[0].summary == "It runs on the worker host-1 since 1m15s: attempt 2, 25 % done.")
        #expect(kinds(running, [session { $0.renewedAt = now - .seconds(31) }]) == [.running, .workerSilent])
        #expect(kinds(running, [session()], gone: [SessionID(rawValue: "s1")]) == [.running, .workerSilent])
        #expect(kinds(running, []) == [.running, .workerSilent])
        var told = running
        told.isCancelRequested = true
        #expect(kinds(told, [session()]) == [.running, .cancelRequested])
    }

    @Test func timesAreGiven() {
        let delayed = JobExplanation.explain(
            job: job(.delayed) { $0.dueAt = now + .seconds(90) }, queue: nil, sessions: [session()], now: now)
        #expect(delayed.map(\.kind) == [.delayed])
        #expect(delayed[0].summary.contains("in 1m30s"))
        let retrying = JobExplanation.explain(
            job: job(.retrying) {
                $0.dueAt = now + .milliseconds(250)
                $0.lastError = "no route"
                $0.attempt = 1
            }, queue: nil, sessions: [session()], now: now)
        #expect(retrying.map(\.kind) == [.retrying])
        #expect(retrying[0].summary.contains("in 250ms"))
        #expect(retrying[0].summary.contains("no route"))
        #expect(kinds(job(.blocked), [session()]) == [.blocked])
    }

    @Test func pendingJobsSayWhatIsInTheWay() {
        let pending = job(.pending)
        #expect(kinds(pending, [session()]) == [.aboutToStart])
        #expect(kinds(pending, paused: true, [session()]) == [.queuePaused])
        #expect(kinds(pending, []) == [.noWorker])
        #expect(kinds(pending, [session { $0.standing = .closed }]) == [.noWorker])
        #expect(kinds(pending, [session { $0.renewedAt = now - .seconds(31) }]) == [.noWorker])
        #expect(kinds(pending, [session()], gone: [SessionID(rawValue: "s1")]) == [.noWorker])
        #expect(kinds(pending, [session { $0.names = ["other"] }]) == [.noHandler])
        #expect(kinds(pending, [session { $0.queues = ["r"] }]) == [.queueNotServed])
        #expect(kinds(pending, [session { $0.queues = ["q", "r"] }]) == [.aboutToStart])
        #expect(
            kinds(pending, [session { $0.names = ["other"] }, session { $0.queues = ["r"] }]) == [.queueNotServed])
        #expect(kinds(pending, [session { $0.held = 10 }]) == [.workersBusy])
        #expect(kinds(pending, [session { $0.held = 10 }, session()]) == [.aboutToStart])
        #expect(kinds(pending, [session()], ahead: 3) == [.waitsItsTurn])
        #expect(kinds(job(.pending) { $0.lostWorkers = 2 }, [session()]) == [.suspect])
        #expect(kinds(job(.pending) { $0.expiresAt = now }, [session()]) == [.expired])
        #expect(kinds(job(.pending) { $0.expiresAt = now + .seconds(9) }, [session()]) == [.aboutToStart, .expires])
        #expect(kinds(pending, paused: true, [], ahead: 1) == [.queuePaused, .noWorker, .waitsItsTurn])
        #expect(kinds(job(.delayed), paused: true, []) == [.delayed, .queuePaused, .noWorker])
    }

    @Test func everyReasonIsASentence() {
        for state in JobState.allCases {
            for reason in JobExplanation.explain(job: job(state), queue: nil, sessions: [], now: now) {
                #expect(reason.summary.first?.isUppercase == true)
                #expect(reason.summary.last == "." || reason.summary.contains(":"))
            }
        }
    }
}
