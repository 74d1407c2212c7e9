/// What is run for a job: a program with its arguments, its surroundings and its limits.
public struct Command: Hashable, Sendable {
    /// The program and its arguments. A program without a slash is looked for in PATH.
    public var words: [String]
    /// Set besides PATH, HOME, LANG and what tells of the job; nothing else of our own environment is passed on.
    public var environment: [String: String]
    /// Where it runs; nil: where we run.
    public var directory: String?
    /// How long it has after SIGTERM before SIGKILL. Default 5 s.
    public var grace: Duration

    public init(
        _ words: [String], environment: [String: String] = [:], directory: String? = nil, grace: Duration = .seconds(5)
    ) {
        self.words = words
        self.environment = environment
        self.directory = directory
        self.grace = grace
    }

    /// A line for `/bin/sh`.
    public static func shell(
        _ line: String, environment: [String: String] = [:], directory: String? = nil, grace: Duration = .seconds(5)
    ) -> Command {
        Command(["/bin/sh", "-c", line], environment: environment, directory: directory, grace: grace)
    }
}

/// How a command ended.
public struct CommandEnd: Hashable, Sendable {
    public enum Status: Hashable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)

        public var description: String {
            switch self {
            case .exited(let code): "exit status \(code)"
            case .signalled(let signal): "killed by \(SignalName.of(signal))"
            }
        }
    }

    public var status: Status
    /// The front of standard output, at most ``Command/outputBytes``; what was cut is said at its end.
    public var output: [UInt8]
    public var isOutputCut: Bool
    /// The end of standard error, at most ``Command/errorBytes``.
    public var errorText: String
    /// We told it to end before it had ended by itself: its exit status says nothing of its work.
    public var isInterrupted = false
}

extension Command {
    /// What is kept of standard output: 1 MiB.
    public static let outputBytes = 1_048_576
    /// What is kept of standard error: 16 KiB, less the room for how the command ended.
    public static let errorBytes = 16_384 - 256
}

/// A command that could not be started.
public struct CommandStartError: Error, Hashable, Sendable, CustomStringConvertible {
    /// True when the program does not exist: trying again is of no use.
    public var isNotFound: Bool
    public var description: String

    init(isNotFound: Bool, _ description: String) {
        self.isNotFound = isNotFound
        self.description = description
    }
}

enum SignalName {
    private static let names: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 8: "SIGFPE", 9: "SIGKILL",
        11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
    ]

    static func of(_ signal: Int32) -> String {
        names[signal].map { "\($0) (signal \(signal))" } ?? "signal \(signal)"
    }
}
