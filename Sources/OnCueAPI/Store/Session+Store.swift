package import OnCue

extension ProcessIdentity: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.field("host", host)
        json.field("boot", boot)
        json.field("namespace", namespace)
        json.put("pid", pid)
        json.field("started", started)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            host: try fields.read("host"), boot: try fields.read("boot"), namespace: try fields.read("namespace"),
            pid: try fields.read("pid"), started: try fields.read("started"))
    }
}

extension SessionOpening: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.field("worker", worker)
        json.put("process", process)
        json.put("lease", lease)
        json.put("names", list: names.sorted())
        json.put("queues", list: queues)
        json.put("concurrency", concurrency)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            worker: try fields.read("worker"), process: try fields.read("process"),
            lease: try fields.read("lease"), names: Set(try fields.read(list: "names", of: JobName.self)),
            queues: try fields.read(list: "queues"), concurrency: try fields.readCount("concurrency"))
    }
}

extension SessionInfo: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("id", id)
        json.field("worker", worker)
        json.put("process", process)
        json.put("lease", lease)
        json.put("names", list: names.sorted())
        json.put("queues", list: queues)
        json.put("concurrency", concurrency)
        json.put("standing", standing)
        json.put("renewals", renewals)
        json.put("opened_at", openedAt)
        json.put("renewed_at", renewedAt)
        json.put("held", held)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            id: try fields.read("id"), worker: try fields.read("worker"), process: try fields.read("process"),
            lease: try fields.read("lease"), names: Set(try fields.read(list: "names", of: JobName.self)),
            queues: try fields.read(list: "queues"), concurrency: try fields.read("concurrency"),
            standing: try fields.read("standing"), renewals: try fields.read("renewals"),
            openedAt: try fields.read("opened_at"), renewedAt: try fields.read("renewed_at"),
            held: try fields.read("held"))
    }
}

extension SessionNews.Cancellation: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("job", job)
        json.field(ifPresent: "reason", reason)
        json.put("taken_away", isTakenAway)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            job: try fields.read("job"), reason: try fields.read(ifPresent: "reason"),
            isTakenAway: try fields.read("taken_away"))
    }
}

extension SessionNews: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("cancellations", list: cancellations)
        json.put("held", held)
        json.put("quiet", isQuiet)
        json.put("stop", isStopping)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            cancellations: try fields.read(list: "cancellations"), held: try fields.read("held"),
            isQuiet: try fields.read("quiet"), isStopping: try fields.read("stop"))
    }
}
