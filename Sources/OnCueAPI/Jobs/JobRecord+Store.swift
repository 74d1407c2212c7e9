package import OnCue

extension JobRecord: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("id", id)
        json.put("name", name)
        json.put("queue", queue)
        json.put("priority", priority)
        json.put("state", state)
        json.put(bytes: "payload", payload)
        json.field(ifPresent: "content_type", contentType)
        json.field(ifPresent: "tags", tags)
        json.field(ifPresent: "correlation_id", correlationID)
        json.field(ifPresent: "headers", headers)
        json.put(ifPresent: "unique", unique)
        if options != JobOptions() { json.put("options", options) }
        json.put(ifPresent: "parent", parent)
        json.put("attempt", attempt)
        json.put("lost_workers", lostWorkers)
        json.put("created_at", createdAt)
        json.put("updated_at", updatedAt)
        json.put(ifPresent: "due_at", dueAt)
        json.put(ifPresent: "expires_at", expiresAt)
        json.put(ifPresent: "started_at", startedAt)
        json.put(ifPresent: "finished_at", finishedAt)
        json.put(ifPresent: "progress", progress)
        json.field(ifPresent: "progress_message", progressMessage)
        json.put(bytesIfPresent: "output", output)
        json.field(ifPresent: "last_error", lastError)
        json.put(ifPresent: "last_error_category", lastErrorCategory)
        json.put(ifPresent: "dead_reason", deadReason)
        json.field(ifPresent: "cancel_reason", cancelReason)
        json.put("cancel_requested", isCancelRequested)
        json.put(ifPresent: "session", session)
        json.field(ifPresent: "worker", worker)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            id: try fields.read("id"), name: try fields.read("name"), queue: try fields.read("queue"),
            priority: try fields.read("priority"), state: try fields.read("state"),
            payload: try fields.readBytes("payload"), createdAt: try fields.read("created_at"),
            updatedAt: try fields.read("updated_at"))
        contentType = try fields.read(ifPresent: "content_type")
        tags = try fields.texts("tags")
        correlationID = try fields.read(ifPresent: "correlation_id")
        headers = try fields.texts("headers")
        unique = try fields.read(ifPresent: "unique")
        options = try fields.read(ifPresent: "options") ?? JobOptions()
        parent = try fields.read(ifPresent: "parent")
        attempt = try fields.read("attempt")
        lostWorkers = try fields.read("lost_workers")
        dueAt = try fields.read(ifPresent: "due_at")
        expiresAt = try fields.read(ifPresent: "expires_at")
        startedAt = try fields.read(ifPresent: "started_at")
        finishedAt = try fields.read(ifPresent: "finished_at")
        progress = try fields.read(ifPresent: "progress")
        progressMessage = try fields.read(ifPresent: "progress_message")
        output = try fields.readBytes(ifPresent: "output")
        lastError = try fields.read(ifPresent: "last_error")
        lastErrorCategory = try fields.read(ifPresent: "last_error_category")
        deadReason = try fields.read(ifPresent: "dead_reason")
        cancelReason = try fields.read(ifPresent: "cancel_reason")
        isCancelRequested = try fields.read("cancel_requested")
        session = try fields.read(ifPresent: "session")
        worker = try fields.read(ifPresent: "worker")
    }
}

extension AttemptRecord: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("attempt", attempt)
        json.put("started_at", startedAt)
        json.put("duration", duration)
        json.field("worker", worker)
        json.put("category", category)
        json.field("error", error)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            attempt: try fields.read("attempt"), startedAt: try fields.read("started_at"),
            duration: try fields.read("duration"), worker: try fields.read("worker"),
            category: try fields.read("category"), error: try fields.read("error"))
    }
}

extension JobMemory: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put(bytesIfPresent: "checkpoint", checkpoint)
        guard !effects.isEmpty else { return }
        json.object("effects") { json in
            for (key, result) in effects { json.put(bytes: key, result) }
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        var effects: [String: [UInt8]] = [:]
        if fields["effects"] != nil {
            let inner = try fields.object("effects", "an object of base64 texts")
            for name in inner.names { effects[name] = try inner.readBytes(name) }
        }
        self.init(checkpoint: try fields.readBytes(ifPresent: "checkpoint"), effects: effects)
    }
}

extension JobFilter: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        if !states.isEmpty { json.put("states", list: states.sorted { $0.rawValue < $1.rawValue }) }
        json.put(ifPresent: "queue", queue)
        json.field(ifPresent: "name", name)
        if !tags.isEmpty {
            json.object("tags") { json in
                for (key, value) in tags { json.put(key, value) }
            }
        }
        json.field(ifPresent: "correlation_id", correlationID)
        json.put(ifPresent: "created_from", createdFrom)
        json.put(ifPresent: "created_before", createdBefore)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            states: Set(try fields.read(list: "states", of: JobState.self)), queue: try fields.read(ifPresent: "queue"),
            name: try fields.read(ifPresent: "name"), tags: try fields.optionalTexts("tags"),
            correlationID: try fields.read(ifPresent: "correlation_id"),
            createdFrom: try fields.read(ifPresent: "created_from"),
            createdBefore: try fields.read(ifPresent: "created_before"))
    }
}

extension JobPage: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("jobs", list: jobs)
        json.field(ifPresent: "next_cursor", nextCursor)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(jobs: try fields.read(list: "jobs"), nextCursor: try fields.read(ifPresent: "next_cursor"))
    }
}

extension JobCount: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("count", count)
        json.put("exact", isExact)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(try fields.read("count"), isExact: try fields.read("exact"))
    }
}

extension JobEvent: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("cursor", cursor)
        json.put("at", at)
        json.put("kind", kind)
        json.put("queue", queue)
        json.put(ifPresent: "job", job)
        json.put(ifPresent: "name", name)
        json.put("attempt", attempt)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            cursor: try fields.read("cursor"), at: try fields.read("at"), kind: try fields.read("kind"),
            queue: try fields.read("queue"), job: try fields.read(ifPresent: "job"),
            name: try fields.read(ifPresent: "name"), attempt: try fields.read("attempt"))
    }
}

extension EventPage: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("events", list: events)
        json.put("next", next)
        json.put("gap", hasGap)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            events: try fields.read(list: "events"), next: try fields.read("next"), hasGap: try fields.read("gap"))
    }
}
