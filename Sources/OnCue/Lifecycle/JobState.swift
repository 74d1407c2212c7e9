/// Where a job stands. The raw value is what stores keep; ``name`` is what people and JSON see.
public enum JobState: Int, CaseIterable, Sendable, Hashable {
    /// Waits for other jobs.
    case blocked = 0
    /// Due later.
    case delayed = 1
    /// Due now, waits for a worker.
    case pending = 2
    /// Held by a worker's session.
    case running = 3
    /// Failed, waits for its backoff.
    case retrying = 4
    /// Final: done.
    case completed = 5
    /// Final: will not be tried again by itself.
    case dead = 6
    /// Final: told not to run.
    case cancelled = 7

    public var name: String {
        switch self {
        case .blocked: "blocked"
        case .delayed: "delayed"
        case .pending: "pending"
        case .running: "running"
        case .retrying: "retrying"
        case .completed: "completed"
        case .dead: "dead"
        case .cancelled: "cancelled"
        }
    }

    public init?(name: String) {
        guard let state = JobState.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }

    /// Nothing happens to the job any more unless someone asks for it.
    public var isFinal: Bool {
        switch self {
        case .completed, .dead, .cancelled: true
        case .blocked, .delayed, .pending, .running, .retrying: false
        }
    }

    /// Counts against a queue's `maxWaiting`.
    public var isWaiting: Bool {
        !isFinal && self != .running
    }

    public static let final: Set<JobState> = [.completed, .dead, .cancelled]
    public static let waiting: Set<JobState> = [.blocked, .delayed, .pending, .retrying]
}

extension JobState: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let state = JobState(name: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a job state")
        }
        self = state
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

// MARK: - Transitions

/// What can happen to a job. ``JobState/after(_:)`` is the whole table; every store goes through it.
public enum JobTransition: CaseIterable, Sendable, Hashable {
    /// What the job waited for is done, and it is due now.
    case unblock
    /// What the job waited for is done, but its time has not come.
    case unblockLater
    /// Its time has come (by the clock, or because an operator said so).
    case comeDue
    /// Its time was moved into the future.
    case postpone
    /// A session took it.
    case claim
    /// The session gave it back unrun, or was fenced off.
    case giveBack
    /// The run succeeded.
    case complete
    /// The run failed and there is another attempt.
    case retry
    /// The run asked to be run later without using up an attempt.
    case snooze
    /// It was told not to run, or to stop.
    case cancel
    /// It will not be tried again by itself.
    case bury
    /// An operator runs it again.
    case rerun
}

extension JobState {
    /// The state after `transition`, or nil where the table has no such step.
    public func after(_ transition: JobTransition) -> JobState? {
        switch (self, transition) {
        case (.blocked, .unblock): .pending
        case (.blocked, .unblockLater): .delayed
        case (.delayed, .comeDue), (.retrying, .comeDue): .pending
        case (.pending, .postpone), (.delayed, .postpone), (.retrying, .postpone): .delayed
        case (.pending, .claim): .running
        case (.running, .giveBack): .pending
        case (.running, .complete): .completed
        case (.running, .retry): .retrying
        case (.running, .snooze): .delayed
        case (.running, .cancel): .cancelled
        case (.running, .bury): .dead
        // Waiting jobs: cancelled by an operator, buried when they expire.
        case (.blocked, .cancel), (.delayed, .cancel), (.pending, .cancel), (.retrying, .cancel): .cancelled
        case (.blocked, .bury), (.delayed, .bury), (.pending, .bury), (.retrying, .bury): .dead
        case (.dead, .rerun), (.cancelled, .rerun), (.retrying, .rerun), (.delayed, .rerun): .pending
        default: nil
        }
    }
}
