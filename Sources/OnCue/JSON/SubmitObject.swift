/// One submission of the HTTP API and of batch files, as in
/// `{"name": "email.receipt", "payload": {…}, "queue": "mail", "delay": "5m"}`.
///
/// The payload's bytes are cut out of the text as they stand. Fields that are not known are ignored; a field of the wrong
/// type is refused. `null` is as if the field were not there, but for `payload`.
public enum SubmitObject {
    /// How long an `idempotency_key` holds.
    public static let idempotencyTime: Duration = .seconds(86_400)

    /// - Parameter range: the part of `bytes` that is the object; nil means all.
    /// - Throws: ``ValidationError`` with the field and what would be right; `body` when the text is not a JSON object.
    ///   What the store checks (names, sizes, ranges) is left to it and to ``NewJob/validate(maxPayload:)``.
    public static func decode(_ bytes: [UInt8], in range: Range<Int>? = nil) throws(ValidationError) -> NewJob {
        let fields = try JSONFields(bytes, in: range, field: "body")
        var job = NewJob(name: try name(fields))
        job.id = try id(fields, "id")
        job.parent = try id(fields, "parent")
        try payload(fields, of: &job)
        if let queue = try fields.text("queue") { job.queue = QueueName(queue) }
        job.priority = try priority(fields) ?? job.priority
        job.due = try due(fields)
        job.expires = try expiry(fields)
        job.unique = try unique(fields)
        job.options = JobOptions(
            maxAttempts: try fields.integer("max_attempts"), backoff: try backoff(fields),
            timeout: try fields.duration("timeout"), softTimeout: try fields.duration("soft_timeout"),
            retention: try fields.duration("retention"))
        job.tags = try fields.texts("tags")
        job.headers = try fields.texts("headers")
        job.correlationID = try fields.text("correlation_id").flatMap { $0.isEmpty ? nil : $0 }
        return job
    }

    /// Changes to a waiting job, as in `{"priority": "high", "delay": "0s"}`; what is not there stays as it is.
    ///
    /// - Throws: ``ValidationError`` with the field and what would be right; `edit` when nothing is to be changed.
    package static func edit(_ fields: JSONFields) throws(ValidationError) -> JobEdit {
        var carrier = NewJob(name: "edit")
        try payload(fields, of: &carrier)
        let hasPayload = fields.raw("payload") != nil || fields["payload_base64"] != nil
        let hasDue = fields["delay"] != nil || fields["scheduled_at"] != nil
        let edit = JobEdit(
            payload: hasPayload ? carrier.payload : nil, priority: try priority(fields),
            due: hasDue ? try due(fields) : nil)
        guard edit != JobEdit() else {
            throw ValidationError(
                field: "edit", message: "has nothing to change in it: give payload, priority, delay or scheduled_at")
        }
        return edit
    }

    private static func name(_ fields: JSONFields) throws(ValidationError) -> JobName {
        let (name, type) = (try fields.text("name"), try fields.text("type"))
        if let name, let type, name != type {
            throw ValidationError(field: "name", message: "'name' and 'type' mean the same and differ here; give one")
        }
        guard let text = name ?? type else {
            throw ValidationError(field: "name", message: "is missing: say which job this is, as \"name\" or \"type\"")
        }
        return JobName(text)
    }

    private static func id(_ fields: JSONFields, _ name: String) throws(ValidationError) -> JobID? {
        guard let text = try fields.text(name) else { return nil }
        guard let id = JobID(text) else { throw fields.wrongType(name, "a job id, which is a UUID") }
        return id
    }

    private static func payload(_ fields: JSONFields, of job: inout NewJob) throws(ValidationError) {
        job.contentType = try fields.text("content_type")
        let encoded = try fields.text("payload_base64")
        if let value = fields.raw("payload") {
            guard encoded == nil else {
                throw ValidationError(field: "payload", message: "give either payload or payload_base64")
            }
            job.payload = Array(fields.bytes[value.range])
        } else if let encoded {
            guard let decoded = Base64.decode(Array(encoded.utf8)[...]) else {
                throw ValidationError(field: "payload_base64", message: "is not base64 with padding")
            }
            job.payload = decoded
        }
    }

    private static func priority(_ fields: JSONFields) throws(ValidationError) -> JobPriority? {
        guard let value = fields["priority"] else { return nil }
        switch value.kind {
        case .string:
            return try fields.text("priority").map { text throws(ValidationError) in try JobPriority(parsing: text) }
        case .number: return try JobPriority(parsing: fields.source(of: value))
        default: throw fields.wrongType("priority", "a number from 0 to 4 or a name such as \"high\"")
        }
    }

    private static func due(_ fields: JSONFields) throws(ValidationError) -> NewJob.Due {
        let (delay, moment) = (try fields.duration("delay"), try fields.moment("scheduled_at"))
        if delay != nil, moment != nil {
            throw ValidationError(field: "delay", message: "give either delay or scheduled_at")
        }
        if let delay { return delay == .zero ? .now : .after(delay) }
        return moment.map { .at($0) } ?? .now
    }

    private static func expiry(_ fields: JSONFields) throws(ValidationError) -> NewJob.Due? {
        let (after, at) = (try fields.duration("expires"), try fields.moment("expires_at"))
        if after != nil, at != nil {
            throw ValidationError(field: "expires", message: "give either expires or expires_at")
        }
        return after.map { .after($0) } ?? at.map { .at($0) }
    }

    private static func unique(_ fields: JSONFields) throws(ValidationError) -> UniqueKey? {
        let idempotency = try fields.text("idempotency_key").flatMap { $0.isEmpty ? nil : $0 }
        guard let value = fields["unique"] else {
            return idempotency.map { UniqueKey($0, until: .elapsed(idempotencyTime)) }
        }
        guard idempotency == nil else {
            throw ValidationError(field: "unique", message: "give either unique or idempotency_key")
        }
        if value.kind == .string { return try fields.text("unique").map { UniqueKey($0) } }
        let inner = try fields.object("unique", "an object such as {\"key\": \"order-1\", \"ttl\": \"1h\"}")
        guard let key = try inner.text("key") else {
            throw ValidationError(field: "unique.key", message: "is missing")
        }
        let (ttl, until) = (try inner.duration("ttl"), try inner.text("until"))
        if let ttl {
            guard until == nil else {
                throw ValidationError(field: "unique.until", message: "give either ttl or until")
            }
            return UniqueKey(key, until: .elapsed(ttl))
        }
        switch until {
        case nil, "finished": return UniqueKey(key, until: .finished)
        case "started": return UniqueKey(key, until: .started)
        default: throw ValidationError(field: "unique.until", message: "takes \"finished\" or \"started\"")
        }
    }

    static func backoff(_ fields: JSONFields) throws(ValidationError) -> Backoff? {
        guard let value = fields["backoff"] else { return nil }
        if value.kind == .string {
            return try fields.text("backoff").map { text throws(ValidationError) in try Backoff(parsing: text) }
        }
        let inner = try fields.object(
            "backoff", "an object such as {\"strategy\": \"exponential\", \"initial_delay\": \"1s\"}")
        let word = try inner.text("strategy")?.lowercased() ?? Backoff.Strategy.exponential.rawValue
        guard let strategy = Backoff.Strategy(rawValue: word) else {
            throw ValidationError(field: "backoff.strategy", message: "takes constant, linear or exponential")
        }
        let initial = try inner.duration("initial_delay") ?? .seconds(1)
        return try Backoff(
            strategy: strategy, initial: initial,
            max: try inner.duration("max_delay") ?? max(initial, .seconds(3_600)),
            multiplier: try inner.number("multiplier") ?? 2, jitter: try inner.number("jitter") ?? 0.1
        ).validated()
    }
}
