#if SQLite
import Foundation
import GRDB
public import OnCue

/// A store in one SQLite file: nothing to install, nothing to run, and a job that was taken in survives a loss of power.
///
/// Several processes may use one file at once. All calls of one process share commits, and reads hold nobody up. The
/// file may be an application's own, so that jobs are taken in with its transactions: see ``enqueue(_:in:)``.
///
/// ```swift
/// let store = try await SQLiteStore(path: "jobs.db")
/// ```
public final class SQLiteStore: JobStore {
    /// What an answered write survives.
    public enum Durability: String, Sendable, CaseIterable {
        /// A loss of power: each commit waits for the disk.
        case full
        /// A crash of the process. A loss of power can take the latest commits, never the file.
        case normal
    }

    /// How a store is opened.
    public struct Options: Sendable {
        /// Default ``Durability/full``.
        public var durability: Durability
        /// The clocks to go by; tests bring their own.
        public var time: any TimeSource
        /// Whether the file is checked when it is opened (up to 256 MiB). Default true.
        public var checksIntegrity: Bool
        /// How long a call may take, waits that were asked for aside. Default 30 s.
        public var callTimeout: Duration
        /// Bytes that a payload, a checkpoint or a stored effect may have. Default ``Limits/payloadBytes``.
        public var maxPayload: Int

        public init(
            durability: Durability = .full, time: any TimeSource = .system, checksIntegrity: Bool = true,
            callTimeout: Duration = .seconds(30), maxPayload: Int = Limits.payloadBytes
        ) {
            self.durability = durability
            self.time = time
            self.checksIntegrity = checksIntegrity
            self.callTimeout = callTimeout
            self.maxPayload = maxPayload
        }
    }

    let path: String
    let options: Options
    let pool: DatabasePool
    let commit: GroupCommit
    let readers: Readers
    let watchdog: Watchdog

    /// Opens the file, or makes it.
    ///
    /// - Throws: `notADatabase` for a file that is something else or another application's, `newerSchema`, `corrupt`,
    ///   `readOnly`, `locked`, `diskFull`, `unsupported` on a network file system, `unavailable` when it cannot be
    ///   opened for another reason. Each says what would help.
    public init(path: String, options: Options = .init()) async throws(StoreError) {
        self.path = path
        self.options = options
        let file = try await Self.onThread { Opening.result(path, options) }.get()
        pool = file.pool
        watchdog = Watchdog(callTimeout: options.callTimeout)
        commit = GroupCommit(
            file: file, path: path, time: options.time, maxPayload: options.maxPayload, watchdog: watchdog)
        readers = Readers(pool: pool, time: options.time, maxPayload: options.maxPayload)
        try commit.start()
        readers.start()
        watchdog.start { [commit, readers] in commit.pending + readers.pending }
    }

    deinit {
        commit.abandon()
        readers.abandon()
        watchdog.stop()
    }

    /// Ends the store's threads and its connections. Calls after it throw `closed`; what is under way is finished, or
    /// given up when the disk does not answer within the call timeout.
    public func close() async {
        let (commit, readers, watchdog, pool) = (commit, readers, watchdog, pool)
        let patience = options.callTimeout
        guard !commit.isClosed else { return }
        await Self.onThread {
            let hasEnded = commit.stop(within: patience) && readers.stop(within: patience)
            watchdog.stop()
            // It fails only when a connection is in use, and none is.
            if hasEnded { try? pool.close() }
        }
    }

    /// Runs what may block for long where it keeps nobody's thread.
    private static func onThread<Answer: Sendable>(_ body: @escaping @Sendable () -> Answer) async -> Answer {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.name = "oncue-opening"
            thread.start()
        }
    }

    // MARK: - Calls

    /// Puts work into the next commit.
    ///
    /// - Parameter urgent: before everything else that waits: for what keeps a lease alive.
    func write<Answer: Sendable>(
        weight: Int = 1, urgent: Bool = false,
        _ work: @escaping @Sendable (Ledger) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let call = StoreCall<Answer>(
            writes: true, weight: weight, deadline: SystemTime().uptime() + options.callTimeout,
            work: { ledger throws(StoreError) in try work(ledger) })
        return try await withCheckedContinuation { continuation in
            call.attach(continuation)
            commit.submit(call, urgent: urgent)
        }.get()
    }

    /// Whether there is nothing to do; a closed store says that it is closed all the same.
    func isNothing(_ items: [some Any]) throws(StoreError) -> Bool {
        try checkOpen()
        return items.isEmpty
    }

    func checkOpen() throws(StoreError) {
        if commit.isClosed { throw .storeClosed }
    }

    /// Reads from one snapshot.
    func read<Answer: Sendable>(
        _ work: @escaping @Sendable (Ledger) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let call = StoreCall<Answer>(
            writes: false, deadline: SystemTime().uptime() + options.callTimeout,
            work: { ledger throws(StoreError) in try work(ledger) })
        return try await withCheckedContinuation { continuation in
            call.attach(continuation)
            readers.submit(call)
            watchdog.wake()
        }.get()
    }
}
#endif
