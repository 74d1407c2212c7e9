public import Logging
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a handler knows of the run it is in, and can do besides returning.
public struct JobContext: Sendable {
    let run: JobRun

    init(_ run: JobRun) {
        self.run = run
    }

    // MARK: The job

    public var id: JobID { run.job.id }
    public var name: JobName { run.job.name }
    public var queue: QueueName { run.job.queue }
    public var priority: JobPriority { run.job.priority }
    /// The payload as it was enqueued, byte for byte.
    public var payload: [UInt8] { run.job.payload }
    /// Nil means `application/json`.
    public var contentType: String? { run.job.details?.contentType }
    /// 1 is the first.
    public var attempt: Int { run.job.attempt }
    /// Attempts that the job has, the first included.
    public var maxAttempts: Int { run.plan.options.maxAttempts }
    public var tags: [String: String] { run.job.details?.tags ?? [:] }
    public var headers: [String: String] { run.job.details?.headers ?? [:] }
    public var correlationID: String? { run.job.details?.correlationID }
    /// The job whose outcome made this one.
    public var parent: JobID? { run.job.details?.parent }
    public var createdAt: Timestamp { run.job.createdAt }
    /// When the run will be cancelled; nil when it has no timeout.
    public var deadline: Timestamp? {
        guard let timeout = run.plan.options.timeout else { return nil }
        let passed = Duration.nanoseconds(Uptime.now() - run.startedAt)
        return SystemTime().now() + (timeout - passed)
    }
    /// With `job.id`, `job.name`, `job.queue` and `job.attempt` in its metadata.
    public var logger: Logger { run.logger }

    // MARK: Being told to stop

    /// Why the run is to stop; nil while it is not. The task is cancelled as well.
    public var cancellation: JobCancellation? { run.cancellation }
    /// True once the soft timeout has passed: time to wrap up.
    public var isSoftTimeoutReached: Bool { run.state.withLock { $0.isSoftTimeoutReached } }

    /// Runs `action` once when the soft timeout passes, at once when it has. Not on the handler's own task.
    public func onSoftTimeout(_ action: @escaping @Sendable () -> Void) {
        let isReached = run.state.withLock { state in
            if !state.isSoftTimeoutReached { state.softTimeoutActions.append(action) }
            return state.isSoftTimeoutReached
        }
        if isReached { action() }
    }

    // MARK: Progress and memory

    /// Says how far the job is. Cheap: it is written in the background, about ten times a second at most, and the last
    /// word always before the outcome.
    ///
    /// - Parameters:
    ///   - fraction: from 0 to 1; what lies outside is brought inside.
    ///   - message: at most ``Limits/messageBytes`` are kept.
    /// - Throws: `CancellationError` once the run no longer holds the job.
    public func progress(_ fraction: Double, _ message: String? = nil) async throws {
        if cancellation == .leaseLost { throw CancellationError() }
        let bounded = fraction.isFinite ? min(1, max(0, fraction)) : 0
        run.noteProgress(bounded, message.map { Limits.clipped($0, to: Limits.messageBytes) })
    }

    /// Saves where the job stands, in place of the last checkpoint; later attempts read it.
    ///
    /// - Throws: `CancellationError` when the run no longer holds the job, ``JobError`` when the bytes are too many.
    public func checkpoint(_ bytes: [UInt8]) async throws {
        try run.checkSize(bytes, what: "checkpoint")
        try await run.record(.checkpoint(bytes))
        run.state.withLock { $0.memory?.checkpoint = bytes }
    }

    /// Saves a value as JSON; see ``checkpoint(_:)-([UInt8])``.
    public func checkpoint(_ value: some Encodable) async throws {
        try await checkpoint([UInt8](JSONEncoder().encode(value)))
    }

    /// The last checkpoint of this or an earlier attempt; nil when there is none.
    public var lastCheckpoint: [UInt8]? {
        get async throws { try await run.memory().checkpoint }
    }

    /// The last checkpoint read as JSON.
    public func lastCheckpoint<Value: Decodable>(as type: Value.Type) async throws -> Value? {
        guard let bytes = try await lastCheckpoint else { return nil }
        return try JSONDecoder().decode(type, from: Data(bytes))
    }

    /// Runs `effect` unless an attempt of this job has done so before; then its stored result comes back instead.
    ///
    /// A crash between the effect and the write of its result repeats the effect: what must not happen twice at all
    /// needs a key that the other side knows, for which the job's id and `key` serve well.
    ///
    /// - Parameter key: names the effect within the job; at most 256 bytes.
    /// - Throws: what `effect` throws, and `CancellationError` when the run no longer holds the job.
    public func once<Value: Codable>(_ key: String, _ effect: () async throws -> Value) async throws -> Value {
        if let stored = try await run.memory().effects[key] {
            return try JSONDecoder().decode(Value.self, from: Data(stored))
        }
        let value = try await effect()
        try await remember([UInt8](JSONEncoder().encode(value)), under: key)
        return value
    }

    /// Runs `effect` unless an attempt of this job has done so before.
    public func once(_ key: String, _ effect: () async throws -> Void) async throws {
        if try await run.memory().effects[key] != nil { return }
        try await effect()
        try await remember(Array("null".utf8), under: key)
    }

    private func remember(_ result: [UInt8], under key: String) async throws {
        try Limits.checkKey(key, field: "once")
        try run.checkSize(result, what: "result of '\(key)'")
        try await run.record(.effect(key: key, result: result))
        run.state.withLock { $0.memory?.effects[key] = result }
    }

    // MARK: With the outcome

    /// Sets the output that is kept with the job, unless the handler returns one.
    public func setOutput(_ bytes: [UInt8]) {
        run.state.withLock { $0.output = bytes }
    }

    /// Sets the output as JSON.
    public func setOutput(_ value: some Encodable) throws {
        setOutput([UInt8](try JSONEncoder().encode(value)))
    }

    /// Makes `job` follow: it is enqueued in the write in which this job ends well (completed, snoozed or cancelled by
    /// its own handler), or not at all.
    public func enqueueWithOutcome(_ job: NewJob) {
        run.state.withLock { $0.followUps.append(job) }
    }

    /// Makes `job` follow; see ``enqueueWithOutcome(_:)-(NewJob)``.
    ///
    /// - Throws: ``StoreError/Code/invalid`` when it cannot be encoded as JSON.
    public func enqueueWithOutcome<J: Job>(_ job: J, _ options: EnqueueOption...) throws(StoreError) {
        enqueueWithOutcome(try NewJob(job, options: options))
    }
}
