import OnCue

/// What an answered write survives, by name.
enum Durability: String, Sendable, Comparable {
    /// The end of any process of OnCue; the end of Redis can take the newest.
    case process
    /// Also the end of Redis and a loss of power.
    case disk
    /// Also the loss of the machine that Redis runs on.
    case replica

    /// - Parameter replicas: how many have to have a write before it is answered.
    init(_ facts: [ServerFacts], replicas: Int) {
        if replicas > 0 {
            self = .replica
        } else if !facts.isEmpty, facts.allSatisfy({ $0.appends == .always }) {
            self = .disk
        } else {
            self = .process
        }
    }

    static func < (lhs: Durability, rhs: Durability) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .process: 0
        case .disk: 1
        case .replica: 2
        }
    }

    /// In words: what survives what.
    func inWords(_ facts: [ServerFacts], replicas: Int) -> String {
        switch self {
        case .replica:
            "replica: what was answered is on \(replicas) \(replicas == 1 ? "replica" : "replicas") too and survives the loss of Redis's machine"
        case .disk: "disk: what was answered survives a crash of Redis and a loss of power (appendfsync always)"
        case .process:
            "process: what was answered survives the end of any worker; a crash of Redis can take \(loss(facts))"
        }
    }

    private func loss(_ facts: [ServerFacts]) -> String {
        guard facts.allSatisfy(\.tellsOfItself) else { return "what its settings allow, which cannot be read" }
        if facts.contains(where: { $0.appends == .off }) {
            return facts.contains { $0.appends == .off && $0.makesSnapshots == false }
                ? "everything: it writes nothing to the disk"
                : "what came since its last snapshot (no append-only file)"
        }
        if facts.contains(where: { $0.appends == .now(and: "no") }) {
            return "what the system has not written out yet (appendfsync no)"
        }
        return "about the last second (appendfsync everysec)"
    }
}
