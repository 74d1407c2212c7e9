/// What a run ended in. Returned by handlers that have more to say than "done".
public struct JobOutcome: Sendable {
    enum Kind: Sendable {
        case completed(output: [UInt8]?)
        case next([@Sendable () throws -> NewJob])
        case snooze(Duration)
        case retry(after: Duration?)
        case cancel(reason: String?)
        case dead(reason: String)
    }

    let kind: Kind

    init(_ kind: Kind) {
        self.kind = kind
    }

    /// Done.
    public static let completed = JobOutcome(.completed(output: nil))

    /// Done, with an output that is kept with the job: at most 1 MiB unless the worker is configured otherwise.
    public static func output(_ bytes: [UInt8]) -> JobOutcome {
        JobOutcome(.completed(output: bytes))
    }

    /// Done, and `job` follows: it exists if and only if this outcome was taken.
    ///
    /// - Parameter delay: how long after the outcome it is due; nil leaves it as `job` says.
    public static func next(_ job: NewJob, delay: Duration? = nil) -> JobOutcome {
        JobOutcome(
            .next([
                {
                    guard let delay else { return job }
                    var job = job
                    job.due = .after(delay)
                    return job
                }
            ]))
    }

    /// Again after the wait, without using up the attempt.
    public static func snooze(_ wait: Duration) -> JobOutcome {
        JobOutcome(.snooze(wait))
    }

    /// Failed; again after the wait (nil: as the backoff says), as long as there are attempts left.
    public static func retry(after wait: Duration? = nil) -> JobOutcome {
        JobOutcome(.retry(after: wait))
    }

    /// Final: not to be run any further.
    public static func cancel(_ reason: String? = nil) -> JobOutcome {
        JobOutcome(.cancel(reason: reason))
    }

    /// Final: to the dead letters, from which an operator can bring it back.
    public static func dead(_ reason: String) -> JobOutcome {
        JobOutcome(.dead(reason: reason))
    }
}

extension JobOutcome {
    /// Done, and `job` follows: it exists if and only if this outcome was taken.
    ///
    /// - Parameters:
    ///   - delay: how long after the outcome it is due; nil: at once.
    ///   - options: as for an enqueue.
    public static func next<J: Job>(
        _ job: J, delay: Duration? = nil, _ options: EnqueueOption...
    ) -> JobOutcome {
        JobOutcome(
            .next([
                {
                    var new = try NewJob(job, options: options)
                    if let delay { new.due = .after(delay) }
                    return new
                }
            ]))
    }
}
