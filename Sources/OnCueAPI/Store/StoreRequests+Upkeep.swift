package import OnCue

// What operators and housekeeping ask of a store.

package struct PurgeRequest: StoreObject {
    package var queue: QueueName
    package var states: Set<JobState>
    package var limit: Int

    package init(_ queue: QueueName, states: Set<JobState>, limit: Int) {
        self.queue = queue
        self.states = states
        self.limit = limit
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("queue", queue)
        json.put("states", list: states.sorted { $0.rawValue < $1.rawValue })
        json.put("limit", limit)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        queue = try fields.read("queue")
        states = Set(try fields.read(list: "states", of: JobState.self))
        limit = try fields.readCount("limit")
    }
}

package struct FenceRequest: StoreObject {
    package var session: SessionID
    /// Nil: in any case.
    package var renewals: Int64?
    package var error: String

    package init(_ session: SessionID, ifRenewals renewals: Int64?, error: String) {
        self.session = session
        self.renewals = renewals
        self.error = error
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("session", session)
        json.put(ifPresent: "renewals", renewals)
        json.field("error", error)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        session = try fields.read("session")
        renewals = try fields.read(ifPresent: "renewals")
        error = try fields.read("error")
    }
}

package struct InstructRequest: StoreObject {
    package var session: SessionID
    package var quiet: Bool
    package var stop: Bool

    package init(_ session: SessionID, quiet: Bool, stop: Bool) {
        self.session = session
        self.quiet = quiet
        self.stop = stop
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("session", session)
        json.put("quiet", quiet)
        json.put("stop", stop)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        session = try fields.read("session")
        quiet = try fields.read("quiet")
        stop = try fields.read("stop")
    }
}

package struct EventsRequest: StoreObject {
    package var cursor: EventCursor
    package var limit: Int
    package var wait: Duration

    package init(after cursor: EventCursor, limit: Int, wait: Duration) {
        self.cursor = cursor
        self.limit = limit
        self.wait = wait
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("after", cursor)
        json.put("limit", limit)
        json.put("wait", wait)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        cursor = try fields.read("after")
        limit = try fields.readCount("limit")
        wait = try fields.readWait("wait")
    }
}

package struct DocumentsRequest: StoreObject {
    package var collection: String
    package var key: String?
    package var limit: Int

    package init(in collection: String, after key: String?, limit: Int) {
        self.collection = collection
        self.key = key
        self.limit = limit
    }

    package func writeFields(to json: inout JSONWriter) {
        json.field("collection", collection)
        json.field(ifPresent: "after", key)
        json.put("limit", limit)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        collection = try fields.read("collection")
        key = try fields.read(ifPresent: "after")
        limit = try fields.read("limit")
    }
}

package struct PutDocumentRequest: StoreObject {
    package var collection: String
    package var key: String
    package var expecting: StoredDocument.Expectation
    package var value: [UInt8]

    package init(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
    ) {
        self.collection = collection
        self.key = key
        self.expecting = expecting
        self.value = value
    }

    package func writeFields(to json: inout JSONWriter) {
        json.field("collection", collection)
        json.field("key", key)
        json.put("expecting", expecting)
        json.put(bytes: "value", value)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        collection = try fields.read("collection")
        key = try fields.read("key")
        expecting = try fields.read("expecting")
        value = try fields.readBytes("value")
    }
}

package struct RemoveDocumentRequest: StoreObject {
    package var collection: String
    package var key: String
    package var expecting: StoredDocument.Expectation

    package init(_ key: String, in collection: String, expecting: StoredDocument.Expectation) {
        self.collection = collection
        self.key = key
        self.expecting = expecting
    }

    package func writeFields(to json: inout JSONWriter) {
        json.field("collection", collection)
        json.field("key", key)
        json.put("expecting", expecting)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        collection = try fields.read("collection")
        key = try fields.read("key")
        expecting = try fields.read("expecting")
    }
}

package struct AuditRequest: StoreObject {
    package var cursor: String?
    package var limit: Int

    package init(after cursor: String?, limit: Int) {
        self.cursor = cursor
        self.limit = limit
    }

    package func writeFields(to json: inout JSONWriter) {
        json.field(ifPresent: "cursor", cursor)
        json.put("limit", limit)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        cursor = try fields.read(ifPresent: "cursor")
        limit = try fields.read("limit")
    }
}

package struct RepairRequest: StoreObject {
    package var dryRun: Bool

    package init(dryRun: Bool) {
        self.dryRun = dryRun
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("dry_run", dryRun)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        dryRun = try fields.read("dry_run")
    }
}
