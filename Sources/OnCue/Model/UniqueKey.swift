/// A key of which at most one job exists in its queue, until a chosen moment.
///
/// When a job with the key exists, a further enqueue is skipped and answered with the existing job's id.
public struct UniqueKey: Hashable, Sendable, Codable {
    /// When the key is free again. Deleting the job frees it in every case.
    public enum Until: Hashable, Sendable, Codable {
        /// Freed in the same write in which the job ends.
        case finished
        /// Freed in the same write in which the job is claimed for its first run.
        case started
        /// Freed so long after the enqueue, whatever becomes of the job.
        case elapsed(Duration)
    }

    public var key: String
    public var until: Until

    public init(_ key: String, until: Until = .finished) {
        self.key = key
        self.until = until
    }

    func validated() throws(ValidationError) {
        try Limits.checkKey(key, field: "unique_key")
        if case .elapsed(let time) = until {
            try Limits.checkSpan(time, field: "unique.ttl")
            guard time > .zero else {
                throw ValidationError(field: "unique.ttl", message: "has to be longer than zero")
            }
        }
    }
}
