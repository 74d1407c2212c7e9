public import OnCue

/// One run of a drained job.
public struct DrainedRun: Sendable {
    public var id: JobID
    public var name: JobName
    /// 1 is the first.
    public var attempt: Int
    public var outcome: Settlement.Outcome
    /// What went wrong; nil when nothing did.
    public var error: String?
}

/// Runs everything that is due, one job after another in the caller's task, until nothing is left: no threads, no waiting,
/// the same order each time.
///
/// The worker must not be running. Timeouts do not apply.
///
/// ```swift
/// let time = ManualTime()
/// let store = MemoryStore(time: time)
/// let runs = try await drain(worker, store, advancing: time)
/// #expect(runs.map(\.attempt) == [1, 2, 3])
/// ```
///
/// - Parameters:
///   - time: when given, it is moved on to the next job that is due later (a delay, a retry), again and again.
///   - limit: runs at most; a job that follows itself for ever would not end.
/// - Returns: the runs, in their order.
/// - Throws: what the store throws.
@discardableResult
public func drain(
    _ worker: Worker, _ store: any JobStore, advancing time: ManualTime? = nil, limit: Int = 10_000
) async throws -> [DrainedRun] {
    let session = try await store.openSession(
        SessionOpening(
            worker: "drain", process: .current, lease: .seconds(86_400), names: worker.names,
            queues: worker.queues.map(\.name), concurrency: 1))
    var runs: [DrainedRun] = []
    do {
        var sequence: Int64 = 0
        while runs.count < limit {
            let queues = try await store.queues()
            let names = worker.queues.isEmpty ? queues.map(\.name) : worker.queues.map(\.name)
            let claimed = try await store.claim(
                ClaimRequest(
                    session: session, queues: names.map { ClaimRequest.Queue($0) },
                    names: Dictionary(uniqueKeysWithValues: worker.names.map { ($0, Int.max) }), limit: 1))
            guard let job = claimed.first else {
                guard let time, let due = try await nextDue(store, names: worker.names) else { break }
                time.advance(by: max(.microseconds(1), due - time.now()))
                continue
            }
            // What no handler runs is not claimed; one that went meanwhile is given back.
            let settlement =
                await worker.runInline(
                    job, queue: queues.first { $0.name == job.queue }, defaults: try await store.defaults())
                ?? Settlement(job, .released)
            sequence += 1
            _ = try await store.settle(SettleBatch(session: session, sequence: sequence, items: [settlement]))
            runs.append(
                DrainedRun(
                    id: job.id, name: job.name, attempt: job.attempt, outcome: settlement.outcome,
                    error: settlement.failure?.error))
        }
    } catch {
        try? await store.closeSession(session)
        throw error
    }
    try await store.closeSession(session)
    return runs
}

/// When the next job that `names` covers comes due.
private func nextDue(_ store: any JobStore, names: Set<JobName>) async throws -> Timestamp? {
    var next: Timestamp?
    var cursor: String?
    repeat {
        let page = try await store.search(
            JobFilter(states: [.delayed, .retrying]), order: .oldestFirst, after: cursor, limit: 1_000)
        for job in page.jobs where names.contains(job.name) {
            guard let due = job.dueAt else { continue }
            next = min(next ?? due, due)
        }
        cursor = page.nextCursor
    } while cursor != nil
    return next
}
