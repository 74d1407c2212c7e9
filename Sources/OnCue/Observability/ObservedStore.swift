public import Metrics

/// A store that counts and times what is asked of another one.
///
/// | metric | dimensions | |
/// | --- | --- | --- |
/// | `oncue_store_call_duration_seconds` | `call` | how long calls took; those that were to wait are left out |
/// | `oncue_store_call_errors_total` | `call` | calls that threw |
/// | `oncue_jobs_enqueued_total` | `queue`, `name` | jobs taken in; duplicates do not count |
/// | `oncue_lease_renewals_total` | | renewals of sessions |
public struct ObservedStore: JobStore {
    /// The store underneath.
    public let base: any JobStore
    private let metrics: StoreMetrics?

    /// - Parameter factory: where metrics go; nil: to the factory in force. Where that collects nothing, nothing is timed.
    public init(_ base: any JobStore, factory: (any MetricsFactory)? = nil) {
        self.base = base
        metrics = StoreMetrics(factory: factory)
    }

    private func observed<Answer>(
        _ call: StoreMetrics.Call, waits: Bool = false, _ body: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        guard let metrics else { return try await body() }
        let start = Uptime.now()
        do {
            let answer = try await body()
            if !waits { metrics.took(call, nanoseconds: Uptime.now() - start) }
            return answer
        } catch {
            if !waits { metrics.took(call, nanoseconds: Uptime.now() - start) }
            metrics.failed(call)
            throw error
        }
    }

    // MARK: Broker

    public func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer] {
        let answers = try await observed(.enqueue) { () throws(StoreError) in
            try await base.enqueue(jobs, atomically: atomically)
        }
        metrics?.enqueued(jobs, answers)
        return answers
    }

    public func openSession(_ opening: SessionOpening) async throws(StoreError) -> SessionID {
        try await observed(.openSession) { () throws(StoreError) in try await base.openSession(opening) }
    }

    public func closeSession(_ session: SessionID) async throws(StoreError) {
        try await observed(.closeSession) { () throws(StoreError) in try await base.closeSession(session) }
    }

    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] {
        try await observed(.claim, waits: request.wait > .zero) { () throws(StoreError) in try await base.claim(request)
        }
    }

    public func settle(_ batch: SettleBatch) async throws(StoreError) -> [SettleAnswer] {
        try await observed(.settle) { () throws(StoreError) in try await base.settle(batch) }
    }

    public var exchangesInOneWrite: Bool { base.exchangesInOneWrite }

    public func exchange(
        _ batch: SettleBatch?, _ request: ClaimRequest?
    ) async throws(StoreError) -> (settled: [SettleAnswer], claimed: [LeasedJob]) {
        try await observed(.exchange) { () throws(StoreError) in try await base.exchange(batch, request) }
    }

    public func renew(_ session: SessionID) async throws(StoreError) -> SessionNews {
        let news = try await observed(.renew) { () throws(StoreError) in try await base.renew(session) }
        metrics?.renewed()
        return news
    }

    public func news(for session: SessionID) async throws(StoreError) -> SessionNews {
        try await observed(.news) { () throws(StoreError) in try await base.news(for: session) }
    }

    public func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
        try await observed(.held) { () throws(StoreError) in try await base.held(by: session, besides: known) }
    }

    public func record(_ notes: [JobNote]) async throws(StoreError) -> [Bool] {
        try await observed(.record) { () throws(StoreError) in try await base.record(notes) }
    }

    public func memory(of job: JobID) async throws(StoreError) -> JobMemory {
        try await observed(.memory) { () throws(StoreError) in try await base.memory(of: job) }
    }

    // MARK: Jobs

    public func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] {
        try await observed(.find) { () throws(StoreError) in try await base.find(ids) }
    }

    public func search(
        _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
    ) async throws(StoreError) -> JobPage {
        try await observed(.search) { () throws(StoreError) in
            try await base.search(filter, order: order, after: cursor, limit: limit)
        }
    }

    public func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> JobCount {
        try await observed(.count) { () throws(StoreError) in try await base.count(filter, upTo: bound) }
    }

    public func attempts(of job: JobID) async throws(StoreError) -> [AttemptRecord] {
        try await observed(.attempts) { () throws(StoreError) in try await base.attempts(of: job) }
    }

    public func outcome(of job: JobID, wait: Duration) async throws(StoreError) -> JobRecord? {
        try await observed(.outcome, waits: wait > .zero) { () throws(StoreError) in
            try await base.outcome(of: job, wait: wait)
        }
    }

    public func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer] {
        try await observed(.change) { () throws(StoreError) in try await base.change(ids, change) }
    }

    // MARK: Queues and sessions

    public func queues() async throws(StoreError) -> [QueueInfo] {
        try await observed(.queues) { () throws(StoreError) in try await base.queues() }
    }

    public func changeQueue(_ queue: QueueName, _ change: QueueChange) async throws(StoreError) {
        try await observed(.changeQueue) { () throws(StoreError) in try await base.changeQueue(queue, change) }
    }

    public func purge(_ queue: QueueName, states: Set<JobState>, limit: Int) async throws(StoreError) -> Int {
        try await observed(.purge) { () throws(StoreError) in try await base.purge(queue, states: states, limit: limit)
        }
    }

    public func removeQueue(_ queue: QueueName) async throws(StoreError) {
        try await observed(.removeQueue) { () throws(StoreError) in try await base.removeQueue(queue) }
    }

    public func defaults() async throws(StoreError) -> QueueSettings {
        try await observed(.defaults) { () throws(StoreError) in try await base.defaults() }
    }

    public func setDefaults(_ settings: QueueSettings) async throws(StoreError) {
        try await observed(.setDefaults) { () throws(StoreError) in try await base.setDefaults(settings) }
    }

    public func sessions() async throws(StoreError) -> [SessionInfo] {
        try await observed(.sessions) { () throws(StoreError) in try await base.sessions() }
    }

    public func fence(
        _ session: SessionID, ifRenewals renewals: Int64?, error: String
    ) async throws(StoreError) -> Int? {
        try await observed(.fence) { () throws(StoreError) in
            try await base.fence(session, ifRenewals: renewals, error: error)
        }
    }

    public func instruct(_ session: SessionID, quiet: Bool, stop: Bool) async throws(StoreError) {
        try await observed(.instruct) { () throws(StoreError) in
            try await base.instruct(session, quiet: quiet, stop: stop)
        }
    }

    // MARK: Events, documents, audit

    public func events(
        after cursor: EventCursor, limit: Int, wait: Duration
    ) async throws(StoreError) -> EventPage {
        try await observed(.events, waits: wait > .zero) { () throws(StoreError) in
            try await base.events(after: cursor, limit: limit, wait: wait)
        }
    }

    public func latestEvent() async throws(StoreError) -> EventCursor {
        try await observed(.latestEvent) { () throws(StoreError) in try await base.latestEvent() }
    }

    public func documents(
        in collection: String, after key: String?, limit: Int
    ) async throws(StoreError) -> [StoredDocument] {
        try await observed(.documents) { () throws(StoreError) in
            try await base.documents(in: collection, after: key, limit: limit)
        }
    }

    public func putDocument(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Int64 {
        try await observed(.putDocument) { () throws(StoreError) in
            try await base.putDocument(value, at: key, in: collection, expecting: expecting)
        }
    }

    public func removeDocument(
        _ key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Bool {
        try await observed(.removeDocument) { () throws(StoreError) in
            try await base.removeDocument(key, in: collection, expecting: expecting)
        }
    }

    public func appendAudit(_ actions: [AuditedAction]) async throws(StoreError) {
        try await observed(.appendAudit) { () throws(StoreError) in try await base.appendAudit(actions) }
    }

    public func audit(after cursor: String?, limit: Int) async throws(StoreError) -> AuditPage {
        try await observed(.audit) { () throws(StoreError) in try await base.audit(after: cursor, limit: limit) }
    }

    // MARK: Upkeep

    public func maintain(_ request: MaintenanceRequest) async throws(StoreError) -> MaintenanceReport {
        try await observed(.maintain) { () throws(StoreError) in try await base.maintain(request) }
    }

    public func info() async throws(StoreError) -> StoreInfo {
        try await observed(.info) { () throws(StoreError) in try await base.info() }
    }

    public func check() async throws(StoreError) -> [StoreFinding] {
        try await observed(.check) { () throws(StoreError) in try await base.check() }
    }

    public func now() async throws(StoreError) -> Timestamp {
        try await base.now()
    }

    public func close() async {
        await base.close()
    }
}
