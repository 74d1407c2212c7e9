import Logging
import Synchronization

/// The end in two stages: first what runs may end, then it is interrupted and handed back.
extension WorkerEngine {
    /// Claims no more, hands back what has not started, and gives what runs the grace period.
    func beginShutdown() {
        let (hasBegun, running) = dispatch.withLock { state in
            guard state.phase == .running else { return (false, 0) }
            state.phase = .draining
            _ = state.withdraw(where: { _ in true }, { Settlement($0.job, .released) })
            return (true, state.ledger.running)
        }
        guard hasBegun else { return }
        logger.info("Shutting down.", metadata: ["running": "\(running)"])
        waiter.withLock { $0 }?.task.cancel()
        bell.ring()
        _ = thread.schedule(at: Uptime.after(configuration.shutdownGrace)) { [weak self] in self?.interrupt() }
        lookForStore(idleSince: nil)
    }

    /// Cancels what runs; it goes back to its queue, and no attempt is used up.
    func interrupt() {
        beginShutdown()
        let runs: [JobRun] = dispatch.withLock { state in
            guard state.phase < .interrupting else { return [] }
            state.phase = .interrupting
            state.interruptedAt = Uptime.now()
            return state.runs
        }
        if !runs.isEmpty {
            logger.info("The grace period is over: what runs is handed back.", metadata: ["running": "\(runs.count)"])
        }
        for run in runs { cancel(run, .shutdown) }
        bell.ring()
    }

    /// True once a shutdown has waited long enough for a store that does not answer.
    var hasLostPatience: Bool {
        dispatch.withLock { state in
            guard let moment = state.interruptedAt else { return false }
            return Uptime.now() - moment > configuration.stuckGrace.wholeNanoseconds
        }
    }

    // MARK: A store that is away

    /// Once nothing runs and nothing is to be written, the store is waited for no longer than a stuck handler is.
    private func lookForStore(idleSince: Int64?) {
        let now = Uptime.now()
        let since = dispatch.withLock { $0.isIdle } ? idleSince ?? now : nil
        if let since, now - since > configuration.stuckGrace.wholeNanoseconds { return abandonStore() }
        _ = thread.schedule(at: Uptime.after(.milliseconds(100))) { [weak self] in
            self?.lookForStore(idleSince: since)
        }
    }

    /// Lets ``work()`` return though calls are under way: they end within the store's own limits, or when it is
    /// closed. A session that could not be closed ends with its lease, and nothing is lost but that time.
    private func abandonStore() {
        dispatch.withLock { $0.hasAbandonedStore = true }
        trouble.silence()
        logger.warning("The store does not answer: the worker ends while calls to it are under way.")
        ended.ring()
    }

    var hasAbandonedStore: Bool { dispatch.withLock { $0.hasAbandonedStore } }
}
