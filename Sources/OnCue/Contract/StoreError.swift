/// What a store could not do, why, and what would help.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which kind of trouble. New codes may come; keep a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private let name: String

        private init(_ name: String) { self.name = name }

        public var description: String { name }

        /// A value from outside breaks a rule; see ``StoreError/field``. Nothing was written.
        public static let invalid = Code("invalid")
        /// The job, queue or session does not exist.
        public static let notFound = Code("not_found")
        /// The job's state does not allow it, or the same key stands for another job.
        public static let conflict = Code("conflict")
        /// As many jobs wait in the queue as its settings allow. Nothing was written.
        public static let queueFull = Code("queue_full")
        /// The session was fenced off: what it held is others' now. Open a new one.
        public static let fenced = Code("fenced")
        /// The store did not begin within its deadline. Nothing was written; trying again is safe.
        public static let timedOut = Code("timed_out")
        /// The store may or may not have written it. Settling again with the same sequence is safe; an enqueue needs
        /// a unique key or an id of its own for that.
        public static let outcomeUnknown = Code("outcome_unknown")
        /// The store cannot be reached or cannot write for now. Nothing was written.
        public static let unavailable = Code("unavailable")
        /// Another process keeps the file locked.
        public static let locked = Code("locked")
        /// No room left on the disk. Nothing was written.
        public static let diskFull = Code("disk_full")
        /// The file, its folder or its disk may not be written to.
        public static let readOnly = Code("read_only")
        /// The file is something else, or damaged.
        public static let notADatabase = Code("not_a_database")
        /// A stored row or page is damaged.
        public static let corrupt = Code("corrupt")
        /// The store was made by a newer OnCue.
        public static let newerSchema = Code("newer_schema")
        /// This store does not offer it.
        public static let unsupported = Code("unsupported")
        /// The store was closed.
        public static let closed = Code("closed")
    }

    public var code: Code
    /// One sentence: what happened and what would help.
    public var message: String
    /// With ``Code/invalid``: the field, as the JSON API names it.
    public var field: String?

    public init(_ code: Code, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }

    public init(_ error: ValidationError) {
        self.init(.invalid, error.message, field: error.field)
    }

    public var description: String {
        if let field { return "\(field): \(message)" }
        return message
    }

    /// Whether the same call may succeed a little later without anyone doing anything.
    public var isTransient: Bool {
        [.timedOut, .outcomeUnknown, .unavailable, .locked, .diskFull].contains(code)
    }
}
