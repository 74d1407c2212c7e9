import Foundation
import GRDB
import OnCue
import Testing

@testable import OnCueSQLite

@Suite struct CallerTransactionTests {
    private struct Rollback: Error {}

    /// GRDB gives up at once when the file is locked, unless it is told to wait.
    private func patientPool(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        return try DatabasePool(path: path, configuration: configuration)
    }

    @Test func aJobExistsIfAndOnlyIfTheDataDoes() async throws {
        try await withFixture { fixture in
            let pool = try patientPool(fixture.path)
            try await pool.write { try $0.execute(sql: "CREATE TABLE orders (id INTEGER PRIMARY KEY)") }
            let store = try await fixture.open()
            #expect(throws: Rollback.self) {
                try pool.write { database in
                    try database.execute(sql: "INSERT INTO orders DEFAULT VALUES")
                    try store.enqueue(
                        [NewJob(name: "order.process"), NewJob(name: "mail", queue: "new")], in: database)
                    throw Rollback()
                }
            }
            #expect(try await store.queues().isEmpty)
            #expect(try await store.latestEvent() == .start)
            #expect(try await store.count(JobFilter(), upTo: 10).count == 0)

            let answers = try await pool.write { database in
                try database.execute(sql: "INSERT INTO orders DEFAULT VALUES")
                return try store.enqueue(
                    [
                        NewJob(name: "order.process", payload: [1, 2, 3], tags: ["order": "1"]),
                        NewJob(name: "later", due: .after(.seconds(60)), unique: UniqueKey("k")),
                        NewJob(name: "again", unique: UniqueKey("k")), NewJob(name: "not a name"),
                    ], in: database)
            }
            let ids = answers.compactMap(\.id)
            #expect(answers[0] == .accepted(ids[0]) && answers[1] == .accepted(ids[1]))
            #expect(answers[2] == .duplicate(of: ids[1]))
            guard case .refused(let refusal) = answers[3] else {
                Issue.record("A name with spaces is none.")
                return
            }
            #expect(refusal.field == "name")

            let records = try await store.find([ids[0], ids[1]])
            #expect(records.map { $0?.state } == [.pending, .delayed])
            #expect(records[0]?.payload == [1, 2, 3] && records[0]?.tags == ["order": "1"])
            let queue = try #require(try await store.queues().first)
            #expect(queue.counts == [.pending: 1, .delayed: 1] && queue.totals.enqueued == 2)
            let events = try await store.events(after: .start, limit: 10, wait: .zero)
            #expect(events.events.map(\.job) == [ids[0], ids[1]])
            #expect(try await store.check().allSatisfy { $0.severity < .problem })
            await store.close()
        }
    }

    @Test func aWaitingWorkerSeesTheCommitSoon() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let elsewhere = try await fixture.open()
            let pool = try patientPool(fixture.path)
            for consumer in [store, elsewhere] {
                let session = try await consumer.openSession(.named("worker"))
                async let claimed = consumer.claim(.all(session, limit: 1, wait: .seconds(20)))
                try await waitUntil { !consumer.commit.pending.isEmpty }
                _ = try await pool.write { try store.enqueue([NewJob(name: "work")], in: $0) }
                let start = SystemTime().uptime()
                #expect(try await claimed.count == 1)
                #expect(SystemTime().uptime() - start < .seconds(2))
            }
            await store.close()
            await elsewhere.close()
        }
    }

    @Test func theOrderHoldsOverBothWays() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let pool = try patientPool(fixture.path)
            var ids: [JobID] = []
            for number in 0..<20 {
                let job = [NewJob(name: "work")]
                ids +=
                    number.isMultiple(of: 2)
                    ? try await store.enqueue(job, atomically: false).compactMap(\.id)
                    : try await pool.write { try store.enqueue(job, in: $0) }.compactMap(\.id)
            }
            let session = try await store.openSession(.named("worker"))
            #expect(try await store.claim(.all(session, limit: 100)).map(\.id) == ids)
            await store.close()
        }
    }

    @Test func aWrongPlaceIsAClearError() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let jobs = [NewJob(name: "work")]
            let outside = try DatabaseQueue(path: fixture.path)
            let unbound = await #expect(throws: StoreError.self) {
                try await outside.writeWithoutTransaction { try store.enqueue(jobs, in: $0) }
            }
            #expect(unbound?.code == .invalid && unbound?.message.contains("transaction") == true)

            let empty = try DatabaseQueue(path: fixture.folder.appending(path: "empty.db").path)
            let missing = await #expect(throws: StoreError.self) {
                try await empty.write { try store.enqueue(jobs, in: $0) }
            }
            #expect(missing?.code == .invalid && missing?.message.contains(fixture.path) == true)

            let otherPath = fixture.folder.appending(path: "other.db").path
            let other = try await SQLiteStore(path: otherPath)
            let queue = try DatabaseQueue(path: otherPath)
            let mixed = await #expect(throws: StoreError.self) {
                try await queue.write { try store.enqueue(jobs, in: $0) }
            }
            #expect(mixed?.code == .invalid && mixed?.message.contains(otherPath) == true)
            #expect(try await other.count(JobFilter(), upTo: 10).count == 0)
            await other.close()
            await store.close()
        }
    }
}
