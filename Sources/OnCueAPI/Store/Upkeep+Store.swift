package import OnCue

extension MaintenanceRequest.Prune: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("queue", queue)
        json.put("state", state)
        json.put("before", before)
        json.put("keep", keep)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            queue: try fields.read("queue"), state: try fields.read("state"), before: try fields.read("before"),
            keep: try fields.readCount("keep"))
    }
}

extension MaintenanceRequest: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("limit", limit)
        json.put("prunes", list: prunes)
        json.put("events_before", eventsBefore)
        json.put("events_keep", eventsKeep)
        json.put("sessions_before", sessionsBefore)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            limit: try fields.readCount("limit"), prunes: try fields.read(list: "prunes"),
            eventsBefore: try fields.read("events_before"), eventsKeep: try fields.readCount("events_keep"),
            sessionsBefore: try fields.read("sessions_before"))
    }
}

extension MaintenanceReport: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("promoted", promoted)
        json.put("expired", expired)
        json.put("pruned", pruned)
        json.put("more", hasMore)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            promoted: try fields.read("promoted"), expired: try fields.read("expired"),
            pruned: try fields.read("pruned"), hasMore: try fields.read("more"))
    }
}

extension StoreInfo: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.field("kind", kind)
        json.field("location", location)
        json.field("engine_version", engineVersion)
        json.put("schema_version", schemaVersion)
        json.field("durability", durability)
        json.put(ifPresent: "size_in_bytes", sizeInBytes)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            kind: try fields.read("kind"), location: try fields.read("location"),
            engineVersion: try fields.read("engine_version"), schemaVersion: try fields.read("schema_version"),
            durability: try fields.read("durability"), sizeInBytes: try fields.read(ifPresent: "size_in_bytes"))
    }
}

extension StoreFinding: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("severity", severity)
        json.field("subject", subject)
        json.field("message", message)
        json.field(ifPresent: "cure", cure)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            try fields.read("severity"), try fields.read("subject"), try fields.read("message"),
            cure: try fields.read(ifPresent: "cure"))
    }
}
