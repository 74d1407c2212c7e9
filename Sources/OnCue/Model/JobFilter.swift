/// Which jobs are meant, in lists and in bulk actions. What is set has to hold together; an empty filter means all.
public struct JobFilter: Hashable, Sendable, Codable {
    /// Any of these; empty: any state.
    public var states: Set<JobState>
    public var queue: QueueName?
    /// A job name in which `*` stands for any text, as in `email.*`.
    public var name: String?
    /// Tags that must be there: with a value exactly that value, with nil any.
    public var tags: [String: String?]
    public var correlationID: String?
    /// Enqueued at this moment or later.
    public var createdFrom: Timestamp?
    /// Enqueued before this moment.
    public var createdBefore: Timestamp?

    public init(
        states: Set<JobState> = [], queue: QueueName? = nil, name: String? = nil, tags: [String: String?] = [:],
        correlationID: String? = nil, createdFrom: Timestamp? = nil, createdBefore: Timestamp? = nil
    ) {
        self.states = states
        self.queue = queue
        self.name = name
        self.tags = tags
        self.correlationID = correlationID
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
    }

    public var isEmpty: Bool { self == JobFilter() }

    /// Whether `job` is meant. Stores may narrow by index first; this is the rule.
    public func matches(_ job: JobRecord) -> Bool {
        if !states.isEmpty, !states.contains(job.state) { return false }
        if let queue, queue != job.queue { return false }
        if let name, !Self.matches(pattern: name, text: job.name.rawValue) { return false }
        for (key, wanted) in tags {
            guard let value = job.tags[key] else { return false }
            if let wanted, wanted != value { return false }
        }
        if let correlationID, correlationID != job.correlationID { return false }
        if let createdFrom, job.createdAt < createdFrom { return false }
        if let createdBefore, job.createdAt >= createdBefore { return false }
        return true
    }

    /// Whether `text` fits a pattern in which `*` stands for any text, also none. Linear in the text for each star.
    public static func matches(pattern: String, text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var (p, t) = (0, 0)
        var (star, mark) = (-1, 0)
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = p
                mark = t
                p += 1
            } else if p < pattern.count, pattern[p] == text[t] {
                p += 1
                t += 1
            } else if star >= 0 {
                p = star + 1
                mark += 1
                t = mark
            } else {
                return false
            }
        }
        while p < pattern.count, pattern[p] == UInt8(ascii: "*") { p += 1 }
        return p == pattern.count
    }
}

/// The order of a listing, by the time of the enqueue.
public enum JobOrder: String, Sendable, Codable {
    case newestFirst = "newest"
    case oldestFirst = "oldest"
}

/// One page of a listing. Pages are cut by key: jobs that come or go meanwhile neither repeat nor hide others.
public struct JobPage: Sendable {
    public var jobs: [JobRecord]
    /// Where the next page starts; nil when this is the last. Opaque.
    public var nextCursor: String?

    public init(jobs: [JobRecord], nextCursor: String?) {
        self.jobs = jobs
        self.nextCursor = nextCursor
    }
}

extension JobPage {
    /// What a store does with the cursor and the limit of a search before it looks: the same for all whose cursors are the
    /// id of the last job of a page.
    ///
    /// - Parameters:
    ///   - cursor: a ``nextCursor``; nil for the first page.
    ///   - limit: jobs in the page, within ``Limits/page``.
    /// - Returns: the job after which the page begins; nil for the first page.
    /// - Throws: `invalid` for a limit out of range or a cursor that is no job id.
    public static func start(after cursor: String?, limit: Int) throws(StoreError) -> JobID? {
        try Limits.checkPage(limit)
        guard let cursor else { return nil }
        guard let id = JobID(cursor) else {
            throw StoreError(.invalid, "is none that this store has given out; start without one", field: "cursor")
        }
        return id
    }
}
