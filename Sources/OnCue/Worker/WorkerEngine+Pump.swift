import Logging
import Synchronization

/// The dealings with the store: outcomes out, jobs in, one call for both.
extension WorkerEngine {
    /// A claim waits so long at most before it is made anew.
    private static let claimWait: Duration = .seconds(5)

    func pump() async {
        var sequence: Int64 = 0
        while true {
            switch dispatch.withLock({ $0.nextStep() }) {
            case .openSession:
                if await openSession() { sequence = 0 }
            case .reconcile: await reconcile()
            case .exchange(let items, let plan): await exchange(items, plan, sequence: &sequence)
            case .claim(let plan, let waits):
                startClaim(plan, waits: waits)
                // It is on its way before outcomes are put into words: these take longer.
                await Task.yield()
            case .park: await bell.wait()
            case .end: return
            }
        }
    }

    // MARK: Settle and claim

    /// Writes `items` and claims what `plan` says; again until the store has answered or the session is over.
    private func exchange(_ items: [Settlement], _ plan: WorkerLedger.Plan?, sequence: inout Int64) async {
        guard let (session, epoch) = currentSession else { return }
        var batch = items.isEmpty ? nil : SettleBatch(session: session, sequence: sequence + 1, items: items)
        var request = plan.map { claimRequest($0, session: session) }
        var pause = RetryPause()
        while true {
            let start = Uptime.now()
            do {
                let answer = try await broker.exchange(batch, request)
                if batch != nil { sequence += 1 }
                noteAnswers(answer.settled, to: items)
                dispatch.withLock { state in
                    guard state.epoch == epoch else { return }
                    state.ledger.settled(items.count)
                    state.observe(commit: Uptime.now() - start)
                    if let request { state.mayHaveMore = answer.claimed.count >= request.limit }
                }
                trouble.isOver()
                adopt(answer.claimed, epoch: epoch)
                return
            } catch {
                if isSessionOver(error) { return endSession(epoch, error) }
                if error.code == .invalid, let sent = batch {
                    return await settleOneByOne(sent.items, because: error, sequence: &sequence)
                }
                trouble.report(error, during: "settling and claiming")
                if request != nil { dispatch.withLock { $0.needsReconcile = true } }
                request = nil
                guard batch != nil, !hasLostPatience else {
                    if batch != nil { giveUpSettling(items, epoch: epoch) }
                    await thread.sleep(until: pause.next())
                    return
                }
                await thread.sleep(until: pause.next())
                guard currentSession?.epoch == epoch else { return }
                batch?.sequence = sequence + 1
            }
        }
    }

    /// One outcome that the store refuses must not hold up the others: it is found, and its job buried.
    private func settleOneByOne(_ items: [Settlement], because error: StoreError, sequence: inout Int64) async {
        guard items.count == 1, let item = items.first else {
            for item in items { await exchange([item], nil, sequence: &sequence) }
            return
        }
        logger.error(
            "An outcome was refused by the store.",
            metadata: ["job.id": "\(item.job.id)", "job.name": "\(item.job.name)", "error": "\(error)"])
        if item.outcome == .dead(.permanent), item.followUps.isEmpty {
            // Refused even so: it stays with the session, and goes back to its queue when that ends.
            dispatch.withLock { $0.leave(item.job.id) }
            return
        }
        let failure = Settlement.Failure(
            category: .system, error: "its outcome was refused by the store: \(error)",
            startedAt: SystemTime().now(), duration: .zero)
        await exchange([Settlement(item.job, .dead(.permanent), failure: failure)], nil, sequence: &sequence)
    }

    private func noteAnswers(_ answers: [SettleAnswer], to items: [Settlement]) {
        for (answer, item) in zip(answers, items) where answer == .leaseLost {
            metrics?.leaseLost()
            logger.debug(
                "A job had been taken over before its outcome was written.",
                metadata: ["job.id": "\(item.job.id)", "job.name": "\(item.job.name)"])
        }
    }

    /// A shutdown cannot wait for ever for a store that does not answer: others will take over.
    private func giveUpSettling(_ items: [Settlement], epoch: Int) {
        logger.error("Outcomes could not be written before the shutdown.", metadata: ["jobs": "\(items.count)"])
        dispatch.withLock { state in
            guard state.epoch == epoch else { return }
            state.ledger.settled(items.count)
        }
    }

    func claimRequest(
        _ plan: WorkerLedger.Plan, session: SessionID, wait: Duration = .zero
    ) -> ClaimRequest {
        ClaimRequest(
            session: session, queues: plan.queues, names: plan.names, limit: plan.limit, floor: plan.floor,
            suspects: plan.suspects, wait: wait)
    }

    // MARK: Claims of their own

    private func startClaim(_ plan: WorkerLedger.Plan, waits: Bool) {
        guard let (session, epoch) = currentSession else {
            dispatch.withLock { $0.isWaiting = false }
            return
        }
        let request = claimRequest(plan, session: session, wait: waits ? Self.claimWait : .zero)
        let task = Task.detached(executorPreference: claimThreads) { await self.claim(request, epoch: epoch) }
        guard waits else { return }
        waiter.withLock { $0 = Waiter(task: task, isNarrowed: plan.isNarrowed) }
        // What became possible before the waiter was known could not cancel it.
        if dispatch.withLock({ $0.mayHaveMore || !$0.canClaim }) { task.cancel() }
    }

    private func claim(_ request: ClaimRequest, epoch: Int) async {
        do {
            let jobs = try await broker.claim(request)
            dispatch.withLock { state in
                if request.wait == .zero {
                    state.mayHaveMore = jobs.count >= request.limit
                } else if !jobs.isEmpty {
                    // The next wait begins with a look; where that costs a write of its own it goes with the outcomes.
                    state.mayHaveMore = jobs.count >= request.limit || !state.claimsBeside
                }
            }
            adopt(jobs, epoch: epoch)
        } catch {
            if isSessionOver(error) {
                endSession(epoch, error)
            } else if !Task.isCancelled || error.code != .closed {
                trouble.report(error, during: request.wait == .zero ? "claiming" : "waiting for jobs")
                dispatch.withLock { $0.needsReconcile = true }
                var pause = RetryPause()
                await thread.sleep(until: pause.next())
            }
        }
        if request.wait > .zero { waiter.withLock { $0 = nil } }
        let next = dispatch.withLock { state in
            state.isWaiting = false
            return state.nextClaim()
        }
        // At once, for the store thread may be waiting until outcomes are written.
        if let next { startClaim(next.plan, waits: next.waits) }
        bell.ring()
    }

    /// Ends a claim that waits, since another would bring more. With `onlyIfNarrowed` only one that left something out.
    func renewWaiter(onlyIfNarrowed: Bool = false) {
        dispatch.withLock { $0.mayHaveMore = true }
        let task = waiter.withLock { waiter in
            waiter.flatMap { onlyIfNarrowed && !$0.isNarrowed ? nil : $0.task }
        }
        task?.cancel()
        bell.ring()
    }

    // MARK: Jobs in

    /// Takes claimed jobs over: they become ready, unless they are not to be run.
    func adopt(_ jobs: [LeasedJob], epoch: Int) {
        guard !jobs.isEmpty else { return }
        let now = Uptime.now()
        let runs = jobs.map { job in
            plan(for: job).map { plan in
                JobRun(job, plan: plan, services: runServices, epoch: epoch, claimedAt: now)
            }
        }
        let tickets = dispatch.withLock { state -> [Dispatch.RunnerTicket] in
            guard state.epoch == epoch else { return [] }
            for (job, run) in zip(jobs, runs) {
                let entry = WorkerLedger.Entry(name: job.name, queue: job.queue, isSuspect: job.lostWorkers > 0)
                guard let run, state.phase == .running else {
                    state.addUnrun(Settlement(job, .released), entry: entry)
                    continue
                }
                if let reason = run.plan.options.reasonToBury(job) {
                    state.addUnrun(Settlement(job, .dead(reason), keep: run.plan.keep(in: .dead)), entry: entry)
                } else {
                    state.add(run, lane: run.plan.handler.options.blocking ? 1 : 0)
                }
            }
            return state.runnersToStart()
        }
        for ticket in tickets { startRunner(ticket) }
    }

    /// Finds out what claims without an answer have brought.
    private func reconcile() async {
        guard let (session, epoch) = currentSession else { return }
        let known = dispatch.withLock { $0.known() }
        do {
            let jobs = try await broker.held(by: session, besides: known)
            dispatch.withLock { state in
                if state.epoch == epoch { state.needsReconcile = false }
            }
            if !jobs.isEmpty {
                logger.debug("Jobs of a claim without an answer were found.", metadata: ["jobs": "\(jobs.count)"])
            }
            adopt(jobs, epoch: epoch)
        } catch {
            if isSessionOver(error) { return endSession(epoch, error) }
            trouble.report(error, during: "looking up what is held")
            if hasLostPatience { dispatch.withLock { $0.needsReconcile = false } }
            var pause = RetryPause()
            await thread.sleep(until: pause.next())
        }
    }
}
