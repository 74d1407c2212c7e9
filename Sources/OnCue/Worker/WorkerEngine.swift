import Logging
import Synchronization

/// A worker while it runs. One thread deals with the store (``WorkerEngine/pump()``), others run the handlers
/// (``WorkerEngine/run(_:)``); between them stands ``Dispatch``.
final class WorkerEngine: Sendable {
    let broker: any JobBroker
    /// The broker, where it offers what operators need.
    let store: (any JobStore)?
    let configuration: Worker.Configuration
    let name: String
    let concurrency: Int
    let handlers: [JobName: RegisteredHandler]
    /// The queues to serve, in order; empty: every one.
    let chosenQueues: [Worker.Queue]
    let logger: Logger
    let metrics: WorkerMetrics?

    /// Everything that has to do with the store or with time.
    let thread = ThreadExecutor(name: "oncue-store")
    /// Handlers that do not block.
    let pool: ThreadExecutor
    /// Claims: what they bring is for the handlers' threads.
    let claimThreads: IdleThreads
    /// Handlers that do.
    let blockingPool: ThreadExecutor
    /// Cancels tasks. A thread of its own since what handlers do on cancellation runs in the call that cancels.
    let cancelThread = ThreadExecutor(name: "oncue-cancel")

    let dispatch: Mutex<Dispatch>
    let bell = Doorbell()
    /// Rings when ``work()`` may return.
    let ended = Doorbell()
    let queues: Mutex<QueueTable>
    /// The claim that waits for jobs, while there is one.
    let waiter = Mutex<Waiter?>(nil)
    let lease: Mutex<LeaseClock>
    let trouble: StoreTrouble
    let runServices: RunServices

    init(
        broker: any JobBroker, configuration: Worker.Configuration, concurrency: Int, queues: [Worker.Queue],
        handlers: [JobName: RegisteredHandler], logger: Logger
    ) {
        self.broker = broker
        store = broker as? any JobStore
        self.configuration = configuration
        self.concurrency = concurrency
        self.handlers = handlers
        chosenQueues = queues
        let process = ProcessIdentity.current
        let name = configuration.name ?? "\(process.host)-\(process.pid)"
        self.name = name
        self.logger = logger
        metrics = WorkerMetrics(factory: configuration.metricsFactory)
        let threads = configuration.handlerThreads ?? processorCount
        pool = ThreadExecutor(name: "oncue-handler", threads: threads)
        claimThreads = IdleThreads(of: pool, otherwise: thread)
        blockingPool = ThreadExecutor(name: "oncue-blocking", threads: concurrency)
        let queueLimits = queues.compactMap { queue in queue.limit.map { (queue.name, $0) } }
        dispatch = Mutex(
            Dispatch(
                ledger: WorkerLedger(
                    slots: concurrency, names: handlers.mapValues(\.options.concurrency),
                    queueLimits: Dictionary(queueLimits, uniquingKeysWith: min),
                    prefetch: PrefetchGauge(slots: concurrency, maximum: configuration.maxPrefetch)),
                widths: [threads, concurrency], claimsBeside: !broker.exchangesInOneWrite))
        self.queues = Mutex(QueueTable())
        lease = Mutex(LeaseClock(lease: configuration.lease))
        trouble = StoreTrouble(logger: logger, metrics: metrics)
        let thread = thread
        let handle = EngineHandle()
        runServices = RunServices(
            broker: broker, thread: thread, logger: logger, maxOutput: configuration.maxOutput,
            tracing: RunTracing(configuration.tracer)
        ) { run in
            handle.engine?.cancel(run, .leaseLost, drop: true)
        }
        handle.engine = self
    }

    /// Works until it was told to shut down and everything is settled; see ``abandonStore()`` for one that is away.
    func work() async {
        Task.detached(executorPreference: thread) {
            await self.workToTheEnd()
            self.ended.ring()
        }
        await ended.wait()
    }

    private func workToTheEnd() async {
        await learnQueues()
        let upkeep = [renewals, watch, maintenance].map { body in
            Task.detached(executorPreference: thread) { await body() }
        }
        await pump()
        for task in upkeep { task.cancel() }
        await closeSession()
        for task in upkeep { await task.value }
        for executor in [pool, blockingPool, cancelThread, thread] { executor.retire() }
    }

    var isShuttingDown: Bool { dispatch.withLock { $0.phase > .running } }
}

/// Lets runs reach the engine that they belong to without keeping it alive.
private final class EngineHandle: Sendable {
    private struct Box {
        weak var engine: WorkerEngine?
    }

    private let box = Mutex(Box())

    var engine: WorkerEngine? {
        get { box.withLock { $0.engine } }
        set { box.withLock { $0.engine = newValue } }
    }
}

/// A claim that waits for jobs.
struct Waiter: Sendable {
    var task: Task<Void, Never>
    /// It leaves out what has no room now; see ``WorkerLedger/Plan/isNarrowed``.
    var isNarrowed: Bool
}
