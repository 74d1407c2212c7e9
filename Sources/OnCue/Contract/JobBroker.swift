/// The least that produces and consumes jobs.
///
/// Every call takes and returns batches, answers in the order of what it was given, and ends within the store's own
/// deadline (plus the wait that was asked for) with an answer or a ``StoreError``. A call that throws anything but
/// ``StoreError/Code/outcomeUnknown`` has written nothing. Cancelling the caller's task ends a wait early and loses
/// nothing.
///
/// Stores decide no policy: what happens next, when, and whether an attempt counts is worked out by the core and passed
/// in as data.
public protocol JobBroker: Sendable {
    /// Takes jobs in. An id that is answered is durable to the store's stated level.
    ///
    /// - Parameter atomically: all or none; at most ``Limits/atomicBatch`` jobs. A duplicate does not count as refused.
    ///   When any is refused, the call throws that reason and nothing is written. Else each job stands for itself.
    func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer]

    /// Begins a session. Only ``closeSession(_:)`` and an explicit fence end it; silence alone never does.
    func openSession(_ opening: SessionOpening) async throws(StoreError) -> SessionID

    /// Ends a session and gives back what it still holds, unspent. Ending one that has ended is no error.
    func closeSession(_ session: SessionID) async throws(StoreError)

    /// Takes jobs that are due, by queue, then level, then the moment they became ready; what was handed back first.
    /// Each counts one more attempt and delivery.
    ///
    /// - Throws: `fenced` when the session has ended.
    func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob]

    /// Writes outcomes with their follow-ups, all in one write.
    ///
    /// The same session and sequence again gets the same answers and writes nothing, also after the session was fenced.
    func settle(_ batch: SettleBatch) async throws(StoreError) -> [SettleAnswer]

    /// Settles, then claims without waiting: one write where the store can. After an error both may be sent again
    /// (the batch with its sequence).
    func exchange(
        _ batch: SettleBatch?, _ request: ClaimRequest?
    ) async throws(StoreError) -> (settled: [SettleAnswer], claimed: [LeasedJob])

    /// Whether ``exchange(_:_:)`` is one write, and cheaper than two. Where it is not, a worker settles and claims side by
    /// side, so that it decodes what it got while the store writes what it gave. Default: false.
    var exchangesInOneWrite: Bool { get }

    /// Says that the session is alive: one write, however many jobs it holds.
    ///
    /// - Throws: `fenced` when the session has ended.
    func renew(_ session: SessionID) async throws(StoreError) -> SessionNews

    /// What a renewal would answer, without writing.
    ///
    /// - Throws: `fenced` when the session has ended.
    func news(for session: SessionID) async throws(StoreError) -> SessionNews

    /// What the session holds besides `known`, as it was claimed: for claims whose answer was lost.
    func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob]

    /// Writes progress, checkpoints and effects; false where the session no longer holds the job.
    func record(_ notes: [JobNote]) async throws(StoreError) -> [Bool]

    /// What earlier attempts have saved.
    func memory(of job: JobID) async throws(StoreError) -> JobMemory
}

extension JobBroker {
    public var exchangesInOneWrite: Bool { false }

    public func exchange(
        _ batch: SettleBatch?, _ request: ClaimRequest?
    ) async throws(StoreError) -> (settled: [SettleAnswer], claimed: [LeasedJob]) {
        let settled = if let batch { try await settle(batch) } else { [SettleAnswer]() }
        guard var request else { return (settled, []) }
        request.wait = .zero
        return (settled, try await claim(request))
    }
}
