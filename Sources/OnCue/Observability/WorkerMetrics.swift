import Metrics
import Synchronization

/// A worker's metrics; nil where nobody collects any.
final class WorkerMetrics: Sendable {
    private struct Key: Hashable {
        var name: JobName
        var queue: QueueName
    }

    private let factory: any MetricsFactory
    private let runs = Mutex<[Key: RunMetrics]>([:])
    private let storeErrors: Counter
    private let stuck: Counter
    private let lostLeases: Counter
    private let lostWorkers: Counter
    private let running: Gauge
    private let prefetched: Gauge

    init?(factory: (any MetricsFactory)?) {
        let factory = factory ?? MetricsSystem.factory
        guard !(factory is NOOPMetricsHandler) else { return nil }
        self.factory = factory
        storeErrors = Counter(label: "oncue_store_errors_total", factory: factory)
        stuck = Counter(label: "oncue_handlers_stuck_total", factory: factory)
        lostLeases = Counter(label: "oncue_leases_lost_total", factory: factory)
        lostWorkers = Counter(label: "oncue_workers_fenced_total", factory: factory)
        running = Gauge(label: "oncue_jobs_running", factory: factory)
        prefetched = Gauge(label: "oncue_jobs_prefetched", factory: factory)
    }

    func runs(of name: JobName, in queue: QueueName) -> RunMetrics {
        runs.withLock { runs in
            if let known = runs[Key(name: name, queue: queue)] { return known }
            let made = RunMetrics(name: name, queue: queue, factory: factory)
            runs[Key(name: name, queue: queue)] = made
            return made
        }
    }

    func storeFailed() { storeErrors.increment() }
    func handlerStuck() { stuck.increment() }
    func leaseLost() { lostLeases.increment() }
    func workerFenced() { lostWorkers.increment() }

    func holds(running runningNow: Int, prefetched prefetchedNow: Int) {
        running.record(runningNow)
        prefetched.record(prefetchedNow)
    }
}
