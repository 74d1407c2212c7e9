import Foundation
import GRDB
import OnCue
import Synchronization
import Testing

@testable import OnCueSQLite

@Suite struct SharingTests {
    @Test func severalStoresOnOneFileShareItFairly() async throws {
        try await withFixture { fixture in
            let stores = [try await fixture.open(), try await fixture.open(), try await fixture.open()]
            let counts = Shared([0, 0, 0])
            // All write as fast as they can, until one has done its share; nobody is then far behind.
            await withTaskGroup(of: Void.self) { group in
                for (number, store) in stores.enumerated() {
                    group.addTask {
                        while counts.value.withLock({ $0.max() ?? 0 }) < 300 {
                            let answers = try? await store.enqueue([NewJob(name: "work")], atomically: false)
                            guard answers?.count == 1 else { return }
                            counts.value.withLock { $0[number] += 1 }
                        }
                    }
                }
            }
            let written = counts.value.withLock { $0 }
            #expect(written.allSatisfy { $0 >= 60 }, "\(written)")
            let total = written.reduce(0, +)
            for store in stores {
                #expect(try await store.count(JobFilter(), upTo: 10_000) == JobCount(total, isExact: true))
            }
            #expect(try await stores[0].check().allSatisfy { $0.severity < .problem })
            for store in stores { await store.close() }
        }
    }

    @Test func aBusyWriterDoesNotKeepARenewalWaiting() async throws {
        try await withFixture { fixture in
            let busy = try await fixture.open()
            let calm = try await fixture.open()
            let session = try await calm.openSession(.named("worker"))
            let isOver = Shared(false)
            let flood = Task {
                let batch = (0..<1_000).map { _ in NewJob(name: "work", payload: [UInt8](repeating: 1, count: 80)) }
                while !isOver.value.withLock({ $0 }) { _ = try? await busy.enqueue(batch, atomically: false) }
            }
            var longest = Duration.zero
            for _ in 0..<40 {
                let start = SystemTime().uptime()
                _ = try await calm.renew(session)
                longest = max(longest, SystemTime().uptime() - start)
            }
            isOver.value.withLock { $0 = true }
            await flood.value
            // Without turns this was seconds; with them it is a commit or two of the other.
            #expect(longest < .seconds(2), "\(longest)")
            await busy.close()
            await calm.close()
        }
    }

    @Test func aJobOfAnotherStoreIsClaimedSoon() async throws {
        try await withFixture { fixture in
            let producer = try await fixture.open()
            let consumer = try await fixture.open()
            let session = try await consumer.openSession(.named("worker"))
            var waits: [Duration] = []
            for _ in 0..<10 {
                async let claimed = consumer.claim(.all(session, limit: 1, wait: .seconds(20)))
                try await waitUntil { !consumer.commit.pending.isEmpty }
                try await Task.sleep(for: .milliseconds(60))
                let start = SystemTime().uptime()
                _ = try await producer.enqueue([NewJob(name: "work")], atomically: false)
                #expect(try await claimed.count == 1)
                waits.append(SystemTime().uptime() - start)
            }
            // 50 ms on a machine with room; a test machine may be busy with other tests.
            #expect(waits.sorted()[waits.count / 2] < .milliseconds(250), "\(waits)")
            await producer.close()
            await consumer.close()
        }
    }

    @Test func whatOneStoreHasRememberedIsForgottenWhenAnotherWrites() async throws {
        try await withFixture { fixture in
            let one = try await fixture.open()
            let other = try await fixture.open()
            let session = try await one.openSession(.named("one"))
            _ = try await one.enqueue([NewJob(name: "work")], atomically: false)
            let job = try #require(try await one.claim(.all(session, limit: 1)).first)
            // `one` knows the queue as open, the session as live, the counts as they are.
            try await other.changeQueue(.default, .pause)
            #expect(try await other.enqueue([NewJob(name: "work")], atomically: false).count == 1)
            #expect(try await one.claim(.all(session, limit: 1)).isEmpty)
            try await other.changeQueue(.default, .settings(QueueSettings(maxWaiting: 1)))
            guard case .refused(let error) = try await one.enqueue([NewJob(name: "work")], atomically: false)[0] else {
                Issue.record("The queue is full by now.")
                return
            }
            #expect(error.code == .queueFull)
            #expect(try await other.fence(session, ifRenewals: nil, error: "lost") == 1)
            let answers = try await one.settle(
                SettleBatch(session: session, sequence: 1, items: [Settlement(job, .completed(output: nil))]))
            #expect(answers == [.leaseLost])
            await one.close()
            await other.close()
        }
    }

    // MARK: - A process that is killed

    /// Where the child of ``whatAKilledProcessWasToldIsThere()`` works; both sides can tell.
    private static func folder(of parent: Int32) -> URL {
        FileManager.default.temporaryDirectory.appending(path: "oncue-sqlite-killed-\(parent)")
    }

    @Test func whatAKilledProcessWasToldIsThere() async throws {
        let folder = Self.folder(of: getpid())
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        await #expect(processExitsWith: .signal(SIGKILL)) {
            let folder = SharingTests.folder(of: getppid())
            let store = try await SQLiteStore(path: folder.appending(path: "jobs.db").path)
            let told = open(folder.appending(path: "told").path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
            try await withThrowingTaskGroup(of: Void.self) { group in
                // It dies in the middle of whatever these are doing.
                group.addTask {
                    try await Task.sleep(for: .milliseconds(400))
                    kill(getpid(), SIGKILL)
                }
                for _ in 0..<8 {
                    group.addTask {
                        while true {
                            let answers = try await store.enqueue(
                                (0..<5).map { _ in NewJob(name: "work") }, atomically: true)
                            let line = answers.compactMap(\.id?.description).joined(separator: " ") + "\n"
                            _ = line.withCString { write(told, $0, strlen($0)) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        let lines = try String(contentsOf: folder.appending(path: "told"), encoding: .utf8).split(separator: "\n")
        let ids = lines.flatMap { $0.split(separator: " ").compactMap { JobID(String($0)) } }
        #expect(ids.count >= 5)
        let store = try await SQLiteStore(path: folder.appending(path: "jobs.db").path)
        let found = try await store.find(ids)
        #expect(found.allSatisfy { $0?.state == .pending })
        let count = try await store.count(JobFilter(), upTo: .max).count
        // What it was not told may be there too, but never a part of an atomic batch.
        #expect(count >= ids.count && count.isMultiple(of: 5))
        #expect(try await store.check().allSatisfy { $0.severity < .problem })
        let session = try await store.openSession(.named("next"))
        #expect(try await store.claim(.all(session, limit: 100_000)).count == count)
        await store.close()
    }
}
