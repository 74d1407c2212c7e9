import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A real `oncue` process. Its output goes to files, so that nothing blocks however much it says.
final class Child: Sendable {
    /// How a process ended.
    enum End: Equatable, Sendable {
        case exited(Int32)
        case signaled(Int32)
    }

    let pid: pid_t
    private let outputPath: String
    private let errorPath: String
    private let end = Mutex<End?>(nil)

    /// Starts the built command in the scratch folder.
    init(_ arguments: [String], in scratch: Scratch, input: String? = nil, environment: [String: String] = [:]) throws {
        let serial = UUID().uuidString.prefix(8)
        outputPath = scratch.path("out-\(serial)")
        errorPath = scratch.path("err-\(serial)")
        let inputPath = try input.map { try scratch.write($0, to: "in-\(serial)") } ?? "/dev/null"

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)

        var variables = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("ONCUE_") && $0.key != "NO_COLOR"
        }
        // Without it a process that traps takes long to be gone.
        variables["SWIFT_BACKTRACE"] = "enable=no"
        // Many serve at once; who wants to be asked says where.
        variables["ONCUE_HTTP"] = "off"
        variables.merge(environment) { $1 }
        // The shell goes to the folder and becomes the command: the process id stays.
        let shell = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", scratch.folder, try Self.binary()]
        let words = (shell + arguments).map { strdup($0) } + [nil]
        let pairs = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + pairs { free(pointer) } }
        var spawned: pid_t = 0
        let status = posix_spawn(&spawned, shell[0], &actions, nil, words, pairs)
        guard status == 0 else { throw Failure("oncue cannot be started: \(String(cString: strerror(status)))") }
        pid = spawned
    }

    deinit {
        guard poll() == nil else { return }
        kill(pid, SIGCONT)
        kill(pid, SIGKILL)
        _ = waitpid(pid, nil, 0)
    }

    var output: String { Self.text(outputPath) }
    var errors: String { Self.text(errorPath) }
    var isRunning: Bool { poll() == nil }

    func send(_ signal: Int32) {
        if isRunning { kill(pid, signal) }
    }

    /// How it ended; nil while it runs.
    func poll() -> End? {
        end.withLock { end in
            if end != nil { return end }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            let signal = status & 0x7f
            end = signal == 0 ? .exited((status >> 8) & 0xff) : .signaled(signal)
            return end
        }
    }

    /// Waits for its end; kills it and fails when it takes too long.
    @discardableResult
    func ended(within limit: Duration = .seconds(30)) async throws -> End {
        let started = ContinuousClock.now
        while true {
            if let end = poll() { return end }
            guard ContinuousClock.now - started < limit else {
                send(SIGKILL)
                throw Failure("oncue did not end within \(limit); it said: \(output) \(errors)")
            }
            try await Task.sleep(for: .milliseconds(4))
        }
    }

    private static func text(_ path: String) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// The command that was built beside the tests.
    private static func binary() throws -> String {
        if let path = found { return path }
        throw Failure("there is no built oncue beside the tests; build with --build-tests first")
    }

    private static let found: String? = {
        var places = [URL(filePath: CommandLine.arguments[0]), Bundle.main.bundleURL]
        places.append(contentsOf: Bundle.allBundles.map(\.bundleURL))
        for place in places {
            var folder = place.standardizedFileURL
            for _ in 0..<5 {
                folder.deleteLastPathComponent()
                let path = folder.appending(path: "oncue").path()
                if FileManager.default.isExecutableFile(atPath: path), !isFolder(path) { return path }
            }
        }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appending(path: ".build/debug/oncue").path()
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What a command that has ended said.
struct Said: Sendable {
    var status: Int32
    var output: String
    var errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The output as JSON.
    func json() throws -> Any {
        try JSONSerialization.jsonObject(with: Data(output.utf8), options: [.fragmentsAllowed])
    }

    func object() throws -> [String: Any] {
        guard let object = try json() as? [String: Any] else { throw Failure("no JSON object: \(output)") }
        return object
    }

    func array() throws -> [[String: Any]] {
        guard let array = try json() as? [[String: Any]] else { throw Failure("no JSON array of objects: \(output)") }
        return array
    }
}

/// Runs `oncue` in the scratch folder to its end. Its store is `./oncue.db` there, unless told otherwise.
@discardableResult
func oncue(
    _ arguments: String..., in scratch: Scratch, input: String? = nil, environment: [String: String] = [:],
    within limit: Duration = .seconds(60)
) async throws -> Said {
    try await oncue(arguments, in: scratch, input: input, environment: environment, within: limit)
}

@discardableResult
func oncue(
    _ arguments: [String], in scratch: Scratch, input: String? = nil, environment: [String: String] = [:],
    within limit: Duration = .seconds(60)
) async throws -> Said {
    let child = try Child(arguments, in: scratch, input: input, environment: environment)
    let end = try await child.ended(within: limit)
    guard case .exited(let status) = end else { throw Failure("oncue \(arguments) ended by \(end): \(child.errors)") }
    return Said(status: status, output: child.output, errors: child.errors)
}

/// Waits until `condition` holds; fails with `what` after `limit`.
func wait(
    _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let started = ContinuousClock.now
    while try await !condition() {
        guard ContinuousClock.now - started < limit else { throw Failure("not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
