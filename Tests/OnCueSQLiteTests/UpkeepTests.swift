import Foundation
import GRDB
import OnCue
import OnCueTesting
import Testing

@testable import OnCueSQLite

@Suite struct UpkeepTests {
    private func request(
        _ time: ManualTime, limit: Int = 1_000, prunes: [MaintenanceRequest.Prune] = [], eventsKeep: Int = 10_000
    ) -> MaintenanceRequest {
        MaintenanceRequest(
            limit: limit, prunes: prunes, eventsBefore: time.now() - .seconds(3_600), eventsKeep: eventsKeep,
            sessionsBefore: time.now() - .seconds(3_600))
    }

    @Test func aSoundStoreChecksOutFine() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.enqueue([NewJob(name: "work", tags: ["a": "b"])], atomically: false)
            let findings = try await store.check()
            let subjects = Set(findings.map(\.subject))
            #expect(
                subjects == [
                    "integrity", "schema", "journal", "clock", "counts", "rows", "durability", "log", "disk space",
                ])
            #expect(findings.filter { $0.subject != "disk space" }.allSatisfy { $0.severity == .fine })
            #expect(findings.allSatisfy { ($0.severity == .fine) == ($0.cure == nil) })
            await store.close()
        }
    }

    @Test(arguments: [
        ("UPDATE oncue_lanes SET state2 = 7", "counts"),
        ("INSERT INTO oncue_payloads VALUES (12345, x'00')", "rows"),
        ("DROP TABLE oncue_effects", "schema"), ("UPDATE oncue_events SET at = at + 3600000000", "clock"),
    ])
    func whatIsWrongIsFoundWithItsCure(_ damage: String, _ subject: String) async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.enqueue([NewJob(name: "work")], atomically: false)
            let other = try DatabaseQueue(path: fixture.path)
            try await other.writeWithoutTransaction { try $0.execute(sql: damage) }
            let finding = try #require(try await store.check().first { $0.subject == subject })
            #expect(finding.severity > .fine && finding.cure != nil)
            await store.close()
        }
    }

    @Test func namesThatAreMadeUpDoNotStayForEver() async throws {
        try await withFixture { fixture in
            let time = ManualTime()
            let store = try await fixture.open(.init(durability: .normal, time: time))
            let session = try await store.openSession(.named("worker"))
            _ = try await store.enqueue((0..<1_200).map { NewJob(name: JobName("job.\($0)")) }, atomically: false)
            let jobs = try await store.claim(.all(session, limit: 1_200))
            #expect(jobs.count == 1_200)
            let items = jobs.map { Settlement($0, .completed(output: nil), keep: .nothing) }
            _ = try await store.settle(SettleBatch(session: session, sequence: 1, items: items))
            let count = "SELECT count(*) FROM oncue_lanes"
            for _ in 0..<3 { _ = try await store.maintain(request(time)) }
            let lanes = try await store.read { ledger throws(StoreError) in try ledger.connection.integer(count) }
            #expect(lanes ?? .max <= 1_000)
            // The totals outlive the lanes, and the lanes come back when they are wanted.
            let queue = try #require(try await store.queues().first)
            #expect(queue.totals == QueueTotals(enqueued: 1_200, completed: 1_200) && queue.counts.isEmpty)
            _ = try await store.enqueue([NewJob(name: "job.1")], atomically: false)
            #expect(try await store.claim(.all(session, limit: 5)).count == 1)
            #expect(try await store.check().allSatisfy { $0.severity < .problem })
            await store.close()
        }
    }

    @Test func aRowOfTheLogIsCutWhereTheBoundFalls() async throws {
        try await withFixture { fixture in
            let time = ManualTime()
            let store = try await fixture.open(.init(time: time))
            _ = try await store.enqueue((0..<50).map { _ in NewJob(name: "work") }, atomically: false)
            let all = try await store.events(after: .start, limit: 100, wait: .zero)
            #expect(all.events.count == 50 && !all.hasGap)
            let report = try await store.maintain(request(time, eventsKeep: 20))
            #expect(report.pruned == 30)
            let kept = try await store.events(after: .start, limit: 100, wait: .zero)
            #expect(kept.events == Array(all.events.suffix(20)) && kept.hasGap)
            let rest = try await store.events(after: all.events[29].cursor, limit: 100, wait: .zero)
            #expect(rest.events.count == 20 && !rest.hasGap)
            #expect(try await store.maintain(request(time, eventsKeep: 20)).pruned == 0)
            #expect(try await store.maintain(request(time, eventsKeep: 0)).pruned == 20)
            #expect(try await store.latestEvent() == all.events.last?.cursor)
            _ = try await store.enqueue([NewJob(name: "work")], atomically: false)
            let next = try await store.events(after: all.next, limit: 10, wait: .zero)
            #expect(next.events.count == 1 && !next.hasGap)
            await store.close()
        }
    }

    @Test func theLogIsBoundedAlsoWhenNobodyPrunes() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open(.init(durability: .normal))
            let batch = (0..<10_000).map { _ in NewJob(name: "work") }
            for _ in 0..<12 { _ = try await store.enqueue(batch, atomically: false) }
            let kept = try await store.read { ledger throws(StoreError) in
                try ledger.connection.integer("SELECT sum(count) FROM oncue_events")
            }
            #expect((100_000...110_000).contains(kept ?? 0), "\(kept ?? 0)")
            #expect(try await store.events(after: .start, limit: 1, wait: .zero).hasGap)
            await store.close()
        }
    }

    @Test func aLargePayloadIsWrittenOnceAndGoesWithItsJob() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let session = try await store.openSession(.named("worker"))
            let payload = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let id = try #require(
                try await store.enqueue([NewJob(name: "work", payload: payload)], atomically: false)[0].id)
            let before = DatabaseFile.size(fixture.path + "-wal") ?? 0
            let job = try #require(try await store.claim(.all(session, limit: 1)).first)
            #expect(job.payload == payload)
            let settled = Settlement(job, .retry(after: .zero, counts: true))
            _ = try await store.settle(SettleBatch(session: session, sequence: 1, items: [settled]))
            #expect((DatabaseFile.size(fixture.path + "-wal") ?? 0) - before < 200_000)
            #expect(try await store.find([id])[0]?.payload == payload)
            // An edit makes it small, another large again.
            for edited in [[1], payload.reversed(), []] as [[UInt8]] {
                #expect(try await store.change([id], .edit(JobEdit(payload: edited))) == [.done(.pending)])
                #expect(try await store.find([id])[0]?.payload == edited)
            }
            _ = try await store.change([id], .edit(JobEdit(payload: payload)))
            _ = try await store.change([id], .delete)
            let left = try await store.read { ledger throws(StoreError) in
                try ledger.connection.integer("SELECT count(*) FROM oncue_payloads")
            }
            #expect(left == 0)
            await store.close()
        }
    }

    @Test func aWorkersNameOutlivesItsSession() async throws {
        try await withFixture { fixture in
            let time = ManualTime()
            let store = try await fixture.open(.init(time: time))
            let session = try await store.openSession(.named("host-7"))
            let id = try #require(try await store.enqueue([NewJob(name: "work")], atomically: false)[0].id)
            let job = try #require(try await store.claim(.all(session, limit: 1)).first)
            let settled = Settlement(job, .completed(output: nil))
            _ = try await store.settle(SettleBatch(session: session, sequence: 1, items: [settled]))
            try await store.closeSession(session)
            time.advance(by: .seconds(7_200))
            _ = try await store.maintain(request(time))
            #expect(try await store.sessions().isEmpty)
            #expect(try await store.find([id])[0]?.worker == "host-7")
            await store.close()
        }
    }

    @Test func aNumberIsNeverGivenTwice() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let session = try await store.openSession(.named("worker"))
            let first = try #require(try await store.enqueue([NewJob(name: "work")], atomically: false)[0].id)
            let stale = try #require(try await store.claim(.all(session, limit: 1)).first)
            _ = try await store.change([first], .delete)
            let second = try #require(try await store.enqueue([NewJob(name: "work")], atomically: false)[0].id)
            let fresh = try #require(try await store.claim(.all(session, limit: 1)).first)
            #expect(fresh.id == second && fresh.delivery == stale.delivery && fresh.place != stale.place)
            let answers = try await store.settle(
                SettleBatch(session: session, sequence: 1, items: [Settlement(stale, .completed(output: nil))]))
            #expect(answers == [.leaseLost])
            #expect(try await store.find([second])[0]?.state == .running)
            await store.close()
        }
    }
}
