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

    /// What becomes of a job that ends in `state`.
    package func keep(in state: JobState) -> Settlement.Keep {
        options.keep(in: state, by: retention)
    }
}
