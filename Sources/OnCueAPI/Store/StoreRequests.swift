package import OnCue

/// Nothing to say: `{}`.
package struct Nothing: StoreObject {
    package init() {}
    package func writeFields(to json: inout JSONWriter) {}
    package init(_ fields: JSONFields) throws(ValidationError) {}
}

/// One value: `{"value":…}`.
package struct Single<Value: StoreValue>: StoreObject {
    package var value: Value

    package init(_ value: Value) {
        self.value = value
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("value", value)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        value = try fields.read("value")
    }
}

/// Values in their order: `{"items":[…]}`.
package struct Items<Value: StoreValue>: StoreObject {
    package var items: [Value]

    package init(_ items: [Value]) {
        self.items = items
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("items", list: items)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        guard fields["items"] != nil else { throw fields.wrongType("items", "a list, and there is none") }
        items = try fields.read(list: "items")
    }
}

package struct EnqueueRequest: StoreObject {
    package var jobs: [NewJob]
    package var atomically: Bool

    package init(_ jobs: [NewJob], atomically: Bool) {
        self.jobs = jobs
        self.atomically = atomically
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("atomically", atomically)
        json.put("jobs", list: jobs)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        atomically = try fields.read("atomically")
        jobs = try fields.read(list: "jobs")
    }
}

package struct ClaimCall: StoreObject {
    package var request: ClaimRequest
    /// Names this claim for ``StoreCalls/interrupt``; nil when it need not be ended early.
    package var ticket: String?

    package init(_ request: ClaimRequest, ticket: String?) {
        self.request = request
        self.ticket = ticket
    }

    package func writeFields(to json: inout JSONWriter) {
        request.writeFields(to: &json)
        json.field(ifPresent: "ticket", ticket)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        request = try ClaimRequest(fields)
        ticket = try fields.read(ifPresent: "ticket")
    }
}

package struct ExchangeRequest: StoreObject {
    package var batch: SettleBatch?
    package var request: ClaimRequest?

    package init(_ batch: SettleBatch?, _ request: ClaimRequest?) {
        self.batch = batch
        self.request = request
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put(ifPresent: "settle", batch)
        json.put(ifPresent: "claim", request)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        batch = try fields.read(ifPresent: "settle")
        request = try fields.read(ifPresent: "claim")
    }
}

package struct ExchangeAnswer: StoreObject {
    package var settled: [SettleAnswer]
    package var claimed: [LeasedJob]

    package init(settled: [SettleAnswer], claimed: [LeasedJob]) {
        self.settled = settled
        self.claimed = claimed
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("settled", list: settled)
        json.put("claimed", list: claimed)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        settled = try fields.read(list: "settled")
        claimed = try fields.read(list: "claimed")
    }
}

package struct HeldRequest: StoreObject {
    package var session: SessionID
    package var known: [JobID]

    package init(_ session: SessionID, besides known: Set<JobID>) {
        self.session = session
        self.known = Array(known)
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("session", session)
        json.put("known", list: known)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        session = try fields.read("session")
        known = try fields.read(list: "known")
    }
}

package struct SearchRequest: StoreObject {
    package var filter: JobFilter
    package var order: JobOrder
    package var cursor: String?
    package var limit: Int

    package init(_ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int) {
        self.filter = filter
        self.order = order
        self.cursor = cursor
        self.limit = limit
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("filter", filter)
        json.put("order", order)
        json.field(ifPresent: "cursor", cursor)
        json.put("limit", limit)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        filter = try fields.read("filter")
        order = try fields.read("order")
        cursor = try fields.read(ifPresent: "cursor")
        limit = try fields.read("limit")
    }
}

package struct CountRequest: StoreObject {
    package var filter: JobFilter
    package var bound: Int

    package init(_ filter: JobFilter, upTo bound: Int) {
        self.filter = filter
        self.bound = bound
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("filter", filter)
        json.put("bound", bound)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        filter = try fields.read("filter")
        bound = try fields.readCount("bound")
    }
}

package struct OutcomeRequest: StoreObject {
    package var job: JobID
    package var wait: Duration

    package init(_ job: JobID, wait: Duration) {
        self.job = job
        self.wait = wait
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("job", job)
        json.put("wait", wait)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        job = try fields.read("job")
        wait = try fields.readWait("wait")
    }
}

package struct ChangeRequest: StoreObject {
    package var jobs: [JobID]
    package var change: JobChange

    package init(_ jobs: [JobID], _ change: JobChange) {
        self.jobs = jobs
        self.change = change
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("change", change)
        json.put("jobs", list: jobs)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        jobs = try fields.read(list: "jobs")
        change = try fields.read("change")
    }
}

package struct QueueChangeRequest: StoreObject {
    package var queue: QueueName
    package var change: QueueChange

    package init(_ queue: QueueName, _ change: QueueChange) {
        self.queue = queue
        self.change = change
    }

    package func writeFields(to json: inout JSONWriter) {
        json.put("queue", queue)
        json.put("change", change)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        queue = try fields.read("queue")
        change = try fields.read("change")
    }
}
