#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// What a handler takes: the payload's bytes, a value read from JSON, or a ``Job``. What it gives back: nothing, an output
// (kept as JSON), or a ``JobOutcome``. The forms for outcomes alone are there for `return .next(…)`; they are disfavoured
// so that a closure of several statements that returns nothing is not taken for one.

// MARK: - Bytes

extension Worker {
    /// Registers a handler that gets the payload's bytes.
    ///
    /// - Parameters:
    ///   - options: all that can be set; `concurrency`, `timeout` and `blocking` are there for themselves, too.
    ///   - concurrency: jobs of this name that this worker runs at once.
    ///   - timeout: after this the run is cancelled and the attempt fails.
    ///   - blocking: true for handlers that block their thread: they get threads of their own.
    ///   - handler: returns nothing, a ``JobOutcome``, or a value that is kept as the job's output, as JSON.
    /// - Throws: ``WorkerError``: a second handler for a name, a worker that runs already, an option out of range, or a
    ///   handler that returns what cannot be written as JSON.
    public func on<Result>(
        _ name: JobName, options: HandlerOptions = HandlerOptions(), concurrency: Int? = nil,
        timeout: Duration? = nil, blocking: Bool? = nil,
        _ handler: @escaping @Sendable (_ payload: [UInt8], _ context: JobContext) async throws -> Result
    ) throws(WorkerError) {
        let outcome = try ResultWriter<Result>(of: name)
        try register(name, options: options.with(concurrency, timeout, blocking)) { context in
            try outcome(try await handler(context.payload, context))
        }
    }

    /// Registers a handler that gets the payload's bytes. It says how the job goes on.
    @_disfavoredOverload
    public func on(
        _ name: JobName, options: HandlerOptions = HandlerOptions(), concurrency: Int? = nil,
        timeout: Duration? = nil, blocking: Bool? = nil,
        _ handler: @escaping @Sendable (_ payload: [UInt8], _ context: JobContext) async throws -> JobOutcome
    ) throws(WorkerError) {
        try register(name, options: options.with(concurrency, timeout, blocking)) { context in
            try await handler(context.payload, context)
        }
    }
}

// MARK: - Values

extension Worker {
    /// Registers a handler whose payload is read from JSON. A payload that cannot be read is not tried again.
    ///
    /// - Parameters:
    ///   - options: all that can be set; `concurrency`, `timeout` and `blocking` are there for themselves, too.
    ///   - concurrency: jobs of this name that this worker runs at once.
    ///   - timeout: after this the run is cancelled and the attempt fails.
    ///   - blocking: true for handlers that block their thread: they get threads of their own.
    ///   - handler: returns nothing, a ``JobOutcome``, or a value that is kept as the job's output, as JSON.
    /// - Throws: ``WorkerError``: a second handler for a name, a worker that runs already, an option out of range, or a
    ///   handler that returns what cannot be written as JSON.
    public func on<Payload: Decodable & SendableMetatype, Result>(
        _ name: JobName, options: HandlerOptions = HandlerOptions(), concurrency: Int? = nil,
        timeout: Duration? = nil, blocking: Bool? = nil,
        _ handler: @escaping @Sendable (_ payload: Payload, _ context: JobContext) async throws -> Result
    ) throws(WorkerError) {
        let read = PayloadReader<Payload>()
        let outcome = try ResultWriter<Result>(of: name)
        try register(name, options: options.with(concurrency, timeout, blocking)) { context in
            try outcome(try await handler(try read(context.payload), context))
        }
    }

    /// Registers a handler whose payload is read from JSON. A payload that cannot be read is not tried again. It says how the job goes on.
    @_disfavoredOverload
    public func on<Payload: Decodable & SendableMetatype>(
        _ name: JobName, options: HandlerOptions = HandlerOptions(), concurrency: Int? = nil,
        timeout: Duration? = nil, blocking: Bool? = nil,
        _ handler: @escaping @Sendable (_ payload: Payload, _ context: JobContext) async throws -> JobOutcome
    ) throws(WorkerError) {
        let read = PayloadReader<Payload>()
        try register(name, options: options.with(concurrency, timeout, blocking)) { context in
            try await handler(try read(context.payload), context)
        }
    }
}

// MARK: - Jobs

extension Worker {
    /// Registers the handler of a ``Job`` type.
    ///
    /// - Parameters:
    ///   - options: all that can be set; `concurrency`, `timeout` and `blocking` are there for themselves, too. They win
    ///     over those of the type.
    ///   - concurrency: jobs of this name that this worker runs at once.
    ///   - timeout: after this the run is cancelled and the attempt fails.
    ///   - blocking: true for handlers that block their thread: they get threads of their own.
    ///   - handler: returns nothing, a ``JobOutcome``, or a value that is kept as the job's output, as JSON.
    /// - Throws: ``WorkerError``: a second handler for a name, a worker that runs already, an option out of range, or a
    ///   handler that returns what cannot be written as JSON.
    public func on<J: Job, Result>(
        _ type: J.Type, options: HandlerOptions = HandlerOptions(), concurrency: Int? = nil,
        timeout: Duration? = nil, blocking: Bool? = nil,
        _ handler: @escaping @Sendable (_ job: J, _ context: JobContext) async throws -> Result
    ) throws(WorkerError) {
        let read = PayloadReader<J>()
        let outcome = try ResultWriter<Result>(of: J.name)
        try register(J.name, options: options.with(concurrency, timeout, blocking), type: J.options) { context in
            try outcome(try await handler(try read(context.payload), context))
        }
    }

    /// Registers the handler of a ``Job`` type. It says how the job goes on.
    @_disfavoredOverload
    public func on<J: Job>(
        _ type: J.Type, options: HandlerOptions = HandlerOptions(), concurrency: Int? = nil,
        timeout: Duration? = nil, blocking: Bool? = nil,
        _ handler: @escaping @Sendable (_ job: J, _ context: JobContext) async throws -> JobOutcome
    ) throws(WorkerError) {
        let read = PayloadReader<J>()
        try register(J.name, options: options.with(concurrency, timeout, blocking), type: J.options) { context in
            try await handler(try read(context.payload), context)
        }
    }
}

// MARK: - Reading and writing

/// Reads payloads of one type. A decoder keeps nothing between two reads, so one serves all runs.
private struct PayloadReader<Payload: Decodable>: Sendable {
    private let decoder = JSONDecoder()

    func callAsFunction(_ bytes: [UInt8]) throws -> Payload {
        do {
            return try decoder.decode(Payload.self, from: Data(bytes))
        } catch {
            throw JobError.permanent("The payload is not the JSON of \(Payload.self): \(error)")
        }
    }
}

/// Turns what handlers of one type return into outcomes; which way is known once the type is.
private struct ResultWriter<Result>: Sendable {
    private let write: @Sendable (Result) throws -> JobOutcome

    init(of name: JobName) throws(WorkerError) {
        if Result.self == Void.self {
            write = { _ in .completed }
        } else if Result.self == JobOutcome.self {
            write = { ($0 as? JobOutcome) ?? .completed }
        } else if Result.self is any Encodable.Type {
            write = { result in
                guard let output = result as? any Encodable else { return .completed }
                return .output(try PayloadCoding.encode(output, field: "output"))
            }
        } else {
            throw WorkerError(
                .invalid,
                "The handler for '\(name)' returns \(Result.self), which cannot be written as JSON for an output.")
        }
    }

    func callAsFunction(_ result: Result) throws -> JobOutcome {
        try write(result)
    }
}

extension HandlerOptions {
    fileprivate func with(_ concurrency: Int?, _ timeout: Duration?, _ blocking: Bool?) -> HandlerOptions {
        var options = self
        if let concurrency { options.concurrency = concurrency }
        if let timeout { options.timeout = timeout }
        if let blocking { options.blocking = blocking }
        return options
    }
}
