public import Logging
public import ServiceLifecycle
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs several copies of a command and starts again the one that dies, so that a job that brings its process down does
/// not bring down the others.
///
/// Each copy finds its number, from 0, in the environment variable ``SupervisedChild/variable``, and on its standard input
/// a pipe that ends when the supervisor does: see ``SupervisedChild``. Graceful shutdown sends SIGTERM to all, and
/// SIGKILL to those that are still there after the grace; cancelling tells them once more and leaves them 5 s.
public final class Supervisor: Service {
    /// A program that could not be started at all.
    public struct StartError: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    private let executable: String?
    private let arguments: [String]
    private let environment: [String: String]
    private let processes: Int
    private let grace: Duration
    private let policy: RestartPolicy
    private let logger: Logger
    private let children = SupervisorChildren()

    /// - Parameters:
    ///   - processes: how many copies to keep running.
    ///   - executable: a path; nil means the program that runs now.
    ///   - arguments: what stands behind the program's name.
    ///   - environment: set besides our own environment, and stronger.
    ///   - grace: from SIGTERM to SIGKILL. Default 35 s, a little more than a worker gives its jobs.
    ///   - logger: where deaths and restarts are told of; nil means the task's own.
    public init(
        processes: Int, executable: String? = nil, arguments: [String], environment: [String: String] = [:],
        grace: Duration = .seconds(35), policy: RestartPolicy = RestartPolicy(),
        logger: Logger? = nil
    ) {
        self.processes = max(1, processes)
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.grace = grace
        self.policy = policy
        self.logger = logger ?? .current
    }

    /// The process ids of the copies that run, by their numbers.
    public var processIDs: [Int: Int32] { children.pids }

    /// Runs until graceful shutdown or cancellation, and returns when no copy is left.
    ///
    /// - Throws: ``StartError`` when the program does not exist.
    public func run() async throws {
        let lifeline = try Lifeline()
        defer { lifeline.close() }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await keepAll(lifeline)
            } onGracefulShutdown: {
                self.children.stop(grace: self.grace)
            }
        } onCancel: {
            children.stop(grace: min(grace, .seconds(5)))
        }
    }

    private func keepAll(_ lifeline: Lifeline) async throws {
        let failure = await withTaskGroup(of: StartError?.self) { group in
            for index in 0..<processes {
                group.addTask { await self.keep(index, lifeline) }
            }
            var failure: StartError?
            for await ended in group {
                guard let ended else { continue }
                failure = failure ?? ended
                children.stop(grace: grace)
            }
            return failure
        }
        if let failure { throw failure }
    }

    /// Keeps one copy running until the supervisor stops.
    private func keep(_ index: Int, _ lifeline: Lifeline) async -> StartError? {
        var policy = policy
        var hasStarted = false
        let clock = ContinuousClock()
        while !children.isStopping {
            let start = clock.now
            var logger = logger
            logger[metadataKey: "process"] = "\(index)"
            let end = await runOnce(index, lifeline)
            let life = clock.now - start
            switch end {
            case .failedToStart(let reason, let isMissing):
                if isMissing, !hasStarted { return StartError(description: reason) }
                logger.error("A worker process could not be started", metadata: ["error": "\(reason)"])
            case .ended(let how, let pid):
                hasStarted = true
                if children.isStopping { return nil }
                logger.error(
                    "A worker process has ended",
                    metadata: ["pid": "\(pid)", "how": "\(how)", "lived": "\(life.roundedToMilliseconds.text)"])
            }
            let wait = policy.wait(afterLifeOf: life)
            logger.info("It is started again", metadata: ["in": "\(wait.text)"])
            await children.pause(wait)
        }
        return nil
    }

    private enum End: Sendable {
        case ended(String, pid: Int32)
        case failedToStart(String, isMissing: Bool)
    }

    /// One life. In a task that is never cancelled: how children end is decided by ``SupervisorChildren`` alone.
    private func runOnce(_ index: Int, _ lifeline: Lifeline) async -> End {
        let configuration = configuration(index)
        let children = children
        return await Task {
            do {
                let result = try await Subprocess.run(
                    configuration, input: .fileDescriptor(lifeline.childEnd, closeAfterSpawningProcess: false),
                    output: .currentStandardOutput, error: .currentStandardError
                ) { execution in
                    children.started(index, pid: execution.processIdentifier.value)
                }
                children.ended(index)
                let how =
                    switch result.terminationStatus {
                    case .exited(let code): "exit status \(code)"
                    case .signaled(let signal): "signal \(signal)"
                    }
                return .ended(how, pid: result.processIdentifier.value)
            } catch {
                children.ended(index)
                let isMissing = (error as? SubprocessError)?.code == .executableNotFound
                return .failedToStart("cannot start \(configuration.executable): \(error)", isMissing: isMissing)
            }
        }.value
    }

    private func configuration(_ index: Int) -> Configuration {
        var values: [Environment.Key: String?] = [:]
        for (key, value) in environment {
            if let key = Environment.Key(rawValue: key) { values[key] = value }
        }
        if let key = Environment.Key(rawValue: SupervisedChild.variable) { values[key] = "\(index)" }
        var options = PlatformOptions()
        // Ctrl-C reaches the supervisor alone, which then tells its children.
        options.processGroupID = 0
        let program = executable ?? Self.ownExecutable
        return Configuration(
            executable: .path(FilePath(program)),
            arguments: Arguments(
                executablePathOverride: executable ?? CommandLine.arguments.first ?? program,
                remainingValues: arguments),
            environment: .inherit.updating(values), platformOptions: options)
    }

    /// The program that runs now, also after its file was replaced.
    private static var ownExecutable: String {
        #if os(Linux)
            return "/proc/self/exe"
        #else
            var size: UInt32 = 4_096
            var buffer = [CChar](repeating: 0, count: Int(size))
            guard _NSGetExecutablePath(&buffer, &size) == 0 else { return CommandLine.arguments.first ?? "" }
            return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #endif
    }
}

/// A pipe that nobody writes to: it ends when the supervisor's process does, however it does.
private struct Lifeline: Sendable {
    let childEnd: FileDescriptor
    private let ownEnd: FileDescriptor

    init() throws {
        (childEnd, ownEnd) = try FileDescriptor.pipe()
        _ = fcntl(childEnd.rawValue, F_SETFD, FD_CLOEXEC)
        _ = fcntl(ownEnd.rawValue, F_SETFD, FD_CLOEXEC)
    }

    func close() {
        try? childEnd.close()
        try? ownEnd.close()
    }
}

extension Duration {
    fileprivate var roundedToMilliseconds: Duration { .milliseconds(wholeMicroseconds / 1_000) }
}
