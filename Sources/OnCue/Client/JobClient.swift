import ServiceContextModule
import Tracing

/// Enqueues jobs, and finds and manages those that are there. A thin value over a store: make as many as you like.
///
/// ```swift
/// let jobs = JobClient(store)
/// let receipt = try await jobs.enqueue(SendReceipt(orderID: "1"), .delay(.seconds(60)), .attempts(3))
/// let record = try await jobs.job(receipt.id)
/// ```
///
/// Every call throws a ``StoreError`` that says what happened and what would help.
public struct JobClient: Sendable {
    public let store: any JobStore

    public init(_ store: any JobStore) {
        self.store = store
    }

    // MARK: Enqueue

    /// Enqueues a typed job. What `options` leave open is taken from the job's type.
    ///
    /// - Throws: `invalid` when an option is out of range, `queueFull`, or what keeps the store from writing.
    @discardableResult
    public func enqueue(_ job: some Job, _ options: EnqueueOption...) async throws(StoreError) -> Enqueued {
        try await enqueue(NewJob(job, options: options))
    }

    /// Enqueues a job by name, with a payload that is encoded as JSON.
    @discardableResult
    public func enqueue(
        _ name: JobName, _ payload: some Encodable, _ options: EnqueueOption...
    ) async throws(StoreError) -> Enqueued {
        try await enqueue(NewJob(name, payload: payload, options: options))
    }

    /// Enqueues a job by name, with a payload that is stored and handed out byte for byte.
    ///
    /// - Parameter contentType: what the bytes are; nil means `application/json`.
    @discardableResult
    public func enqueue(
        _ name: JobName, bytes: [UInt8] = [], contentType: String? = nil, _ options: EnqueueOption...
    ) async throws(StoreError) -> Enqueued {
        try await enqueue(NewJob(name, bytes: bytes, contentType: contentType, options: options))
    }

    /// Enqueues one job.
    @discardableResult
    public func enqueue(_ job: NewJob) async throws(StoreError) -> Enqueued {
        let answers = try await enqueue([job], atomically: false)
        switch answers.first {
        case .accepted(let id): return Enqueued(id: id, isDuplicate: false)
        case .duplicate(let id): return Enqueued(id: id, isDuplicate: true)
        case .refused(let error): throw error
        case nil: throw StoreError(.corrupt, "the store gave no answer to an enqueue")
        }
    }

    /// Enqueues many jobs in one call; the answers are in their order.
    ///
    /// - Parameter atomically: all or none, at most ``Limits/atomicBatch``: when one is refused, the call throws its
    ///   reason and nothing is written. Else each job stands for itself.
    public func enqueue(_ jobs: [NewJob], atomically: Bool = false) async throws(StoreError) -> [EnqueueAnswer] {
        guard !jobs.isEmpty else { return [] }
        var jobs = jobs
        let span = TraceContext.startSpan(for: jobs)
        TraceContext.inject(span?.context ?? ServiceContext.current, into: &jobs)
        defer { span?.end() }
        do {
            return try await store.enqueue(jobs, atomically: atomically)
        } catch {
            span?.recordError(error)
            throw error
        }
    }
}

/// What became of an enqueue.
public struct Enqueued: Hashable, Sendable {
    /// The job that now stands for the request: the new one, or the one that was there already.
    public var id: JobID
    /// A job with the same unique key or id was there; nothing was written.
    public var isDuplicate: Bool

    public init(id: JobID, isDuplicate: Bool) {
        self.id = id
        self.isDuplicate = isDuplicate
    }
}
