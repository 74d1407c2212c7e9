public import Logging
public import ServiceLifecycle
import Synchronization

/// Claims jobs from a store and runs their handlers.
///
/// ```swift
/// let worker = Worker(store, concurrency: 50)
/// try worker.on(SendReceipt.self) { receipt, context in try await mailer.send(receipt) }
/// try await worker.run()
/// ```
///
/// Handlers run on threads of the worker's own, as many as there are processors; the global pool stays free for the rest
/// of the program. An unstructured `Task {}` in a handler leaves these threads. A worker runs once.
public final class Worker: Service {
    private struct State {
        var handlers: [JobName: RegisteredHandler] = [:]
        var middleware: [any JobMiddleware] = []
        var engine: WorkerEngine?
        var isStarted = false
        /// Shut down before it was started, or while it starts.
        var isShutDown = false
        var isInterrupted = false
    }

    let broker: any JobBroker
    /// Jobs that it runs at once.
    public let concurrency: Int
    /// The queues it serves, in order; empty: every queue of the store.
    public let queues: [Queue]
    public let configuration: Configuration
    let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - broker: where jobs come from and outcomes go.
    ///   - concurrency: jobs that run at once; default 10.
    ///   - queues: the queues to serve, those first that stand first. Empty: every queue of the store, in the order of
    ///     their settings; new ones within a second.
    ///   - logger: nil: the task's current logger.
    public init(
        _ broker: any JobBroker, concurrency: Int = 10, queues: [Queue] = [],
        configuration: Configuration = Configuration(), logger: Logger? = nil
    ) {
        self.broker = broker
        self.concurrency = concurrency
        self.queues = queues
        self.configuration = configuration
        self.logger = logger ?? .current
    }

    // MARK: Setting up

    func register(
        _ name: JobName, options: HandlerOptions, type: JobOptions = JobOptions(),
        _ body: @escaping RegisteredHandler.Body
    ) throws(WorkerError) {
        do {
            try name.validated(field: "name")
            try options.validate()
        } catch {
            throw WorkerError(.invalid, "The handler for '\(name)': \(error)")
        }
        let handler = RegisteredHandler(name: name, options: options, type: type, body: body)
        let problem: WorkerError? = state.withLock { state in
            if state.isStarted {
                return WorkerError(
                    .alreadyStarted, "The handler for '\(name)' came too late: register handlers before run().")
            }
            if state.handlers[name] != nil {
                return WorkerError(.alreadyRegistered, "There is a handler for '\(name)' already.")
            }
            state.handlers[name] = handler
            return nil
        }
        if let problem { throw problem }
    }

    /// Puts `middleware` around every run; what was added first is outermost.
    ///
    /// - Throws: ``WorkerError/Code/alreadyStarted``.
    public func use(_ middleware: any JobMiddleware) throws(WorkerError) {
        let isTooLate = state.withLock { state in
            if !state.isStarted { state.middleware.append(middleware) }
            return state.isStarted
        }
        if isTooLate {
            throw WorkerError(.alreadyStarted, "Middleware came too late: add it before run().")
        }
    }

    /// The job names that there are handlers for.
    public var names: Set<JobName> {
        state.withLock { Set($0.handlers.keys) }
    }

    /// The handlers with the middleware around them.
    func handlers() -> [JobName: RegisteredHandler] {
        state.withLock { state in
            guard !state.middleware.isEmpty else { return state.handlers }
            return state.handlers.mapValues { $0.wrapped(in: state.middleware) }
        }
    }

    // MARK: Running

    /// Works until a graceful shutdown is asked for, ``shutDown()`` is called or the task is cancelled; errors of the
    /// store do not end it.
    ///
    /// A graceful shutdown claims no more, waits ``Configuration/shutdownGrace`` for what runs, then interrupts it and
    /// hands it back. Cancelling the task interrupts at once. Either way every outcome is written first. A store that does
    /// not answer is waited for ten seconds once there is nothing more to write, and with outcomes to write until after the
    /// grace periods.
    ///
    /// - Throws: ``WorkerError`` when a setting is out of range or the worker has been started before.
    public func run() async throws {
        let engine = try start()
        let work = Task.detached(executorPreference: engine.thread) { await engine.work() }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await work.value
            } onGracefulShutdown: {
                self.shutDown()
            }
        } onCancel: {
            self.interrupt()
        }
    }

    private func start() throws(WorkerError) -> WorkerEngine {
        try configuration.validate()
        guard concurrency >= 1 else {
            throw WorkerError(.invalid, "The concurrency has to be at least 1, this is \(concurrency).")
        }
        for queue in queues {
            do {
                try queue.name.validated(field: "queue")
            } catch {
                throw WorkerError(.invalid, error.description)
            }
            guard queue.limit.map({ $0 >= 1 }) ?? true else {
                throw WorkerError(.invalid, "The limit of queue '\(queue.name)' has to be at least 1.")
            }
        }
        let handlers = handlers()
        let engine = WorkerEngine(
            broker: broker, configuration: configuration, concurrency: concurrency, queues: queues,
            handlers: handlers, logger: logger)
        let (isFirst, isShutDown, isInterrupted) = state.withLock { state in
            defer {
                if !state.isStarted { state.engine = engine }
                state.isStarted = true
            }
            return (!state.isStarted, state.isShutDown, state.isInterrupted)
        }
        guard isFirst else { throw WorkerError(.alreadyStarted, "A worker runs once: make a new one.") }
        if isInterrupted { engine.interrupt() } else if isShutDown { engine.beginShutdown() }
        return engine
    }

    /// Begins a graceful shutdown; ``run()`` returns at its end.
    public func shutDown() {
        let engine = state.withLock { state in
            state.isShutDown = true
            return state.engine
        }
        engine?.beginShutdown()
    }

    /// Shuts down without a grace period: what runs is cancelled and handed back.
    public func interrupt() {
        let engine = state.withLock { state in
            state.isInterrupted = true
            return state.engine
        }
        engine?.interrupt()
    }
}

extension RegisteredHandler {
    /// The same handler with `middleware` around it, the first outermost.
    func wrapped(in middleware: [any JobMiddleware]) -> RegisteredHandler {
        var body = body
        for layer in middleware.reversed() {
            let inner = body
            body = { context in
                try await layer.handle(context) { context in try await inner(context) }
            }
        }
        return RegisteredHandler(name: name, options: options, type: type, body: body)
    }
}
