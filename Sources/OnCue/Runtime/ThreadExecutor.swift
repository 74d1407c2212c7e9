import DequeModule
import Synchronization

/// Threads of our own on which tasks run that prefer them, with timers that do not need Swift's global pool.
///
/// Nothing that keeps a promise may depend on the global pool: handlers can spin on it or block it. One thread of this
/// kind carries the worker's dealings with the store; others run the handlers. Threads start when there is work for
/// them and end once the executor was retired and nothing is left to do; work that comes later starts one again, so that
/// no task is ever left hanging.
package final class ThreadExecutor: TaskExecutor {
    private enum Work {
        case job(UnownedJob)
        case action(@Sendable () -> Void)
    }

    private enum Alarm: Sendable {
        case action(@Sendable () -> Void)
        case sleeper(CheckedContinuation<Void, Never>)
    }

    private struct State: Sendable {
        var work = Deque<Work>()
        var timers = TimerQueue<Alarm>()
        /// Threads there are, and how many there may be.
        var threads = 0
        var limit: Int
        /// Threads that wait and were not told to wake yet, and how many of the others have still to notice.
        var idle = 0
        var woken = 0
        var isRetired = false
    }

    package struct TimerID: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private let name: String
    private let monitor: Monitor<State>

    /// - Parameters:
    ///   - name: the threads' name in debuggers and profiles; at most 15 characters are shown.
    ///   - threads: how many there may be.
    package init(name: String, threads: Int = 1) {
        self.name = name
        monitor = Monitor(State(limit: max(1, threads)))
    }

    // MARK: Work

    package func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    /// Runs `action` on one of the threads, after what was given before.
    package func post(_ action: @escaping @Sendable () -> Void) {
        add(.action(action))
    }

    private func add(_ work: Work) {
        let startsThread = monitor.withLock { state, condition in
            state.work.append(work)
            return Self.wakeOne(&state, condition)
        }
        if startsThread { startThread() }
    }

    /// The same where a thread waits for work; otherwise false, and it is not run.
    package func postIfIdle(_ action: @escaping @Sendable () -> Void) -> Bool {
        monitor.withLock { state, condition in
            guard state.idle > 0, state.work.isEmpty else { return false }
            state.work.append(.action(action))
            _ = Self.wakeOne(&state, condition)
            return true
        }
    }

    /// Wakes a thread that waits; true when there is none and one more is to be started.
    private static func wakeOne(_ state: inout State, _ condition: Monitor<State>.Condition) -> Bool {
        if state.idle > 0 {
            state.idle -= 1
            state.woken += 1
            condition.signal()
        } else if state.threads < state.limit {
            state.threads += 1
            return true
        }
        return false
    }

    // MARK: Time

    /// Runs `action` on the thread at `deadline` (``Uptime``, nanoseconds). It must be short.
    package func schedule(at deadline: Int64, _ action: @escaping @Sendable () -> Void) -> TimerID {
        addTimer(at: deadline, .action(action))
    }

    package func cancel(_ timer: TimerID) {
        _ = monitor.withLock { state, _ in state.timers.remove(timer.number) }
    }

    /// Returns at `deadline`, or when the task is cancelled.
    package func sleep(until deadline: Int64) async {
        let slot = SleeperSlot()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let timer = addTimer(at: deadline, .sleeper(continuation))
                if slot.register(timer) { wakeSleeper(timer) }
            }
        } onCancel: {
            if let timer = slot.cancel() { wakeSleeper(timer) }
        }
    }

    package func sleep(for duration: Duration) async {
        await sleep(until: Uptime.after(duration))
    }

    private func addTimer(at deadline: Int64, _ alarm: Alarm) -> TimerID {
        let (id, startsThread) = monitor.withLock { state, condition in
            let soonest = state.timers.next
            let id = state.timers.add(at: deadline, alarm)
            // A thread that waits has to learn of a sooner moment than the one it waits for.
            let startsThread = soonest.map { deadline < $0 } ?? true ? Self.wakeOne(&state, condition) : false
            return (TimerID(number: id), startsThread)
        }
        if startsThread { startThread() }
        return id
    }

    private func wakeSleeper(_ timer: TimerID) {
        let alarm = monitor.withLock { state, _ in state.timers.remove(timer.number) }
        if case .sleeper(let continuation)? = alarm { continuation.resume() }
    }

    // MARK: Threads

    /// Allows one more thread: for one that a handler keeps for itself.
    package func grow() {
        let startsThread = monitor.withLock { state, condition in
            state.limit += 1
            return state.work.isEmpty ? false : Self.wakeOne(&state, condition)
        }
        if startsThread { startThread() }
    }

    /// Takes back one ``grow()``.
    package func shrink() {
        let startsThread = monitor.withLock { state, condition in
            state.limit = max(1, state.limit - 1)
            return state.idle > 0 ? Self.wakeOne(&state, condition) : false
        }
        if startsThread { startThread() }
    }

    /// Lets the threads end as soon as they have nothing to do. What is scheduled is dropped; tasks that sleep go on.
    package func retire() {
        monitor.withLock { state, condition in
            state.isRetired = true
            state.timers.removeAll { if case .action = $0 { true } else { false } }
            while state.idle > 0 { _ = Self.wakeOne(&state, condition) }
        }
    }

    private func startThread() {
        startDetachedThread(named: name) { self.runThread() }
    }

    private func runThread() {
        while let work = nextWork() {
            switch work {
            case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .action(let action): action()
            }
        }
    }

    /// The next thing to do, waiting for it; nil when the thread is to end.
    private func nextWork() -> Work? {
        monitor.withLock { state, condition in
            while true {
                if state.timers.count > 0, let alarm = state.timers.popDue(at: Uptime.now()) {
                    switch alarm {
                    case .action(let action): return .action(action)
                    case .sleeper(let continuation): return .action { continuation.resume() }
                    }
                }
                if let work = state.work.popFirst() { return work }
                if state.threads > state.limit || (state.isRetired && state.timers.count == 0) {
                    state.threads -= 1
                    return nil
                }
                state.idle += 1
                condition.wait(until: state.timers.next)
                if state.woken > 0 { state.woken -= 1 } else { state.idle -= 1 }
            }
        }
    }
}

/// Brings together a sleeper's timer and a cancellation that may come before it is known.
private final class SleeperSlot: Sendable {
    private struct State {
        var timer: ThreadExecutor.TimerID?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// True when the sleeper is to be woken at once.
    func register(_ timer: ThreadExecutor.TimerID) -> Bool {
        state.withLock {
            $0.timer = timer
            return $0.isCancelled
        }
    }

    /// The timer to take out, when it is known already.
    func cancel() -> ThreadExecutor.TimerID? {
        state.withLock {
            $0.isCancelled = true
            return $0.timer
        }
    }
}
