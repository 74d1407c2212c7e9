import Metrics

/// The metrics of one handler in one queue, made once: making a handle costs far more than using it.
final class RunMetrics: Sendable {
    private let started: Counter
    private let completed: Counter
    /// Attempts, whether another follows or not.
    private let failed: Counter
    private let retried: Counter
    private let snoozed: Counter
    private let released: Counter
    private let cancelled: Counter
    private let dead: Counter
    private let duration: Timer
    private let wait: Timer

    init(name: JobName, queue: QueueName, factory: any MetricsFactory) {
        let dimensions = [("queue", queue.rawValue), ("name", name.rawValue)]
        func finished(_ status: String) -> Counter {
            Counter(
                label: "oncue_jobs_finished_total", dimensions: dimensions + [("status", status)], factory: factory)
        }
        started = Counter(label: "oncue_jobs_started_total", dimensions: dimensions, factory: factory)
        completed = finished("completed")
        failed = Counter(label: "oncue_jobs_failed_total", dimensions: dimensions, factory: factory)
        retried = finished("retrying")
        snoozed = finished("snoozed")
        released = finished("released")
        cancelled = finished("cancelled")
        dead = finished("dead")
        duration = Timer(label: "oncue_job_duration_seconds", dimensions: dimensions, factory: factory)
        wait = Timer(label: "oncue_job_wait_seconds", dimensions: dimensions, factory: factory)
    }

    /// - Parameter job: its first attempt also tells how long it waited since it was enqueued.
    func start(_ job: LeasedJob) {
        started.increment()
        guard job.attempt == 1 else { return }
        let waited = (SystemTime().now() - job.createdAt).wholeMicroseconds
        wait.recordNanoseconds(max(0, waited) * 1_000)
    }

    func end(_ outcome: Settlement.Outcome, nanoseconds: Int64) {
        switch outcome {
        case .completed: completed.increment()
        case .retry:
            failed.increment()
            retried.increment()
        case .snooze: snoozed.increment()
        case .released: released.increment()
        case .cancelled: cancelled.increment()
        case .dead:
            failed.increment()
            dead.increment()
        }
        duration.recordNanoseconds(nanoseconds)
    }
}
