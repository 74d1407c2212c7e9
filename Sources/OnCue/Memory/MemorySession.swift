/// A worker's session in the memory store.
struct MemorySession {
    var opening: SessionOpening
    var standing = SessionInfo.Standing.open
    var renewals: Int64 = 0
    var openedAt: Timestamp
    var renewedAt: Timestamp
    var endedAt: Timestamp?
    var isQuiet = false
    var isStopping = false

    /// Places of the jobs that it holds.
    private(set) var held: Set<Int> = []
    /// Of these, the ones that were told to stop.
    var toStop: Set<Int> = []
    /// Jobs that others took from it, until it has settled them or holds them again.
    private(set) var taken: [SessionNews.Cancellation] = []

    var lastSequence: Int64?
    var lastAnswers: [SettleAnswer] = []

    static let takenKept = 1_000

    init(_ opening: SessionOpening, now: Timestamp) {
        self.opening = opening
        openedAt = now
        renewedAt = now
    }

    var isOpen: Bool { standing == .open }
    var worker: String { opening.worker }

    mutating func hold(_ slot: Int, _ job: JobID) {
        held.insert(slot)
        if !taken.isEmpty { forgetTaken(job) }
    }

    mutating func letGo(_ slot: Int) {
        held.remove(slot)
        if !toStop.isEmpty { toStop.remove(slot) }
    }

    mutating func takeAway(_ job: JobID, reason: String?) {
        if taken.count >= Self.takenKept { taken.removeFirst() }
        taken.append(SessionNews.Cancellation(job: job, reason: reason, isTakenAway: true))
    }

    mutating func forgetTaken(_ job: JobID) {
        taken.removeAll { $0.job == job }
    }

    mutating func end(_ standing: SessionInfo.Standing, now: Timestamp) {
        self.standing = standing
        endedAt = now
        held = []
        toStop = []
        taken = []
    }

    func info(_ id: SessionID) -> SessionInfo {
        SessionInfo(
            id: id, worker: opening.worker, process: opening.process, lease: opening.lease, names: opening.names,
            queues: opening.queues, concurrency: opening.concurrency, standing: standing, renewals: renewals,
            openedAt: openedAt, renewedAt: renewedAt, held: held.count)
    }
}

extension MemoryState {
    mutating func openSession(_ opening: SessionOpening, now: Timestamp) -> SessionID {
        let id = SessionID.make(at: now)
        sessions[id] = MemorySession(opening, now: now)
        return id
    }

    mutating func closeSession(_ id: SessionID, now: Timestamp) {
        guard let session = sessions[id], session.isOpen else { return }
        for slot in inOrder(session.held) {
            if let reason = stopReason(slot) {
                endCancelled(slot, reason: reason, keep: .policy, now: now)
            } else {
                giveBack(slot, attemptIsSpent: false, now: now)
            }
        }
        sessions[id]?.end(.closed, now: now)
        sessionEnded()
    }

    mutating func fence(
        _ id: SessionID, ifRenewals renewals: Int64?, error: String, now: Timestamp
    ) -> Int? {
        guard let session = sessions[id], session.isOpen else { return nil }
        if let renewals, renewals != session.renewals { return nil }
        var returned = 0
        for slot in inOrder(session.held) {
            let startedAt = jobs[slot].startedAt ?? now
            pasts[slot, default: MemoryPast()].add(
                AttemptRecord(
                    attempt: jobs[slot].attempt, startedAt: startedAt, duration: max(.zero, now - startedAt),
                    worker: session.worker, category: .system, error: Limits.clipped(error, to: Limits.errorBytes)))
            if let reason = stopReason(slot) {
                endCancelled(slot, reason: reason, keep: .policy, now: now)
            } else {
                jobs[slot].lostWorkers += 1
                giveBack(slot, attemptIsSpent: true, now: now)
                returned += 1
            }
        }
        sessions[id]?.end(.fenced, now: now)
        sessionEnded()
        return returned
    }

    mutating func renew(_ id: SessionID, now: Timestamp) throws(StoreError) -> SessionNews {
        let news = try news(for: id)
        sessions[id]?.renewals += 1
        sessions[id]?.renewedAt = now
        return news
    }

    func news(for id: SessionID) throws(StoreError) -> SessionNews {
        guard let session = sessions[id], session.isOpen else { throw .sessionEnded }
        let stops = inOrder(session.toStop).map {
            SessionNews.Cancellation(job: jobs[$0].id, reason: pasts[$0]?.cancelReason, isTakenAway: false)
        }
        return SessionNews(
            cancellations: stops + session.taken, held: session.held.count, isQuiet: session.isQuiet,
            isStopping: session.isStopping)
    }

    func held(by id: SessionID, besides known: Set<JobID>) -> [LeasedJob] {
        guard let session = sessions[id], session.isOpen else { return [] }
        return inOrder(session.held).filter { !known.contains(jobs[$0].id) }.map { leased($0, by: id) }
    }

    mutating func instruct(_ id: SessionID, quiet: Bool, stop: Bool) throws(StoreError) {
        guard sessions[id] != nil else { throw StoreError(.notFound, "there is no session '\(id)'") }
        sessions[id]?.isQuiet = quiet
        sessions[id]?.isStopping = stop
    }

    func sessionInfos() -> [SessionInfo] {
        sessions.map { $1.info($0) }.sorted { $0.id.rawValue < $1.id.rawValue }
    }

    /// Why a running job is to stop; nil when it is not.
    private func stopReason(_ slot: Int) -> String?? {
        guard jobs[slot].isCancelRequested else { return nil }
        return .some(pasts[slot]?.cancelReason)
    }

    private func inOrder(_ slots: Set<Int>) -> [Int] {
        slots.sorted { jobs[$0].order < jobs[$1].order }
    }
}

extension StoreError {
    static var sessionEnded: StoreError {
        StoreError(.fenced, "the session has ended and what it held is others' now; open a new one")
    }
}
