import Foundation
import Subprocess

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a program or a server of the tests did wrong.
public struct RedisTestFailure: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// A program that runs to its end.
enum TestProgram {
    /// Runs `name` from the path and returns what it said, standard error included.
    ///
    /// - Throws: ``RedisTestFailure`` when it cannot be started, fails, or takes longer than `limit`.
    static func run(_ name: String, _ arguments: [String], within limit: Duration = .seconds(60)) async throws -> String
    {
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    .name(name), arguments: Arguments(arguments), output: .string(limit: 1 << 22),
                    error: .string(limit: 1 << 20))
                guard result.terminationStatus.isSuccess else {
                    throw RedisTestFailure(
                        "\(name) \(arguments.joined(separator: " ")) failed: \(result.standardOutput)\(result.standardError)"
                    )
                }
                return result.standardOutput + result.standardError
            }
            group.addTask {
                try await Task.sleep(for: limit)
                throw RedisTestFailure("\(name) \(arguments.joined(separator: " ")) took longer than \(limit)")
            }
            // Whoever is later is cancelled; a program that still runs is ended.
            defer { group.cancelAll() }
            // Two tasks were added.
            return try await group.next() ?? ""
        }
    }

    /// Whether the path has a program of this name.
    static func isInstalled(_ name: String) -> Bool {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
}

extension Process {
    /// Starts it with no signal blocked.
    ///
    /// A thread of a pool blocks all of them, and a child inherits that: a shell would never hear that its child ended.
    func runWithoutBlockedSignals() throws {
        var none = Self.filled(by: sigemptyset)
        var before = none
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }

    private static func filled<Value>(by fill: (UnsafeMutablePointer<Value>) -> Int32) -> Value {
        let pointer = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        defer { pointer.deallocate() }
        _ = fill(pointer)
        return pointer.pointee
    }
}

extension Pipe {
    /// A pipe that no other child inherits: it would hold it open.
    static func closedInChildren() -> Pipe {
        let pipe = Pipe()
        for handle in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
            _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        return pipe
    }
}

/// Looks until `condition` holds.
///
/// - Throws: ``RedisTestFailure`` with `what` when it does not within `limit`.
func wait(
    _ what: String, within limit: Duration = .seconds(30), every pause: Duration = .milliseconds(20),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw RedisTestFailure("not within \(limit): \(what)") }
        try await Task.sleep(for: pause)
    }
}
