/// What waiting for a job came to.
public enum JobResult: Hashable, Sendable {
    /// The job has ended: completed, dead or cancelled.
    case finished(JobRecord)
    /// The time was over first; the job as it stood then.
    case timedOut(JobRecord)

    public var job: JobRecord {
        switch self {
        case .finished(let job), .timedOut(let job): job
        }
    }

    public var isTimedOut: Bool {
        if case .timedOut = self { true } else { false }
    }
}

extension JobRecord {
    /// The output of a completed job, decoded from JSON.
    ///
    /// - Throws: `conflict` when the job has not completed, with its last error; `invalid` when the output is missing or
    ///   not the JSON of `type`.
    public func decodedOutput<T: Decodable>(as type: T.Type = T.self) throws(StoreError) -> T {
        guard state == .completed else {
            let cause = lastError ?? cancelReason
            throw StoreError(
                .conflict, "job \(id) has no output, it is \(state.name)" + (cause.map { ": \($0)" } ?? ""))
        }
        guard let output else {
            throw StoreError(.invalid, "job \(id) completed without an output", field: "output")
        }
        return try PayloadCoding.decode(type, from: output, field: "output")
    }
}

extension JobClient {
    /// Waits until the job has ended.
    ///
    /// - Parameter timeout: how long to wait at most; zero looks once. Default 30 s.
    /// - Throws: `notFound`. Cancelling the task ends the wait as if the time were over.
    public func result(of id: JobID, timeout: Duration = .seconds(30)) async throws(StoreError) -> JobResult {
        let wait = min(max(timeout, .zero), Limits.horizon)
        guard let job = try await store.outcome(of: id, wait: wait) else {
            throw StoreError(
                .notFound, "there is no job \(id): it never was, was deleted, or ended longer ago than jobs are kept")
        }
        return job.state.isFinal ? .finished(job) : .timedOut(job)
    }

    /// Waits for the job and decodes its output from JSON.
    ///
    /// - Throws: `notFound`; `timedOut`; `conflict` with its last error when the job ended as dead or cancelled;
    ///   `invalid` when the output is missing or not the JSON of `type`.
    public func output<T: Decodable>(
        of id: JobID, as type: T.Type = T.self, timeout: Duration = .seconds(30)
    ) async throws(StoreError) -> T {
        switch try await result(of: id, timeout: timeout) {
        case .finished(let job): return try job.decodedOutput(as: type)
        case .timedOut(let job):
            throw StoreError(.timedOut, "job \(id) is still \(job.state.name) after \(timeout.text)")
        }
    }
}
