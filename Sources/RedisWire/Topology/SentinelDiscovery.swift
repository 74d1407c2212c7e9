/// How the master is found through Sentinels: which to ask, what its answer means, and whether the server agrees.
///
/// The caller does what a step says and reports what came of it.
struct SentinelDiscovery: Sendable {
    enum Step: Equatable, Sendable {
        /// `SENTINEL GET-MASTER-ADDR-BY-NAME` to this Sentinel.
        case ask(RedisAddress)
        /// `ROLE` to the server that it named.
        case checkRole(RedisAddress)
        /// This is the master.
        case found(RedisAddress)
        /// All were asked in vain: pause, as long as the attempt says, then `begin()` again.
        case pause(attempt: Int)
    }

    /// The Sentinels' name for the master.
    let master: String
    /// The one that answered last comes first.
    private(set) var sentinels: [RedisAddress]

    private var asked = 0
    private var rounds = 0
    private var candidate: RedisAddress?

    init(master: String, sentinels: [RedisAddress]) {
        self.master = master
        self.sentinels = sentinels
    }

    /// Starts a round with the first Sentinel.
    mutating func begin() -> Step {
        asked = 0
        candidate = nil
        return step
    }

    /// The Sentinel named this address; nil when it did not answer, or does not know the master.
    mutating func answered(_ address: RedisAddress?) -> Step {
        guard let address else { return next() }
        candidate = address
        return .checkRole(address)
    }

    /// The server's role by its own word; nil when it did not answer. A Sentinel that is behind the others names the old
    /// master, which is a replica by now or gone.
    mutating func roleIs(_ role: String?) -> Step {
        guard let candidate, role == "master" else { return next() }
        if asked < sentinels.count { sentinels.insert(sentinels.remove(at: asked), at: 0) }
        asked = 0
        rounds = 0
        self.candidate = nil
        return .found(candidate)
    }

    /// What a Sentinel says of the others is asked too, after those of the configuration.
    mutating func learn(_ others: [RedisAddress]) {
        for other in others where !sentinels.contains(other) { sentinels.append(other) }
    }

    /// This one knows something new: it is asked first.
    mutating func prefer(_ sentinel: RedisAddress) {
        guard let index = sentinels.firstIndex(of: sentinel) else { return }
        sentinels.insert(sentinels.remove(at: index), at: 0)
    }

    /// The new master by a message of `+switch-master`: `name old-host old-port new-host new-port`. nil when it is about
    /// another master.
    func switchedMaster(_ message: String) -> RedisAddress? {
        let words = message.split(separator: " ")
        guard words.count == 5, words[0] == master, let port = Int(words[4]) else { return nil }
        return .tcp(host: String(words[3]), port: port)
    }

    private mutating func next() -> Step {
        candidate = nil
        asked += 1
        return step
    }

    private var step: Step {
        mutating get {
            if asked < sentinels.count { return .ask(sentinels[asked]) }
            asked = 0
            rounds += 1
            return .pause(attempt: rounds)
        }
    }
}
