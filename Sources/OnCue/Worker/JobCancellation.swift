/// Why a run is to stop. The handler sees it in its context, and as the cancellation of its task.
public enum JobCancellation: Hashable, Sendable {
    /// An operator cancelled the job, or removed it.
    case requested(reason: String?)
    /// The run took longer than its timeout.
    case timeout
    /// The worker can no longer be sure that the job is its own; another may run it.
    case leaseLost
    /// The worker shuts down. The job goes back to its queue and no attempt is used up.
    case shutdown

    public var description: String {
        switch self {
        case .requested(let reason): reason ?? "cancelled on request"
        case .timeout: "timed out"
        case .leaseLost: "lease lost"
        case .shutdown: "the worker shut down"
        }
    }
}

extension JobCancellation: CustomStringConvertible {}
