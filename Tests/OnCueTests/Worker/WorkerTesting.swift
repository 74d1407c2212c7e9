import Logging
import OnCue
import OnCueTesting
import Synchronization
import Testing

/// Runs `worker` while `body` does, then shuts it down and waits for its end.
func running<Result>(_ worker: Worker, _ body: () async throws -> Result) async throws -> Result {
    let run = Task { try await worker.run() }
    do {
        let result = try await body()
        worker.shutDown()
        try await run.value
        return result
    } catch {
        worker.interrupt()
        _ = await run.result
        throw error
    }
}

/// Waits until `condition` holds; fails the test after `limit`. Time in which the machine was too busy to look hardly
/// counts.
func eventually(
    within limit: Duration = .seconds(10), _ what: String = "condition",
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    var waited: Duration = .zero
    var last = ContinuousClock.now
    while try await !condition() {
        let now = ContinuousClock.now
        waited += min(now - last, .milliseconds(50))
        last = now
        guard waited < limit else {
            Issue.record("'\(what)' did not come true within \(limit)", sourceLocation: sourceLocation)
            throw NeverHappened(what: what)
        }
        try await Task.sleep(for: .milliseconds(3))
    }
}

struct NeverHappened: Error {
    var what: String
}

/// Counts and lists from many threads.
final class Log<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    func add(_ element: Element) { elements.withLock { $0.append(element) } }
    var all: [Element] { elements.withLock { $0 } }
    var count: Int { elements.withLock { $0.count } }
}

/// A door that handlers wait at until a test opens it.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Does not heed cancellation.
    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

extension MemoryStore {
    @discardableResult
    func add(_ job: NewJob) async throws -> JobID {
        let answer = try await enqueue([job], atomically: false)
        return try #require(answer.first?.id)
    }

    @discardableResult
    func add(_ count: Int, _ name: JobName, queue: QueueName = .default) async throws -> [JobID] {
        let jobs = (0..<count).map { NewJob(name: name, queue: queue, payload: Array("\($0)".utf8)) }
        return try await enqueue(jobs, atomically: false).compactMap(\.id)
    }

    func job(_ id: JobID) async throws -> JobRecord? {
        try await find([id])[0]
    }

    func state(of id: JobID) async throws -> JobState? {
        try await job(id)?.state
    }
}

/// Says nothing: most tests look at the store.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Short where the test needs it. Else long: other tests keep the machine busy.
func brisk(
    lease: Duration = .seconds(30), shutdownGrace: Duration = .seconds(30), stuckGrace: Duration = .seconds(30),
    storePatience: Duration = .seconds(30), maxPrefetch: Int = 512
) -> Worker.Configuration {
    var configuration = Worker.Configuration(
        lease: lease, shutdownGrace: shutdownGrace, stuckGrace: stuckGrace, maxPrefetch: maxPrefetch)
    configuration.storePatience = storePatience
    return configuration
}
