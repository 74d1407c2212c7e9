import Foundation
import GRDB
import OnCue
import OnCueTesting
import Testing

@testable import OnCueSQLite

@Suite struct FailureTests {
    private func error(_ body: () async throws(StoreError) -> Void) async -> StoreError? {
        do throws(StoreError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    /// One that may leave a transaction open.
    private func connection(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private func jobs(_ count: Int) -> [NewJob] {
        (0..<count).map { NewJob(name: "work", payload: [UInt8](repeating: UInt8($0 % 251), count: 900)) }
    }

    @Test func aFileThatSomeoneElseKeepsLockedFailsTheCallAndNothingIsWritten() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open(.init(callTimeout: .seconds(3)))
            let other = try connection(fixture.path)
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            let failure = await error { () throws(StoreError) in
                _ = try await store.enqueue(jobs(3), atomically: false)
            }
            #expect(failure?.code == .locked)
            try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
            #expect(try await store.count(JobFilter(), upTo: 10) == JobCount(0, isExact: true))
            _ = try await store.enqueue(jobs(3), atomically: false)
            #expect(try await store.count(JobFilter(), upTo: 10) == JobCount(3, isExact: true))
            await store.close()
        }
    }

    @Test func aShortTransactionOfSomeoneElseIsWaitedFor() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let other = try connection(fixture.path)
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            async let answers = store.enqueue(jobs(1), atomically: false)
            try await Task.sleep(for: .milliseconds(100))
            try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
            #expect(try await answers.count == 1)
            await store.close()
        }
    }

    @Test func callsEndInTimeWhileTheWriterIsHeldUp() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open(.init(callTimeout: .milliseconds(1_500)))
            let session = try await store.openSession(.named("worker"))
            // As a process does that was stopped in the middle of its commit.
            let other = try Turnstile(database: fixture.path)
            other.enter()
            async let first = error { () throws(StoreError) in
                _ = try await store.enqueue(jobs(1), atomically: false)
            }
            async let second = error { () throws(StoreError) in _ = try await store.renew(session) }
            #expect(await first?.code == .timedOut)
            #expect(await second?.code == .timedOut)
            let claimed = try await store.claim(
                ClaimRequest(session: session, queues: [.init(.default)], limit: 1, wait: .milliseconds(50)))
            #expect(claimed.isEmpty)
            // Reads need no turn.
            #expect(try await store.queues().isEmpty)
            other.leave()

            // What was answered as not written is not written later either.
            _ = try await store.enqueue(jobs(2), atomically: false)
            #expect(try await store.count(JobFilter(), upTo: 10) == JobCount(2, isExact: true))
            #expect(try await store.renew(session).held == 0)
            await store.close()
        }
    }

    @Test func aStoreThatIsHeldUpClosesInTime() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open(.init(callTimeout: .milliseconds(300)))
            let other = try Turnstile(database: fixture.path)
            other.enter()
            async let failure = error { () throws(StoreError) in
                _ = try await store.enqueue(jobs(1), atomically: false)
            }
            await store.close()
            #expect([.timedOut, .closed].contains(await failure?.code))
            other.leave()
        }
    }

    @Test func aFullDiskFailsTheCallAndNothingIsHalfWritten() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.enqueue(jobs(10), atomically: false)
            try await store.write { ledger throws(StoreError) in
                let pages = try ledger.connection.integer("PRAGMA page_count") ?? 0
                try ledger.connection.execute("PRAGMA max_page_count = \(pages + 3)")
            }
            let failure = await error { () throws(StoreError) in
                _ = try await store.enqueue(jobs(200), atomically: false)
            }
            #expect(failure?.code == .diskFull)
            #expect(try await store.count(JobFilter(), upTo: 1_000) == JobCount(10, isExact: true))
            #expect(try await store.check().allSatisfy { $0.severity < .problem })

            // What needs no room still works, and once there is room all does.
            let session = try await store.openSession(.named("worker"))
            #expect(try await store.claim(.all(session, limit: 5)).count == 5)
            try await store.write { ledger throws(StoreError) in
                try ledger.connection.execute("PRAGMA max_page_count = 1073741823")
            }
            _ = try await store.enqueue(jobs(200), atomically: false)
            #expect(try await store.count(JobFilter(), upTo: 1_000) == JobCount(210, isExact: true))
            await store.close()
        }
    }

    @Test func inAGroupOnlyTheGuiltyCallFails() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open(.init(callTimeout: .seconds(10)))
            try await store.changeQueue("small", .settings(QueueSettings(maxWaiting: 5)))
            // Held back, so that all calls meet in one group.
            let other = try Turnstile(database: fixture.path)
            other.enter()
            let batches: [[NewJob]] = (0..<20).map { number in
                (0..<10).map { _ in NewJob(name: "work", queue: number == 7 ? "small" : "large") }
            }
            let tasks = batches.map { batch in
                Task { await error { () throws(StoreError) in _ = try await store.enqueue(batch, atomically: true) } }
            }
            try await waitUntil { store.commit.pending.count == 20 }
            other.leave()
            var failures: [StoreError?] = []
            for task in tasks { failures.append(await task.value) }
            // The seventh had written five jobs when it found the queue full.
            #expect(failures[7]?.code == .queueFull)
            #expect(failures.count { $0 != nil } == 1)
            #expect(try await store.count(JobFilter(), upTo: 1_000) == JobCount(190, isExact: true))
            #expect(try await store.queues().first { $0.name == "small" }?.counts.isEmpty != false)
            #expect(try await store.check().allSatisfy { $0.severity < .problem })
            await store.close()
        }
    }

    // MARK: Damaged rows

    @Test(arguments: [
        "UPDATE oncue_jobs SET extra = x'ff'", "UPDATE oncue_jobs SET state = 42",
        "UPDATE oncue_jobs SET id = x'00'", "UPDATE oncue_jobs SET lane = 999",
    ])
    func aDamagedRowIsReportedAsSuch(_ damage: String) async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let session = try await store.openSession(.named("worker"))
            let answers = try await store.enqueue(
                [NewJob(name: "bad", options: JobOptions(timeout: .seconds(1))), NewJob(name: "good", queue: "other")],
                atomically: false)
            let ids = answers.compactMap(\.id)
            let other = try DatabaseQueue(path: fixture.path)
            try await other.writeWithoutTransaction { try $0.execute(sql: damage + " WHERE number = 2") }

            let failures = [
                await error { () throws(StoreError) in _ = try await store.claim(.all(session, limit: 5)) },
                await error { () throws(StoreError) in _ = try await store.change([ids[0]], .retry(resetAttempts: true))
                },
                await error { () throws(StoreError) in _ = try await store.find([ids[0]]) },
                await error { () throws(StoreError) in
                    _ = try await store.search(JobFilter(), order: .oldestFirst, after: nil, limit: 10)
                },
            ]
            #expect(failures.contains { $0?.code == .corrupt })
            #expect(failures.allSatisfy { $0 == nil || $0?.code == .corrupt })
            // The rest of the store goes on.
            let job = try #require(
                try await store.claim(ClaimRequest(session: session, queues: [.init("other")], limit: 5)).first)
            #expect(job.id == ids[1])
            let settled = try await store.settle(
                SettleBatch(session: session, sequence: 1, items: [Settlement(job, .completed(output: nil))]))
            #expect(settled == [.applied(.completed)])
            await store.close()
        }
    }
}
