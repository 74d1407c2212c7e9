#if SQLite
    import Foundation
    import OnCue
    import OnCueSQLite
    import Synchronization

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// The yardsticks: what SQLite does with the same tables, batches and durability when nothing else is done.
    struct RawSQLite: Sendable {
        let scratch: URL
        private static let payload = Array(
            #"{"n":"0000000000","k":7,"p":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#.utf8)

        /// The median time that a write of 4 KB takes to be durable, in milliseconds.
        func syncCost() throws -> Double {
            let path = scratch.appending(path: "sync").path
            let file = open(path, O_CREAT | O_RDWR, 0o600)
            guard file >= 0 else { throw RawConnection.Failure(description: "cannot write \(path)") }
            defer {
                close(file)
                unlink(path)
            }
            let block = [UInt8](repeating: 7, count: 4_096)
            var times: [Double] = []
            for number in 0..<100 {
                let begin = ContinuousClock.now
                guard pwrite(file, block, block.count, off_t(number % 16 * block.count)) == block.count,
                    fsync(file) == 0
                else { throw RawConnection.Failure(description: "cannot sync \(path)") }
                times.append(milliseconds(since: begin))
            }
            return (times.median * 1_000).rounded() / 1_000
        }

        /// Rows a second, inserted in transactions of `batch`.
        func bulkInsert(jobs: Int, batch: Int) throws -> Double {
            try withDatabase { connection in
                let insert = try connection.prepare(Self.insert)
                let begin = ContinuousClock.now
                for first in stride(from: 0, to: jobs, by: batch) {
                    try connection.execute("BEGIN IMMEDIATE")
                    for number in first..<min(jobs, first + batch) { try Self.insert(number, insert) }
                    try connection.execute("COMMIT")
                }
                return Double(jobs) / (milliseconds(since: begin) / 1_000)
            }
        }

        /// Rows a second that are claimed and completed: each transaction completes one batch and claims the next.
        func claimAndComplete(jobs: Int, batch: Int) throws -> Double {
            try withDatabase { connection in
                let insert = try connection.prepare(Self.insert)
                for first in stride(from: 0, to: jobs, by: 1_000) {
                    try connection.execute("BEGIN IMMEDIATE")
                    for number in first..<min(jobs, first + 1_000) { try Self.insert(number, insert) }
                    try connection.execute("COMMIT")
                }
                let select = try connection.prepare(
                    "SELECT number, payload FROM oncue_jobs WHERE state = 2 AND lane = 1 ORDER BY position LIMIT ?")
                let claim = try connection.prepare(
                    """
                    UPDATE oncue_jobs SET state = 3, session = 1, attempt = attempt + 1, delivery = delivery + 1,
                        started = ? WHERE number = ?
                    """)
                let complete = try connection.prepare(
                    "UPDATE oncue_jobs SET state = 5, session = NULL, finished = ? WHERE number = ?")
                var held: [Int64] = []
                var completed = 0
                let begin = ContinuousClock.now
                while completed < jobs {
                    try connection.execute("BEGIN IMMEDIATE")
                    let now = Self.now()
                    for number in held {
                        complete.bind(now, at: 1)
                        complete.bind(number, at: 2)
                        try complete.run()
                    }
                    completed += held.count
                    held.removeAll(keepingCapacity: true)
                    select.bind(Int64(batch), at: 1)
                    var bytes = 0
                    while try select.step() {
                        held.append(select.integer(0))
                        bytes += select.bytes(1).count
                    }
                    for number in held {
                        claim.bind(now, at: 1)
                        claim.bind(number, at: 2)
                        try claim.run()
                    }
                    try connection.execute("COMMIT")
                    guard bytes > 0 || held.isEmpty else { throw RawConnection.Failure(description: "no payloads") }
                }
                return Double(jobs) / (milliseconds(since: begin) / 1_000)
            }
        }

        /// Rows a second when `callers` tasks insert one row each and wait until it is durable, with the plainest
        /// group commit: all that wait go into one transaction.
        func groupCommit(jobs: Int, callers: Int) async throws -> Double {
            let path = scratch.appending(path: "raw-\(UUID().uuidString).db").path
            defer { Self.remove(path) }
            let group = try PlainGroupCommit(path: path, schema: Schema.migrations)
            let numbers = Numbers()
            let begin = ContinuousClock.now
            await withTaskGroup(of: Void.self) { tasks in
                for _ in 0..<callers {
                    tasks.addTask {
                        while true {
                            let number = numbers.next()
                            guard number < jobs else { return }
                            await group.insert(number)
                        }
                    }
                }
            }
            let rate = Double(jobs) / (milliseconds(since: begin) / 1_000)
            try group.finish()
            return rate
        }

        // MARK: - Parts

        static let insert = """
            INSERT INTO oncue_jobs (number, id, queue, lane, state, flags, position, attempt, delivery, lost, created, payload)
            VALUES (?, ?, 1, 1, 2, 0, ?, 0, 0, 0, ?, ?)
            """

        /// One row as the store writes it: an id that sorts by time, the next place in line, a payload of 80 bytes.
        static func insert(_ number: Int, _ statement: RawStatement) throws {
            let time = now()
            let id: (UInt64, UInt64) = (
                (UInt64(time / 1_000) << 16 | 0x7000 | UInt64(number & 0xfff)).bigEndian,
                (0x8000_0000_0000_0000 | UInt64(number) &* 0x9e37_79b9_7f4a_7c15 >> 2).bigEndian
            )
            try withUnsafeBytes(of: id) { id in
                try payload.withUnsafeBytes { payload in
                    statement.bind(Int64(number + 1), at: 1)
                    statement.bind(id, at: 2)
                    statement.bind(Int64(number + 1), at: 3)
                    statement.bind(time, at: 4)
                    statement.bind(payload, at: 5)
                    try statement.run()
                }
            }
        }

        private func withDatabase(_ body: (RawConnection) throws -> Double) throws -> Double {
            let path = scratch.appending(path: "raw-\(UUID().uuidString).db").path
            defer { Self.remove(path) }
            let connection = try RawConnection(path: path)
            for step in Schema.migrations { try connection.execute(step) }
            return try body(connection)
        }

        private static func remove(_ path: String) {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }

        private static func now() -> Int64 {
            SystemTime().now().microseconds
        }

        private func milliseconds(since begin: ContinuousClock.Instant) -> Double {
            let (seconds, attoseconds) = (ContinuousClock.now - begin).components
            return Double(seconds) * 1_000 + Double(attoseconds) / 1e15
        }
    }

    /// Hands out numbers from 0.
    private final class Numbers: Sendable {
        private let value = Atomic<Int>(0)

        func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
    }

    /// Group commit in its plainest form: a lock, an array of waiting callers, and a thread that takes them all.
    final class PlainGroupCommit: Sendable {
        private struct State {
            var waiting: [(number: Int, caller: CheckedContinuation<Void, Never>)] = []
            var isWriting = false
            var failure: (any Error)?
        }

        private let state = Mutex(State())
        private let queue = DispatchQueue(label: "plain-group-commit")
        private let writer: Mutex<Writer>

        private final class Writer {
            let connection: RawConnection
            let insert: RawStatement

            init(path: String, schema: [String]) throws {
                connection = try RawConnection(path: path)
                for step in schema { try connection.execute(step) }
                insert = try connection.prepare(RawSQLite.insert)
            }

            func write(_ numbers: [Int]) throws {
                try connection.execute("BEGIN IMMEDIATE")
                for number in numbers { try RawSQLite.insert(number, insert) }
                try connection.execute("COMMIT")
            }
        }

        init(path: String, schema: [String]) throws {
            writer = Mutex(try Writer(path: path, schema: schema))
        }

        func insert(_ number: Int) async {
            await withCheckedContinuation { caller in
                let starts = state.withLock { state in
                    state.waiting.append((number, caller))
                    defer { state.isWriting = true }
                    return !state.isWriting
                }
                if starts { queue.async { self.drain() } }
            }
        }

        /// Throws the first error that a write met.
        func finish() throws {
            if let failure = state.withLock({ $0.failure }) { throw failure }
        }

        private func drain() {
            while true {
                let group = state.withLock { state in
                    let group = state.waiting
                    state.waiting = []
                    if group.isEmpty { state.isWriting = false }
                    return group
                }
                guard !group.isEmpty else { return }
                do {
                    try writer.withLock { try $0.write(group.map(\.number)) }
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                }
                for (_, caller) in group { caller.resume() }
            }
        }
    }
#endif
