#if SQLite
import OnCue

/// The tables as one writing connection sees them, with what is worth remembering between its commits.
///
/// What is remembered holds until another connection commits (its `data_version` tells) or until a rollback; then it
/// is read again. Changes of counters are collected and written once a commit. Used from one thread at a time.
final class Ledger {
    let connection: Connection
    let time: any TimeSource
    /// Bytes that a payload, a checkpoint or a stored effect may have.
    let maxPayload: Int
    let queries: Queries

    // What is remembered.
    private var dataVersion: Int64?
    var queuesByName: [QueueName: Queue] = [:]
    var queuesByNumber: [Int64: Queue] = [:]
    var lanesByKey: [Lane.Key: Lane] = [:]
    var lanesByNumber: [Int64: Lane] = [:]
    var sessionsByID: [SessionID: Session] = [:]
    var knownDefaults: QueueSettings?
    /// When the next delayed or retrying job comes due. Never too late; too early after that job went.
    var nextDue = Remembered<Timestamp?>.unknown
    private var counters: Counters?
    private var occasionals: [String: Statement] = [:]

    // What this commit has to write.
    private var changedLanes: [Lane] = []
    private var countersChanged = false
    private var batch = EventBatch()
    /// Tells the lanes whether their names are in ``batch``.
    private var batchNumber = 0

    // What this commit means to those who wait.
    /// Something can be claimed that could not before, or a session ended.
    var hasReadied = false
    /// Another connection has committed since this was last set to false.
    var hasNoticedOthers = false
    /// Jobs that someone waits for and that have ended.
    var watchedEnds: [JobID] = []

    init(_ connection: Connection, time: any TimeSource, maxPayload: Int) {
        self.connection = connection
        self.time = time
        self.maxPayload = maxPayload
        queries = Queries(on: connection)
    }

    enum Remembered<Value> {
        case unknown
        case known(Value)
    }

    private struct Counters {
        var sequence: Int64
        var entry: Int64
        var events: Int64
    }

    // MARK: Commits

    func begin() throws(StoreError) {
        try queries.begin().run()
        do {
            try noticeOthers()
        } catch {
            rollback()
            throw error
        }
    }

    func commit() throws(StoreError) {
        try flush()
        try queries.commit().run()
    }

    /// Takes back what was written since ``begin()`` and forgets everything.
    func rollback() {
        if connection.isInTransaction {
            // It fails only where SQLite has rolled back by itself.
            try? connection.execute("ROLLBACK")
        }
        forget()
    }

    /// Forgets what is remembered if another connection has committed.
    func noticeOthers() throws(StoreError) {
        let statement = try queries.dataVersion()
        guard try statement.step() else { return }
        let version = statement.integer(0)
        statement.reset()
        guard version != dataVersion else { return }
        forget()
        dataVersion = version
        hasNoticedOthers = true
    }

    /// Forgets what is remembered of the tables, after ``flush()``.
    func forgetTables() {
        queuesByName = [:]
        queuesByNumber = [:]
        lanesByKey = [:]
        lanesByNumber = [:]
        sessionsByID = [:]
        knownDefaults = nil
        nextDue = .unknown
        counters = nil
    }

    func forget() {
        dataVersion = nil
        forgetTables()
        changedLanes = []
        countersChanged = false
        batch = EventBatch()
        batchNumber += 1
        hasReadied = false
        watchedEnds = []
    }

    /// Writes what was collected.
    func flush() throws(StoreError) {
        try writeEvents()
        for lane in changedLanes { try lane.write(with: queries.updateLane()) }
        changedLanes.removeAll(keepingCapacity: true)
        if countersChanged, let counters {
            try queries.updateCounters().run(counters.sequence, counters.entry, counters.events)
            countersChanged = false
        }
    }

    /// Tells whether anything was written or collected: equal marks mean that nothing was.
    struct Mark: Equatable {
        let written: Int
        let events: Int
        let sequence: Int64?
        let lanes: Int
    }

    var mark: Mark {
        Mark(
            written: connection.totalChanges, events: batch.count, sequence: counters?.sequence,
            lanes: changedLanes.count)
    }

    // MARK: Numbers

    /// A number that was never given before and is greater than all that were.
    func nextNumber() throws(StoreError) -> Int64 {
        var counters = try readCounters()
        counters.sequence += 1
        self.counters = counters
        countersChanged = true
        return counters.sequence
    }

    private func readCounters() throws(StoreError) -> Counters {
        if let counters { return counters }
        let statement = try queries.readCounters()
        guard try statement.step() else { throw .corruptRow("the counters") }
        defer { statement.reset() }
        let found = Counters(
            sequence: statement.integer(0), entry: statement.integer(1), events: statement.integer(2))
        counters = found
        return found
    }

    // MARK: Counts

    /// Counts a job into a lane, out of it, or both when it only changes its state.
    @inline(__always)
    func count(_ lane: Lane, out: JobState? = nil, in: JobState? = nil, by amount: Int = 1) {
        if let out { lane.change(out, by: -amount) }
        if let `in` {
            lane.change(`in`, by: amount)
            if `in` == .pending { hasReadied = true }
        }
        note(lane)
    }

    /// Adds to an all-time counter.
    @inline(__always)
    func total(_ lane: Lane, _ total: WritableKeyPath<QueueTotals, Int>, by amount: Int = 1) {
        lane.totals[keyPath: total] += amount
        note(lane)
    }

    @inline(__always)
    func note(_ lane: Lane) {
        guard !lane.isChanged else { return }
        lane.isChanged = true
        changedLanes.append(lane)
    }

    // MARK: Events

    /// Puts an event of a job into the log, with this commit.
    @inline(__always)
    func emit(_ kind: JobEvent.Kind, _ lane: Lane, _ job: JobID, attempt: Int) {
        if lane.namesIn.batch != batchNumber {
            lane.namesIn = (batchNumber, batch.add(queue: lane.queue.name, name: lane.name))
        }
        batch.append(kind, names: lane.namesIn.index, job: job, attempt: attempt)
    }

    func emit(_ kind: JobEvent.Kind, _ queue: Queue) {
        let index = batch.add(queue: queue.name, name: nil)
        batch.append(kind, names: index, job: nil, attempt: 0)
    }

    /// Writes what is in the batch when that is a row's worth.
    ///
    /// Several rows a commit keep a huge one from making a row that the bound of the log cannot cut.
    func writeEventsIfMany() throws(StoreError) {
        if batch.count >= 1_000 { try writeEvents() }
    }

    private func writeEvents() throws(StoreError) {
        guard batch.count > 0 else { return }
        var counters = try readCounters()
        let before = counters.events
        counters.entry += 1
        counters.events += Int64(batch.count)
        self.counters = counters
        countersChanged = true
        let statement = try queries.insertEvents()
        statement.bind(1, counters.entry)
        statement.bind(2, time.now().microseconds)
        statement.bind(3, Int64(batch.count))
        statement.bind(4, counters.events)
        statement.bind(5, bytes: batch.encoded())
        try statement.run()
        batch = EventBatch()
        batchNumber += 1
        // Not with every row: only once so many have come.
        if counters.events / 8_192 != before / 8_192 {
            try dropEvents(upTo: counters.events - EventLog.bound, rows: .max)
        }
    }

    /// What was ever in the event log, this commit's rows included.
    func eventsEver() throws(StoreError) -> Int64 {
        try readCounters().events
    }

    // MARK: Statements

    /// A statement that is not on a common path, kept for the next time all the same.
    func occasional(_ sql: String) throws(StoreError) -> Statement {
        if let known = occasionals[sql] {
            if known.isMidway { known.reset() }
            return known
        }
        let statement = try connection.prepare(sql)
        occasionals[sql] = statement
        return statement
    }

    // MARK: Defaults

    /// The settings that hold where a queue says nothing.
    func defaults() throws(StoreError) -> QueueSettings {
        if let knownDefaults { return knownDefaults }
        let text = try connection.text("SELECT defaults FROM oncue_store")
        let settings = try text.map { text throws(StoreError) in try JSON.decode(QueueSettings.self, text) }
        knownDefaults = settings ?? QueueSettings()
        return settings ?? QueueSettings()
    }
}
#endif
