import Logging
import Synchronization

extension Worker {
    /// Runs one claimed job in the caller's task, as ``run()`` would on its threads, and says what is to be written.
    /// Timeouts and cancellation do not reach it. For tests that go step by step.
    ///
    /// - Returns: nil when there is no handler for it.
    package func runInline(_ job: LeasedJob, queue: QueueInfo?, defaults: QueueSettings) async -> Settlement? {
        guard let handler = handlers()[job.name] else { return nil }
        var table = QueueTable()
        table.update(queue.map { [$0] } ?? [], defaults: defaults)
        let plan = table.plan(for: handler, job, metrics: nil)
        if job.attempt > plan.options.maxAttempts {
            return Settlement(job, .dead(job.lostWorkers > 0 ? .workerLost : .attemptsExhausted))
        }
        let thread = ThreadExecutor(name: "oncue-inline")
        defer { thread.retire() }
        let services = RunServices(
            broker: broker, thread: thread, logger: logger, maxOutput: configuration.maxOutput,
            tracing: RunTracing(configuration.tracer)
        ) { run in
            _ = run.noteCancellation(.leaseLost)
        }
        let now = Uptime.now()
        let run = JobRun(job, plan: plan, services: services, epoch: 0, claimedAt: now)
        run.began(at: now)
        return await run.perform()
    }
}
