import OnCue
import OnCueTesting
import Synchronization

/// Keeps one memory store while handles on it come and go, as a file outlives the processes that open it: so the cases
/// about restarts and several processes are checked against the reference too.
struct SharedMemoryFixture: StoreFixture {
    private final class Box: Sendable {
        let store = Mutex<MemoryStore?>(nil)
    }

    private let box = Box()

    func open(time: any TimeSource) async throws -> any JobStore {
        MemoryHandle(
            box.store.withLock { store in
                let kept = store ?? MemoryStore(time: time)
                store = kept
                return kept
            })
    }

    var keepsData: Bool { true }
    var isShared: Bool { true }

    func cleanUp() async {
        await box.store.withLock { $0 }?.close()
    }
}

/// One opening of a memory store; closing it leaves the store as it is.
final class MemoryHandle: JobStore {
    private let store: MemoryStore
    private let isClosed = Atomic(false)

    init(_ store: MemoryStore) {
        self.store = store
    }

    private func open() throws(StoreError) -> MemoryStore {
        guard !isClosed.load(ordering: .acquiring) else { throw StoreError(.closed, "the handle was closed") }
        return store
    }

    func close() async {
        isClosed.store(true, ordering: .releasing)
    }

    func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer] {
        try await open().enqueue(jobs, atomically: atomically)
    }

    func openSession(_ opening: SessionOpening) async throws(StoreError) -> SessionID {
        try await open().openSession(opening)
    }

    func closeSession(_ session: SessionID) async throws(StoreError) {
        try await open().closeSession(session)
    }

    func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] {
        try await open().claim(request)
    }

    func settle(_ batch: SettleBatch) async throws(StoreError) -> [SettleAnswer] {
        try await open().settle(batch)
    }

    func exchange(_ batch: SettleBatch?, _ request: ClaimRequest?) async throws(StoreError) -> (
        settled: [SettleAnswer], claimed: [LeasedJob]
    ) {
        try await open().exchange(batch, request)
    }

    func renew(_ session: SessionID) async throws(StoreError) -> SessionNews {
        try await open().renew(session)
    }

    func news(for session: SessionID) async throws(StoreError) -> SessionNews {
        try await open().news(for: session)
    }

    func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
        try await open().held(by: session, besides: known)
    }

    func record(_ notes: [JobNote]) async throws(StoreError) -> [Bool] {
        try await open().record(notes)
    }

    func memory(of job: JobID) async throws(StoreError) -> JobMemory {
        try await open().memory(of: job)
    }

    func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] {
        try await open().find(ids)
    }

    func search(_ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int) async throws(StoreError)
        -> JobPage
    {
        try await open().search(filter, order: order, after: cursor, limit: limit)
    }

    func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> JobCount {
        try await open().count(filter, upTo: bound)
    }

    func attempts(of job: JobID) async throws(StoreError) -> [AttemptRecord] {
        try await open().attempts(of: job)
    }

    func outcome(of job: JobID, wait: Duration) async throws(StoreError) -> JobRecord? {
        try await open().outcome(of: job, wait: wait)
    }

    func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer] {
        try await open().change(ids, change)
    }

    func queues() async throws(StoreError) -> [QueueInfo] {
        try await open().queues()
    }

    func changeQueue(_ queue: QueueName, _ change: QueueChange) async throws(StoreError) {
        try await open().changeQueue(queue, change)
    }

    func purge(_ queue: QueueName, states: Set<JobState>, limit: Int) async throws(StoreError) -> Int {
        try await open().purge(queue, states: states, limit: limit)
    }

    func removeQueue(_ queue: QueueName) async throws(StoreError) {
        try await open().removeQueue(queue)
    }

    func defaults() async throws(StoreError) -> QueueSettings {
        try await open().defaults()
    }

    func setDefaults(_ settings: QueueSettings) async throws(StoreError) {
        try await open().setDefaults(settings)
    }

    func sessions() async throws(StoreError) -> [SessionInfo] {
        try await open().sessions()
    }

    func fence(_ session: SessionID, ifRenewals renewals: Int64?, error: String) async throws(StoreError) -> Int? {
        try await open().fence(session, ifRenewals: renewals, error: error)
    }

    func instruct(_ session: SessionID, quiet: Bool, stop: Bool) async throws(StoreError) {
        try await open().instruct(session, quiet: quiet, stop: stop)
    }

    func events(after cursor: EventCursor, limit: Int, wait: Duration) async throws(StoreError) -> EventPage {
        try await open().events(after: cursor, limit: limit, wait: wait)
    }

    func latestEvent() async throws(StoreError) -> EventCursor {
        try await open().latestEvent()
    }

    func documents(
        in collection: String, after key: String?, limit: Int
    ) async throws(StoreError) -> [StoredDocument] {
        try await open().documents(in: collection, after: key, limit: limit)
    }

    func putDocument(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Int64 {
        try await open().putDocument(value, at: key, in: collection, expecting: expecting)
    }

    func removeDocument(
        _ key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Bool {
        try await open().removeDocument(key, in: collection, expecting: expecting)
    }

    func appendAudit(_ actions: [AuditedAction]) async throws(StoreError) {
        try await open().appendAudit(actions)
    }

    func audit(after cursor: String?, limit: Int) async throws(StoreError) -> AuditPage {
        try await open().audit(after: cursor, limit: limit)
    }

    func maintain(_ request: MaintenanceRequest) async throws(StoreError) -> MaintenanceReport {
        try await open().maintain(request)
    }

    func info() async throws(StoreError) -> StoreInfo {
        try await open().info()
    }

    func check() async throws(StoreError) -> [StoreFinding] {
        try await open().check()
    }

    func now() async throws(StoreError) -> Timestamp {
        try await open().now()
    }

}
