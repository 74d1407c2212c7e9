/// When a process that has died is started again. A value: each process has its own.
///
/// The waits grow from `initial` to `max`, doubled each time; a life of `stableAfter` or longer starts them anew.
public struct RestartPolicy: Hashable, Sendable {
    /// The wait after the first death. Default 100 ms.
    public var initial: Duration
    /// No wait is longer. Default 30 s.
    public var max: Duration
    /// A process that has lived so long counts as sound. Default 60 s.
    public var stableAfter: Duration
    /// Deaths in a row, each after a short life.
    public private(set) var deaths = 0

    public init(
        initial: Duration = .milliseconds(100), max: Duration = .seconds(30), stableAfter: Duration = .seconds(60)
    ) {
        self.initial = initial
        self.max = max
        self.stableAfter = stableAfter
    }

    /// The wait before the next start.
    public mutating func wait(afterLifeOf life: Duration) -> Duration {
        if life >= stableAfter { deaths = 0 }
        deaths += 1
        var wait = initial
        for _ in 1..<deaths where wait < max { wait = wait * 2 }
        return Swift.min(wait, max)
    }
}
