import OnCue

/// What is to be said of the servers of a store: pure, from what they say of themselves.
enum StoreCheck {
    static func servers(_ facts: [ServerFacts]) -> [StoreFinding] {
        facts.map { fact in
            if let refusal = fact.refusal { return refusal }
            guard fact.tellsOfItself else {
                return StoreFinding(
                    .warning, "server", "Redis at \(fact.address) does not say what it is and how it is set.",
                    cure: "Let the user of this store run INFO and CONFIG GET; no job is lost for want of it.")
            }
            return StoreFinding(
                .fine, "server", "\(fact.address): \(fact.version), \(fact.evictionPolicy ?? "unknown policy")")
        }
    }

    static func memory(_ facts: [ServerFacts]) -> [StoreFinding] {
        facts.filter(\.tellsOfItself).map { fact in
            let used = fact.number("used_memory") ?? 0
            guard let bound = fact.number("maxmemory"), bound > 0 else {
                return StoreFinding(.fine, "memory", "\(fact.address): \(used >> 20) MiB, no bound of its own")
            }
            let percent = used * 100 / bound
            let message = "\(fact.address): \(used >> 20) of \(bound >> 20) MiB (\(percent) %)"
            guard percent >= 80 else { return StoreFinding(.fine, "memory", message) }
            return StoreFinding(
                percent >= 97 ? .problem : .warning, "memory",
                message + "; when it is used up, no job is taken in until some have ended.",
                cure: "Raise maxmemory, keep finished jobs for a shorter time, or bound the queues with max_waiting.")
        }
    }

    static func persistence(_ facts: [ServerFacts]) -> [StoreFinding] {
        facts.filter(\.tellsOfItself).map { fact in
            if fact["aof_last_write_status"] == "err" || fact["rdb_last_bgsave_status"] == "err" {
                return StoreFinding(
                    .problem, "persistence", "Redis at \(fact.address) failed to write to its disk the last time.",
                    cure: "Look at its log: the disk is full, or its directory may not be written to.")
            }
            switch fact.appends {
            case .always: return StoreFinding(.fine, "persistence", "\(fact.address): append-only file, always synced")
            case .now(and: "no"):
                return StoreFinding(
                    .warning, "persistence",
                    "Redis at \(fact.address) leaves it to the system when its append-only file reaches the disk.",
                    cure: "Set appendfsync everysec, or always.")
            case .now(and: let rhythm):
                return StoreFinding(.fine, "persistence", "\(fact.address): append-only file, \(rhythm)")
            case .unknown: return StoreFinding(.fine, "persistence", "\(fact.address): append-only file")
            case .off:
                return StoreFinding(
                    .warning, "persistence",
                    fact.makesSnapshots == false
                        ? "Redis at \(fact.address) writes nothing to the disk: a restart loses all jobs."
                        : "Redis at \(fact.address) has no append-only file: a crash loses what came since its last snapshot.",
                    cure: "Set appendonly yes: CONFIG SET appendonly yes, and the same in redis.conf.")
            }
        }
    }

    /// - Parameter wanted: how many have to have a write before it is answered.
    static func replicas(_ facts: [ServerFacts], wanted: Int) -> [StoreFinding] {
        facts.filter(\.tellsOfItself).map { fact in
            if fact.replicas < wanted {
                return StoreFinding(
                    .problem, "replicas",
                    "Redis at \(fact.address) has \(fact.replicas) replicas, but \(wanted) have to confirm a write: no outcome is certain.",
                    cure: "Start replicas, or open the store with a smaller replicas.")
            }
            if fact.replicas == 0 {
                return StoreFinding(
                    .warning, "replicas",
                    "Redis at \(fact.address) has no replica: losing its machine loses the store.",
                    cure: "Run a replica, with Sentinels or as a cluster, where jobs matter that much.")
            }
            return StoreFinding(.fine, "replicas", "\(fact.address): \(fact.replicas)")
        }
    }

    /// How far a server's clock is from this machine's.
    static func clock(_ address: String, difference: Duration) -> StoreFinding {
        let milliseconds = difference.wholeMicroseconds / 1_000
        guard abs(milliseconds) >= 1_000 else {
            return StoreFinding(.fine, "clock", "\(address): \(milliseconds) ms from this machine's")
        }
        return StoreFinding(
            .warning, "clock", "The clock of Redis at \(address) is \(milliseconds) ms from this machine's.",
            cure: "Run NTP on both. Delays go by the clock of Redis, run-at times by who sets them.")
    }
}
