package import OnCue

extension JobOptions: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put(ifPresent: "queue", queue)
        json.put(ifPresent: "priority", priority)
        json.put(ifPresent: "max_attempts", maxAttempts)
        json.put(ifPresent: "backoff", backoff)
        json.put(ifPresent: "timeout", timeout)
        json.put(ifPresent: "soft_timeout", softTimeout)
        json.put(ifPresent: "retention", retention)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            queue: try fields.read(ifPresent: "queue"), priority: try fields.read(ifPresent: "priority"),
            maxAttempts: try fields.read(ifPresent: "max_attempts"), backoff: try fields.read(ifPresent: "backoff"),
            timeout: try fields.read(ifPresent: "timeout"),
            softTimeout: try fields.read(ifPresent: "soft_timeout"),
            retention: try fields.read(ifPresent: "retention"))
    }
}

extension Backoff: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("strategy", strategy)
        json.put("initial", initial)
        json.put("max", max)
        json.put("multiplier", multiplier)
        json.put("jitter", jitter)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            strategy: try fields.read("strategy"), initial: try fields.read("initial"),
            max: try fields.read("max"), multiplier: try fields.read("multiplier"),
            jitter: try fields.read("jitter"))
    }
}

extension UniqueKey: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.field("key", key)
        switch until {
        case .finished: json.field("until", "finished")
        case .started: json.field("until", "started")
        case .elapsed(let span):
            json.field("until", "elapsed")
            json.put("span", span)
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        let until: Until
        switch try fields.read("until", as: String.self) {
        case "finished": until = .finished
        case "started": until = .started
        case "elapsed": until = .elapsed(try fields.read("span"))
        default: throw fields.wrongType("until", "finished, started or elapsed")
        }
        self.init(try fields.read("key"), until: until)
    }
}

extension NewJob.Due: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        switch self {
        case .now: json.field("kind", "now")
        case .after(let span):
            json.field("kind", "after")
            json.put("span", span)
        case .at(let moment):
            json.field("kind", "at")
            json.put("moment", moment)
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        switch try fields.read("kind", as: String.self) {
        case "now": self = .now
        case "after": self = .after(try fields.read("span"))
        case "at": self = .at(try fields.read("moment"))
        default: throw fields.wrongType("kind", "now, after or at")
        }
    }
}

extension NewJob: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put(ifPresent: "id", id)
        json.put("name", name)
        json.put("queue", queue)
        json.put("priority", priority)
        json.put(bytes: "payload", payload)
        json.field(ifPresent: "content_type", contentType)
        if due != .now { json.put("due", due) }
        json.put(ifPresent: "expires", expires)
        json.put(ifPresent: "unique", unique)
        if options != JobOptions() { json.put("options", options) }
        json.field(ifPresent: "tags", tags)
        json.field(ifPresent: "correlation_id", correlationID)
        json.field(ifPresent: "headers", headers)
        json.put(ifPresent: "parent", parent)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            id: try fields.read(ifPresent: "id"), name: try fields.read("name"),
            queue: try fields.read(ifPresent: "queue") ?? .default,
            priority: try fields.read(ifPresent: "priority") ?? .normal,
            payload: try fields.readBytes(ifPresent: "payload") ?? [],
            contentType: try fields.read(ifPresent: "content_type"), due: try fields.read(ifPresent: "due") ?? .now,
            expires: try fields.read(ifPresent: "expires"), unique: try fields.read(ifPresent: "unique"),
            options: try fields.read(ifPresent: "options") ?? JobOptions(), tags: try fields.texts("tags"),
            correlationID: try fields.read(ifPresent: "correlation_id"), headers: try fields.texts("headers"),
            parent: try fields.read(ifPresent: "parent"))
    }
}
