/// What a bulk action did, or with `dryRun` would do.
public struct BulkResult: Hashable, Sendable {
    /// The jobs that the filter meant when the action began. Counting stops at the action's limit.
    public var matched: JobCount
    /// Jobs that were changed.
    public var done: Int
    /// Running jobs that were told to stop.
    public var requested: Int
    /// Jobs that had moved on meanwhile, so that their state no longer allowed it, or whose unique key is taken.
    public var refused: Int
    /// True when the limit was reached: there may be more.
    public var hasMore: Bool

    public init(matched: JobCount, done: Int = 0, requested: Int = 0, refused: Int = 0, hasMore: Bool = false) {
        self.matched = matched
        self.done = done
        self.requested = requested
        self.refused = refused
        self.hasMore = hasMore
    }
}

extension JobClient {
    /// How many jobs a bulk action takes on at most unless it is told otherwise.
    public static let bulkLimit = 100_000

    /// Does `change` to the jobs that `filter` means and that were there when it began, oldest first, page by page.
    ///
    /// Where the filter names no states, those are meant in which the change makes sense: cancel takes waiting and
    /// running jobs, retry takes dead and retrying ones, edit takes waiting ones, delete takes all but running ones.
    ///
    /// - Parameters:
    ///   - everything: has to be true for a filter that sets nothing.
    ///   - dryRun: only count.
    ///   - limit: jobs to take on at most.
    ///   - onProgress: called after each page with the number of jobs looked at so far.
    /// - Throws: `invalid` with the field `filter` when nothing is set in it and `everything` is false. After an error
    ///   half-way the pages before stay done.
    public func change(
        where filter: JobFilter, _ change: JobChange, everything: Bool = false, dryRun: Bool = false,
        limit: Int = JobClient.bulkLimit, onProgress: (@Sendable (Int) -> Void)? = nil
    ) async throws(StoreError) -> BulkResult {
        guard everything || !filter.isEmpty else {
            throw StoreError(
                .invalid, "says which jobs are meant; to mean every job of the store, say so (everything)",
                field: "filter")
        }
        guard limit > 0 else { throw StoreError(.invalid, "has to be above zero, this is \(limit)", field: "limit") }
        var filter = filter
        if filter.states.isEmpty { filter.states = change.sensibleStates }
        // What is enqueued meanwhile is not meant, so that the action comes to an end.
        let end = try await store.now() + .microseconds(1)
        filter.createdBefore = min(filter.createdBefore ?? end, end)

        var result = BulkResult(matched: try await store.count(filter, upTo: limit))
        result.hasMore = !result.matched.isExact
        if dryRun { return result }

        var seen = 0
        var cursor: String?
        repeat {
            let page = try await store.search(
                filter, order: .oldestFirst, after: cursor, limit: min(Self.bulkPage, limit - seen))
            if !page.jobs.isEmpty {
                for answer in try await store.change(page.jobs.map(\.id), change) { result.add(answer) }
            }
            seen += page.jobs.count
            cursor = page.nextCursor
            onProgress?(seen)
        } while cursor != nil && seen < limit && !Task.isCancelled
        result.hasMore = cursor != nil
        return result
    }

    /// Records of a page come with their payloads, so pages are small.
    private static let bulkPage = 250
}

extension BulkResult {
    fileprivate mutating func add(_ answer: ChangeAnswer) {
        switch answer {
        case .done: done += 1
        case .requested: requested += 1
        case .refused: refused += 1
        // Someone else removed it between the listing and the change.
        case .notFound: break
        }
    }
}

extension JobChange {
    /// The states that a bulk action means when none are named.
    fileprivate var sensibleStates: Set<JobState> {
        switch self {
        case .cancel: JobState.waiting.union([.running])
        case .retry: [.dead, .retrying]
        case .delete: JobState.waiting.union(JobState.final)
        case .edit: JobState.waiting
        }
    }
}
