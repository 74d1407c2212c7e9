#if SQLite
import Dispatch
import Foundation
import GRDB
import OnCue
import Synchronization

/// The writer: one thread that puts all calls that wait into one transaction, so that they share one wait for the disk.
///
/// Calls of sessions that say they are alive go first. A call that waits for something to appear stays with the thread,
/// which looks at the file every 40 ms while there is one: that is how another process's write is seen.
final class GroupCommit: Sendable {
    /// How often the file is looked at while someone waits.
    static let pollInterval: Duration = .milliseconds(40)
    /// Rows of one group, about.
    private static let groupWeight = 4_096

    private struct Inbox {
        var urgent: [any PendingCall] = []
        var calls: [any PendingCall] = []
        var watchers: [Int: Watcher] = [:]
        var lastWatcher = 0
        /// What the thread works at and what waits with it, for the watchdog.
        var inHand: [any PendingCall] = []
        var isAsleep = false
        var isClosing = false
    }

    private let inbox = Mutex(Inbox())
    private let bell = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let file: OpenedFile
    private let path: String
    private let time: any TimeSource
    private let maxPayload: Int
    private let watchdog: Watchdog

    init(file: OpenedFile, path: String, time: any TimeSource, maxPayload: Int, watchdog: Watchdog) {
        self.file = file
        self.path = path
        self.time = time
        self.maxPayload = maxPayload
        self.watchdog = watchdog
    }

    /// - Throws: when the turnstile's files cannot be made.
    func start() throws(StoreError) {
        let turnstile = try Turnstile(database: path)
        let thread = Thread { [self] in run(turnstile) }
        thread.name = "oncue-writer"
        thread.stackSize = 1 << 20
        thread.qualityOfService = .userInitiated
        thread.start()
    }

    // MARK: - From outside

    func submit(_ call: any PendingCall, urgent: Bool) {
        let (isClosed, wakes) = inbox.withLock { inbox -> (Bool, Bool) in
            guard !inbox.isClosing else { return (true, false) }
            if urgent { inbox.urgent.append(call) } else { inbox.calls.append(call) }
            defer { inbox.isAsleep = false }
            return (false, inbox.isAsleep)
        }
        watchdog.wake()
        guard !isClosed else { return call.fail(.storeClosed) }
        if wakes { bell.signal() }
    }

    /// Is told when something is committed that it may wait for.
    ///
    /// - Returns: nil when the store is closed.
    func watch(_ subject: Watcher.Subject, until deadline: Duration) -> Watcher? {
        let (watcher, wakes) = inbox.withLock { inbox -> (Watcher?, Bool) in
            guard !inbox.isClosing else { return (nil, false) }
            inbox.lastWatcher += 1
            let watcher = Watcher(number: inbox.lastWatcher, subject: subject, deadline: deadline)
            inbox.watchers[inbox.lastWatcher] = watcher
            defer { inbox.isAsleep = false }
            return (watcher, inbox.isAsleep)
        }
        if wakes { bell.signal() }
        return watcher
    }

    func unwatch(_ watcher: Watcher) {
        inbox.withLock { inbox in inbox.watchers[watcher.number] = nil }
    }

    /// Lets the group that is under way end and fails what waits. Blocks the calling thread.
    ///
    /// - Returns: false when the disk still held the thread after `patience`; what it was working at fails then.
    func stop(within patience: Duration) -> Bool {
        abandon()
        if ended.wait(timeout: .now() + .microseconds(Int(patience.wholeMicroseconds))) == .success { return true }
        for call in pending { call.expire() }
        return false
    }

    /// Tells the thread to end without waiting for it.
    func abandon() {
        inbox.withLock { $0.isClosing = true }
        bell.signal()
    }

    var isClosed: Bool { inbox.withLock { $0.isClosing } }

    /// The calls whose callers still wait.
    var pending: [any PendingCall] {
        inbox.withLock { $0.inHand + $0.urgent + $0.calls }
    }

    // MARK: - The thread

    private func run(_ turnstile: Turnstile) {
        var writer = GroupWriter(file: file, path: path, time: time, maxPayload: maxPayload)
        while let calls = nextCalls(parked: writer.parked, nextDue: writer.nextDue ?? nil) {
            inbox.withLock { $0.inHand = calls + writer.parked }
            let news = writer.write(calls, turnstile)
            inbox.withLock { $0.inHand = writer.parked }
            wake(news)
        }
        let (left, watchers) = inbox.withLock { inbox in
            defer {
                inbox.urgent = []
                inbox.calls = []
                inbox.inHand = []
                inbox.watchers = [:]
            }
            return (inbox.urgent + inbox.calls, Array(inbox.watchers.values))
        }
        for call in left + writer.parked { call.fail(.storeClosed) }
        for watcher in watchers { watcher.ring() }
        writer.end()
        ended.signal()
    }

    /// Waits for calls, or for the next look at the file; nil when it is time to end.
    private func nextCalls(parked: [any PendingCall], nextDue: Timestamp?) -> [any PendingCall]? {
        var hasSlept = false
        while true {
            let (calls, isClosing, isIdle) = inbox.withLock { inbox -> ([any PendingCall], Bool, Bool) in
                guard !inbox.isClosing else { return ([], true, false) }
                let calls = Self.take(&inbox)
                let isIdle = inbox.watchers.isEmpty
                inbox.isAsleep = calls.isEmpty
                return (calls, false, isIdle)
            }
            if isClosing { return nil }
            if !calls.isEmpty { return calls }
            let isWatched = !isIdle || !parked.isEmpty
            if isWatched, hasSlept {
                inbox.withLock { $0.isAsleep = false }
                return []
            }
            if isWatched {
                let pause = pause(parked: parked, nextDue: nextDue)
                _ = bell.wait(timeout: .now() + .microseconds(Int(pause.wholeMicroseconds)))
            } else {
                bell.wait()
            }
            hasSlept = true
        }
    }

    private static func take(_ inbox: inout Inbox) -> [any PendingCall] {
        var calls = inbox.urgent
        inbox.urgent = []
        var weight = 0
        var count = 0
        while count < inbox.calls.count, weight < groupWeight {
            weight += inbox.calls[count].weight
            count += 1
        }
        if count == inbox.calls.count {
            calls += inbox.calls
            inbox.calls.removeAll(keepingCapacity: true)
        } else {
            calls += inbox.calls[..<count]
            inbox.calls.removeFirst(count)
        }
        return calls
    }

    private func pause(parked: [any PendingCall], nextDue: Timestamp?) -> Duration {
        var pause = Self.pollInterval
        // A clock that is driven by hand does not tell how long anything takes.
        guard time is SystemTime else { return .milliseconds(5) }
        let uptime = time.uptime()
        for call in parked {
            if let patience = call.patience { pause = min(pause, patience - uptime) }
        }
        if !parked.isEmpty, let nextDue { pause = min(pause, nextDue - time.now()) }
        return max(.microseconds(200), pause)
    }

    private func wake(_ news: GroupWriter.News) {
        let uptime = time.uptime()
        let woken = inbox.withLock { inbox -> [Watcher] in
            guard !inbox.watchers.isEmpty else { return [] }
            return inbox.watchers.values.filter { $0.isMeant(by: news) || $0.deadline <= uptime }
        }
        for watcher in woken { watcher.ring() }
    }
}

extension StoreError {
    static var storeClosed: StoreError { StoreError(.closed, "The store was closed.") }
}
#endif
