#if SQLite
import Foundation
import GRDB
import OnCue

/// What the writer thread has in its hands: the connection, what it remembers of it, and the calls that wait.
struct GroupWriter {
    /// What a round means to those who wait outside.
    struct News {
        /// Something was committed here.
        var hasCommitted = false
        /// Another connection has committed.
        var hasForeign = false
        /// Watched jobs that have ended here.
        var ends: Set<JobID> = []
    }

    private let file: OpenedFile
    private let path: String
    private let time: any TimeSource
    private let maxPayload: Int
    private var ledger: Ledger?
    private var stamp: LogStamp
    private var commits = 0
    /// The commit after which the size of the log was looked at.
    private var lastLook = 0
    /// Claims that have found nothing yet, in the order in which they came.
    private(set) var parked: [any PendingCall] = []

    init(file: OpenedFile, path: String, time: any TimeSource, maxPayload: Int) {
        self.file = file
        self.path = path
        stamp = LogStamp(database: path)
        self.time = time
        self.maxPayload = maxPayload
    }

    /// When the next job comes due; nil when that has to be looked up, nil inside when none will.
    var nextDue: Timestamp?? {
        if case .known(let due)? = ledger?.nextDue { .some(due) } else { nil }
    }

    mutating func end() {
        parked = []
        ledger = nil
    }

    /// One round: the calls that have come, in one transaction, then those that wait if there may be something for them.
    mutating func write(_ calls: [any PendingCall], _ turnstile: Turnstile) -> News {
        var news = News()
        if calls.isEmpty, !stamp.mayHaveChanged(), !hasDue, ledger?.hasReadied == false {
            endPatience()
            return news
        }
        // The pool's own queue runs this on the calling thread.
        file.pool.writeWithoutTransaction { database in
            guard let ledger = ledger(on: database) else {
                for call in calls { call.fail(.storeClosed) }
                return
            }
            if !calls.isEmpty { writeGroup(calls, ledger, turnstile, &news) }
            serveParked(ledger, turnstile, &news)
            checkpointIfLarge(ledger)
        }
        return news
    }

    private mutating func ledger(on database: Database) -> Ledger? {
        if let ledger { return ledger }
        guard let handle = database.sqliteConnection else { return nil }
        let made = Ledger(Connection(handle), time: time, maxPayload: maxPayload)
        ledger = made
        return made
    }

    // MARK: - Groups

    private mutating func writeGroup(
        _ calls: [any PendingCall], _ ledger: Ledger, _ turnstile: Turnstile, _ news: inout News
    ) {
        turnstile.enter()
        defer { turnstile.leave() }
        do throws(StoreError) {
            try ledger.begin()
        } catch {
            for call in calls where !call.isOver { call.fail(error) }
            return
        }
        var calls = calls
        var done: [any PendingCall] = []
        done.reserveCapacity(calls.count)
        var waiting: [any PendingCall] = []
        var next = 0
        while next < calls.count {
            let call = calls[next]
            next += 1
            if call.begin() {
                let mark = ledger.mark
                do throws(StoreError) {
                    if try call.run(ledger) { done.append(call) } else { waiting.append(call) }
                } catch {
                    // A call that has written nothing fails alone. Else its traces have to go, and with them the group's.
                    guard error.isDecision, ledger.mark == mark else {
                        ledger.rollback()
                        for other in done + waiting { other.putBack() }
                        call.putBack()
                        return writeOneByOne(calls, ledger, &news)
                    }
                    call.fail(error)
                }
            }
            // What has just become ready goes to who waits for it in the same commit: one wait for the disk, not two.
            if next == calls.count, ledger.hasReadied { calls += takeWorthRunning(ledger) }
        }
        if commit(done, waiting, ledger, &news) { return }
        writeOneByOne(calls, ledger, &news)
    }

    /// Takes those out of the parked calls that may find something now.
    private mutating func takeWorthRunning(_ ledger: Ledger) -> [any PendingCall] {
        ledger.hasReadied = false
        guard !parked.isEmpty else { return [] }
        var worthRunning: [any PendingCall] = []
        var left: [any PendingCall] = []
        for call in parked where !call.isOver {
            // A probe that fails is repeated by the run, which says why.
            if (try? call.isWorthRunning(ledger)) ?? true { worthRunning.append(call) } else { left.append(call) }
        }
        parked = left
        return worthRunning
    }

    /// Ends the transaction and answers; false when it was taken back and the calls are to run again, each for itself.
    private mutating func commit(
        _ done: [any PendingCall], _ waiting: [any PendingCall], _ ledger: Ledger, _ news: inout News
    ) -> Bool {
        do throws(StoreError) {
            try ledger.commit()
        } catch {
            let isOpen = StoreError.leavesCommitOpen(ledger.connection.latestCode)
            ledger.rollback()
            if isOpen {
                // The disk has failed while it was asked to keep this: nobody knows whether it did.
                let unknown = StoreError(.outcomeUnknown, "\(error.message) The call may or may not be written.")
                for call in done { call.fail(unknown) }
                for call in waiting { park(call) }
                return true
            }
            if done.count == 1, waiting.isEmpty {
                done[0].fail(error)
                return true
            }
            for call in done + waiting { call.putBack() }
            return false
        }
        commits += 1
        news.hasCommitted = true
        news.ends.formUnion(ledger.watchedEnds)
        ledger.watchedEnds = []
        for call in done { call.finish() }
        for call in waiting { park(call) }
        return true
    }

    private mutating func park(_ call: any PendingCall) {
        call.putBack()
        if let patience = call.patience, patience > time.uptime() { parked.append(call) } else { call.giveUp() }
    }

    /// Each call in a transaction of its own, so that only the guilty one fails.
    private mutating func writeOneByOne(_ calls: [any PendingCall], _ ledger: Ledger, _ news: inout News) {
        for call in calls where call.begin() {
            do throws(StoreError) {
                try ledger.begin()
                let isDone = try call.run(ledger)
                _ = commit(isDone ? [call] : [], isDone ? [] : [call], ledger, &news)
            } catch {
                ledger.rollback()
                call.fail(error)
            }
        }
    }

    // MARK: - Those who wait

    private mutating func serveParked(_ ledger: Ledger, _ turnstile: Turnstile, _ news: inout News) {
        do throws(StoreError) {
            try ledger.noticeOthers()
            news.hasForeign = ledger.hasNoticedOthers
            ledger.hasNoticedOthers = false
        } catch {
            // The next round looks again.
            return
        }
        guard !parked.isEmpty else {
            ledger.hasReadied = false
            return
        }
        if ledger.hasReadied || news.hasForeign || hasDue {
            let worthRunning = takeWorthRunning(ledger)
            if !worthRunning.isEmpty { writeGroup(worthRunning, ledger, turnstile, &news) }
        }
        endPatience()
    }

    /// Whether a job has come due, or may have.
    private var hasDue: Bool {
        guard let due = nextDue else { return true }
        return due.map { $0 <= time.now() } ?? false
    }

    private mutating func endPatience() {
        guard !parked.isEmpty else { return }
        let uptime = time.uptime()
        for call in parked where call.patience.map({ $0 <= uptime }) ?? true { call.giveUp() }
        parked.removeAll { $0.isOver }
    }

    // MARK: - The log

    /// Past this the log is emptied, which a reader that stays open can put off.
    private static let largeLog: Int64 = 64 << 20

    private mutating func checkpointIfLarge(_ ledger: Ledger) {
        guard commits >= lastLook + 128 else { return }
        lastLook = commits
        guard let size = DatabaseFile.size(path + "-wal"), size > Self.largeLog else { return }
        // A failure only means that a reader is in the way: it is tried again later.
        file.busy.impatiently { try? ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)") }
    }
}

extension StoreError {
    /// Thrown by a rule and not by the database.
    var isDecision: Bool {
        [.invalid, .notFound, .conflict, .queueFull, .fenced, .unsupported].contains(code)
    }
}
#endif
