import OnCue
import Testing

@Suite struct RetryDecisionTests {
    @Test func anAttemptIsFollowedByAnotherUntilTheyAreUsedUp() {
        for attempt in 1...7 {
            let decision = RetryDecision.after(
                attempt: attempt, of: 5, category: .temporary, backoff: .default, spread: 0)
            if attempt < 5 {
                #expect(
                    decision == .retry(after: Backoff.default.delay(afterAttempt: attempt), counts: true))
            } else {
                #expect(decision == .bury(.attemptsExhausted))
            }
        }
    }

    @Test func aPermanentFailureIsNeverTriedAgain() {
        for counts in [true, false] {
            #expect(
                RetryDecision.after(
                    attempt: 1, of: 100, category: .permanent, requested: .seconds(1), counts: counts,
                    backoff: .default, spread: 0) == .bury(.permanent))
        }
    }

    @Test func aWaitThatWasAskedForWinsAndIsHeldToItsBounds() {
        let asked: [(Duration, Duration)] = [
            (.seconds(7), .seconds(7)), (.zero, .zero), (.seconds(-7), .zero), (.seconds(Int64.max), Limits.horizon),
        ]
        for (requested, wait) in asked {
            #expect(
                RetryDecision.after(
                    attempt: 1, of: 2, category: .rateLimit, requested: requested, backoff: .default, spread: 1)
                    == .retry(after: wait, counts: true))
        }
        #expect(
            RetryDecision.after(
                attempt: 2, of: 2, category: .rateLimit, requested: .seconds(1), backoff: .default, spread: 1)
                == .bury(.attemptsExhausted))
    }

    @Test func whatDoesNotCountIsTriedAgainHoweverOften() {
        for attempt in [1, 5, 1_000, Int.max] {
            guard
                case .retry(let wait, counts: false) = RetryDecision.after(
                    attempt: attempt, of: 1, category: .system, counts: false, backoff: .default, spread: 0)
            else {
                Issue.record("attempt \(attempt) was buried")
                continue
            }
            #expect(wait >= .seconds(1) && wait <= .seconds(3_600))
        }
    }
}
