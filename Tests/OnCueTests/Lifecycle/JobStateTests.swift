import OnCue
import OnCueTesting
import Testing

@Suite struct JobStateTests {
    @Test func noSequenceOfTransitionsLeavesTheTable() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2_000 {
            var state: JobState = [.blocked, .delayed, .pending].randomElement(using: &random) ?? .pending
            for _ in 0..<50 {
                // `allCases` is not empty.
                let transition = JobTransition.allCases.randomElement(using: &random) ?? .claim
                guard let next = state.after(transition) else { continue }
                #expect(JobState.allCases.contains(next))
                if state.isFinal { #expect(transition == .rerun && next == .pending) }
                if next == .running { #expect(state == .pending && transition == .claim) }
                state = next
            }
        }
    }

    @Test(arguments: JobState.final)
    func aFinalStateIsLeftOnlyByAnotherRun(_ state: JobState) {
        for transition in JobTransition.allCases where transition != .rerun {
            #expect(state.after(transition) == nil)
        }
    }

    @Test func aCompletedJobIsNeverLeft() {
        for transition in JobTransition.allCases { #expect(JobState.completed.after(transition) == nil) }
    }

    @Test(arguments: JobState.waiting)
    func eachWaitingStateCanBeCancelledAndBuried(_ state: JobState) {
        #expect(state.after(.cancel) == .cancelled)
        #expect(state.after(.bury) == .dead)
    }

    @Test func everyStateCanBeReachedAndEveryOneButTheFinalCanBeLeft() {
        var reached: Set<JobState> = [.blocked, .delayed, .pending]
        var grown = true
        while grown {
            let next = reached.flatMap { state in JobTransition.allCases.compactMap { state.after($0) } }
            grown = !Set(next).isSubset(of: reached)
            reached.formUnion(next)
        }
        #expect(reached == Set(JobState.allCases))
        for state in JobState.allCases where !state.isFinal {
            #expect(JobTransition.allCases.contains { state.after($0) != nil })
        }
    }

    @Test func everyOutcomeIsAStepFromRunning() {
        let outcomes: [Settlement.Outcome] = [
            .completed(output: nil), .retry(after: .zero, counts: true), .retry(after: .zero, counts: false),
            .snooze(.zero), .released, .cancelled(reason: nil), .dead(.permanent),
        ]
        let states = outcomes.map { JobState.running.after($0.transition) }
        #expect(states == [.completed, .retrying, .delayed, .delayed, .pending, .cancelled, .dead])
        #expect(outcomes.map(\.usesAttempt) == [true, true, false, false, false, true, true])
        for outcome in outcomes { #expect(outcome.whenCancelRequested(reason: "r") == .cancelled(reason: "r")) }
    }

    @Test(arguments: JobState.allCases)
    func namesReadBack(_ state: JobState) {
        #expect(JobState(name: state.name) == state)
        #expect(JobState(name: state.name.uppercased()) == nil)
        #expect(JobState.waiting.contains(state) == state.isWaiting)
        #expect(JobState.final.contains(state) == state.isFinal)
    }
}
