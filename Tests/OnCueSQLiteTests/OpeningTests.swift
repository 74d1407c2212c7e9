import Foundation
import GRDB
import OnCue
import Testing

@testable import OnCueSQLite

@Suite struct OpeningTests {
    private func openingError(_ path: String, _ options: SQLiteStore.Options = .init()) async -> StoreError? {
        do throws(StoreError) {
            let store = try await SQLiteStore(path: path, options: options)
            await store.close()
            return nil
        } catch {
            return error
        }
    }

    @Test func aNewFileIsMadeWithTheSettingsThatThePromisesNeed() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            let settings = try await store.write { ledger throws(StoreError) in
                [
                    try ledger.connection.text("PRAGMA journal_mode"), try ledger.connection.text("PRAGMA synchronous"),
                    try ledger.connection.text("PRAGMA application_id"),
                ]
            }
            #expect(settings == ["wal", "2", "\(Schema.applicationID)"])
            let info = try await store.info()
            #expect(info.kind == "sqlite" && info.schemaVersion == Schema.version && info.location == fixture.path)
            #expect((info.sizeInBytes ?? 0) > 0)
            await store.close()

            let relaxed = try await fixture.open(.init(durability: .normal))
            let synchronous = try await relaxed.write { ledger throws(StoreError) in
                try ledger.connection.text("PRAGMA synchronous")
            }
            #expect(synchronous == "1")
            await relaxed.close()
        }
    }

    @Test func whatIsNoDatabaseIsRefusedAndLeftAlone() async throws {
        try await withFixture { fixture in
            let text = Data("Dear diary, today I wrote a job system and it was good.".utf8)
            try text.write(to: URL(filePath: fixture.path))
            let error = try #require(await openingError(fixture.path))
            #expect(error.code == .notADatabase)
            #expect(error.message.contains(fixture.path))
            #expect(try Data(contentsOf: URL(filePath: fixture.path)) == text)

            #expect(await openingError(fixture.folder.path)?.code == .notADatabase)
            #expect(await openingError(fixture.folder.appending(path: "none/jobs.db").path)?.code == .unavailable)
            #expect(await openingError("")?.code == .invalid)
        }
    }

    @Test func anotherApplicationsFileIsRefusedAndLeftAlone() async throws {
        try await withFixture { fixture in
            let other = try DatabaseQueue(path: fixture.path)
            try await other.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA application_id = 1234; CREATE TABLE bookmarks (url TEXT)")
            }
            try other.close()
            let before = try Data(contentsOf: URL(filePath: fixture.path))
            let error = try #require(await openingError(fixture.path))
            #expect(error.code == .notADatabase)
            #expect(error.message.contains("1234"))
            #expect(try Data(contentsOf: URL(filePath: fixture.path)) == before)
        }
    }

    @Test func anApplicationsOwnFileWithoutAMarkIsShared() async throws {
        try await withFixture { fixture in
            let own = try DatabaseQueue(path: fixture.path)
            try await own.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA user_version = 41; CREATE TABLE orders (id INTEGER PRIMARY KEY)")
            }
            let store = try await fixture.open()
            _ = try await store.enqueue([NewJob(name: "work")], atomically: false)
            await store.close()
            let kept = try await own.read { database in
                try [
                    Int.fetchOne(database, sql: "PRAGMA user_version"),
                    Int.fetchOne(database, sql: "PRAGMA application_id"),
                    Int.fetchOne(database, sql: "SELECT count(*) FROM orders"),
                ]
            }
            #expect(kept == [41, 0, 0])
            // A mark that the application sets later does not lock its own jobs out.
            try await own.writeWithoutTransaction { try $0.execute(sql: "PRAGMA application_id = 77") }
            try own.close()
            #expect(await openingError(fixture.path) == nil)
        }
    }

    @Test func aNewerSchemaIsRefusedAndLeftAlone() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.enqueue([NewJob(name: "work")], atomically: false)
            await store.close()
            let queue = try DatabaseQueue(path: fixture.path)
            try await queue.writeWithoutTransaction { try $0.execute(sql: "UPDATE oncue_store SET version = 99") }
            let error = try #require(await openingError(fixture.path))
            #expect(error.code == .newerSchema)
            #expect(error.message.contains("99"))
            let version = try await queue.read { try Int.fetchOne($0, sql: "SELECT version FROM oncue_store") }
            #expect(version == 99)
        }
    }

    @Test func aDamagedFileIsRefused() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.enqueue(
                (0..<2_000).map { NewJob(name: "work", payload: Array("\($0)".utf8)) }, atomically: false)
            await store.close()
            var bytes = try Data(contentsOf: URL(filePath: fixture.path))
            let middle = bytes.count / 8192 * 4096
            bytes.replaceSubrange(middle..<middle + 16_384, with: Data(repeating: 0xa5, count: 16_384))
            try bytes.write(to: URL(filePath: fixture.path))
            #expect(await openingError(fixture.path)?.code == .corrupt)
            // Without the check what is readable stays readable.
            #expect(await openingError(fixture.path, .init(checksIntegrity: false)) == nil)
        }
    }

    @Test func aFileThatAnotherProcessHasLockedIsReported() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            await store.close()
            let other = try Turnstile(database: fixture.path)
            other.enter()
            let error = await openingError(fixture.path, .init(callTimeout: .milliseconds(300)))
            #expect(error?.code == .locked)
            other.leave()
            #expect(await openingError(fixture.path) == nil)
        }
    }

    @Test func aFileThatMayNotBeWrittenIsReported() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.enqueue([NewJob(name: "work")], atomically: false)
            await store.close()
            // Permissions do not bind root, the immutable flag does; where neither can be had there is nothing to see.
            guard let thaw = freeze(fixture.path) else { return }
            defer { thaw() }
            #expect(await openingError(fixture.path)?.code == .readOnly)
        }
    }

    /// Makes a file unwritable; how to undo it, nil when it could not be done.
    private func freeze(_ path: String) -> (() -> Void)? {
        func run(_ tool: String, _ arguments: String...) -> Bool {
            let process = Process()
            process.executableURL = URL(filePath: tool)
            process.arguments = arguments
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
        if run("/usr/bin/chattr", "+i", path) { return { _ = run("/usr/bin/chattr", "-i", path) } }
        guard chmod(path, 0o444) == 0, access(path, W_OK) != 0 else { return nil }
        return { chmod(path, 0o644) }
    }

    @Test func openingOneNewFileManyTimesAtOnceMakesItOnce() async throws {
        try await withFixture { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let store = try await fixture.open()
                        _ = try await store.enqueue([NewJob(name: "work")], atomically: false)
                        await store.close()
                    }
                }
                try await group.waitForAll()
            }
            let store = try await fixture.open()
            #expect(try await store.count(JobFilter(), upTo: 100) == JobCount(6, isExact: true))
            await store.close()
        }
    }

    // MARK: Migrations

    @Test func anOlderFileIsBroughtToTheVersionThatIsAskedFor() throws {
        let database = try DatabaseQueue()
        try database.writeWithoutTransaction { database in
            let connection = Connection(try #require(database.sqliteConnection))
            let now = Timestamp(microseconds: 1)
            #expect(try Schema.migrate(connection, now: now) == 0)
            #expect(try Schema.installedVersion(on: connection) == Schema.version)
            // Once more changes nothing.
            #expect(try Schema.migrate(connection, now: now) == Schema.version)

            let further = Schema.migrations + ["ALTER TABLE oncue_store ADD COLUMN note TEXT"]
            #expect(try Schema.migrate(connection, now: now, to: further) == Schema.version)
            #expect(try Schema.installedVersion(on: connection) == further.count)
            #expect(try connection.integer("SELECT count(*) FROM oncue_store WHERE note IS NULL") == 1)
            // And this one is then too old for it.
            #expect(throws: StoreError.self) { try Schema.migrate(connection, now: now) }
        }
    }

    @Test func aFileOfTheFirstVersionIsBroughtUpWithItsJobs() async throws {
        try await withFixture { fixture in
            let queue = try DatabaseQueue(path: fixture.path)
            try await queue.writeWithoutTransaction { database in
                let connection = Connection(try #require(database.sqliteConnection))
                try Schema.migrate(connection, now: Timestamp(microseconds: 1), to: [Schema.migrations[0]])
                #expect(try Schema.installedVersion(on: connection) == 1)
            }
            try queue.close()
            let store = try await fixture.open()
            #expect(try await store.info().schemaVersion == Schema.version)
            #expect(try await store.check().allSatisfy { $0.subject != "schema" || $0.severity == .fine })
            _ = try await store.putDocument([1], at: "a", in: "things", expecting: .nothing)
            let ids = try await store.enqueue([NewJob(name: "work")], atomically: true).map(\.id)
            await store.close()

            // What the first version has of it: no tables of the second.
            let older = try DatabaseQueue(path: fixture.path)
            try await older.writeWithoutTransaction { database in
                try database.execute(
                    sql: "DROP TABLE oncue_documents; DROP TABLE oncue_audit; UPDATE oncue_store SET version = 1")
            }
            try older.close()
            let again = try await fixture.open()
            #expect(try await again.find(ids.compactMap(\.self)).map { $0?.state } == [.pending])
            #expect(try await again.documents(in: "things", after: nil, limit: 1).isEmpty)
            try await again.appendAudit([AuditedAction(principal: "p", action: "a", outcome: "done")])
            await again.close()
        }
    }

    @Test func aMigrationThatFailsLeavesTheOldVersion() throws {
        let database = try DatabaseQueue()
        try database.writeWithoutTransaction { database in
            let connection = Connection(try #require(database.sqliteConnection))
            let now = Timestamp(microseconds: 1)
            try Schema.migrate(connection, now: now)
            try connection.execute("BEGIN IMMEDIATE")
            let broken = Schema.migrations + ["CREATE TABLE oncue_new (a)", "CREATE TABLE oncue_new (a)"]
            #expect(throws: StoreError.self) { try Schema.migrate(connection, now: now, to: broken) }
            try connection.execute("ROLLBACK")
            #expect(try Schema.installedVersion(on: connection) == Schema.version)
            #expect(try connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'oncue_new'") == 0)
        }
    }

    @Test func everyTableIsListed() throws {
        let database = try DatabaseQueue()
        try database.writeWithoutTransaction { database in
            try Schema.migrate(
                Connection(try #require(database.sqliteConnection)), now: Timestamp(microseconds: 1))
            let tables = try String.fetchSet(
                database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'oncue%'")
            #expect(tables == Set(Schema.tables))
        }
    }

    // MARK: Network file systems

    private static let mounts = """
        22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
        40 22 0:35 / /mnt/my\\040share rw,relatime shared:20 - nfs4 server:/export rw,vers=4.2
        41 22 0:36 / /mnt/win rw - cifs //server/share rw
        42 40 254:1 / /mnt/my\\040share/local rw - xfs /dev/vdb rw
        43 22 0:37 / /home/me/remote rw - fuse.sshfs me@host: rw
        """

    @Test(arguments: [
        ("/", nil), ("/mnt", nil), ("/mnt/my share", "nfs4"), ("/mnt/my share/jobs", "nfs4"),
        ("/mnt/my share/local/jobs", nil), ("/mnt/my shared", nil), ("/mnt/win", "cifs"),
        ("/home/me/remote/x", "fuse.sshfs"), ("/home/me", nil),
    ])
    func networkFileSystemsAreKnown(_ folder: String, _ type: String?) {
        #expect(DatabaseFile.networkFileSystem(of: folder, mounts: Self.mounts) == type)
    }
}
