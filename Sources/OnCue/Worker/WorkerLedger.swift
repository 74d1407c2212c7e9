/// What a worker holds and how much more it may take. A value without I/O: the rules of slots, prefetch, limits, the
/// floor and suspects stand here alone.
///
/// A claimed job is *ready* until it starts, *running* until it ends, and *unsettled* until the store has its outcome.
struct WorkerLedger {
    /// What is counted of one job.
    struct Entry: Hashable, Sendable {
        var name: JobName
        var queue: QueueName
        var isSuspect: Bool
    }

    /// What a claim may ask for.
    struct Plan {
        var limit: Int
        var floor: Int
        var suspects: Int
        var names: [JobName: Int]
        var queues: [ClaimRequest.Queue]
        /// True when a name, a queue or a suspect was left out: a claim that waits is to be made anew once that changes.
        var isNarrowed: Bool
    }

    /// A start in so many goes to the oldest job below the level that is served.
    static let floorInterval = 16

    let slots: Int
    /// The names there are handlers for; those with a limit have it here.
    private var roomByName: [JobName: Int]
    private let limitedNames: Set<JobName>
    private var roomByQueue: [QueueName: Int]
    /// Queues to serve, in order.
    var queues: [QueueName] = []
    var prefetch: PrefetchGauge

    private(set) var ready = 0
    private(set) var running = 0
    private(set) var unsettled = 0
    private(set) var suspects = 0
    /// Slots claimed since the last that went to the floor.
    private var sinceFloor = 0

    init(
        slots: Int, names: [JobName: Int?], queueLimits: [QueueName: Int] = [:], prefetch: PrefetchGauge
    ) {
        self.slots = slots
        limitedNames = Set(names.filter { $0.value != nil }.keys)
        roomByName = names.mapValues { $0 ?? .max }
        roomByQueue = queueLimits
        self.prefetch = prefetch
    }

    var held: Int { ready + running + unsettled }
    var freeSlots: Int { max(0, slots - running) }

    /// Never more than this is held.
    var capacity: Int { prefetch.usableSlots(of: slots) + prefetch.size }

    // MARK: Claims

    /// What to ask for while earlier outcomes are being written; nil when there is no room, or so little that a larger
    /// claim a moment later is the cheaper one.
    func planBesideSettling() -> Plan? {
        // Half of it at a time: while one half runs, the other is on its way in or out.
        let most = prefetch.size > 0 ? (capacity + 1) / 2 : capacity
        // At most as much again is being written as may be held otherwise.
        guard let plan = plan(settling: min(unsettled, capacity), atMost: most) else { return nil }
        return plan.limit * 2 >= prefetch.size ? plan : nil
    }

    /// What to ask for now, when `settling` outcomes are written in the same call; nil when there is no room.
    func plan(settling: Int = 0, atMost most: Int = .max) -> Plan? {
        let room = min(capacity - (held - settling), most)
        guard room > 0, !queues.isEmpty, !roomByName.isEmpty else { return nil }
        var isNarrowed = suspects > 0
        var names = roomByName
        for name in limitedNames where (names[name] ?? 0) <= 0 {
            names[name] = nil
            isNarrowed = true
        }
        var requested: [ClaimRequest.Queue] = []
        requested.reserveCapacity(queues.count)
        for queue in queues {
            let room = roomByQueue[queue] ?? .max
            if room > 0 { requested.append(ClaimRequest.Queue(queue, limit: room)) } else { isNarrowed = true }
        }
        guard !names.isEmpty, !requested.isEmpty else { return nil }
        return Plan(
            limit: room, floor: min(room, (sinceFloor + room) / Self.floorInterval), suspects: max(0, 1 - suspects),
            names: names, queues: requested, isNarrowed: isNarrowed)
    }

    /// A claimed job came in.
    mutating func claimed(_ entry: Entry) {
        ready += 1
        sinceFloor = (sinceFloor + 1) % Self.floorInterval
        if entry.isSuspect { suspects += 1 }
        if limitedNames.contains(entry.name) { roomByName[entry.name, default: 0] -= 1 }
        if !roomByQueue.isEmpty, let room = roomByQueue[entry.queue] { roomByQueue[entry.queue] = room - 1 }
    }

    // MARK: Runs

    mutating func started() {
        ready -= 1
        running += 1
    }

    /// A run ended; its outcome is to be written unless it is dropped. True when a limit was loosened by it.
    mutating func finished(_ entry: Entry, isDropped: Bool = false) -> Bool {
        running -= 1
        if !isDropped { unsettled += 1 }
        return release(entry)
    }

    /// A job that had not started leaves; an outcome is to be written unless it is dropped.
    mutating func withdrawn(_ entry: Entry, isDropped: Bool = false) -> Bool {
        ready -= 1
        if !isDropped { unsettled += 1 }
        return release(entry)
    }

    /// Outcomes were written, or have become pointless.
    mutating func settled(_ count: Int) {
        unsettled -= count
    }

    private mutating func release(_ entry: Entry) -> Bool {
        var loosened = false
        if entry.isSuspect {
            suspects -= 1
            loosened = true
        }
        if !limitedNames.isEmpty, limitedNames.contains(entry.name) {
            roomByName[entry.name, default: 0] += 1
            loosened = true
        }
        if !roomByQueue.isEmpty, let room = roomByQueue[entry.queue] {
            roomByQueue[entry.queue] = room + 1
            loosened = true
        }
        return loosened
    }
}
