package import OnCue

/// A worker that introduces itself, as in
/// `{"worker": "mailer-1", "names": ["mail"], "queues": ["urgent", "default"], "concurrency": 4, "lease": "30s"}`.
///
/// * `names` (required): the job names that it can run.
/// * `queues`: those that it serves, in this order. Left out: every one.
/// * `worker`: for people, a name as jobs have them. Default: `host-pid`, or `host` alone.
/// * `lease`: how long it may stay silent before its jobs go to others: `2s` to `1d`, default `30s`.
/// * `concurrency`: how many jobs it runs at once. Default 1.
/// * `host`, `pid`, `version`: for people.
package struct WorkerOpening: Sendable {
    package var session: SessionOpening
    /// Of the program; goes to the server's log.
    package var version: String?

    package static let leases: ClosedRange<Duration> = .seconds(2)...(.seconds(86_400))
    package static let concurrencies = 1...10_000
    /// Names and queues that a session may have.
    package static let most = 1_000

    package init(_ fields: JSONFields) throws(ValidationError) {
        let host = try Self.text(fields, "host") ?? "worker"
        let pid = try fields.integer("pid") ?? 0
        guard let pid = Int32(exactly: pid), pid >= 0 else { throw fields.wrongType("pid", "the number of a process") }
        let worker = try fields.text("worker") ?? (pid > 0 ? "\(host)-\(pid)" : host)
        try JobName(worker).validated(field: "worker")
        let lease = try fields.duration("lease") ?? .seconds(30)
        guard Self.leases.contains(lease) else {
            throw ValidationError(field: "lease", message: "takes 2s to 1d, this is \(lease.text)")
        }
        let concurrency = try fields.integer("concurrency") ?? 1
        guard Self.concurrencies.contains(concurrency) else {
            throw ValidationError(
                field: "concurrency",
                message: "takes a number from 1 to \(Self.concurrencies.upperBound), this is \(concurrency)")
        }
        let names = try fields.list("names") ?? []
        guard !names.isEmpty else {
            throw ValidationError(
                field: "names", message: "says which jobs the worker can run, as a list of names; give one at least")
        }
        let queues = try fields.list("queues") ?? []
        guard names.count <= Self.most, queues.count <= Self.most else {
            throw ValidationError(
                field: names.count > Self.most ? "names" : "queues", message: "may have \(Self.most) at most")
        }
        for name in names { try JobName(name).validated(field: "names") }
        for queue in queues { try QueueName(queue).validated(field: "queues") }
        version = try Self.text(fields, "version")
        // Without boot and namespace nobody here takes the process for one of this machine.
        session = SessionOpening(
            worker: worker, process: ProcessIdentity(host: host, boot: "", namespace: "", pid: pid, started: ""),
            lease: lease, names: Set(names.map { JobName($0) }), queues: queues.map { QueueName($0) },
            concurrency: concurrency)
    }

    private static func text(_ fields: JSONFields, _ name: String) throws(ValidationError) -> String? {
        guard let text = try fields.text(name), !text.isEmpty else { return nil }
        try Limits.checkKey(text, field: name)
        return text
    }

    /// The answer: `id` of the session, and what it was opened with; `renew_every` says how often it is to be renewed.
    package static func write(_ opening: SessionOpening, id: SessionID, to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id.rawValue)
            json.field("worker", opening.worker)
            json.field("lease", opening.lease)
            json.field("renew_every", opening.lease / 3)
            json.array("names") { json in
                for name in opening.names.sorted() { json.string(name.rawValue) }
            }
            json.array("queues") { json in
                for queue in opening.queues { json.string(queue.rawValue) }
            }
            json.field("concurrency", opening.concurrency)
        }
    }
}
