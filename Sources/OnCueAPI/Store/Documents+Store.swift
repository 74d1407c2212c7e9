package import OnCue

extension StoredDocument: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.field("key", key)
        json.put(bytes: "value", value)
        json.put("version", version)
        json.put("updated_at", updatedAt)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            key: try fields.read("key"), value: try fields.readBytes("value"), version: try fields.read("version"),
            updatedAt: try fields.read("updated_at"))
    }
}

extension StoredDocument.Expectation: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        switch self {
        case .anything: json.field("kind", "anything")
        case .nothing: json.field("kind", "nothing")
        case .version(let version):
            json.field("kind", "version")
            json.put("version", version)
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        switch try fields.read("kind", as: String.self) {
        case "anything": self = .anything
        case "nothing": self = .nothing
        case "version": self = .version(try fields.read("version"))
        default: throw fields.wrongType("kind", "anything, nothing or version")
        }
    }
}

extension AuditedAction: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.field("principal", principal)
        json.field(ifPresent: "role", role)
        json.field("action", action)
        json.field(ifPresent: "target", target)
        json.field("outcome", outcome)
        json.field(ifPresent: "request_id", requestID)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            principal: try fields.read("principal"), role: try fields.read(ifPresent: "role"),
            action: try fields.read("action"), target: try fields.read(ifPresent: "target"),
            outcome: try fields.read("outcome"), requestID: try fields.read(ifPresent: "request_id"))
    }
}

extension AuditEntry: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.field("cursor", cursor)
        json.put("at", at)
        json.put("action", action)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            cursor: try fields.read("cursor"), at: try fields.read("at"), action: try fields.read("action"))
    }
}

extension AuditPage: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("entries", list: entries)
        json.field(ifPresent: "next_cursor", nextCursor)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        let entries: [AuditEntry] = try fields.read(list: "entries")
        self.init(upTo: entries.count, of: entries)
        nextCursor = try fields.read(ifPresent: "next_cursor")
    }
}
