import HeapModule

/// Things to do at moments of a clock, soonest first. A value: whoever owns it tells the time.
struct TimerQueue<Action> {
    private struct Entry: Comparable {
        let deadline: Int64
        let number: UInt64

        static func < (lhs: Entry, rhs: Entry) -> Bool {
            lhs.deadline == rhs.deadline ? lhs.number < rhs.number : lhs.deadline < rhs.deadline
        }
    }

    private var entries = Heap<Entry>()
    private var actions: [UInt64: Action] = [:]
    private var nextNumber: UInt64 = 0

    var count: Int { actions.count }

    /// The soonest moment at which something is to be done.
    var next: Int64? { entries.min?.deadline }

    /// Names what was added, for taking it out again.
    mutating func add(at deadline: Int64, _ action: Action) -> UInt64 {
        nextNumber += 1
        entries.insert(Entry(deadline: deadline, number: nextNumber))
        actions[nextNumber] = action
        return nextNumber
    }

    /// Takes out what was to be done; nil when it has been done or taken out already.
    mutating func remove(_ number: UInt64) -> Action? {
        guard let action = actions.removeValue(forKey: number) else { return nil }
        // What was taken out stays in the heap until its moment, unless such entries are the most of it.
        if entries.count > 64, entries.count > actions.count * 2 {
            entries = Heap(entries.unordered.filter { actions[$0.number] != nil })
        } else {
            dropRemoved()
        }
        return action
    }

    /// Takes out all that fits `condition`.
    mutating func removeAll(where condition: (Action) -> Bool) {
        actions = actions.filter { !condition($0.value) }
        entries = Heap(entries.unordered.filter { actions[$0.number] != nil })
    }

    /// The next thing whose moment has come.
    mutating func popDue(at now: Int64) -> Action? {
        dropRemoved()
        guard let first = entries.min, first.deadline <= now else { return nil }
        entries.removeMin()
        return actions.removeValue(forKey: first.number)
    }

    /// Keeps the soonest entry one that still stands.
    private mutating func dropRemoved() {
        while let first = entries.min, actions[first.number] == nil { entries.removeMin() }
    }
}

extension TimerQueue: Sendable where Action: Sendable {}
