/// How long and how many finished jobs a queue keeps, by the state they ended in.
public struct RetentionPolicy: Hashable, Sendable, Codable {
    /// A bound on both age and number; what is over either goes. Zero of one keeps none.
    public struct Bound: Hashable, Sendable, Codable {
        public var age: Duration
        public var count: Int

        public init(age: Duration, count: Int) {
            self.age = age
            self.count = count
        }

        /// Keeps nothing: the job goes with its outcome, the all-time counters stay.
        public static let none = Bound(age: .zero, count: 0)

        public var keepsNothing: Bool { age <= .zero || count <= 0 }
    }

    public var completed: Bound
    public var cancelled: Bound
    public var dead: Bound

    public init(
        completed: Bound = Bound(age: .seconds(86_400), count: 10_000),
        cancelled: Bound = Bound(age: .seconds(86_400), count: 10_000),
        dead: Bound = Bound(age: .seconds(30 * 86_400), count: 10_000)
    ) {
        self.completed = completed
        self.cancelled = cancelled
        self.dead = dead
    }

    /// Completed and cancelled 24 h and 10,000 a queue, dead letters 30 days and 10,000.
    public static let `default` = RetentionPolicy()

    /// Counters only.
    public static let none = RetentionPolicy(completed: .none, cancelled: .none, dead: .none)

    /// The bound for jobs that ended in `state`; nil for a state that is not final.
    public func bound(for state: JobState) -> Bound? {
        switch state {
        case .completed: completed
        case .cancelled: cancelled
        case .dead: dead
        case .blocked, .delayed, .pending, .running, .retrying: nil
        }
    }
}
