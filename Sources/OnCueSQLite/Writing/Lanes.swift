#if SQLite
import OnCue

/// A queue as the writer remembers it.
final class Queue {
    let number: Int64
    let name: QueueName
    var isPaused: Bool
    var settings: QueueSettings
    /// Jobs that wait in it, once someone had to know.
    var waiting: Int?
    /// By level, the lanes in which something is pending (and some in which nothing is any more), once someone had
    /// to know.
    var ready: [[Lane]]?

    init(number: Int64, name: QueueName, isPaused: Bool, settings: QueueSettings) {
        self.number = number
        self.name = name
        self.isPaused = isPaused
        self.settings = settings
    }
}

/// The line of the jobs of one queue, level and name; those that have lost a worker stand in a line of their own.
final class Lane {
    struct Key: Hashable {
        let queue: Int64
        let priority: JobPriority
        let name: JobName
        let isSuspect: Bool
    }

    let number: Int64
    let queue: Queue
    let priority: JobPriority
    let name: JobName
    let isSuspect: Bool
    /// Jobs that are pending in it now.
    private(set) var pending: Int
    /// What this commit adds to the counts, by state, and to the totals.
    private var changes = InlineCounts()
    var totals = QueueTotals()
    var isChanged = false
    /// Stands in ``Queue/ready``.
    var isListed = false
    /// The batch of events that knows the names, and as which.
    var namesIn = (batch: -1, index: 0)

    init(number: Int64, queue: Queue, priority: JobPriority, name: JobName, isSuspect: Bool, pending: Int) {
        self.number = number
        self.queue = queue
        self.priority = priority
        self.name = name
        self.isSuspect = isSuspect
        self.pending = pending
    }

    @inline(__always)
    func change(_ state: JobState, by amount: Int) {
        changes[state.rawValue] += amount
        if state == .pending {
            pending += amount
            if pending > 0, !isListed, queue.ready != nil {
                isListed = true
                queue.ready?[priority.rawValue].append(self)
            }
        }
        if state.isWaiting, let waiting = queue.waiting { queue.waiting = waiting + amount }
    }

    /// Adds the changes to the row.
    func write(with statement: Statement) throws(StoreError) {
        for state in 0..<8 { statement.bind(Int32(state + 1), Int64(changes[state])) }
        statement.bind(9, Int64(totals.enqueued))
        statement.bind(10, Int64(totals.completed))
        statement.bind(11, Int64(totals.dead))
        statement.bind(12, Int64(totals.cancelled))
        statement.bind(13, Int64(totals.retried))
        statement.bind(14, number)
        try statement.run()
        changes = InlineCounts()
        totals = QueueTotals()
        isChanged = false
    }
}

/// Eight counts, one a state, without an array.
private struct InlineCounts {
    private var values = (0, 0, 0, 0, 0, 0, 0, 0)

    subscript(state: Int) -> Int {
        get {
            switch state {
            case 0: values.0
            case 1: values.1
            case 2: values.2
            case 3: values.3
            case 4: values.4
            case 5: values.5
            case 6: values.6
            default: values.7
            }
        }
        set {
            switch state {
            case 0: values.0 = newValue
            case 1: values.1 = newValue
            case 2: values.2 = newValue
            case 3: values.3 = newValue
            case 4: values.4 = newValue
            case 5: values.5 = newValue
            case 6: values.6 = newValue
            default: values.7 = newValue
            }
        }
    }
}

// MARK: - Finding and making them

extension Ledger {
    /// Nil when there is no such queue.
    func queue(named name: QueueName) throws(StoreError) -> Queue? {
        if let known = queuesByName[name] { return known }
        let statement = try queries.queueByName()
        statement.bind(1, text: name.rawValue)
        return try queue(from: statement)
    }

    func queue(number: Int64) throws(StoreError) -> Queue {
        if let known = queuesByNumber[number] { return known }
        let statement = try queries.queueByNumber()
        statement.bind(1, number)
        guard let queue = try queue(from: statement) else { throw .corruptRow("the queue of a job") }
        return queue
    }

    private func queue(from statement: Statement) throws(StoreError) -> Queue? {
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        let settings = try statement.textOrNil(3).map { text throws(StoreError) in
            try JSON.decode(QueueSettings.self, text)
        }
        let queue = Queue(
            number: statement.integer(0), name: QueueName(statement.text(1)), isPaused: statement.integer(2) != 0,
            settings: settings ?? QueueSettings())
        remember(queue)
        return queue
    }

    /// The queue, made if it does not exist.
    func makeQueue(named name: QueueName) throws(StoreError) -> Queue {
        if let queue = try queue(named: name) { return queue }
        try queries.insertQueue().run(name.rawValue)
        let queue = Queue(number: connection.lastInserted, name: name, isPaused: false, settings: QueueSettings())
        queue.waiting = 0
        queue.ready = Array(repeating: [], count: JobPriority.allCases.count)
        remember(queue)
        // A worker that serves this name may wait for it.
        hasReadied = true
        return queue
    }

    private func remember(_ queue: Queue) {
        queuesByName[queue.name] = queue
        queuesByNumber[queue.number] = queue
    }

    /// The lane, made if it does not exist.
    func lane(_ queue: Queue, _ priority: JobPriority, _ name: JobName, isSuspect: Bool) throws(StoreError) -> Lane {
        let key = Lane.Key(queue: queue.number, priority: priority, name: name, isSuspect: isSuspect)
        if let known = lanesByKey[key] { return known }
        let statement = try queries.laneByKey()
        statement.bind(values: queue.number, priority.rawValue, name.rawValue, isSuspect)
        if let lane = try lane(from: statement) { return lane }
        try queries.insertLane().run(queue.number, priority.rawValue, name.rawValue, isSuspect)
        let lane = Lane(
            number: connection.lastInserted, queue: queue, priority: priority, name: name, isSuspect: isSuspect,
            pending: 0)
        remember(lane)
        return lane
    }

    func lane(number: Int64) throws(StoreError) -> Lane {
        if let known = lanesByNumber[number] { return known }
        let statement = try queries.laneByNumber()
        statement.bind(1, number)
        guard let lane = try lane(from: statement) else { throw .corruptRow("the lane of a job") }
        return lane
    }

    /// By level, the lanes of a queue in which something is pending.
    func readyLanes(of queue: Queue) throws(StoreError) -> [[Lane]] {
        if let ready = queue.ready {
            for level in ready.indices where ready[level].contains(where: { $0.pending <= 0 }) {
                for lane in ready[level] where lane.pending <= 0 { lane.isListed = false }
                queue.ready?[level].removeAll { $0.pending <= 0 }
            }
            return queue.ready ?? []
        }
        let statement = try queries.readyLanes()
        statement.bind(1, queue.number)
        var numbers: [Int64] = []
        while try statement.step() { numbers.append(statement.integer(0)) }
        var levels: [[Lane]] = Array(repeating: [], count: JobPriority.allCases.count)
        for number in numbers {
            let lane = try lane(number: number)
            guard !lane.isListed, lane.pending > 0 else { continue }
            lane.isListed = true
            levels[lane.priority.rawValue].append(lane)
        }
        // Lanes that this commit has filled are not in the table yet.
        for lane in lanesByNumber.values where lane.queue === queue && lane.pending > 0 && !lane.isListed {
            lane.isListed = true
            levels[lane.priority.rawValue].append(lane)
        }
        queue.ready = levels
        return levels
    }

    /// Jobs that wait in a queue.
    func waiting(in queue: Queue) throws(StoreError) -> Int {
        if let waiting = queue.waiting { return waiting }
        // What was collected has to be in the rows that are added up.
        try flush()
        let statement = try queries.waitingJobs()
        statement.bind(1, queue.number)
        guard try statement.step() else { return 0 }
        let waiting = Int(statement.integer(0))
        statement.reset()
        queue.waiting = waiting
        return waiting
    }

    private func lane(from statement: Statement) throws(StoreError) -> Lane? {
        guard try statement.step() else { return nil }
        let number = statement.integer(0)
        let queueNumber = statement.integer(1)
        let priority = JobPriority(rawValue: Int(statement.integer(2)))
        let name = JobName(statement.text(3))
        let isSuspect = statement.integer(4) != 0
        let pending = Int(statement.integer(5))
        statement.reset()
        guard let priority else { throw .corruptRow("the priority of a lane") }
        let lane = Lane(
            number: number, queue: try queue(number: queueNumber), priority: priority, name: name,
            isSuspect: isSuspect, pending: pending)
        remember(lane)
        return lane
    }

    private func remember(_ lane: Lane) {
        lanesByNumber[lane.number] = lane
        lanesByKey[
            Lane.Key(queue: lane.queue.number, priority: lane.priority, name: lane.name, isSuspect: lane.isSuspect)] =
            lane
        if lane.pending > 0, !lane.isListed, lane.queue.ready != nil {
            lane.isListed = true
            lane.queue.ready?[lane.priority.rawValue].append(lane)
        }
    }
}
#endif
