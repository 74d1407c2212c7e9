public import OnCue
public import Testing

/// The jobs in `store` that are named `name` and fit the rest, oldest first; a test looks at these when no ready
/// assertion fits.
///
/// - Parameters:
///   - queue: nil for any.
///   - states: empty for any.
public func enqueuedJobs(
    _ name: JobName, in store: any JobStore, queue: QueueName? = nil, states: Set<JobState> = []
) async throws -> [JobRecord] {
    let filter = JobFilter(states: states, queue: queue, name: name.rawValue)
    var (jobs, cursor): ([JobRecord], String?) = ([], nil)
    repeat {
        let page = try await store.search(filter, order: .oldestFirst, after: cursor, limit: Limits.page.upperBound)
        jobs += page.jobs
        cursor = page.nextCursor
    } while cursor != nil
    return jobs
}

/// Expects that exactly `count` jobs with this name are in `store`, in whatever state.
///
/// - Parameters:
///   - queue: nil for any.
///   - check: what else has to hold of each of them.
/// - Returns: the jobs, oldest first.
@discardableResult
public func expectEnqueued(
    _ name: JobName, in store: any JobStore, count: Int = 1, queue: QueueName? = nil,
    sourceLocation: SourceLocation = #_sourceLocation, where check: (JobRecord) -> Bool = { _ in true }
) async throws -> [JobRecord] {
    let jobs = try await enqueuedJobs(name, in: store, queue: queue)
    let fitting = jobs.filter(check)
    let place = queue.map { " in queue '\($0)'" } ?? ""
    #expect(
        fitting.count == count,
        "\(fitting.count) of \(jobs.count) jobs '\(name)'\(place) fit, \(count) should", sourceLocation: sourceLocation)
    return fitting
}

/// Expects that exactly one job of this type is in `store`, and reads it back from its payload.
///
/// - Parameters:
///   - check: what has to hold of the job and of how it was enqueued (queue, priority, due time, tags, options).
/// - Returns: the job as its handler will see it.
/// - Throws: when there is none or more than one, or when the payload cannot be read as `Job`.
@discardableResult
public func expectEnqueued<Work: Job>(
    _ type: Work.Type, in store: any JobStore, queue: QueueName? = nil,
    sourceLocation: SourceLocation = #_sourceLocation, where check: (Work, JobRecord) -> Bool = { _, _ in true }
) async throws -> Work {
    let jobs = try await enqueuedJobs(Work.name, in: store, queue: queue)
    try #require(
        jobs.count == 1, "\(jobs.count) jobs '\(Work.name)' were enqueued, one should", sourceLocation: sourceLocation)
    let work = try PayloadCoding.decode(Work.self, from: jobs[0].payload)
    #expect(check(work, jobs[0]), "the job '\(Work.name)' is not as expected: \(work)", sourceLocation: sourceLocation)
    return work
}

/// Expects that no job with this name is in `store`.
public func expectNotEnqueued(
    _ name: JobName, in store: any JobStore, queue: QueueName? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    try await expectEnqueued(name, in: store, count: 0, queue: queue, sourceLocation: sourceLocation)
}
