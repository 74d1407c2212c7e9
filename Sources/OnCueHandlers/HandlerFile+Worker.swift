public import OnCue

extension HandlerFile {
    /// Registers every handler of the file.
    ///
    /// - Throws: ``WorkerError`` when a name has a handler already, or the worker has been started.
    public func register(on worker: Worker) throws(WorkerError) {
        #if Server
            let client = WebhookClient()
        #endif
        for entry in entries {
            let options = HandlerOptions(
                concurrency: entry.concurrency, timeout: entry.options.timeout,
                softTimeout: entry.options.softTimeout, maxAttempts: entry.options.maxAttempts,
                backoff: entry.options.backoff)
            switch entry.work {
            case .command(let command):
                try worker.on(entry.name, options: options) { (payload: [UInt8], context: JobContext) -> JobOutcome in
                    try await command.perform(payload, context)
                }
            case .webhook(let webhook):
                #if Server
                    try worker.on(entry.name, options: options) {
                        (payload: [UInt8], context: JobContext) -> JobOutcome in
                        try await webhook.perform(payload, context, client: client)
                    }
                #else
                    try worker.on(entry.name, options: options) { (_: [UInt8], _: JobContext) -> JobOutcome in
                        throw JobError.permanent("\(webhook.url): webhooks need the package trait 'Server'")
                    }
                #endif
            }
        }
    }
}

extension Command {
    /// Runs the command for a job: payload on standard input, exit status to outcome.
    ///
    /// 0: completed, with standard output as the output. 65: dead. 75 and all others, and signals: failed, tried again.
    /// A program that does not exist: dead.
    public func perform(_ payload: [UInt8], _ context: JobContext) async throws -> JobOutcome {
        let end: CommandEnd
        do {
            end = try await run(input: payload, variables: Self.variables(context))
        } catch {
            if error.isNotFound { throw JobError.permanent(error) }
            throw error
        }
        // What it says after it was told to stop is no result.
        if end.isInterrupted { throw CancellationError() }
        return try end.outcome()
    }

    private static func variables(_ context: JobContext) -> [String: String] {
        var variables = [
            "ONCUE_JOB_ID": context.id.description,
            "ONCUE_JOB_NAME": context.name.rawValue,
            "ONCUE_QUEUE": context.queue.rawValue,
            "ONCUE_ATTEMPT": String(context.attempt),
        ]
        variables["TRACEPARENT"] = context.traceHeaders["traceparent"]
        variables["TRACESTATE"] = context.traceHeaders["tracestate"]
        return variables
    }
}

/// A command that ended badly; its text is what is kept with the job.
public struct CommandFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
}

extension CommandEnd {
    /// "Permanent failure" and "temporary failure", as sysexits.h and mail systems have it.
    static let permanentStatus: Int32 = 65

    func outcome() throws -> JobOutcome {
        if status == .exited(0) { return output.isEmpty ? .completed : .output(output) }
        let failure = CommandFailure(
            description: errorText.isEmpty ? "\(status), with nothing on stderr" : "\(status): \(errorText)")
        if status == .exited(Self.permanentStatus) { throw JobError.permanent(failure) }
        throw failure
    }
}
