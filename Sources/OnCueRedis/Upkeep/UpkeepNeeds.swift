#if Redis
    import OnCue
    import RedisWire

    /// What there is to be tidied in a queue: the answer of ``Scripts/upkeepNeeds``.
    struct UpkeepNeeds {
        struct Finished {
            /// Kept as the policy says.
            var count: Int
            /// When the first in the list ended; nil: the list is empty. That job may have gone or run again since.
            var first: Timestamp?
        }

        let queue: Queue
        let due: Int
        let expired: Int
        let overTheirTime: Int
        let timedKeys: Int
        let waits: Int
        private(set) var finished: [JobState: Finished] = [:]
        let events: Int
        /// When the oldest event was.
        let oldestEvent: Timestamp?
        /// Follow-ups for other queues.
        let outbox: Int
        /// Ids of follow-ups from other queues.
        let applied: Int
        /// Consumers that are sessions.
        let sessions: [SessionID]
        let isPrepared: Bool
        /// How many jobs may wait.
        let maximum: Int?

        var hasTimeToPass: Bool { due + expired + overTheirTime + timedKeys + waits > 0 }

        init?(_ queue: Queue, _ answer: RESPToken) {
            guard let parts = answer.elements.map(Array.init), parts.count == 12 else { return nil }
            func number(_ index: Int) -> Int { parts[index].integer.map(Int.init) ?? 0 }
            self.queue = queue
            (due, expired, overTheirTime) = (number(0), number(1), number(2))
            (timedKeys, waits) = (number(3), number(4))
            guard let lists = parts[5].elements.map(Array.init), lists.count == 3,
                let log = parts[6].elements.map(Array.init), log.count == 2,
                let consumers = parts[9].elements?.compactMap(\.text)
            else { return nil }
            for (state, list) in zip([JobState.completed, .dead, .cancelled], lists) {
                guard let list = list.elements.map(Array.init), list.count == 2, let count = list[0].integer else {
                    return nil
                }
                finished[state] = Finished(
                    count: Int(count), first: list[1].integer.map(Timestamp.init(microseconds:)))
            }
            events = log[0].integer.map(Int.init) ?? 0
            oldestEvent = log[1].integer.map(Timestamp.init(microseconds:))
            (outbox, applied) = (number(7), number(8))
            sessions = consumers.map(SessionID.init(rawValue:))
            isPrepared = number(10) == 1
            maximum = parts[11].integer.map(Int.init)
        }
    }
#endif
