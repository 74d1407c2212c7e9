import Synchronization

extension JobRun {
    /// Runs the handler and says what is to be written.
    func perform() async -> Settlement {
        let result: RunResult
        do {
            let context = JobContext(self)
            let outcome =
                if let tracing = services.tracing {
                    try await tracing.run(job) { headers in
                        state.withLock { $0.traceHeaders = headers }
                    } _: {
                        try await plan.handler.body(context)
                    }
                } else {
                    try await plan.handler.body(context)
                }
            result = .outcome(outcome)
        } catch {
            result = .failure(error)
        }
        let (end, timers, hasProgress) = state.withLock { state in
            defer { state.timers = [] }
            return (self.end(state), state.timers, state.progress.written < state.progress.said)
        }
        for timer in timers { services.thread.cancel(timer) }
        // The last word on its progress comes before the outcome; after it, it would not be taken.
        if hasProgress { await writeProgress() }
        return end.settlement(for: result)
    }

    /// What is written when the handler does not end.
    func settlementWhenStuck() -> Settlement {
        let end = state.withLock { self.end($0) }
        return end.settlement(for: .failure(CancellationError()))
    }

    private func end(_ state: State) -> RunEnd {
        RunEnd(
            job: job, plan: plan, cancellation: state.cancellation, output: state.output, followUps: state.followUps,
            traceHeaders: state.traceHeaders, maxOutput: services.maxOutput,
            timing: { [startedAt] in
                let duration = Duration.nanoseconds(Uptime.now() - startedAt)
                return (SystemTime().now() - duration, duration)
            },
            spread: { Double.random(in: -1...1) })
    }

    func add(_ timer: ThreadExecutor.TimerID) {
        state.withLock { $0.timers.append(timer) }
    }
}
