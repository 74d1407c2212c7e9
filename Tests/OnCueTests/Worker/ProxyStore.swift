import OnCue
import Synchronization
import Testing

/// A store in front of another that a test can watch, disturb and cut off. What is not of interest goes straight through.
final class ProxyStore: JobStore {
    enum Call: String, Sendable, CaseIterable {
        case openSession, closeSession, claim, settle, exchange, renew, news, held, record, memory, maintain
    }

    /// What happens to a call.
    enum Fate {
        case pass
        /// The store does nothing.
        case fail(StoreError)
        /// The store does it, and the answer is lost.
        case loseAnswer
        /// The store does it once the gate is open.
        case hold(Gate)
    }

    private struct State {
        var calls: [(call: Call, at: ContinuousClock.Instant)] = []
        var fate: @Sendable (Call) -> Fate = { _ in .pass }
        var settled: [Settlement] = []
        var requests: [ClaimRequest] = []
    }

    let base: MemoryStore
    private let state = Mutex(State())

    /// Whether workers settle and claim in one call, or side by side.
    let exchangesInOneWrite: Bool

    init(_ base: MemoryStore, exchangesInOneWrite: Bool = true) {
        self.base = base
        self.exchangesInOneWrite = exchangesInOneWrite
    }

    /// Decides what happens to each call from now on.
    func set(_ fate: @escaping @Sendable (Call) -> Fate) {
        state.withLock { $0.fate = fate }
    }

    func moments(of call: Call) -> [ContinuousClock.Instant] {
        state.withLock { $0.calls.filter { $0.call == call }.map(\.at) }
    }

    /// Everything that was sent to be settled.
    var settled: [Settlement] { state.withLock { $0.settled } }
    var requests: [ClaimRequest] { state.withLock { $0.requests } }

    /// Waits until the worker has asked for news that it had not asked for when this was called, and heard them.
    func nextNews() async throws {
        let before = moments(of: .news).count
        // The second is asked for after the answer to the first was taken in.
        try await eventually("news") { moments(of: .news).count >= before + 2 }
    }

    private func pass<Answer: Sendable>(
        _ call: Call, _ body: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let fate = state.withLock { state in
            state.calls.append((call, .now))
            return state.fate
        }(call)
        switch fate {
        case .pass: return try await body()
        case .fail(let error): throw error
        case .hold(let gate):
            await gate.pass()
            return try await body()
        case .loseAnswer:
            _ = try await body()
            throw StoreError(.outcomeUnknown, "the answer was lost")
        }
    }

    func openSession(_ opening: SessionOpening) async throws(StoreError) -> SessionID {
        try await pass(.openSession) { () throws(StoreError) in try await base.openSession(opening) }
    }

    func closeSession(_ session: SessionID) async throws(StoreError) {
        try await pass(.closeSession) { () throws(StoreError) in try await base.closeSession(session) }
    }

    func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] {
        state.withLock { $0.requests.append(request) }
        return try await pass(.claim) { () throws(StoreError) in try await base.claim(request) }
    }

    func settle(_ batch: SettleBatch) async throws(StoreError) -> [SettleAnswer] {
        state.withLock { $0.settled += batch.items }
        return try await pass(.settle) { () throws(StoreError) in try await base.settle(batch) }
    }

    func exchange(
        _ batch: SettleBatch?, _ request: ClaimRequest?
    ) async throws(StoreError) -> (settled: [SettleAnswer], claimed: [LeasedJob]) {
        state.withLock { state in
            state.settled += batch?.items ?? []
            if let request { state.requests.append(request) }
        }
        return try await pass(.exchange) { () throws(StoreError) in try await base.exchange(batch, request) }
    }

    func renew(_ session: SessionID) async throws(StoreError) -> SessionNews {
        try await pass(.renew) { () throws(StoreError) in try await base.renew(session) }
    }

    func news(for session: SessionID) async throws(StoreError) -> SessionNews {
        try await pass(.news) { () throws(StoreError) in try await base.news(for: session) }
    }

    func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
        try await pass(.held) { () throws(StoreError) in try await base.held(by: session, besides: known) }
    }

    func record(_ notes: [JobNote]) async throws(StoreError) -> [Bool] {
        try await pass(.record) { () throws(StoreError) in try await base.record(notes) }
    }

    func memory(of job: JobID) async throws(StoreError) -> JobMemory {
        try await pass(.memory) { () throws(StoreError) in try await base.memory(of: job) }
    }

    func maintain(_ request: MaintenanceRequest) async throws(StoreError) -> MaintenanceReport {
        try await pass(.maintain) { () throws(StoreError) in try await base.maintain(request) }
    }
}

// MARK: - Straight through

extension ProxyStore {
    func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer] {
        try await base.enqueue(jobs, atomically: atomically)
    }

    func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] { try await base.find(ids) }

    func search(
        _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
    ) async throws(StoreError) -> JobPage {
        try await base.search(filter, order: order, after: cursor, limit: limit)
    }

    func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> JobCount {
        try await base.count(filter, upTo: bound)
    }

    func attempts(of job: JobID) async throws(StoreError) -> [AttemptRecord] { try await base.attempts(of: job) }

    func outcome(of job: JobID, wait: Duration) async throws(StoreError) -> JobRecord? {
        try await base.outcome(of: job, wait: wait)
    }

    func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer] {
        try await base.change(ids, change)
    }

    func queues() async throws(StoreError) -> [QueueInfo] { try await base.queues() }

    func changeQueue(_ queue: QueueName, _ change: QueueChange) async throws(StoreError) {
        try await base.changeQueue(queue, change)
    }

    func removeQueue(_ queue: QueueName) async throws(StoreError) { try await base.removeQueue(queue) }

    func purge(_ queue: QueueName, states: Set<JobState>, limit: Int) async throws(StoreError) -> Int {
        try await base.purge(queue, states: states, limit: limit)
    }

    func defaults() async throws(StoreError) -> QueueSettings { try await base.defaults() }

    func setDefaults(_ settings: QueueSettings) async throws(StoreError) { try await base.setDefaults(settings) }

    func sessions() async throws(StoreError) -> [SessionInfo] { try await base.sessions() }

    func fence(_ session: SessionID, ifRenewals renewals: Int64?, error: String) async throws(StoreError) -> Int? {
        try await base.fence(session, ifRenewals: renewals, error: error)
    }

    func instruct(_ session: SessionID, quiet: Bool, stop: Bool) async throws(StoreError) {
        try await base.instruct(session, quiet: quiet, stop: stop)
    }

    func events(after cursor: EventCursor, limit: Int, wait: Duration) async throws(StoreError) -> EventPage {
        try await base.events(after: cursor, limit: limit, wait: wait)
    }

    func latestEvent() async throws(StoreError) -> EventCursor { try await base.latestEvent() }

    func documents(
        in collection: String, after key: String?, limit: Int
    ) async throws(StoreError) -> [StoredDocument] {
        try await base.documents(in: collection, after: key, limit: limit)
    }

    func putDocument(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Int64 {
        try await base.putDocument(value, at: key, in: collection, expecting: expecting)
    }

    func removeDocument(
        _ key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Bool {
        try await base.removeDocument(key, in: collection, expecting: expecting)
    }

    func appendAudit(_ actions: [AuditedAction]) async throws(StoreError) {
        try await base.appendAudit(actions)
    }

    func audit(after cursor: String?, limit: Int) async throws(StoreError) -> AuditPage {
        try await base.audit(after: cursor, limit: limit)
    }

    func info() async throws(StoreError) -> StoreInfo { try await base.info() }

    func check() async throws(StoreError) -> [StoreFinding] { try await base.check() }

    func now() async throws(StoreError) -> Timestamp { try await base.now() }

    func close() async { await base.close() }
}
