import OnCue
import Synchronization
import Testing

/// A store under test with a clock that the case drives, and short words for what cases do.
final class Scene: Sendable {
    let fixture: any StoreFixture
    let time = ManualTime()
    private let stores: Mutex<[any JobStore]>
    private let sequences = Mutex<[SessionID: Int64]>([:])

    init(fixture: any StoreFixture) async throws {
        self.fixture = fixture
        stores = Mutex([try await fixture.open(time: time)])
    }

    /// The store that the case works with now.
    var store: any JobStore {
        // There is one from the start, and none is ever taken out but by `restart`, which puts another in.
        stores.withLock { $0[0] }
    }

    /// Closes the store and opens it again on the same data.
    func restart() async throws {
        await store.close()
        let reopened = try await fixture.open(time: time)
        stores.withLock { $0[0] = reopened }
    }

    /// A further store on the same data, as another process has it.
    func another() async throws -> any JobStore {
        let further = try await fixture.open(time: time)
        stores.withLock { $0.append(further) }
        return further
    }

    func close() async {
        for store in stores.withLock({ $0 }) { await store.close() }
    }

    // MARK: - Producing

    /// Enqueues jobs that all have to be accepted.
    func accept(_ jobs: [NewJob], on other: (any JobStore)? = nil) async throws -> [JobID] {
        let answers = try await (other ?? store).enqueue(jobs, atomically: false)
        try #require(answers.count == jobs.count)
        return try answers.map { answer in
            guard case .accepted(let id) = answer else {
                throw UnexpectedAnswer(description: "not accepted: \(answer)")
            }
            return id
        }
    }

    func accept(_ job: NewJob = NewJob(name: "work")) async throws -> JobID {
        try #require(try await accept([job]).first)
    }

    /// The answer to one job.
    func offer(_ job: NewJob) async throws -> EnqueueAnswer {
        try #require(try await store.enqueue([job], atomically: false).first)
    }

    // MARK: - Consuming

    func session(_ worker: String = "worker", lease: Duration = .seconds(30)) async throws -> SessionID {
        try await store.openSession(
            SessionOpening(
                worker: worker, process: .current, lease: lease, names: ["work"], queues: [], concurrency: 10))
    }

    func take(
        _ session: SessionID, _ limit: Int = 100, queues: [ClaimRequest.Queue] = [.init(.default)],
        names: [JobName: Int]? = nil, floor: Int = 0, suspects: Int = 1, wait: Duration = .zero,
        on other: (any JobStore)? = nil
    ) async throws -> [LeasedJob] {
        try await (other ?? store).claim(
            ClaimRequest(
                session: session, queues: queues, names: names, limit: limit, floor: floor, suspects: suspects,
                wait: wait))
    }

    func takeOne(_ session: SessionID, from queue: QueueName = .default) async throws -> LeasedJob {
        try #require(try await take(session, 1, queues: [.init(queue)]).first)
    }

    /// Enqueues a job and takes it.
    func running(_ job: NewJob = NewJob(name: "work"), by session: SessionID) async throws -> LeasedJob {
        let id = try await accept(job)
        let taken = try await takeOne(session, from: job.queue)
        try #require(taken.id == id)
        return taken
    }

    /// Settles with the next sequence of the session.
    func settle(_ session: SessionID, _ items: [Settlement]) async throws -> [SettleAnswer] {
        let sequence = sequences.withLock { sequences in
            sequences[session, default: 0] += 1
            return sequences[session, default: 0]
        }
        return try await store.settle(SettleBatch(session: session, sequence: sequence, items: items))
    }

    /// Settles one job.
    @discardableResult
    func end(
        _ job: LeasedJob, _ outcome: Settlement.Outcome = .completed(output: nil), failure: Settlement.Failure? = nil,
        followUps: [NewJob] = [], keep: Settlement.Keep = .policy
    ) async throws -> SettleAnswer {
        try #require(
            try await settle(
                job.session, [Settlement(job, outcome, failure: failure, followUps: followUps, keep: keep)]
            ).first)
    }

    // MARK: - Looking

    func job(_ id: JobID) async throws -> JobRecord {
        try #require(try await find(id))
    }

    func find(_ id: JobID) async throws -> JobRecord? {
        try #require(try await store.find([id]).first)
    }

    func states(_ ids: [JobID]) async throws -> [JobState?] {
        try await store.find(ids).map { $0?.state }
    }

    func queue(_ name: QueueName = .default) async throws -> QueueInfo {
        try #require(try await store.queues().first { $0.name == name })
    }

    /// The kinds of the events of a job, in order.
    func events(of id: JobID) async throws -> [JobEvent.Kind] {
        try await store.events(after: .start, limit: 100_000, wait: .zero).events.filter { $0.job == id }.map(\.kind)
    }

    // MARK: - Changing

    func change(_ id: JobID, _ change: JobChange) async throws -> ChangeAnswer {
        try #require(try await store.change([id], change).first)
    }

    /// Housekeeping that removes nothing, unless the case says so.
    @discardableResult
    func maintain(
        limit: Int = 1_000, prunes: [MaintenanceRequest.Prune] = [], eventsBefore: Timestamp = .longAgo,
        eventsKeep: Int = 1_000_000, sessionsBefore: Timestamp = .longAgo
    ) async throws -> MaintenanceReport {
        try await store.maintain(
            MaintenanceRequest(
                limit: limit, prunes: prunes, eventsBefore: eventsBefore, eventsKeep: eventsKeep,
                sessionsBefore: sessionsBefore))
    }

    /// Does something while the case's clock moves on, 10 minutes at a time, until it is done.
    func whileTimePasses<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let mover = Task {
            while !Task.isCancelled {
                time.advance(by: .seconds(600))
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        defer { mover.cancel() }
        return try await body()
    }

    /// What a store refuses, as an error of its own.
    func error(of call: () async throws(StoreError) -> Void) async -> StoreError? {
        do throws(StoreError) {
            try await call()
            return nil
        } catch {
            return error
        }
    }
}

struct UnexpectedAnswer: Error, CustomStringConvertible {
    var description: String
}

extension Timestamp {
    static let longAgo = Timestamp(microseconds: 0)
}

extension Settlement.Failure {
    static func of(
        _ error: String, _ category: FailureCategory = .temporary, at start: Timestamp = .longAgo,
        duration: Duration = .milliseconds(12)
    ) -> Settlement.Failure {
        Settlement.Failure(category: category, error: error, startedAt: start, duration: duration)
    }
}

/// Runs `body`, which has to end within the machine's own time: a call that hangs fails its case instead of the run.
func within<Value: Sendable>(
    _ limit: Duration = .seconds(30), _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try? await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            throw UnexpectedAnswer(description: "no answer within \(limit)")
        }
        return value
    }
}

/// Waits until `condition` holds, in the machine's own time.
func eventually(
    _ limit: Duration = .seconds(20), _ condition: @Sendable () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}
