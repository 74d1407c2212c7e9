package import OnCue

/// What a worker shows to prove that a job is its own: which delivery it is of, and where the job stands. Opaque to workers.
package struct WorkToken: Hashable, Sendable, CustomStringConvertible {
    package var delivery: Int64
    package var queue: QueueName

    package init(_ job: LeasedJob) {
        delivery = job.delivery
        queue = job.queue
    }

    /// Nil for a text that is no token.
    package init?(_ text: String) {
        guard let dot = text.firstIndex(of: "."), let delivery = Int64(text[..<dot]) else { return nil }
        self.delivery = delivery
        queue = QueueName(String(text[text.index(after: dot)...]))
        guard (try? queue.validated(field: "token")) != nil else { return nil }
    }

    package var description: String { "\(delivery).\(queue)" }
}

/// A job as a worker names it: `id` and the `token` that came with it.
package struct WorkJob: Hashable, Sendable {
    package var id: JobID
    package var token: WorkToken

    package init(id: JobID, token: WorkToken) {
        self.id = id
        self.token = token
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        id = try fields.required("id", fields.jobID("id"))
        let text = try fields.required("token", fields.text("token"))
        guard let token = WorkToken(text) else { throw fields.wrongType("token", "the text that came with the job") }
        self.token = token
    }

    package func isFor(_ job: LeasedJob) -> Bool {
        job.id == id && job.delivery == token.delivery
    }

    /// The job as far as this says it, for a batch whose answers may stand already. No session holds it so.
    package func unheld(by session: SessionID) -> LeasedJob {
        LeasedJob(
            id: id, name: "unknown", queue: token.queue, priority: .normal, payload: [], attempt: 0, lostWorkers: 0,
            createdAt: id.madeAt, session: session, delivery: token.delivery, place: 0, details: nil)
    }
}
