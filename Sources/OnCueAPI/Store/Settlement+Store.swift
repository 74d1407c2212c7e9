package import OnCue

extension Settlement.Outcome: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        switch self {
        case .completed(let output):
            json.field("kind", "completed")
            json.put(bytesIfPresent: "output", output)
        case .retry(let span, let counts):
            json.field("kind", "retry")
            json.put("span", span)
            json.put("counts", counts)
        case .snooze(let span):
            json.field("kind", "snooze")
            json.put("span", span)
        case .released: json.field("kind", "released")
        case .cancelled(let reason):
            json.field("kind", "cancelled")
            json.field(ifPresent: "reason", reason)
        case .dead(let reason):
            json.field("kind", "dead")
            json.put("reason", reason)
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        switch try fields.read("kind", as: String.self) {
        case "completed": self = .completed(output: try fields.readBytes(ifPresent: "output"))
        case "retry": self = .retry(after: try fields.read("span"), counts: try fields.read("counts"))
        case "snooze": self = .snooze(try fields.read("span"))
        case "released": self = .released
        case "cancelled": self = .cancelled(reason: try fields.read(ifPresent: "reason"))
        case "dead": self = .dead(try fields.read("reason"))
        default: throw fields.wrongType("kind", "completed, retry, snooze, released, cancelled or dead")
        }
    }
}

extension Settlement.Keep: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        switch self {
        case .policy: json.field("kind", "policy")
        case .atLeast(let span):
            json.field("kind", "at_least")
            json.put("span", span)
        case .nothing: json.field("kind", "nothing")
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        switch try fields.read("kind", as: String.self) {
        case "policy": self = .policy
        case "at_least": self = .atLeast(try fields.read("span"))
        case "nothing": self = .nothing
        default: throw fields.wrongType("kind", "policy, at_least or nothing")
        }
    }
}

extension Settlement.Failure: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("category", category)
        json.field("error", error)
        json.put("started_at", startedAt)
        json.put("duration", duration)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            category: try fields.read("category"), error: try fields.read("error"),
            startedAt: try fields.read("started_at"), duration: try fields.read("duration"))
    }
}

extension Settlement: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("job", job)
        json.put("outcome", outcome)
        json.put(ifPresent: "failure", failure)
        if !followUps.isEmpty { json.put("follow_ups", list: followUps) }
        if keep != .policy { json.put("keep", keep) }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            try fields.read("job"), try fields.read("outcome"), failure: try fields.read(ifPresent: "failure"),
            followUps: try fields.read(list: "follow_ups"), keep: try fields.read(ifPresent: "keep") ?? .policy)
    }
}

extension SettleBatch: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("session", session)
        json.put("sequence", sequence)
        json.put("items", list: items)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            session: try fields.read("session"), sequence: try fields.read("sequence"),
            items: try fields.read(list: "items"))
    }
}

extension SettleAnswer: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        switch self {
        case .applied(let state): json.put("applied", state)
        case .leaseLost: json.put("lease_lost", true)
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        if let state: JobState = try fields.read(ifPresent: "applied") {
            self = .applied(state)
        } else {
            guard try fields.read("lease_lost") else { throw fields.wrongType("lease_lost", "true") }
            self = .leaseLost
        }
    }
}

extension JobNote: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("job", job)
        switch content {
        case .progress(let progress, let message):
            json.field("kind", "progress")
            json.put("progress", progress)
            json.field(ifPresent: "message", message)
        case .checkpoint(let bytes):
            json.field("kind", "checkpoint")
            json.put(bytes: "checkpoint", bytes)
        case .effect(let key, let result):
            json.field("kind", "effect")
            json.field("key", key)
            json.put(bytes: "result", result)
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        let content: Content
        switch try fields.read("kind", as: String.self) {
        case "progress":
            content = .progress(try fields.read("progress"), message: try fields.read(ifPresent: "message"))
        case "checkpoint": content = .checkpoint(try fields.readBytes("checkpoint"))
        case "effect": content = .effect(key: try fields.read("key"), result: try fields.readBytes("result"))
        default: throw fields.wrongType("kind", "progress, checkpoint or effect")
        }
        self.init(try fields.read("job"), content)
    }
}
