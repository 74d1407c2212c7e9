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
}
