import GRDBSQLite
import OnCue
import OnCueTesting
import Synchronization
import Testing

@testable import OnCueSQLite

@Suite struct CostTests {
    /// Steps of SQLite's machine that `body` costs on the writer's connection: a measure that no busy machine changes.
    private func steps<Answer: Sendable>(
        _ store: SQLiteStore, _ body: @escaping @Sendable (Ledger) throws(StoreError) -> Answer
    ) async throws -> (steps: Int, answer: Answer) {
        try await store.write { ledger throws(StoreError) in
            func total() -> Int {
                var sum = 0
                var statement = sqlite3_next_stmt(ledger.connection.handle, nil)
                while let found = statement {
                    sum += Int(sqlite3_stmt_status(found, SQLITE_STMTSTATUS_VM_STEP, 0))
                    statement = sqlite3_next_stmt(ledger.connection.handle, found)
                }
                return sum
            }
            let before = total()
            let answer = try body(ledger)
            return (total() - before, answer)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func jobsOfUnknownNamesCostNothingToPassOver() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open(.init(durability: .normal))
            let session = try await store.openSession(.named("worker"))
            let known: [JobName: Int] = ["known": 10]
            _ = try await store.enqueue((0..<2).map { _ in NewJob(name: "known") }, atomically: false)
            // The first prepares what the second is measured by.
            _ = try await store.claim(.all(session, limit: 1, names: known))
            let (alone, first) = try await steps(store) { ledger throws(StoreError) in
                try ledger.claim(.all(session, limit: 1, names: known))
            }
            #expect(first.count == 1)

            for _ in 0..<30 {
                _ = try await store.enqueue(
                    (0..<10_000).map { NewJob(name: $0.isMultiple(of: 2) ? "unknown" : "unknown.too") },
                    atomically: false)
            }
            let id = try await store.enqueue([NewJob(name: "known")], atomically: false)[0].id
            let (behind, second) = try await steps(store) { ledger throws(StoreError) in
                try ledger.claim(.all(session, limit: 1, names: known))
            }
            #expect(second.map(\.id) == [id])
            #expect(behind <= alone * 2 + 100, "\(alone) steps alone, \(behind) behind 300,000")

            // The counts are kept, not counted.
            let (counting, count) = try await steps(store) { ledger throws(StoreError) in
                try ledger.count(JobFilter(states: [.pending]), upTo: .max)
            }
            #expect(count == JobCount(300_000, isExact: true))
            #expect(counting < 1_000)
            await store.close()
        }
    }

    @Test func delayedJobsCostAClaimNothing() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open(.init(durability: .normal))
            let session = try await store.openSession(.named("worker"))
            _ = try await store.enqueue((0..<2).map { _ in NewJob(name: "work") }, atomically: false)
            _ = try await store.claim(.all(session, limit: 1))
            let (alone, _) = try await steps(store) { ledger throws(StoreError) in
                try ledger.claim(.all(session, limit: 1))
            }
            for _ in 0..<2 {
                _ = try await store.enqueue(
                    (0..<10_000).map { _ in NewJob(name: "work", due: .after(.seconds(3_600))) }, atomically: false)
            }
            _ = try await store.enqueue([NewJob(name: "work")], atomically: false)
            let (behind, claimed) = try await steps(store) { ledger throws(StoreError) in
                try ledger.claim(.all(session, limit: 1))
            }
            #expect(claimed.count == 1)
            #expect(behind <= alone * 2 + 100, "\(alone) steps alone, \(behind) beside 20,000")
            await store.close()
        }
    }

    @Test func pruningCostsWhatItRemoves() async throws {
        try await withFixture { fixture in
            let time = ManualTime()
            let store = try await fixture.open(.init(durability: .normal, time: time))
            let session = try await store.openSession(.named("worker"))
            for sequence in 1...40 {
                _ = try await store.enqueue((0..<100).map { _ in NewJob(name: "work") }, atomically: false)
                let jobs = try await store.claim(.all(session, limit: 100))
                let items = jobs.map { Settlement($0, .completed(output: nil)) }
                _ = try await store.settle(SettleBatch(session: session, sequence: Int64(sequence), items: items))
                time.advance(by: .seconds(1))
            }
            let prune = MaintenanceRequest.Prune(
                queue: .default, state: .completed, before: time.now() - .seconds(3_600), keep: 3_990)
            let bound = try #require(try await store.read { ledger throws(StoreError) in try ledger.bound(of: prune) })
            let (cost, gone) = try await steps(store) { ledger throws(StoreError) in
                try ledger.prune(prune, upTo: bound, limit: 1_000)
            }
            #expect(gone == 10)
            #expect(cost < 10 * 200, "\(cost) steps for ten jobs of 4,000")
            await store.close()
        }
    }

    /// While one commit is written everybody else waits: what has gathered goes in several.
    @Test func noCommitOfUpkeepIsLarge() async throws {
        try await withFixture { fixture in
            let time = ManualTime()
            let store = try await fixture.open(.init(durability: .normal, time: time))
            let keyed = (0..<2_000).map {
                NewJob(name: "work", unique: UniqueKey("\($0)", until: .elapsed(.seconds(60))))
            }
            _ = try await store.enqueue(keyed, atomically: false)
            for _ in 0..<1_200 { _ = try await store.enqueue([NewJob(name: "work")], atomically: false) }
            time.advance(by: .seconds(61))
            let commits = Commits()
            try await store.write { ledger throws(StoreError) in commits.watch(ledger.connection.handle) }
            let report = try await store.maintain(
                MaintenanceRequest(
                    limit: 10_000, eventsBefore: time.now() - .seconds(3_600), eventsKeep: 10,
                    sessionsBefore: time.now() - .seconds(3_600)))
            #expect(report.pruned == 3_190 && !report.hasMore)
            let rows = commits.rows
            #expect(rows.reduce(0, +) >= 3_000 && rows.allSatisfy { $0 < 600 }, "\(rows)")
            await store.close()
        }
    }

    @Test func aWaitingClaimDoesNotWriteWhileNothingComes() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let session = try await store.openSession(.named("worker"))
            async let claimed = store.claim(.all(session, limit: 1, wait: .milliseconds(400)))
            try await waitUntil { !store.commit.pending.isEmpty }
            let before = DatabaseFile.size(fixture.path + "-wal")
            #expect(try await claimed.isEmpty)
            #expect(DatabaseFile.size(fixture.path + "-wal") == before)
            await store.close()
        }
    }

    @Test func callersThatComeTogetherShareCommits() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let other = try Turnstile(database: fixture.path)
            other.enter()
            let tasks = (0..<50).map { _ in Task { try await store.enqueue([NewJob(name: "work")], atomically: false) }
            }
            try await waitUntil { store.commit.pending.count == 50 }
            other.leave()
            for task in tasks { #expect(try await task.value.count == 1) }
            // One row of the log is one commit. The first caller may have gone alone.
            let events = try await store.events(after: .start, limit: 100, wait: .zero).events
            #expect(Set(events.map(\.cursor.entry)).count <= 2)
            await store.close()
        }
    }
}

/// How many rows each commit of a connection changes. To be kept as long as the connection.
private final class Commits: Sendable {
    private let totals = Mutex<[Int32]>([])

    var rows: [Int] { totals.withLock { totals in zip(totals, totals.dropFirst()).map { Int($1 - $0) } } }

    func watch(_ connection: OpaquePointer) {
        totals.withLock { $0 = [sqlite3_total_changes(connection)] }
        sqlite3_wal_hook(
            connection,
            { context, connection, _, _ in
                guard let context, let connection else { return SQLITE_OK }
                let commits = Unmanaged<Commits>.fromOpaque(context).takeUnretainedValue()
                commits.totals.withLock { $0.append(sqlite3_total_changes(connection)) }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
