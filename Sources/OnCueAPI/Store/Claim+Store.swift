package import OnCue

extension ClaimRequest.Queue: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("name", name)
        json.put("limit", limit)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            try fields.read("name"), limit: fields["limit"] == nil ? .max : try fields.readCount("limit"))
    }
}

extension ClaimRequest: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("session", session)
        json.put("queues", list: queues)
        if let names {
            json.object("names") { json in
                for (name, limit) in names { json.put(name.rawValue, limit) }
            }
        }
        json.put("limit", limit)
        json.put("floor", floor)
        json.put("suspects", suspects)
        json.put("wait", wait)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        var names: [JobName: Int]?
        if fields["names"] != nil {
            let inner = try fields.object("names", "an object of numbers by name")
            var limits: [JobName: Int] = [:]
            for name in inner.names { limits[JobName(name)] = try inner.readCount(name) }
            names = limits
        }
        self.init(
            session: try fields.read("session"), queues: try fields.read(list: "queues"), names: names,
            limit: try fields.readCount("limit"), floor: fields["floor"] == nil ? 0 : try fields.readCount("floor"),
            suspects: fields["suspects"] == nil ? 1 : try fields.readCount("suspects"),
            wait: try fields.readWait("wait"))
    }
}

extension LeasedJob: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("id", id)
        json.put("name", name)
        json.put("queue", queue)
        json.put("priority", priority)
        json.put(bytes: "payload", payload)
        json.put("attempt", attempt)
        json.put("lost_workers", lostWorkers)
        json.put("created_at", createdAt)
        json.put("session", session)
        json.put("delivery", delivery)
        json.put("place", place)
        json.put(ifPresent: "details", details.map(StoreDetails.init))
    }

    package convenience init(_ fields: JSONFields) throws(ValidationError) {
        let details: StoreDetails? = try fields.read(ifPresent: "details")
        self.init(
            id: try fields.read("id"), name: try fields.read("name"), queue: try fields.read("queue"),
            priority: try fields.read("priority"), payload: try fields.readBytes("payload"),
            attempt: try fields.readCount("attempt"), lostWorkers: try fields.readCount("lost_workers"),
            createdAt: try fields.read("created_at"), session: try fields.read("session"),
            delivery: try fields.read("delivery"), place: try fields.read("place"), details: details?.value)
    }
}

/// Details are a class, which cannot read itself.
private struct StoreDetails: StoreObject {
    let value: LeasedJob.Details

    init(_ value: LeasedJob.Details) {
        self.value = value
    }

    func writeFields(to json: inout JSONWriter) {
        json.field(ifPresent: "content_type", value.contentType)
        if value.options != JobOptions() { json.put("options", value.options) }
        json.field(ifPresent: "tags", value.tags)
        json.field(ifPresent: "correlation_id", value.correlationID)
        json.field(ifPresent: "headers", value.headers)
        json.put(ifPresent: "unique", value.unique)
        json.put(ifPresent: "expires_at", value.expiresAt)
        json.put(ifPresent: "parent", value.parent)
        json.put("has_memory", value.hasMemory)
    }

    init(_ fields: JSONFields) throws(ValidationError) {
        value = LeasedJob.Details(
            contentType: try fields.read(ifPresent: "content_type"),
            options: try fields.read(ifPresent: "options") ?? JobOptions(), tags: try fields.texts("tags"),
            correlationID: try fields.read(ifPresent: "correlation_id"), headers: try fields.texts("headers"),
            unique: try fields.read(ifPresent: "unique"), expiresAt: try fields.read(ifPresent: "expires_at"),
            parent: try fields.read(ifPresent: "parent"), hasMemory: try fields.read("has_memory"))
    }
}
