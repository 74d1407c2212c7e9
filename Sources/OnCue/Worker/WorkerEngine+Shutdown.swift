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
        lookForStore(since: nil)
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
            let patience = max(configuration.stuckGrace, configuration.storePatience)
            return Uptime.now() - moment > patience.wholeNanoseconds
        }
    }

    // MARK: A store that is away

    /// Once nothing is to be written, or it has been tried for long enough, the store is not waited for much longer.
    private func lookForStore(since: Int64?) {
        let now = Uptime.now()
        guard dispatch.withLock({ $0.isIdle }) || hasLostPatience else { return lookForStoreAgain(since: nil) }
        let since = since ?? now
        if now - since > configuration.storePatience.wholeNanoseconds { return abandonStore() }
        lookForStoreAgain(since: since)
    }

    private func lookForStoreAgain(since: Int64?) {
        _ = thread.schedule(at: Uptime.after(.milliseconds(100))) { [weak self] in
            self?.lookForStore(since: since)
        }
    }

    /// Lets ``work()`` return though calls are under way: they end within the store's own limits, or when it is
    /// closed. A session that could not be closed ends with its lease; what could not be written runs again.
    private func abandonStore() {
        let unwritten = dispatch.withLock { state in
            state.hasAbandonedStore = true
            return state.ledger.unsettled
        }
        trouble.silence()
        logger.warning(
            "The store does not answer: the worker ends while calls to it are under way.",
            metadata: unwritten > 0 ? ["unwritten": "\(unwritten)"] : nil)
        ended.ring()
    }

    var hasAbandonedStore: Bool { dispatch.withLock { $0.hasAbandonedStore } }
}
