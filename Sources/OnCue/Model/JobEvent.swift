/// Something that happened, from the store's bounded log.
public struct JobEvent: Hashable, Sendable {
    public enum Kind: Int, CaseIterable, Sendable {
        case created = 0
        case started = 1
        case progress = 2
        case completed = 3
        /// An attempt failed; followed by `retrying` or `dead`.
        case failed = 4
        case retrying = 5
        /// An operator ran it again.
        case retried = 6
        case dead = 7
        case cancelled = 8
        case deleted = 9
        /// Given back unrun: at a shutdown, after a lost worker, or snoozed.
        case released = 10
        case queuePaused = 11
        case queueResumed = 12

        /// As the event stream names it: `job.created`, `queue.paused`.
        public var name: String {
            switch self {
            case .created: "job.created"
            case .started: "job.started"
            case .progress: "job.progress"
            case .completed: "job.completed"
            case .failed: "job.failed"
            case .retrying: "job.retrying"
            case .retried: "job.retried"
            case .dead: "job.dead"
            case .cancelled: "job.cancelled"
            case .deleted: "job.deleted"
            case .released: "job.released"
            case .queuePaused: "queue.paused"
            case .queueResumed: "queue.resumed"
            }
        }
    }

    public var cursor: EventCursor
    public var at: Timestamp
    public var kind: Kind
    public var queue: QueueName
    /// Nil for events of a queue.
    public var job: JobID?
    /// Nil for events of a queue.
    public var name: JobName?
    /// The attempt that the event belongs to; 0 where none does.
    public var attempt: Int

    public init(
        cursor: EventCursor, at: Timestamp, kind: Kind, queue: QueueName, job: JobID? = nil, name: JobName? = nil,
        attempt: Int = 0
    ) {
        self.cursor = cursor
        self.at = at
        self.kind = kind
        self.queue = queue
        self.job = job
        self.name = name
        self.attempt = attempt
    }
}

/// A place in the event log. Later places compare greater; `description` reads back.
public struct EventCursor: Hashable, Comparable, Sendable, LosslessStringConvertible {
    /// The number of the write that the event was part of.
    public var entry: Int64
    /// The place within that write.
    public var index: Int

    public init(entry: Int64, index: Int) {
        self.entry = entry
        self.index = index
    }

    /// Before everything that is still in the log.
    public static let start = EventCursor(entry: 0, index: 0)

    public static func < (lhs: EventCursor, rhs: EventCursor) -> Bool {
        lhs.entry == rhs.entry ? lhs.index < rhs.index : lhs.entry < rhs.entry
    }

    public var description: String { "\(entry)-\(index)" }

    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let entry = Int64(parts[0]), let index = Int(parts[1]), entry >= 0, index >= 0 else {
            return nil
        }
        self.init(entry: entry, index: index)
    }
}

/// A stretch of the event log.
public struct EventPage: Sendable {
    public var events: [JobEvent]
    /// Where to go on; the cursor that was asked for when nothing was found.
    public var next: EventCursor
    /// True when events after the cursor asked for have already been dropped from the bounded log.
    public var hasGap: Bool

    public init(events: [JobEvent], next: EventCursor, hasGap: Bool = false) {
        self.events = events
        self.next = next
        self.hasGap = hasGap
    }
}
