/// A worker's session with the jobs that it holds.
public struct WorkerInfo: Sendable {
    public var session: SessionInfo
    /// Running and prefetched jobs, as they were claimed. Empty for a session that has ended.
    public var jobs: [LeasedJob]
    /// Whether it is heard of: open, its process not known to be gone, and renewed within its lease.
    public var isLive: Bool

    public init(session: SessionInfo, jobs: [LeasedJob], isLive: Bool) {
        self.session = session
        self.jobs = jobs
        self.isLive = isLive
    }
}

extension SessionInfo {
    /// Whether the session is open and has renewed within its lease.
    public func isLive(at now: Timestamp) -> Bool {
        standing == .open && now - renewedAt <= lease
    }
}

// Workers, dead letters and events.
extension JobClient {
    /// The workers that are connected, and those that ended not long ago.
    ///
    /// - Parameter includingJobs: read what each holds, too.
    public func workers(includingJobs: Bool = true) async throws(StoreError) -> [WorkerInfo] {
        let now = try await store.now()
        var workers: [WorkerInfo] = []
        for session in try await store.sessions() {
            let isOpen = session.standing == .open
            let jobs =
                includingJobs && isOpen && session.held > 0 ? try await store.held(by: session.id, besides: []) : []
            workers.append(
                WorkerInfo(
                    session: session, jobs: jobs,
                    isLive: session.isLive(at: now) && !session.process.isCertainlyGone))
        }
        return workers
    }

    /// Ends the sessions of workers whose process has certainly ended on this machine, and gives what they held back to
    /// the queues.
    ///
    /// Workers do this by themselves; it is for when none is left. Silence alone does not end a session here: a worker
    /// that has watched it for a whole lease decides that, since a wall clock may jump.
    ///
    /// - Returns: the sessions that were ended and how many jobs went back.
    public func pruneWorkers() async throws(StoreError) -> (sessions: Int, jobs: Int) {
        var pruned = (sessions: 0, jobs: 0)
        for session in try await store.sessions() where session.standing == .open && session.process.isCertainlyGone {
            let error = "the worker \(session.worker) is gone: its process ended without giving back its jobs"
            // Only if it has not renewed meanwhile: then it is alive after all.
            if let jobs = try await store.fence(session.id, ifRenewals: session.renewals, error: error) {
                pruned.sessions += 1
                pruned.jobs += jobs
            }
        }
        return pruned
    }

    // MARK: Dead letters

    /// One page of the jobs that will not be tried again by themselves, the newest first.
    public func deadLetters(
        _ filter: JobFilter = JobFilter(), after cursor: String? = nil, limit: Int = 100
    ) async throws(StoreError) -> JobPage {
        var filter = filter
        filter.states = [.dead]
        return try await search(filter, after: cursor, limit: limit)
    }

    /// Runs the dead letters that `filter` means again; see ``change(where:_:everything:dryRun:limit:onProgress:)``.
    public func replayDeadLetters(
        _ filter: JobFilter = JobFilter(), resetAttempts: Bool = false, everything: Bool = false, dryRun: Bool = false,
        limit: Int = JobClient.bulkLimit, onProgress: (@Sendable (Int) -> Void)? = nil
    ) async throws(StoreError) -> BulkResult {
        var states = filter
        // With the state alone nothing is chosen among the dead letters.
        states.states = []
        guard everything || !states.isEmpty else {
            throw StoreError(
                .invalid, "says which dead letters are meant; to mean all, say so (everything)", field: "filter")
        }
        var filter = filter
        filter.states = [.dead]
        return try await change(
            where: filter, .retry(resetAttempts: resetAttempts), everything: everything, dryRun: dryRun, limit: limit,
            onProgress: onProgress)
    }

    // MARK: Events

    /// What happens from `cursor` on, as it happens, without end. To resume later, go on after the
    /// ``JobEvent/cursor`` of the last event that was dealt with.
    ///
    /// - Parameters:
    ///   - cursor: nil means from now on; ``EventCursor/start`` all that is still in the log.
    ///   - onGap: called when events after a place had been dropped from the bounded log before they were read.
    public func events(
        after cursor: EventCursor? = nil, onGap: (@Sendable (EventCursor) -> Void)? = nil
    ) -> JobEvents {
        JobEvents(store: store, cursor: cursor, onGap: onGap)
    }
}
