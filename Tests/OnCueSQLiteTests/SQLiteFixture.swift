import Foundation
import OnCue
import OnCueSQLite
import OnCueTesting

/// A file of its own in a folder of its own, which goes with ``cleanUp()``.
struct SQLiteFixture: StoreFixture {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "oncue-sqlite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    var path: String { folder.appending(path: "jobs.db").path }

    func open(time: any TimeSource) async throws -> any JobStore {
        try await SQLiteStore(path: path, options: .init(time: time))
    }

    func open(_ options: SQLiteStore.Options = .init()) async throws -> SQLiteStore {
        try await SQLiteStore(path: path, options: options)
    }

    var keepsData: Bool { true }
    var isShared: Bool { true }

    func cleanUp() async {
        // What is left in the system's folder for temporary files does no harm.
        try? FileManager.default.removeItem(at: folder)
    }
}

/// Runs a test on a file of its own.
func withFixture(_ body: (SQLiteFixture) async throws -> Void) async throws {
    let fixture = try SQLiteFixture()
    do {
        try await body(fixture)
    } catch {
        await fixture.cleanUp()
        throw error
    }
    await fixture.cleanUp()
}
