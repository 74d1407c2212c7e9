public import OnCue

/// Handlers to try things out with: `echo`, `sleep`, `fail` and `error`.
public enum BuiltInHandlers {
    public static let names: Set<JobName> = ["echo", "sleep", "fail", "error"]

    /// Registers those whose names are still free.
    ///
    /// - `echo`: its output is its payload.
    /// - `sleep`: sleeps for the duration in its payload, `{"duration": "3s"}` or `"3s"`; none is one second.
    /// - `fail`, `error`: fails with the text in its payload, `{"error": "text", "permanent": false}`.
    ///
    /// - Throws: ``WorkerError`` when the worker has been started.
    public static func register(on worker: Worker) throws(WorkerError) {
        let taken = worker.names
        func add(
            _ name: JobName, _ handler: @escaping @Sendable ([UInt8], JobContext) async throws -> JobOutcome
        ) throws(WorkerError) {
            guard !taken.contains(name) else { return }
            try worker.on(name) { (payload: [UInt8], context: JobContext) -> JobOutcome in
                try await handler(payload, context)
            }
        }
        try add("echo") { payload, _ in payload.isEmpty ? .completed : .output(payload) }
        try add("sleep") { payload, _ in
            try await Task.sleep(for: sleepTime(payload))
            return .completed
        }
        for name in ["fail", "error"] as [JobName] { try add(name) { payload, _ in throw try failure(payload) } }
    }

    private struct SleepPayload: Decodable {
        var duration: String
    }

    private struct FailurePayload: Decodable {
        var error: String?
        var permanent: Bool?
    }

    /// A payload that says no duration will not say one later: permanent.
    private static func sleepTime(_ payload: [UInt8]) throws -> Duration {
        if payload.isEmpty { return .seconds(1) }
        do {
            let text = (try? PayloadCoding.decode(String.self, from: payload))
            let time = try Duration(
                parsing: text ?? PayloadCoding.decode(SleepPayload.self, from: payload).duration)
            guard time >= .zero else { throw ValidationError(field: "duration", message: "may not be negative") }
            return time
        } catch {
            throw JobError.permanent(error)
        }
    }

    private static func failure(_ payload: [UInt8]) throws -> any Error {
        var wanted = FailurePayload()
        do {
            if !payload.isEmpty { wanted = try PayloadCoding.decode(FailurePayload.self, from: payload) }
        } catch {
            throw JobError.permanent(error)
        }
        let failure = CommandFailure(description: wanted.error ?? "failed as it was told to")
        return wanted.permanent == true ? JobError.permanent(failure) : failure
    }
}
