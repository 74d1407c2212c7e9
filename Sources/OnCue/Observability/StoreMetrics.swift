import Metrics
import Synchronization

/// The metrics of one store's calls; nil where nobody collects any.
final class StoreMetrics: Sendable {
    enum Call: String, CaseIterable {
        case enqueue, openSession, closeSession, claim, settle, exchange, renew, news, held, record, memory
        case find, search, count, attempts, outcome, change, queues, changeQueue, purge, removeQueue, defaults
        case setDefaults, sessions, fence, instruct, events, latestEvent, documents, putDocument, removeDocument
        case appendAudit, audit, maintain, info, check
    }

    private struct Key: Hashable {
        var queue: QueueName
        var name: JobName
    }

    /// Producers choose names: as many have a counter of their own, the rest share one.
    private static let names = 1_000
    private let factory: any MetricsFactory
    private let durations: [Call: Timer]
    private let errors: [Call: Counter]
    private let renewals: Counter
    private let taken = Mutex<[Key: Counter]>([:])

    init?(factory: (any MetricsFactory)?) {
        let factory = factory ?? MetricsSystem.factory
        guard !(factory is NOOPMetricsHandler) else { return nil }
        self.factory = factory
        var durations: [Call: Timer] = [:]
        var errors: [Call: Counter] = [:]
        for call in Call.allCases {
            let dimensions = [("call", call.rawValue)]
            durations[call] = Timer(
                label: "oncue_store_call_duration_seconds", dimensions: dimensions, factory: factory)
            errors[call] = Counter(label: "oncue_store_call_errors_total", dimensions: dimensions, factory: factory)
        }
        self.durations = durations
        self.errors = errors
        renewals = Counter(label: "oncue_lease_renewals_total", factory: factory)
    }

    func took(_ call: Call, nanoseconds: Int64) { durations[call]?.recordNanoseconds(nanoseconds) }
    func failed(_ call: Call) { errors[call]?.increment() }
    func renewed() { renewals.increment() }

    func enqueued(_ jobs: [NewJob], _ answers: [EnqueueAnswer]) {
        var counts: [Key: Int] = [:]
        for (job, answer) in zip(jobs, answers) {
            if case .accepted = answer { counts[Key(queue: job.queue, name: job.name), default: 0] += 1 }
        }
        for (key, count) in counts { counter(key).increment(by: count) }
    }

    private func counter(_ key: Key) -> Counter {
        taken.withLock { taken in
            if let known = taken[key] { return known }
            let key = taken.count < Self.names ? key : Key(queue: "other", name: "other")
            if let known = taken[key] { return known }
            let made = Counter(
                label: "oncue_jobs_enqueued_total",
                dimensions: [("queue", key.queue.rawValue), ("name", key.name.rawValue)], factory: factory)
            taken[key] = made
            return made
        }
    }
}
