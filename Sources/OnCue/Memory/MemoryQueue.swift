import DequeModule
import HeapModule

/// A queue in the memory store: its settings, its counts, and its pending jobs in lanes.
struct MemoryQueue {
    var name: QueueName
    var isPaused = false
    var settings = QueueSettings()
    var counts = [Int](repeating: 0, count: JobState.allCases.count)
    var totals = QueueTotals()
    /// By priority.
    var levels = [Level](repeating: Level(), count: JobPriority.allCases.count)

    init(name: QueueName) {
        self.name = name
    }

    func count(_ state: JobState) -> Int { counts[state.rawValue] }

    var waiting: Int { JobState.waiting.reduce(0) { $0 + count($1) } }

    /// The pending jobs of one priority, a lane for each name, so that a name nobody asks for is passed over at no cost.
    struct Level {
        var lanes: [LaneKey: Lane] = [:]

        mutating func add(_ entry: Lane.Entry, to key: LaneKey, returned: Bool) {
            lanes[key, default: Lane()].add(entry, returned: returned)
        }
    }

    struct LaneKey: Hashable {
        var name: JobName
        /// Jobs that have lost a worker wait in a lane of their own.
        var isSuspect: Bool
    }
}

/// Pending jobs of one kind in the order in which they became ready.
///
/// What leaves from the middle stays as an outdated entry until it comes to the front, where
/// ``MemoryState/tidyLane(_:_:_:)`` drops it: the front entry is always a job that is there.
struct Lane {
    struct Entry: Comparable {
        var order: Int64
        var slot: Int

        static func < (lhs: Entry, rhs: Entry) -> Bool { lhs.order < rhs.order }
    }

    /// Jobs that are still there.
    var count = 0
    /// In order, as they became ready.
    private var fresh = Deque<Entry>()
    /// Handed back to an earlier place.
    private var returned = Heap<Entry>()

    mutating func add(_ entry: Entry, returned isReturned: Bool) {
        count += 1
        if isReturned { returned.insert(entry) } else { fresh.append(entry) }
    }

    var first: Entry? {
        guard let next = fresh.first else { return returned.min }
        guard let back = returned.min else { return next }
        return min(next, back)
    }

    /// Takes out the front entry.
    mutating func removeFirst() {
        dropFirst()
        count -= 1
    }

    /// Takes out a front entry that is out of date.
    mutating func dropFirst() {
        guard let next = fresh.first else {
            _ = returned.popMin()
            return
        }
        if let back = returned.min, back < next { _ = returned.popMin() } else { fresh.removeFirst() }
    }

    /// True when most entries are out of date.
    var isCluttered: Bool { fresh.count + returned.count > 2 * count + 64 }

    mutating func keepOnly(_ isCurrent: (Entry) -> Bool) {
        fresh.removeAll { !isCurrent($0) }
        returned = Heap(returned.unordered.filter(isCurrent))
    }
}

/// Places of jobs by a moment, earliest first. An entry is out of date when its job has moved on.
struct TimedPlaces {
    struct Entry: Comparable {
        var at: Timestamp
        /// The job's ``MemoryJob/order`` when the entry was made.
        var order: Int64
        var slot: Int

        static func < (lhs: Entry, rhs: Entry) -> Bool {
            lhs.at == rhs.at ? lhs.order < rhs.order : lhs.at < rhs.at
        }
    }

    private var heap = Heap<Entry>()
    /// After how many entries the next look for outdated ones is worth while.
    private var sweepAt = 1_024

    var first: Entry? { heap.min }
    var count: Int { heap.count }
    var needsSweep: Bool { heap.count > sweepAt }

    mutating func add(_ entry: Entry) { heap.insert(entry) }

    mutating func removeFirst() { _ = heap.popMin() }

    mutating func keepOnly(_ isCurrent: (Entry) -> Bool) {
        heap = Heap(heap.unordered.filter(isCurrent))
        sweepAt = max(1_024, 2 * heap.count)
    }
}
