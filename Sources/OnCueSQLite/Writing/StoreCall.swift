#if SQLite
import OnCue
import Synchronization

/// A call on its way through the writer or a reader, whatever it answers.
protocol PendingCall: AnyObject, Sendable {
    /// About how many rows it writes.
    var weight: Int { get }
    /// When the caller stops waiting, on the machine's own clock.
    var deadline: Duration { get }
    /// Until when it may wait for something to appear, on the store's clock; nil when it never waits.
    var patience: Duration? { get }

    /// False when the caller has gone.
    func begin() -> Bool
    /// Does the work inside the group's transaction; false when there is nothing yet.
    func run(_ ledger: Ledger) throws(StoreError) -> Bool
    /// Whether running it may lead to something; does not write.
    func isWorthRunning(_ ledger: Ledger) throws(StoreError) -> Bool
    /// What it did is durable: answers.
    func finish()
    func fail(_ error: StoreError)
    /// It waits, or its work was taken back and will be done again.
    func putBack()
    /// The wait is over without anything having appeared.
    func giveUp()
    /// The caller's deadline has passed.
    func expire()
    var isOver: Bool { get }
}

final class StoreCall<Answer: Sendable>: PendingCall {
    typealias Work = @Sendable (Ledger) throws(StoreError) -> Answer?

    /// For calls that wait: what to look at before they run, and what is answered when nothing comes.
    struct Waiting: Sendable {
        let until: Duration
        let probe: @Sendable (Ledger) throws(StoreError) -> Bool
        let nothing: Answer
    }

    private enum Phase {
        case queued
        case running
        case over
    }

    private struct State {
        var phase = Phase.queued
        var answer: Answer?
        var continuation: CheckedContinuation<Result<Answer, StoreError>, Never>?
        /// The caller's task was cancelled while the call ran; it is not to wait any longer.
        var isCancelled = false
        /// An answer that came before anyone waited for it.
        var early: Result<Answer, StoreError>?
    }

    let weight: Int
    let deadline: Duration
    private let waiting: Waiting?
    private let work: Work
    private let state = Mutex(State())

    private let writes: Bool

    init(
        writes: Bool, weight: Int = 1, deadline: Duration, waiting: Waiting? = nil, work: @escaping Work
    ) {
        self.writes = writes
        self.weight = weight
        self.deadline = deadline
        self.waiting = waiting
        self.work = work
    }

    var patience: Duration? { waiting?.until }
    var isOver: Bool { state.withLock { $0.phase == .over } }

    // MARK: The caller's side

    func attach(_ continuation: CheckedContinuation<Result<Answer, StoreError>, Never>) {
        let early = state.withLock { state -> Result<Answer, StoreError>? in
            if state.early == nil { state.continuation = continuation }
            return state.early
        }
        if let early { continuation.resume(returning: early) }
    }

    /// The caller's task was cancelled: a wait ends, work that has begun is finished.
    func cancelWait() {
        guard waiting != nil else { return }
        state.withLock { $0.isCancelled = true }
        giveUp()
    }

    // MARK: The writer's side

    func begin() -> Bool {
        state.withLock {
            guard $0.phase == .queued else { return false }
            $0.phase = .running
            return true
        }
    }

    func run(_ ledger: Ledger) throws(StoreError) -> Bool {
        guard let answer = try work(ledger) else { return false }
        state.withLock { $0.answer = answer }
        return true
    }

    func isWorthRunning(_ ledger: Ledger) throws(StoreError) -> Bool {
        try waiting?.probe(ledger) ?? true
    }

    func finish() {
        guard let result = state.withLock({ $0.answer }) else { return }
        answer(.success(result))
    }

    func fail(_ error: StoreError) {
        answer(.failure(error))
    }

    func putBack() {
        let isCancelled = state.withLock { state in
            guard state.phase == .running else { return false }
            state.phase = .queued
            state.answer = nil
            return state.isCancelled
        }
        if isCancelled { giveUp() }
    }

    func giveUp() {
        guard let waiting else { return }
        answer(.success(waiting.nothing), ifQueued: true)
    }

    func expire() {
        let hasBegun = state.withLock { $0.phase == .running }
        if let waiting, !hasBegun {
            answer(.success(waiting.nothing), ifQueued: true)
        } else if hasBegun, !writes {
            fail(StoreError(.timedOut, "The disk did not answer in time; try again."))
        } else if hasBegun {
            fail(
                StoreError(
                    .outcomeUnknown,
                    "The disk did not answer in time; the call may still be written. Look the jobs up before trying again."
                ))
        } else {
            answer(
                .failure(
                    StoreError(
                        .timedOut, "The store did not begin the call in time; nothing was written, try again.")),
                ifQueued: true)
        }
    }

    private func answer(_ result: Result<Answer, StoreError>, ifQueued: Bool = false) {
        let continuation = state.withLock { state -> CheckedContinuation<Result<Answer, StoreError>, Never>? in
            guard state.phase != .over, !ifQueued || state.phase == .queued else { return nil }
            state.phase = .over
            state.answer = nil
            if state.continuation == nil { state.early = result }
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(returning: result)
    }
}
#endif
