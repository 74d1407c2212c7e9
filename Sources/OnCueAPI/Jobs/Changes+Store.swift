package import OnCue

extension EnqueueAnswer: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        switch self {
        case .accepted(let id): json.put("accepted", id)
        case .duplicate(let id): json.put("duplicate_of", id)
        case .refused(let error): json.put("refused", error)
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        if let id: JobID = try fields.read(ifPresent: "accepted") {
            self = .accepted(id)
        } else if let id: JobID = try fields.read(ifPresent: "duplicate_of") {
            self = .duplicate(of: id)
        } else {
            self = .refused(try fields.read("refused"))
        }
    }
}

extension JobChange: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        switch self {
        case .cancel(let reason, let force):
            json.field("kind", "cancel")
            json.field(ifPresent: "reason", reason)
            json.put("force", force)
        case .retry(let resetAttempts):
            json.field("kind", "retry")
            json.put("reset_attempts", resetAttempts)
        case .delete: json.field("kind", "delete")
        case .edit(let edit):
            json.field("kind", "edit")
            json.put(bytesIfPresent: "payload", edit.payload)
            json.put(ifPresent: "priority", edit.priority)
            json.put(ifPresent: "due", edit.due)
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        switch try fields.read("kind", as: String.self) {
        case "cancel":
            self = .cancel(reason: try fields.read(ifPresent: "reason"), force: try fields.read("force"))
        case "retry": self = .retry(resetAttempts: try fields.read("reset_attempts"))
        case "delete": self = .delete
        case "edit":
            self = .edit(
                JobEdit(
                    payload: try fields.readBytes(ifPresent: "payload"),
                    priority: try fields.read(ifPresent: "priority"),
                    due: try fields.read(ifPresent: "due")))
        default: throw fields.wrongType("kind", "cancel, retry, delete or edit")
        }
    }
}

extension ChangeAnswer: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        switch self {
        case .done(let state):
            json.field("kind", "done")
            json.put(ifPresent: "state", state)
        case .requested: json.field("kind", "requested")
        case .notFound: json.field("kind", "not_found")
        case .refused(let state):
            json.field("kind", "refused")
            json.put("state", state)
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        switch try fields.read("kind", as: String.self) {
        case "done": self = .done(try fields.read(ifPresent: "state"))
        case "requested": self = .requested
        case "not_found": self = .notFound
        case "refused": self = .refused(try fields.read("state"))
        default: throw fields.wrongType("kind", "done, requested, not_found or refused")
        }
    }
}
