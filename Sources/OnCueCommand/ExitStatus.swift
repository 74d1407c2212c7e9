import OnCue

/// What the process ends with, so that scripts can tell one trouble from another.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    /// Anything that has no status of its own; also findings of `doctor`.
    case failure = 1
    /// The command line, a setting or a value breaks a rule. Nothing was done.
    case usage = 2
    case notFound = 3
    /// The state of a job or queue does not allow it, or a job was not taken.
    case refused = 4
    /// The store cannot be opened, reached or written.
    case unavailable = 5
    /// What was waited for did not happen in time.
    case timedOut = 6
    /// The job that was waited for ended dead or cancelled.
    case jobFailed = 7

    var meaning: String {
        switch self {
        case .success: "done"
        case .failure: "something failed; doctor: something needs attention"
        case .usage: "the command line, a setting or a value is wrong; nothing was done"
        case .notFound: "no such job, queue or worker"
        case .refused: "refused: a job's state, a full queue, a wrong line of a batch"
        case .unavailable: "the store cannot be opened, reached or written"
        case .timedOut: "what was waited for did not happen in time"
        case .jobFailed: "the job that was waited for ended dead or cancelled"
        }
    }

    /// The table for the help pages.
    static var table: String {
        allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
    }
}

/// An end of the command that is not success: what to print and with which status.
struct CommandError: Error, CustomStringConvertible {
    var status: ExitStatus
    /// One sentence. Empty: everything was said already.
    var message: String
    /// What would help.
    var hint: String?

    init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
        self.status = status
        self.message = message
        self.hint = hint
    }

    /// Ends with `status` after everything was printed.
    static func silent(_ status: ExitStatus) -> CommandError { CommandError(status, "") }

    static func usage(_ message: String, hint: String? = nil) -> CommandError {
        CommandError(.usage, message, hint: hint)
    }

    var description: String { hint.map { "\(message)\n\($0)" } ?? message }
}

extension CommandError {
    init(_ error: ValidationError) {
        self.init(.usage, error.description)
    }

    init(_ error: StoreError) {
        let status: ExitStatus =
            switch error.code {
            case .invalid, .unsupported: .usage
            case .notFound: .notFound
            case .conflict, .queueFull: .refused
            case .timedOut, .unavailable, .locked, .diskFull, .readOnly, .notADatabase, .corrupt, .newerSchema,
                .closed, .outcomeUnknown:
                .unavailable
            default: .failure
            }
        self.init(status, error.description)
    }

    /// The end that `error` stands for; nil when it is one of the argument parser's.
    init?(any error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as ValidationError: self.init(error)
        case let error as StoreError: self.init(error)
        case let error as WorkerError: self.init(.usage, error.message)
        default: return nil
        }
    }
}
