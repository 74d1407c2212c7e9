/// Why a command has no reply.
public struct RedisError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// Nothing reached the server: safe to repeat.
        case notSent
        /// It was sent and the reply is lost: it may have run.
        case outcomeUnknown
        /// It could not be sent before its deadline: it has not run.
        case timedOut
        /// The server answered with an error.
        case server(RedisServerError)
        /// The client was shut down.
        case closed
        /// The configuration cannot work: an unreadable certificate, a wrong URL, an unknown database.
        case configuration
        /// The server refused the user or the password.
        case authentication
        /// What the server sent is not RESP, or not what was asked for.
        case protocolViolation
        /// The task was cancelled while it waited.
        case cancelled
        /// The server or this client cannot do it.
        case unsupported
    }

    public var code: Code
    /// One sentence: what happened, to whom, what would help. No secrets.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: RedisServerError) {
        self.init(.server(error), error.message)
    }

    /// The server's error, where it answered with one.
    public var server: RedisServerError? {
        if case .server(let error) = code { error } else { nil }
    }

    public var description: String { message }
}

/// An error that a server answered with.
public struct RedisServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first word: `ERR`, `NOSCRIPT`, `WRONGTYPE`.
    public var code: String
    /// The whole line, the first word included.
    public var message: String

    public init(message: String) {
        self.message = message
        code = message.prefix { $0 != " " }.description
    }

    public var description: String { message }

    /// It was refused for a state that passes: it has not run and may be sent again after a pause.
    var passes: Bool {
        switch code {
        case "LOADING", "MASTERDOWN", "READONLY", "CLUSTERDOWN", "TRYAGAIN": true
        // A command that blocked at a master that is none any more; not one that somebody unblocked.
        case "UNBLOCKED": message.contains("instance state changed")
        default: false
        }
    }

    /// It was refused because it belongs to another server: it has not run.
    var redirects: Bool { code == "MOVED" || code == "ASK" }
}
