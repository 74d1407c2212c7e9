#if SQLite
import Dispatch
import Foundation
import GRDB
import OnCue
import Synchronization

/// Two threads that read from connections of their own, each call from one snapshot. Reads hold nobody up: the writer
/// goes on meanwhile.
final class Readers: Sendable {
    static let count = 2

    private struct State {
        var queue: [any PendingCall] = []
        var inHand: [any PendingCall] = []
        var isClosing = false
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let pool: DatabasePool
    private let time: any TimeSource
    private let maxPayload: Int

    init(pool: DatabasePool, time: any TimeSource, maxPayload: Int) {
        self.pool = pool
        self.time = time
        self.maxPayload = maxPayload
    }

    func start() {
        for number in 1...Self.count {
            let thread = Thread { [self] in run() }
            thread.name = "oncue-reader-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    func submit(_ call: any PendingCall) {
        let isClosed = state.withLock { state in
            if !state.isClosing { state.queue.append(call) }
            return state.isClosing
        }
        guard !isClosed else { return call.fail(.storeClosed) }
        bell.signal()
    }

    /// The calls whose callers still wait.
    var pending: [any PendingCall] {
        state.withLock { $0.queue + $0.inHand }
    }

    /// Lets the reads that are under way end and fails what waits. Blocks the calling thread.
    ///
    /// - Returns: false when the disk still held a thread after `patience`; what it was reading fails then.
    func stop(within patience: Duration) -> Bool {
        abandon()
        let deadline = DispatchTime.now() + .microseconds(Int(patience.wholeMicroseconds))
        for _ in 0..<Self.count where ended.wait(timeout: deadline) == .timedOut {
            for call in pending { call.expire() }
            return false
        }
        return true
    }

    func abandon() {
        state.withLock { $0.isClosing = true }
        for _ in 0..<Self.count { bell.signal() }
    }

    private func run() {
        // A connection's statements are kept with the thread that has prepared them.
        var ledgers: [OpaquePointer: Ledger] = [:]
        while true {
            bell.wait()
            let (call, isClosing) = state.withLock { state -> ((any PendingCall)?, Bool) in
                guard !state.isClosing, !state.queue.isEmpty else { return (nil, state.isClosing) }
                let call = state.queue.removeFirst()
                state.inHand.append(call)
                return (call, false)
            }
            if isClosing { break }
            guard let call else { continue }
            if call.begin() { read(call, &ledgers) }
            state.withLock { state in state.inHand.removeAll { $0 === call } }
        }
        ledgers = [:]
        let left = state.withLock { state in
            defer { state.queue = [] }
            return state.queue
        }
        for call in left { call.fail(.storeClosed) }
        ended.signal()
    }

    private func read(_ call: any PendingCall, _ ledgers: inout [OpaquePointer: Ledger]) {
        do {
            try pool.read { database in
                guard let handle = database.sqliteConnection else { return call.fail(.storeClosed) }
                let ledger = ledgers[handle] ?? Ledger(Connection(handle), time: time, maxPayload: maxPayload)
                ledgers[handle] = ledger
                ledger.forget()
                do throws(StoreError) {
                    _ = try call.run(ledger)
                } catch {
                    return call.fail(error)
                }
            }
            call.finish()
        } catch {
            call.fail(StoreError(opening: error))
        }
    }
}
#endif
