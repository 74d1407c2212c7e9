package import OnCue

extension LeasedJob {
    /// The same with another token, as somebody shows who does not hold it.
    package func forged(session: SessionID? = nil, delivery: Int64? = nil) -> LeasedJob {
        LeasedJob(
            id: id, name: name, queue: queue, priority: priority, payload: payload, attempt: attempt,
            lostWorkers: lostWorkers, createdAt: createdAt, session: session ?? self.session,
            delivery: delivery ?? self.delivery, place: place, details: details)
    }
}
