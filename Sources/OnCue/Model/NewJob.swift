/// A job as it is handed to a store. ``JobClient`` makes it from typed jobs and options.
public struct NewJob: Hashable, Sendable {
    /// When the job is due.
    public enum Due: Hashable, Sendable {
        case now
        /// So long after the store has accepted it, by the store's clock.
        case after(Duration)
        case at(Timestamp)
    }

    /// Nil: the store assigns one. With an id of its own an enqueue can be sent again: the second is answered as a
    /// duplicate of the first.
    public var id: JobID?
    public var name: JobName
    public var queue: QueueName
    public var priority: JobPriority
    /// Stored and handed out byte for byte.
    public var payload: [UInt8]
    /// Nil means `application/json`.
    public var contentType: String?
    public var due: Due
    /// Not started by then, the job goes to the dead letters as expired. Nil: never.
    public var expires: Due?
    public var unique: UniqueKey?
    /// What was set on the job itself; `queue` and `priority` of it are not looked at, they stand above.
    public var options: JobOptions
    public var tags: [String: String]
    public var correlationID: String?
    /// For trace context and the like; handed to the handler as they are.
    public var headers: [String: String]
    /// The job whose outcome made this one.
    public var parent: JobID?

    public init(
        id: JobID? = nil, name: JobName, queue: QueueName = .default, priority: JobPriority = .normal,
        payload: [UInt8] = [], contentType: String? = nil, due: Due = .now, expires: Due? = nil,
        unique: UniqueKey? = nil, options: JobOptions = .init(), tags: [String: String] = [:],
        correlationID: String? = nil, headers: [String: String] = [:], parent: JobID? = nil
    ) {
        self.id = id
        self.name = name
        self.queue = queue
        self.priority = priority
        self.payload = payload
        self.contentType = contentType
        self.due = due
        self.expires = expires
        self.unique = unique
        self.options = options
        self.tags = tags
        self.correlationID = correlationID
        self.headers = headers
        self.parent = parent
    }

    /// Checks every rule that does not need the store.
    ///
    /// - Parameter maxPayload: bytes a payload may have.
    /// - Throws: ``ValidationError`` for the first field that breaks one.
    public func validate(maxPayload: Int = Limits.payloadBytes) throws(ValidationError) {
        try name.validated(field: "name")
        try queue.validated(field: "queue")
        guard payload.count <= maxPayload else {
            throw ValidationError(
                field: "payload", message: "may have \(maxPayload) bytes, this has \(payload.count)")
        }
        if let contentType { try Limits.checkKey(contentType, field: "content_type") }
        if case .after(let delay) = due { try Limits.checkSpan(delay, field: "delay") }
        if case .after(let time)? = expires { try Limits.checkSpan(time, field: "expires") }
        try unique?.validated()
        try options.validate()
        guard tags.count <= Limits.tags else {
            throw ValidationError(field: "tags", message: "at most \(Limits.tags) tags, these are \(tags.count)")
        }
        for (key, value) in tags {
            try Limits.checkKey(key, field: "tags")
            if !value.isEmpty { try Limits.checkKey(value, field: "tags") }
        }
        if let correlationID { try Limits.checkKey(correlationID, field: "correlation_id") }
        guard headers.count <= Limits.headers else {
            throw ValidationError(
                field: "headers", message: "at most \(Limits.headers) headers, these are \(headers.count)")
        }
        for (key, value) in headers {
            try Limits.checkKey(key, field: "headers")
            guard value.utf8.count <= Limits.headerBytes else {
                throw ValidationError(
                    field: "headers", message: "a header has at most \(Limits.headerBytes) bytes")
            }
        }
    }
}
