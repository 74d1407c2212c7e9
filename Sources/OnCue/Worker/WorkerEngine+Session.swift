import Logging
import Synchronization

/// The worker's session in the store: opened, renewed, lost, opened again, closed.
extension WorkerEngine {
    var currentSession: (session: SessionID, epoch: Int)? {
        dispatch.withLock { state in state.session.map { ($0, state.epoch) } }
    }

    /// Whether `error` says that the session is no more.
    func isSessionOver(_ error: StoreError) -> Bool {
        error.code == .fenced || error.code == .notFound
    }

    /// Opens a session; false when that failed, after a pause.
    func openSession() async -> Bool {
        let sent = Uptime.now()
        do {
            let session = try await broker.openSession(
                SessionOpening(
                    worker: name, process: .current, lease: configuration.lease, names: Set(handlers.keys),
                    queues: chosenQueues.map(\.name), concurrency: concurrency))
            lease.withLock { $0.renewed(at: sent) }
            dispatch.withLock { state in
                state.session = session
                state.isInDoubt = false
                state.mayHaveMore = true
                state.needsReconcile = false
            }
            guardLease()
            trouble.isOver()
            return true
        } catch {
            trouble.report(error, during: "opening a session")
            await thread.sleep(until: Uptime.after(.milliseconds(Int64.random(in: 100...1_000))))
            return false
        }
    }

    /// Says goodbye; what is still held goes back to its queues at once.
    func closeSession() async {
        let session = dispatch.withLock { state in
            defer { state.endSession() }
            return state.session
        }
        guard let session else { return }
        var pause = RetryPause()
        while true {
            do {
                try await broker.closeSession(session)
                return
            } catch {
                if hasAbandonedStore { return }
                guard error.isTransient else {
                    logger.warning("The session could not be closed.", metadata: ["error": "\(error)"])
                    return
                }
                await thread.sleep(until: pause.next())
            }
        }
    }

    /// The session was fenced off: others have its jobs now. What runs is told to stop and a new session follows.
    func endSession(_ epoch: Int, _ error: StoreError) {
        let runs: [JobRun]? = dispatch.withLock { state in
            guard state.epoch == epoch, state.session != nil else { return nil }
            state.endSession()
            return state.runs
        }
        guard let runs else { return }
        logger.warning(
            "The session was fenced off; its jobs are others' now.",
            metadata: ["running": "\(runs.count)", "error": "\(error)"])
        for run in runs { cancel(run, .leaseLost, drop: true) }
        waiter.withLock { $0 }?.task.cancel()
        bell.ring()
    }

    // MARK: Renewal

    func renewals() async {
        while !Task.isCancelled {
            await thread.sleep(until: lease.withLock { $0.nextRenewal })
            guard !Task.isCancelled else { return }
            guard let (session, epoch) = currentSession else {
                await thread.sleep(for: .milliseconds(50))
                continue
            }
            let sent = Uptime.now()
            do {
                let news = try await broker.renew(session)
                guard currentSession?.epoch == epoch else { continue }
                lease.withLock { $0.renewed(at: sent) }
                leaseIsSure()
                take(news, epoch: epoch)
            } catch {
                if isSessionOver(error) {
                    endSession(epoch, error)
                } else {
                    trouble.report(error, during: "renewing the session")
                    // A renewal is worth more tries than anything else.
                    await thread.sleep(for: .milliseconds(Int64.random(in: 100...300)))
                }
            }
        }
    }

    /// Watches the lease without asking anyone: the renewal itself may hang.
    private func guardLease() {
        let endsAt = lease.withLock { $0.endsAt }
        _ = thread.schedule(at: endsAt) { [weak self] in
            guard let self else { return }
            if self.lease.withLock({ $0.endsAt }) <= Uptime.now() {
                self.leaseIsInDoubt()
            } else if self.currentSession != nil {
                self.guardLease()
            }
        }
    }

    /// Too long without a renewal: another may hold our jobs by now. Handlers stop; whether their outcomes still count
    /// is for the store to say when it answers again.
    private func leaseIsInDoubt() {
        let runs: [JobRun] = dispatch.withLock { state in
            guard state.session != nil, !state.isInDoubt else { return [] }
            state.isInDoubt = true
            return state.runs.filter { $0.epoch == state.epoch }
        }
        metrics?.leaseLost()
        logger.warning(
            "The session could not be renewed in time; what runs is told to stop.",
            metadata: ["running": "\(runs.count)"])
        for run in runs { cancel(run, .leaseLost) }
    }

    /// A renewal has succeeded: nobody has taken over.
    private func leaseIsSure() {
        trouble.isOver()
        let (wasInDoubt, tickets) = dispatch.withLock { state -> (Bool, [Dispatch.RunnerTicket]) in
            guard state.isInDoubt else { return (false, []) }
            state.isInDoubt = false
            return (true, state.runnersToStart())
        }
        guard wasInDoubt else { return }
        logger.info("The session stands.")
        for ticket in tickets { startRunner(ticket) }
        guardLease()
        renewWaiter()
    }

    // MARK: News

    /// What others did to the session's jobs.
    func take(_ news: SessionNews, epoch: Int) {
        for cancellation in news.cancellations { take(cancellation, epoch: epoch) }
        let (wasQuiet, isOff) = dispatch.withLock { state in
            guard state.epoch == epoch else { return (state.isQuiet, false) }
            defer { state.isQuiet = news.isQuiet }
            // Counted while calls are under way it is often off; so only what stays off is looked into.
            return (state.isQuiet, state.isOff(by: news.held))
        }
        // A look at what is held does not go together with a claim.
        if isOff { renewWaiter() }
        if wasQuiet != news.isQuiet {
            logger.info(news.isQuiet ? "Told to claim no more jobs." : "Told to claim jobs again.")
            renewWaiter()
        }
        if news.isStopping { beginShutdown() }
    }

    private func take(_ cancellation: SessionNews.Cancellation, epoch: Int) {
        let isCancelled: (JobRun) -> Bool = { $0.job.id == cancellation.job && $0.epoch == epoch }
        let (withdrawn, running) = dispatch.withLock { state in
            let withdrawn = state.withdraw(where: isCancelled) { run in
                cancellation.isTakenAway ? nil : Settlement(run.job, .cancelled(reason: cancellation.reason))
            }
            return (withdrawn, state.runs.filter(isCancelled))
        }
        if withdrawn.count > 0 { bell.ring() }
        if withdrawn.isLoosened { renewWaiter(onlyIfNarrowed: true) }
        for run in running {
            cancel(run, .requested(reason: cancellation.reason), drop: cancellation.isTakenAway)
        }
    }
}
