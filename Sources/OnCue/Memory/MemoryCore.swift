import Synchronization

/// The memory store's lock, clock and waits around its pure state.
final class MemoryCore: Sendable {
    private struct Guarded {
        var state = MemoryState()
        var waits = MemoryWaits()
        /// The thread that looks at the clock; nil when none runs.
        var thread: MemoryClockThread?
        /// When it will look next, on the clock that never jumps.
        var nextLook: Duration = .zero
        var seenEvent = EventCursor.start
    }

    private let time: any TimeSource
    /// A clock that is driven by hand says nothing when it moves: it is looked at often while someone waits.
    private let isSystemTime: Bool
    private let guarded = Mutex(Guarded())

    private static let tick: Duration = .milliseconds(10)

    init(time: any TimeSource) {
        self.time = time
        isSystemTime = time is SystemTime
    }

    // MARK: - Calls

    /// Does one call on the state, then wakes those who waited for what it did.
    func perform<Answer: Sendable>(
        _ body: (inout MemoryState, Timestamp) throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        let (result, woken) = guarded.withLock { guarded -> (Result<Answer, StoreError>, [MemoryWaits.Continuation]) in
            guard !guarded.waits.isClosed else {
                return (.failure(StoreError(.closed, "the store was closed")), [])
            }
            guarded.state.log.beginWrite()
            let result: Result<Answer, StoreError>
            do throws(StoreError) {
                result = .success(try body(&guarded.state, time.now()))
            } catch {
                result = .failure(error)
            }
            return (result, wake(&guarded))
        }
        for continuation in woken { continuation.resume() }
        return try result.get()
    }

    func close() {
        let woken = guarded.withLock { guarded in
            guarded.thread?.ring()
            return guarded.waits.close()
        }
        for continuation in woken { continuation.resume() }
    }

    // MARK: - Waiting

    /// The end of a wait that begins now; nil when there is none.
    func deadline(after wait: Duration) -> Duration? {
        wait > .zero ? time.uptime() + wait : nil
    }

    /// Whether a wait that found nothing goes on.
    func mayGoOn(until deadline: Duration?) -> Bool {
        guard let deadline, !Task.isCancelled else { return false }
        return time.uptime() < deadline
    }

    /// Waits until the subject has something new, the deadline is reached or the caller is cancelled. Returns at once
    /// when `isThere` says that there is something already.
    func wait(
        _ subject: MemoryWaits.Subject, until deadline: Duration?,
        unless isThere: (MemoryState) -> Bool
    ) async {
        guard let deadline else { return }
        let ticket = guarded.withLock { $0.waits.ticket() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumed = guarded.withLock { guarded -> MemoryWaits.Continuation? in
                    if isThere(guarded.state) { return continuation }
                    let back = guarded.waits.begin(ticket, subject, deadline: deadline, continuation)
                    if back == nil { watchClock(&guarded) }
                    return back
                }
                resumed?.resume()
            }
        } onCancel: {
            guarded.withLock { $0.waits.cancel(ticket) }?.resume()
        }
        guarded.withLock { $0.waits.end(ticket) }
    }

    // MARK: - Under the lock

    /// Takes the signals of the last change and finds who waited for them.
    private func wake(_ guarded: inout Guarded) -> [MemoryWaits.Continuation] {
        let signals = guarded.state.signals
        guarded.state.signals = MemorySignals()
        let latest = guarded.state.log.latest
        let hasNewEvents = latest != guarded.seenEvent
        guarded.seenEvent = latest
        guard !guarded.waits.isEmpty else { return [] }
        let woken = guarded.waits.woken(
            readyQueues: Set(signals.ready.map { guarded.state.queues[$0].name }),
            hasEndedSession: signals.hasEndedSession, ended: signals.ended, hasNewEvents: hasNewEvents)
        if !guarded.waits.isEmpty { watchClock(&guarded) }
        return woken
    }

    /// Sees to it that the clock's thread looks in time.
    private func watchClock(_ guarded: inout Guarded) {
        guard let thread = guarded.thread else {
            let thread = MemoryClockThread { [self] hasLingered in look(hasLingered) }
            guarded.thread = thread
            thread.start()
            return
        }
        if time.uptime() + untilNextLook(guarded) < guarded.nextLook { thread.ring() }
    }

    private func untilNextLook(_ guarded: Guarded) -> Duration {
        guard isSystemTime else { return Self.tick }
        var wait = (guarded.waits.nextDeadline ?? .seconds(1)) - time.uptime()
        if guarded.waits.hasClaims, let due = guarded.state.dues.first { wait = min(wait, due.at - time.now()) }
        return max(.zero, wait)
    }

    /// One look at the clock, on its own thread.
    private func look(_ hasLingered: Bool) -> MemoryClockThread.Next {
        let (next, woken) = guarded.withLock {
            guarded -> (MemoryClockThread.Next, [MemoryWaits.Continuation]) in
            if guarded.waits.isEmpty {
                guard hasLingered || guarded.waits.isClosed else {
                    guarded.nextLook = .seconds(Int64.max)
                    return (.idle, [])
                }
                guarded.thread = nil
                return (.end, [])
            }
            var woken = guarded.waits.expired(at: time.uptime())
            if guarded.waits.hasClaims {
                _ = guarded.state.promote(now: time.now())
                woken += wake(&guarded)
            }
            let wait = untilNextLook(guarded)
            guarded.nextLook = time.uptime() + wait
            return (.sleep(wait), woken)
        }
        for continuation in woken { continuation.resume() }
        return next
    }
}
