/// A broker with all that operators need. SQLite, memory and every later store of our own is one.
public protocol JobStore: JobBroker {
    // MARK: Jobs

    /// The jobs with these ids, nil where there is none.
    func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?]

    /// One page of the jobs that `filter` means.
    ///
    /// - Parameter cursor: a ``JobPage/nextCursor``, nil for the first page.
    func search(
        _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
    ) async throws(StoreError) -> JobPage

    /// How many jobs `filter` means; counting stops at `bound`.
    func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> JobCount

    /// The failed attempts of a job, oldest first.
    func attempts(of job: JobID) async throws(StoreError) -> [AttemptRecord]

    /// The job once it is final, or as it stands when `wait` is over; nil when there is none.
    ///
    /// A job whose retention is none is kept a minute longer when someone waits for it.
    func outcome(of job: JobID, wait: Duration) async throws(StoreError) -> JobRecord?

    /// Does `change` to each job for itself.
    func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer]

    // MARK: Queues

    /// Every queue that has or had jobs or settings, by order and name.
    func queues() async throws(StoreError) -> [QueueInfo]

    /// Pauses, resumes or sets a queue; one that does not exist yet is made.
    func changeQueue(_ queue: QueueName, _ change: QueueChange) async throws(StoreError)

    /// Removes waiting or finished jobs of a queue, at most `limit`; how many went.
    func purge(_ queue: QueueName, states: Set<JobState>, limit: Int) async throws(StoreError) -> Int

    /// Forgets a queue that has no jobs left: its settings, its pause and its counters.
    ///
    /// - Throws: `conflict` while it has jobs in any state; `notFound` when there is no such queue.
    func removeQueue(_ queue: QueueName) async throws(StoreError)

    /// The settings that hold where a queue says nothing.
    func defaults() async throws(StoreError) -> QueueSettings

    /// Replaces the settings that hold where a queue says nothing.
    func setDefaults(_ settings: QueueSettings) async throws(StoreError)

    // MARK: Sessions

    /// The sessions that are open, and those that ended not long ago.
    func sessions() async throws(StoreError) -> [SessionInfo]

    /// Ends a session from outside, if it still has made exactly `renewals` renewals (nil: in any case).
    ///
    /// What it held goes back to its queues: the attempt stays used, ``JobRecord/lostWorkers`` goes up by one and
    /// `error` is kept as the attempt's error. A job that was told to stop ends as cancelled.
    ///
    /// - Returns: how many jobs went back; nil when the session had renewed, had ended or is unknown.
    func fence(_ session: SessionID, ifRenewals renewals: Int64?, error: String) async throws(StoreError) -> Int?

    /// Asks a session to claim no more, or to shut down; it is told with its next news.
    func instruct(_ session: SessionID, quiet: Bool, stop: Bool) async throws(StoreError)

    // MARK: Events

    /// The log after `cursor`, oldest first, waiting up to `wait` for the first.
    func events(after cursor: EventCursor, limit: Int, wait: Duration) async throws(StoreError) -> EventPage

    /// The place after the newest event.
    func latestEvent() async throws(StoreError) -> EventCursor

    // MARK: Documents and audit

    /// One page of a collection's documents, by key; fewer than `limit` after the last.
    ///
    /// - Parameter key: the last one of the page before, nil for the first page.
    func documents(
        in collection: String, after key: String?, limit: Int
    ) async throws(StoreError) -> [StoredDocument]

    /// Writes a document; the version that it has now. A collection is there as long as it has documents.
    ///
    /// - Throws: `conflict` when something other than `expecting` stands under the key; `invalid` for a name or value
    ///   that breaks a rule, and for one document more than ``Limits/documents``.
    func putDocument(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Int64

    /// Removes a document; false when there is none.
    ///
    /// - Throws: `conflict` when something other than `expecting` stands under the key.
    func removeDocument(
        _ key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Bool

    /// Puts actions into the audit log, in this order. The newest ``Limits/auditEntries`` are kept.
    func appendAudit(_ actions: [AuditedAction]) async throws(StoreError)

    /// One page of the audit log, newest first.
    ///
    /// - Parameter cursor: an ``AuditPage/nextCursor``, nil for the first page.
    func audit(after cursor: String?, limit: Int) async throws(StoreError) -> AuditPage

    // MARK: Upkeep

    /// Bounded housekeeping. Safe to call from several processes at once.
    func maintain(_ request: MaintenanceRequest) async throws(StoreError) -> MaintenanceReport

    func info() async throws(StoreError) -> StoreInfo

    /// Looks the store over: integrity, settings, clock.
    func check() async throws(StoreError) -> [StoreFinding]

    /// The store's own clock.
    func now() async throws(StoreError) -> Timestamp

    /// Ends what the store runs by itself. Calls after it throw `closed`.
    func close() async
}
