#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// One thing said about a job when it is enqueued, as in `.delay(.seconds(30))`. Of two that set the same, the later holds.
public struct EnqueueOption: Sendable {
    private let change: @Sendable (inout NewJob) -> Void

    private init(_ change: @escaping @Sendable (inout NewJob) -> Void) {
        self.change = change
    }

    func apply(to job: inout NewJob) {
        change(&job)
    }

    // MARK: Place and time

    public static func queue(_ queue: QueueName) -> EnqueueOption {
        EnqueueOption { $0.queue = queue }
    }

    public static func priority(_ priority: JobPriority) -> EnqueueOption {
        EnqueueOption { $0.priority = priority }
    }

    /// Due so long after the enqueue, by the store's clock.
    public static func delay(_ delay: Duration) -> EnqueueOption {
        EnqueueOption { $0.due = .after(delay) }
    }

    /// Due at this moment; one that has passed means now.
    public static func at(_ moment: Timestamp) -> EnqueueOption {
        EnqueueOption { $0.due = .at(moment) }
    }

    /// Due at this moment; one that has passed means now.
    public static func at(_ date: Date) -> EnqueueOption {
        at(Timestamp(date))
    }

    /// Not started so long after the enqueue, the job goes to the dead letters as expired.
    public static func expires(after time: Duration) -> EnqueueOption {
        EnqueueOption { $0.expires = .after(time) }
    }

    /// Not started by then, the job goes to the dead letters as expired.
    public static func expires(at moment: Timestamp) -> EnqueueOption {
        EnqueueOption { $0.expires = .at(moment) }
    }

    // MARK: Runs

    /// Runs in all, the first included: 1 to 1,000. Default 5.
    public static func attempts(_ count: Int) -> EnqueueOption {
        EnqueueOption { $0.options.maxAttempts = count }
    }

    public static func backoff(_ backoff: Backoff) -> EnqueueOption {
        EnqueueOption { $0.options.backoff = backoff }
    }

    /// After this a run is cancelled and the attempt fails. Zero: no timeout, whatever the handler or queue says.
    public static func timeout(_ timeout: Duration) -> EnqueueOption {
        EnqueueOption { $0.options.timeout = timeout }
    }

    /// After this the handler is told that its time is nearly up. Shorter than the timeout; zero: never.
    public static func softTimeout(_ timeout: Duration) -> EnqueueOption {
        EnqueueOption { $0.options.softTimeout = timeout }
    }

    /// How long the finished job is kept. Zero: not at all, counters only.
    public static func retention(_ time: Duration) -> EnqueueOption {
        EnqueueOption { $0.options.retention = time }
    }

    // MARK: Identity

    /// At most one job with this key in its queue, until it has finished or started. A second is not written: the
    /// enqueue answers the id of the first.
    public static func unique(_ key: String, until: UniqueKey.Until = .finished) -> EnqueueOption {
        EnqueueOption { $0.unique = UniqueKey(key, until: until) }
    }

    /// At most one job with this key in its queue within `time` of its enqueue, whatever becomes of it.
    public static func unique(_ key: String, for time: Duration) -> EnqueueOption {
        unique(key, until: .elapsed(time))
    }

    /// An id of one's own: the same enqueue may be sent again, and the second is answered as a duplicate.
    public static func id(_ id: JobID) -> EnqueueOption {
        EnqueueOption { $0.id = id }
    }

    // MARK: Labels

    public static func tag(_ key: String, _ value: String) -> EnqueueOption {
        EnqueueOption { $0.tags[key] = value }
    }

    /// Adds these tags.
    public static func tags(_ tags: [String: String]) -> EnqueueOption {
        EnqueueOption { $0.tags.merge(tags) { $1 } }
    }

    /// Groups jobs that belong together; searchable.
    public static func correlationID(_ id: String) -> EnqueueOption {
        EnqueueOption { $0.correlationID = id }
    }

    /// Handed to the handler as it is.
    public static func header(_ key: String, _ value: String) -> EnqueueOption {
        EnqueueOption { $0.headers[key] = value }
    }

    /// Adds these headers.
    public static func headers(_ headers: [String: String]) -> EnqueueOption {
        EnqueueOption { $0.headers.merge(headers) { $1 } }
    }
}
