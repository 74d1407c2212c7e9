import Testing

@testable import OnCue

@Suite struct RunEndTests {
    private struct Oops: Error {}

    private func end(
        attempt: Int = 1, cancellation: JobCancellation? = nil, job: JobOptions = JobOptions(),
        handler: HandlerOptions = HandlerOptions(), retention: RetentionPolicy = .default,
        followUps: [NewJob] = [], details: LeasedJob.Details? = nil
    ) -> RunEnd {
        let leased = LeasedJob(
            id: JobID(high: 1, low: 2), name: "a", queue: "q", priority: .normal, payload: [], attempt: attempt,
            lostWorkers: 0, createdAt: Timestamp(microseconds: 0), session: SessionID(rawValue: "s"), delivery: 1,
            place: 1, details: details)
        let plan = RunPlan(
            handler: RegisteredHandler(name: "a", options: handler, type: JobOptions()) { _ in .completed }, job: job,
            queue: JobOptions(), retention: retention, metrics: nil)
        return RunEnd(
            job: leased, plan: plan, cancellation: cancellation, output: nil, followUps: followUps, maxOutput: 10,
            timing: { (Timestamp(microseconds: 5), .seconds(1)) }, spread: { 0 })
    }

    @Test func outcomesBecomeSettlements() {
        #expect(end().settlement(for: .outcome(.completed)).outcome == .completed(output: nil))
        #expect(end().settlement(for: .outcome(.output([1]))).outcome == .completed(output: [1]))
        #expect(end().settlement(for: .outcome(.snooze(.seconds(3)))).outcome == .snooze(.seconds(3)))
        #expect(end().settlement(for: .outcome(.snooze(.seconds(-3)))).outcome == .snooze(.zero))
        #expect(end().settlement(for: .outcome(.cancel("no"))).outcome == .cancelled(reason: "no"))
        #expect(end().settlement(for: .outcome(.retry())).outcome == .retry(after: .seconds(1), counts: true))
        #expect(
            end().settlement(for: .outcome(.retry(after: .seconds(9)))).outcome
                == .retry(after: .seconds(9), counts: true))
        #expect(end(attempt: 5).settlement(for: .outcome(.retry())).outcome == .dead(.attemptsExhausted))
        let dead = end().settlement(for: .outcome(.dead("bad")))
        #expect(dead.outcome == .dead(.permanent))
        #expect(dead.failure?.error == "bad")
    }

    @Test func errorsBecomeSettlements() {
        let plain = end().settlement(for: .failure(Oops()))
        #expect(plain.outcome == .retry(after: .seconds(1), counts: true))
        #expect(
            plain.failure
                == .init(
                    category: .temporary, error: "Oops()", startedAt: Timestamp(microseconds: 5), duration: .seconds(1))
        )
        #expect(end(attempt: 5).settlement(for: .failure(Oops())).outcome == .dead(.attemptsExhausted))
        #expect(end().settlement(for: .failure(JobError.permanent("x"))).outcome == .dead(.permanent))
        #expect(
            end().settlement(for: .failure(JobError.retry(after: .seconds(7)))).outcome
                == .retry(after: .seconds(7), counts: true))
        #expect(
            end(attempt: 5).settlement(for: .failure(JobError.uncounted("down", retryAfter: .seconds(2)))).outcome
                == .retry(after: .seconds(2), counts: false))
        let limited = end().settlement(for: .failure(JobError.rateLimited(retryAfter: .seconds(4))))
        #expect(limited.outcome == .retry(after: .seconds(4), counts: false))
        #expect(limited.failure?.category == .rateLimit)
    }

    @Test func customBackoffIsAsked() {
        let handler = HandlerOptions(customBackoff: { attempt, error in
            error is Oops ? .seconds(attempt * 100) : nil
        })
        #expect(
            end(attempt: 2, handler: handler).settlement(for: .failure(Oops())).outcome
                == .retry(after: .seconds(200), counts: true))
        // A wait that the error asks for wins; nil leaves it to the backoff.
        #expect(
            end(handler: handler).settlement(for: .failure(JobError.retry(after: .seconds(7)))).outcome
                == .retry(after: .seconds(7), counts: true))
        #expect(
            end(handler: handler).settlement(for: .failure(CancellationError())).outcome
                == .retry(after: .seconds(1), counts: true))
    }

    @Test func interruptedRunsGoBackUnspent() {
        for reason in [JobCancellation.shutdown, .leaseLost] {
            let settlement = end(attempt: 5, cancellation: reason).settlement(for: .failure(CancellationError()))
            #expect(settlement.outcome == .released)
            #expect(settlement.failure == nil)
            // One that was done all the same is done.
            #expect(
                end(cancellation: reason).settlement(for: .outcome(.completed)).outcome == .completed(output: nil))
        }
        #expect(
            end(cancellation: .requested(reason: "r")).settlement(for: .failure(CancellationError())).outcome
                == .cancelled(reason: "r"))
    }

    @Test func aTimeoutFailsWhateverTheHandlerSays() {
        for result in [RunResult.outcome(.completed), .failure(CancellationError())] {
            let settlement = end(cancellation: .timeout, job: JobOptions(timeout: .seconds(3))).settlement(for: result)
            #expect(settlement.outcome == .retry(after: .seconds(1), counts: true))
            #expect(settlement.failure?.category == .timeout)
            #expect(settlement.failure?.error == "ran longer than its timeout of 3s")
        }
    }

    @Test func whatIsTooLargeOrInvalidFailsForGood() {
        let large = end().settlement(for: .outcome(.output(Array(repeating: 0, count: 11))))
        #expect(large.outcome == .dead(.permanent))
        #expect(large.failure?.error.contains("10 bytes") == true)
        let invalid = end(followUps: [NewJob(name: "no good")]).settlement(for: .outcome(.completed))
        #expect(invalid.outcome == .dead(.permanent))
        #expect(invalid.followUps.isEmpty)
    }

    @Test func followUpsKnowTheirParent() {
        let settlement = end(followUps: [NewJob(name: "b")]).settlement(for: .outcome(.next(NewJob(name: "c"))))
        #expect(settlement.followUps.map(\.name) == ["b", "c"])
        #expect(settlement.followUps.allSatisfy { $0.parent == JobID(high: 1, low: 2) })
        // A trace goes on, also through a worker that has no tracer.
        let traced = end(
            followUps: [NewJob(name: "b", headers: ["traceparent": "own"]), NewJob(name: "c")],
            details: LeasedJob.Details(headers: ["traceparent": "t", "other": "o"]))
        #expect(
            traced.settlement(for: .outcome(.completed)).followUps.map(\.headers)
                == [["traceparent": "own"], ["traceparent": "t"]])
        // A failed attempt leaves none.
        #expect(end(followUps: [NewJob(name: "b")]).settlement(for: .failure(Oops())).followUps.isEmpty)
    }

    @Test func retentionDecidesWhatStays() {
        #expect(end().settlement(for: .outcome(.completed)).keep == .policy)
        #expect(end(retention: .none).settlement(for: .outcome(.completed)).keep == .nothing)
        #expect(end(job: JobOptions(retention: .zero)).settlement(for: .outcome(.completed)).keep == .nothing)
        #expect(
            end(job: JobOptions(retention: .seconds(5)), retention: .none).settlement(for: .outcome(.completed)).keep
                == .atLeast(.seconds(5)))
    }
}
