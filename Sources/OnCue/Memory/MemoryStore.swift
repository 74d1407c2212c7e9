import Synchronization

/// A store in memory: the reference of the contract, for tests and for work that may end with the process.
///
/// It is deterministic and reads no clock but the one it was given. Nothing that keeps time in it depends on Swift's
/// pool of threads.
public final class MemoryStore: JobStore {
    private let core: MemoryCore

    /// - Parameter time: the clocks to go by; a test brings its own.
    public init(time: any TimeSource = .system) {
        core = MemoryCore(time: time)
    }

    // MARK: - Producing and consuming

    public func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer] {
        try core.perform { (state, now) throws(StoreError) in
            try state.enqueue(jobs, atomically: atomically, now: now)
        }
    }

    public func openSession(_ opening: SessionOpening) async throws(StoreError) -> SessionID {
        try core.perform { state, now in state.openSession(opening, now: now) }
    }

    public func closeSession(_ session: SessionID) async throws(StoreError) {
        try core.perform { state, now in state.closeSession(session, now: now) }
    }

    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] {
        let deadline = core.deadline(after: request.wait)
        while true {
            let (jobs, version) = try core.perform { (state, now) throws(StoreError) in
                (try state.claim(request, now: now), state.claimVersion)
            }
            guard jobs.isEmpty, request.limit > 0, core.mayGoOn(until: deadline) else { return jobs }
            let queues = Set(request.queues.map(\.name))
            await core.wait(.claim(queues), until: deadline) { $0.claimVersion != version }
        }
    }

    public func settle(_ batch: SettleBatch) async throws(StoreError) -> [SettleAnswer] {
        try core.perform { (state, now) throws(StoreError) in try state.settle(batch, now: now) }
    }

    public var exchangesInOneWrite: Bool { true }

    public func exchange(
        _ batch: SettleBatch?, _ request: ClaimRequest?
    ) async throws(StoreError) -> (settled: [SettleAnswer], claimed: [LeasedJob]) {
        try core.perform { (state, now) throws(StoreError) in
            let settled = if let batch { try state.settle(batch, now: now) } else { [SettleAnswer]() }
            let claimed = if let request { try state.claim(request, now: now) } else { [LeasedJob]() }
            return (settled, claimed)
        }
    }

    public func renew(_ session: SessionID) async throws(StoreError) -> SessionNews {
        try core.perform { (state, now) throws(StoreError) in try state.renew(session, now: now) }
    }

    public func news(for session: SessionID) async throws(StoreError) -> SessionNews {
        try core.perform { (state, _) throws(StoreError) in try state.news(for: session) }
    }

    public func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
        try core.perform { state, _ in state.held(by: session, besides: known) }
    }

    public func record(_ notes: [JobNote]) async throws(StoreError) -> [Bool] {
        try core.perform { (state, now) throws(StoreError) in try state.record(notes, now: now) }
    }

    public func memory(of job: JobID) async throws(StoreError) -> JobMemory {
        try core.perform { (state, _) throws(StoreError) in try state.memory(of: job) }
    }

    // MARK: - Jobs

    public func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] {
        try core.perform { state, _ in state.find(ids) }
    }

    public func search(
        _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
    ) async throws(StoreError) -> JobPage {
        try core.perform { (state, _) throws(StoreError) in
            try state.search(filter, order: order, after: cursor, limit: limit)
        }
    }

    public func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> JobCount {
        try core.perform { state, _ in state.count(filter, upTo: bound) }
    }

    public func attempts(of job: JobID) async throws(StoreError) -> [AttemptRecord] {
        try core.perform { state, _ in state.attempts(of: job) }
    }

    public func outcome(of job: JobID, wait: Duration) async throws(StoreError) -> JobRecord? {
        let deadline = core.deadline(after: wait)
        guard wait > .zero else { return try core.perform { state, _ in state.find([job])[0] } }
        try core.perform { state, _ in state.watchers[job, default: 0] += 1 }
        defer {
            // A store that was closed meanwhile has no watchers to count.
            try? core.perform { state, _ in
                state.watchers[job, default: 1] -= 1
                if state.watchers[job] == 0 { state.watchers[job] = nil }
            }
        }
        while true {
            let record = try core.perform { state, _ in state.find([job])[0] }
            guard let record, !record.state.isFinal, core.mayGoOn(until: deadline) else { return record }
            await core.wait(.outcome(job), until: deadline) { state in
                state.slots[job].map { state.jobs[$0].state.isFinal } ?? true
            }
        }
    }

    public func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer] {
        try core.perform { (state, now) throws(StoreError) in try state.change(ids, change, now: now) }
    }

    // MARK: - Queues

    public func queues() async throws(StoreError) -> [QueueInfo] {
        try core.perform { state, _ in state.queueInfos() }
    }

    public func changeQueue(_ queue: QueueName, _ change: QueueChange) async throws(StoreError) {
        try core.perform { (state, now) throws(StoreError) in try state.changeQueue(queue, change, now: now) }
    }

    public func purge(_ queue: QueueName, states: Set<JobState>, limit: Int) async throws(StoreError) -> Int {
        try core.perform { (state, now) throws(StoreError) in
            try state.purge(queue, states: states, limit: limit, now: now)
        }
    }

    public func removeQueue(_ queue: QueueName) async throws(StoreError) {
        try core.perform { (state, _) throws(StoreError) in try state.removeQueue(queue) }
    }

    public func defaults() async throws(StoreError) -> QueueSettings {
        try core.perform { state, _ in state.defaults }
    }

    public func setDefaults(_ settings: QueueSettings) async throws(StoreError) {
        try core.perform { (state, _) throws(StoreError) in try state.setDefaults(settings) }
    }

    // MARK: - Sessions

    public func sessions() async throws(StoreError) -> [SessionInfo] {
        try core.perform { state, _ in state.sessionInfos() }
    }

    public func fence(
        _ session: SessionID, ifRenewals renewals: Int64?, error: String
    ) async throws(StoreError) -> Int? {
        try core.perform { state, now in state.fence(session, ifRenewals: renewals, error: error, now: now) }
    }

    public func instruct(_ session: SessionID, quiet: Bool, stop: Bool) async throws(StoreError) {
        try core.perform { (state, _) throws(StoreError) in try state.instruct(session, quiet: quiet, stop: stop) }
    }

    // MARK: - Events

    public func events(after cursor: EventCursor, limit: Int, wait: Duration) async throws(StoreError) -> EventPage {
        let deadline = core.deadline(after: wait)
        while true {
            let page = try core.perform { state, _ in state.log.page(after: cursor, limit: limit) }
            guard page.events.isEmpty, limit > 0, core.mayGoOn(until: deadline) else { return page }
            await core.wait(.events, until: deadline) { $0.log.latest > cursor }
        }
    }

    public func latestEvent() async throws(StoreError) -> EventCursor {
        try core.perform { state, _ in state.log.latest }
    }

    // MARK: - Documents and audit

    public func documents(
        in collection: String, after key: String?, limit: Int
    ) async throws(StoreError) -> [StoredDocument] {
        try core.perform { (state, _) throws(StoreError) in
            try state.documents.page(in: collection, after: key, limit: limit)
        }
    }

    public func putDocument(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Int64 {
        try core.perform { (state, now) throws(StoreError) in
            try state.documents.put(value, at: key, in: collection, expecting: expecting, now: now)
        }
    }

    public func removeDocument(
        _ key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Bool {
        try core.perform { (state, _) throws(StoreError) in
            try state.documents.remove(key, in: collection, expecting: expecting)
        }
    }

    public func appendAudit(_ actions: [AuditedAction]) async throws(StoreError) {
        try core.perform { state, now in state.audit.append(actions, now: now) }
    }

    public func audit(after cursor: String?, limit: Int) async throws(StoreError) -> AuditPage {
        try core.perform { (state, _) throws(StoreError) in try state.audit.page(after: cursor, limit: limit) }
    }

    // MARK: - Upkeep

    public func maintain(_ request: MaintenanceRequest) async throws(StoreError) -> MaintenanceReport {
        try core.perform { state, now in state.maintain(request, now: now) }
    }

    public func info() async throws(StoreError) -> StoreInfo {
        try core.perform { _, _ in
            StoreInfo(
                kind: "memory", location: "this process", engineVersion: "1", schemaVersion: 1,
                durability: "nothing outlives the process")
        }
    }

    public func check() async throws(StoreError) -> [StoreFinding] {
        try core.perform { _, _ in
            [
                StoreFinding(
                    .warning, "durability", "Jobs are kept in memory and are lost when the process ends.",
                    cure: "Use a SQLite store for jobs that matter.")
            ]
        }
    }

    public func now() async throws(StoreError) -> Timestamp {
        try core.perform { _, now in now }
    }

    public func close() async {
        core.close()
    }
}
