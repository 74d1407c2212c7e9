import OnCue
import Synchronization

/// Passes every call on and counts it.
final class CountingStore: JobStore {
    private let base: any JobStore
    private let count = Atomic<Int>(0)

    init(_ base: any JobStore) {
        self.base = base
    }

    var calls: Int { count.load(ordering: .relaxed) }

    private var counted: any JobStore {
        count.wrappingAdd(1, ordering: .relaxed)
        return base
    }

    func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer] {
        try await counted.enqueue(jobs, atomically: atomically)
    }

    func openSession(_ opening: SessionOpening) async throws(StoreError) -> SessionID {
        try await counted.openSession(opening)
    }

    func closeSession(_ session: SessionID) async throws(StoreError) {
        try await counted.closeSession(session)
    }

    func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] {
        try await counted.claim(request)
    }

    func settle(_ batch: SettleBatch) async throws(StoreError) -> [SettleAnswer] {
        try await counted.settle(batch)
    }

    var exchangesInOneWrite: Bool { base.exchangesInOneWrite }

    func exchange(
        _ batch: SettleBatch?, _ request: ClaimRequest?
    ) async throws(StoreError) -> (settled: [SettleAnswer], claimed: [LeasedJob]) {
        try await counted.exchange(batch, request)
    }

    func renew(_ session: SessionID) async throws(StoreError) -> SessionNews {
        try await counted.renew(session)
    }

    func news(for session: SessionID) async throws(StoreError) -> SessionNews {
        try await counted.news(for: session)
    }

    func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
        try await counted.held(by: session, besides: known)
    }

    func record(_ notes: [JobNote]) async throws(StoreError) -> [Bool] {
        try await counted.record(notes)
    }

    func memory(of job: JobID) async throws(StoreError) -> JobMemory {
        try await counted.memory(of: job)
    }

    func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] {
        try await counted.find(ids)
    }

    func search(
        _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
    ) async throws(StoreError) -> JobPage {
        try await counted.search(filter, order: order, after: cursor, limit: limit)
    }

    func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> JobCount {
        try await counted.count(filter, upTo: bound)
    }

    func attempts(of job: JobID) async throws(StoreError) -> [AttemptRecord] {
        try await counted.attempts(of: job)
    }

    func outcome(of job: JobID, wait: Duration) async throws(StoreError) -> JobRecord? {
        try await counted.outcome(of: job, wait: wait)
    }

    func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer] {
        try await counted.change(ids, change)
    }

    func queues() async throws(StoreError) -> [QueueInfo] {
        try await counted.queues()
    }

    func changeQueue(_ queue: QueueName, _ change: QueueChange) async throws(StoreError) {
        try await counted.changeQueue(queue, change)
    }

    func purge(_ queue: QueueName, states: Set<JobState>, limit: Int) async throws(StoreError) -> Int {
        try await counted.purge(queue, states: states, limit: limit)
    }

    func removeQueue(_ queue: QueueName) async throws(StoreError) {
        try await counted.removeQueue(queue)
    }

    func defaults() async throws(StoreError) -> QueueSettings {
        try await counted.defaults()
    }

    func setDefaults(_ settings: QueueSettings) async throws(StoreError) {
        try await counted.setDefaults(settings)
    }

    func sessions() async throws(StoreError) -> [SessionInfo] {
        try await counted.sessions()
    }

    func fence(_ session: SessionID, ifRenewals renewals: Int64?, error: String) async throws(StoreError) -> Int? {
        try await counted.fence(session, ifRenewals: renewals, error: error)
    }

    func instruct(_ session: SessionID, quiet: Bool, stop: Bool) async throws(StoreError) {
        try await counted.instruct(session, quiet: quiet, stop: stop)
    }

    func events(after cursor: EventCursor, limit: Int, wait: Duration) async throws(StoreError) -> EventPage {
        try await counted.events(after: cursor, limit: limit, wait: wait)
    }

    func latestEvent() async throws(StoreError) -> EventCursor {
        try await counted.latestEvent()
    }

    func documents(
        in collection: String, after key: String?, limit: Int
    ) async throws(StoreError) -> [StoredDocument] {
        try await counted.documents(in: collection, after: key, limit: limit)
    }

    func putDocument(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Int64 {
        try await counted.putDocument(value, at: key, in: collection, expecting: expecting)
    }

    func removeDocument(
        _ key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Bool {
        try await counted.removeDocument(key, in: collection, expecting: expecting)
    }

    func appendAudit(_ actions: [AuditedAction]) async throws(StoreError) {
        try await counted.appendAudit(actions)
    }

    func audit(after cursor: String?, limit: Int) async throws(StoreError) -> AuditPage {
        try await counted.audit(after: cursor, limit: limit)
    }

    func maintain(_ request: MaintenanceRequest) async throws(StoreError) -> MaintenanceReport {
        try await counted.maintain(request)
    }

    func info() async throws(StoreError) -> StoreInfo {
        try await counted.info()
    }

    func check() async throws(StoreError) -> [StoreFinding] {
        try await counted.check()
    }

    func now() async throws(StoreError) -> Timestamp {
        try await counted.now()
    }

    func close() async {
        await counted.close()
    }
}
