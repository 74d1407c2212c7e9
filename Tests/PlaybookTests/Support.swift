import Foundation
import OnCue
import OnCueSQLite
import Subprocess
import Testing

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A folder that goes with the test.
struct Scratch: ~Copyable {
    let folder: URL

    init() throws {
        folder = URL(filePath: NSTemporaryDirectory()).appending(path: "oncue-playbook-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String = "jobs.db") -> String { folder.appending(path: name).path }
}

struct TimedOut: Error, CustomStringConvertible {
    var description: String
}

/// Looks until `condition` holds.
func eventually(
    _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TimedOut(description: "not within \(limit.text): \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Runs `body` beside the worker, and shuts the worker down in order after it.
func running<Result>(_ worker: Worker, _ body: () async throws -> Result) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await worker.run() }
        do {
            let result = try await body()
            worker.shutDown()
            try await group.waitForAll()
            return result
        } catch {
            group.cancelAll()
            throw error
        }
    }
}

/// The programs that were built beside these tests.
enum Program {
    static let folder: URL = {
        // The test bundle lies in the folder of the build; how it is named in the arguments differs by platform.
        for argument in CommandLine.arguments {
            let url = URL(filePath: argument)
            if url.lastPathComponent.hasSuffix(".xctest") { return url.deletingLastPathComponent() }
        }
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    }()

    static func path(_ name: String) -> FilePath { FilePath(folder.appending(path: name).path) }

    /// Runs a program to its end.
    static func run(
        _ name: String, _ arguments: [String], in directory: URL? = nil
    ) async throws -> (status: TerminationStatus, output: String, error: String) {
        let result = try await Subprocess.run(
            .path(path(name)), arguments: Arguments(arguments),
            workingDirectory: directory.map { FilePath($0.path) },
            output: .string(limit: 1_048_576), error: .string(limit: 1_048_576))
        return (result.terminationStatus, result.standardOutput, result.standardError)
    }
}
