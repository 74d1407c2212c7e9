/// Callers that wait for something to happen in the memory store. A value under the store's lock: it hands out what is to
/// be resumed, and the shell resumes it outside.
struct MemoryWaits {
    typealias Continuation = CheckedContinuation<Void, Never>

    enum Subject {
        /// Something to claim in any of these queues.
        case claim(Set<QueueName>)
        case outcome(JobID)
        case events
    }

    private struct Waiter {
        var subject: Subject
        /// On the clock that never jumps; when it is reached the wait is over.
        var deadline: Duration
        var continuation: Continuation
    }

    private var waiters: [Int: Waiter] = [:]
    /// Cancelled before they had begun to wait.
    private var cancelledEarly: Set<Int> = []
    private var lastTicket = 0
    private(set) var isClosed = false

    var isEmpty: Bool { waiters.isEmpty }

    /// The moment of the clock that never jumps at which the first wait is over.
    var nextDeadline: Duration? { waiters.values.lazy.map(\.deadline).min() }

    /// Whether someone waits for jobs, and so for due times.
    var hasClaims: Bool {
        waiters.values.contains { if case .claim = $0.subject { true } else { false } }
    }

    mutating func ticket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    /// Begins a wait; the continuation back when there is nothing to wait for.
    mutating func begin(
        _ ticket: Int, _ subject: Subject, deadline: Duration, _ continuation: Continuation
    ) -> Continuation? {
        guard !isClosed, cancelledEarly.remove(ticket) == nil else { return continuation }
        waiters[ticket] = Waiter(subject: subject, deadline: deadline, continuation: continuation)
        return nil
    }

    mutating func cancel(_ ticket: Int) -> Continuation? {
        if let waiter = waiters.removeValue(forKey: ticket) { return waiter.continuation }
        cancelledEarly.insert(ticket)
        return nil
    }

    /// The wait is over, however it ended.
    mutating func end(_ ticket: Int) {
        cancelledEarly.remove(ticket)
    }

    mutating func close() -> [Continuation] {
        isClosed = true
        return take { _ in true }
    }

    /// Those whose wait is over by the clock.
    mutating func expired(at uptime: Duration) -> [Continuation] {
        take { $0.deadline <= uptime }
    }

    /// Those who wait for what has just happened.
    mutating func woken(
        readyQueues: Set<QueueName>, hasEndedSession: Bool, ended: [JobID], hasNewEvents: Bool
    ) -> [Continuation] {
        guard !waiters.isEmpty else { return [] }
        return take { waiter in
            switch waiter.subject {
            case .claim(let queues): hasEndedSession || !queues.isDisjoint(with: readyQueues)
            case .outcome(let job): ended.contains(job)
            case .events: hasNewEvents
            }
        }
    }

    private mutating func take(where isOver: (Waiter) -> Bool) -> [Continuation] {
        let over = waiters.filter { isOver($0.value) }
        for ticket in over.keys { waiters[ticket] = nil }
        return over.sorted { $0.key < $1.key }.map(\.value.continuation)
    }
}
