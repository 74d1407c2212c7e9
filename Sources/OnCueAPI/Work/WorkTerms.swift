package import OnCue

/// By what one job runs: its own settings, its queue's and the store's put together. Pure.
package struct WorkTerms: Sendable {
    package var options: ResolvedOptions
    private var retention: RetentionPolicy

    package init(_ job: LeasedJob, queue: QueueSettings, defaults: QueueSettings) {
        options = ResolvedOptions(
            job: job.details?.options ?? JobOptions(), queue: queue.jobOptions.or(defaults.jobOptions))
        retention = queue.retention ?? defaults.retention ?? .default
    }

    /// Why a job that was just claimed is not to be run: its last attempts were lost with their workers, or its attempts
    /// were cut down meanwhile.
    package func reasonToBury(_ job: LeasedJob) -> DeadReason? {
        guard job.attempt > options.maxAttempts else { return nil }
        return job.lostWorkers > 0 ? .workerLost : .attemptsExhausted
    }

    /// What becomes of a job that ends in `state`.
    package func keep(in state: JobState) -> Settlement.Keep {
        if let time = options.retention { return time > .zero ? .atLeast(time) : .nothing }
        return retention.bound(for: state)?.keepsNothing == true ? .nothing : .policy
    }
}
