/// A mistake in setting up a worker.
public struct WorkerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which mistake. New codes may come; keep a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        private init(_ description: String) { self.description = description }

        /// A second handler for the same job name.
        public static let alreadyRegistered = Code("already_registered")
        /// The worker has been started: handlers and middleware are registered before that.
        public static let alreadyStarted = Code("already_started")
        /// A setting is out of range.
        public static let invalid = Code("invalid")
    }

    public let code: Code
    /// One sentence: what is wrong and what would help.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
