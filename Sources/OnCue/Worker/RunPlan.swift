/// A handler as it was registered.
final class RegisteredHandler: Sendable {
    typealias Body = @Sendable (JobContext) async throws -> JobOutcome

    let name: JobName
    let options: HandlerOptions
    /// What the ``Job`` type says, for handlers of one.
    let type: JobOptions
    let body: Body

    init(name: JobName, options: HandlerOptions, type: JobOptions, body: @escaping Body) {
        self.name = name
        self.options = options
        self.type = type
        self.body = body
    }
}

/// All that the runs of one handler in one queue have in common, worked out once.
final class RunPlan: Sendable {
    let handler: RegisteredHandler
    let options: ResolvedOptions
    let retention: RetentionPolicy
    let metrics: RunMetrics?

    init(
        handler: RegisteredHandler, job: JobOptions, queue: JobOptions, retention: RetentionPolicy,
        metrics: RunMetrics?
    ) {
        self.handler = handler
        options = ResolvedOptions(
            job: job, handler: handler.options.jobOptions, type: handler.type, queue: queue)
        self.retention = retention
        self.metrics = metrics
    }

    /// What becomes of a job that ends in `state`.
    func keep(in state: JobState) -> Settlement.Keep {
        options.keep(in: state, by: retention)
    }
}
