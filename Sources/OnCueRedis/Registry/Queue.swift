import OnCue

/// A queue that the registry knows.
struct Queue: Hashable, Sendable {
    let name: QueueName
    /// Part of the ids of its jobs.
    let number: UInt16
    let keys: QueueKeys

    static func == (lhs: Queue, rhs: Queue) -> Bool { lhs.name == rhs.name && lhs.number == rhs.number }

    func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
