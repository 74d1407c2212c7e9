// Finding jobs, and doing something to one of them.
extension JobClient {
    /// The job as it stands, nil when there is none (any more).
    public func job(_ id: JobID) async throws(StoreError) -> JobRecord? {
        try await store.find([id]).first ?? nil
    }

    /// The jobs with these ids in their order, nil where there is none.
    public func jobs(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] {
        guard !ids.isEmpty else { return [] }
        return try await store.find(ids)
    }

    /// The failed attempts of a job, oldest first, at most the 100 newest.
    public func attempts(of id: JobID) async throws(StoreError) -> [AttemptRecord] {
        try await store.attempts(of: id)
    }

    /// One page of the jobs that `filter` means.
    ///
    /// - Parameters:
    ///   - cursor: the ``JobPage/nextCursor`` of the page before; nil for the first.
    ///   - limit: 1 to 1,000 jobs. Default 100.
    /// - Throws: `invalid` for a cursor that is none or a limit out of range.
    public func search(
        _ filter: JobFilter = JobFilter(), order: JobOrder = .newestFirst, after cursor: String? = nil,
        limit: Int = 100
    ) async throws(StoreError) -> JobPage {
        try await store.search(filter, order: order, after: cursor, limit: limit)
    }

    /// How many jobs `filter` means; counting stops at `bound`.
    public func count(_ filter: JobFilter = JobFilter(), upTo bound: Int = 100_000) async throws(StoreError) -> JobCount
    {
        try await store.count(filter, upTo: bound)
    }

    // MARK: One job

    /// A waiting job never runs after this was answered; a running one is told to stop and ends as cancelled.
    ///
    /// - Parameter force: a running job is cancelled at once; whatever its handler still answers is not taken.
    /// - Throws: `notFound`; `conflict` when the job has ended.
    @discardableResult
    public func cancel(
        _ id: JobID, reason: String? = nil, force: Bool = false
    ) async throws(StoreError) -> ChangeAnswer {
        try await change(id, .cancel(reason: reason, force: force))
    }

    /// Runs a dead, cancelled, retrying or delayed job now.
    ///
    /// - Parameter resetAttempts: starts anew; else it gets one more attempt than it has used up.
    /// - Throws: `notFound`; `conflict` when the job is in another state, or its unique key is another's by now.
    @discardableResult
    public func retry(_ id: JobID, resetAttempts: Bool = false) async throws(StoreError) -> ChangeAnswer {
        try await change(id, .retry(resetAttempts: resetAttempts))
    }

    /// Removes the job and all that is kept of it. A running one loses its lease.
    ///
    /// - Throws: `notFound`.
    @discardableResult
    public func delete(_ id: JobID) async throws(StoreError) -> ChangeAnswer {
        try await change(id, .delete)
    }

    /// Changes a job that waits.
    ///
    /// - Throws: `notFound`; `conflict` when the job runs or has ended; `invalid` for a value out of range.
    @discardableResult
    public func edit(_ id: JobID, _ edit: JobEdit) async throws(StoreError) -> ChangeAnswer {
        try await change(id, .edit(edit))
    }

    /// Does `change` to one job.
    ///
    /// - Throws: `notFound`; `conflict` when the job's state does not allow it.
    @discardableResult
    public func change(_ id: JobID, _ change: JobChange) async throws(StoreError) -> ChangeAnswer {
        let answer = try await store.change([id], change).first ?? .notFound
        switch answer {
        case .done, .requested: return answer
        case .notFound: throw StoreError(.notFound, "there is no job \(id)")
        case .refused(let state): throw StoreError(.conflict, "job \(id) is \(state.name): \(change.rule)")
        }
    }

    /// Does `change` to each of these jobs for itself; the answers are in their order.
    public func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer] {
        guard !ids.isEmpty else { return [] }
        return try await store.change(ids, change)
    }
}

extension JobChange {
    /// Which jobs it can be done to, for the message of a refusal.
    fileprivate var rule: String {
        switch self {
        case .cancel: "only a job that has not ended can be cancelled"
        case .retry:
            "only a dead, cancelled, retrying or delayed job can be run again, and only while no other job has its "
                + "unique key"
        case .delete: "it cannot be deleted now"
        case .edit: "only a job that waits can be edited"
        }
    }
}
