import Logging
import Synchronization

/// One run of a job: what it was claimed as, and what happens to it until its outcome is known.
final class JobRun: Sendable {
    struct State: Sendable {
        var cancellation: JobCancellation?
        var isSoftTimeoutReached = false
        var softTimeoutActions: [@Sendable () -> Void] = []
        var output: [UInt8]?
        /// What carries the trace on to follow-ups; nil: as this job got it.
        var traceHeaders: [String: String]?
        var followUps: [NewJob] = []
        var memory: JobMemory?
        var progress = ProgressNotes()
        var timers: [ThreadExecutor.TimerID] = []
    }

    let job: LeasedJob
    let plan: RunPlan
    let services: RunServices
    /// Which of the worker's sessions it belongs to.
    let epoch: Int
    /// When it was claimed (``Uptime``).
    let claimedAt: Int64
    /// When it started (``Uptime``); 0 before.
    private let start = Atomic<Int64>(0)
    private let dropped = Atomic<Bool>(false)
    private let givenUp = Atomic<Bool>(false)
    let state = Mutex(State())

    init(_ job: LeasedJob, plan: RunPlan, services: RunServices, epoch: Int, claimedAt: Int64) {
        self.job = job
        self.plan = plan
        self.services = services
        self.epoch = epoch
        self.claimedAt = claimedAt
    }

    var entry: WorkerLedger.Entry {
        WorkerLedger.Entry(name: job.name, queue: job.queue, isSuspect: job.lostWorkers > 0)
    }

    var startedAt: Int64 { start.load(ordering: .relaxed) }

    func began(at now: Int64) {
        start.store(now, ordering: .relaxed)
    }

    /// True once the job was taken away: whatever the run ends in is not written.
    var isDropped: Bool { dropped.load(ordering: .relaxed) }

    func drop() {
        dropped.store(true, ordering: .relaxed)
    }

    /// True once its slot was given to others.
    var wasGivenUp: Bool { givenUp.load(ordering: .relaxed) }

    func markGivenUp() {
        givenUp.store(true, ordering: .relaxed)
    }

    var cancellation: JobCancellation? { state.withLock { $0.cancellation } }

    /// Notes why the run is to stop; false when it had been told before.
    func noteCancellation(_ reason: JobCancellation) -> Bool {
        state.withLock {
            guard $0.cancellation == nil else { return false }
            $0.cancellation = reason
            return true
        }
    }

    /// The worker's logger with what names this run.
    var logger: Logger {
        var logger = services.logger
        logger[metadataKey: "job.id"] = "\(job.id)"
        logger[metadataKey: "job.name"] = "\(job.name)"
        logger[metadataKey: "job.queue"] = "\(job.queue)"
        logger[metadataKey: "job.attempt"] = "\(job.attempt)"
        return logger
    }
}

/// What runs need of their worker.
final class RunServices: Sendable {
    let broker: any JobBroker
    /// For waits and timers.
    let thread: ThreadExecutor
    let logger: Logger
    let maxOutput: Int
    let tracing: RunTracing?
    /// Called when the store said that the run no longer holds its job.
    let leaseLost: @Sendable (JobRun) -> Void

    init(
        broker: any JobBroker, thread: ThreadExecutor, logger: Logger, maxOutput: Int, tracing: RunTracing?,
        leaseLost: @escaping @Sendable (JobRun) -> Void
    ) {
        self.broker = broker
        self.thread = thread
        self.logger = logger
        self.maxOutput = maxOutput
        self.tracing = tracing
        self.leaseLost = leaseLost
    }
}
