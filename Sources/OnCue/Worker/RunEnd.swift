/// How a run ended, before it is put into the words of a settlement.
enum RunResult {
    case outcome(JobOutcome)
    case failure(any Error)
}

/// Turns the end of a run into what is to be written. Pure but for the place in the band of the jitter.
struct RunEnd {
    var job: LeasedJob
    var plan: RunPlan
    var cancellation: JobCancellation?
    var output: [UInt8]?
    var followUps: [NewJob]
    /// What carries the trace on to them; nil: as this job got it.
    var traceHeaders: [String: String]?
    var maxOutput: Int
    /// When the run started, on the wall clock, and how long it took. Only failures need it.
    var timing: () -> (startedAt: Timestamp, duration: Duration)
    /// From -1 to 1.
    var spread: () -> Double

    func settlement(for result: RunResult) -> Settlement {
        // A run that was cut short by its timeout has failed, whatever its handler made of the cancellation.
        if cancellation == .timeout {
            let limit = plan.options.timeout.map { " of \($0.text)" } ?? ""
            return failed("ran longer than its timeout\(limit)", category: .timeout)
        }
        switch result {
        case .outcome(let outcome):
            do {
                return try settlement(for: outcome.kind)
            } catch {
                return failed(String(describing: error), category: .permanent)
            }
        case .failure(let error): return settlement(forError: error)
        }
    }

    private func settlement(for outcome: JobOutcome.Kind) throws -> Settlement {
        switch outcome {
        case .completed(let bytes): return try completed(output: bytes ?? output)
        case .next(let jobs):
            var end = self
            for make in jobs { end.followUps.append(try make()) }
            return try end.completed(output: output)
        case .snooze(let wait):
            return Settlement(job, .snooze(clamped(wait)), followUps: try checkedFollowUps())
        case .retry(let wait): return failed("asked to be run again", category: .temporary, wait: wait)
        case .cancel(let reason):
            return Settlement(
                job, .cancelled(reason: reason.map { Limits.clipped($0, to: Limits.messageBytes) }),
                followUps: try checkedFollowUps(), keep: plan.keep(in: .cancelled))
        case .dead(let reason): return failed(reason, category: .permanent)
        }
    }

    private func completed(output: [UInt8]?) throws -> Settlement {
        if let output, output.count > maxOutput {
            throw ValidationError(
                field: "output", message: "may have \(maxOutput) bytes, this has \(output.count)")
        }
        if followUps.isEmpty {
            return Settlement(job, .completed(output: output), keep: plan.keep(in: .completed))
        }
        return Settlement(
            job, .completed(output: output), followUps: try checkedFollowUps(), keep: plan.keep(in: .completed))
    }

    private func settlement(forError error: any Error) -> Settlement {
        switch cancellation {
        // Interrupted through no fault of its own: back to its place, no attempt used.
        case .shutdown, .leaseLost: return Settlement(job, .released)
        case .requested(let reason):
            return Settlement(job, .cancelled(reason: reason), keep: plan.keep(in: .cancelled))
        case .timeout, nil: break
        }
        if let error = error as? JobError {
            return failed(error.message, category: error.category, wait: error.wait, counts: error.counts, error: error)
        }
        return failed(errorText(error), category: .temporary, error: error)
    }

    private func failed(
        _ message: String, category: FailureCategory, wait: Duration? = nil, counts: Bool = true,
        error: (any Error)? = nil
    ) -> Settlement {
        let custom = wait == nil ? plan.handler.options.customBackoff : nil
        let requested = wait ?? custom?(job.attempt, error ?? JobError(message, category: category))
        let decision = RetryDecision.after(
            attempt: job.attempt, of: plan.options.maxAttempts, category: category, requested: requested,
            counts: counts, backoff: plan.options.backoff, spread: spread())
        let timing = timing()
        let failure = Settlement.Failure(
            category: category, error: Limits.clipped(message, to: Limits.errorBytes), startedAt: timing.startedAt,
            duration: timing.duration)
        switch decision {
        case .retry(let after, let counts):
            return Settlement(job, .retry(after: after, counts: counts), failure: failure)
        case .bury(let reason):
            return Settlement(job, .dead(reason), failure: failure, keep: plan.keep(in: .dead))
        }
    }

    /// The follow-ups with what they take over from this job.
    private func checkedFollowUps() throws(ValidationError) -> [NewJob] {
        if followUps.isEmpty { return [] }
        var jobs = followUps
        let trace = traceHeaders ?? job.traceHeaders
        for index in jobs.indices {
            jobs[index].parent = jobs[index].parent ?? job.id
            jobs[index].correlationID = jobs[index].correlationID ?? job.details?.correlationID
            jobs[index].headers.merge(trace) { given, _ in given }
            try jobs[index].validate()
        }
        return jobs
    }

    private func clamped(_ wait: Duration) -> Duration {
        max(.zero, min(wait, Limits.horizon))
    }
}
