import Logging
import Synchronization

/// The running of handlers. A runner is a task on the handler threads that has one slot and runs one job after another
/// in it: no job costs a task or a change of threads of its own, and a run can always be cancelled through its runner.
extension WorkerEngine {
    /// A runner makes way for others after so many jobs, or so many nanoseconds.
    private static let stintJobs = 64
    private static let stintTime: Int64 = 2_000_000

    func startRunner(_ ticket: Dispatch.RunnerTicket) {
        let executor = ticket.lane == 0 ? pool : blockingPool
        let task = Task.detached(executorPreference: executor) { await self.run(ticket) }
        if dispatch.withLock({ $0.attach(task, to: ticket) }) { cancelThread.post { task.cancel() } }
    }

    private func run(_ ticket: Dispatch.RunnerTicket) async {
        var now = Uptime.now()
        let stintEnd = now + Self.stintTime
        let begun = dispatch.withLock { $0.begin(ticket, now: now) }
        if let another = begun.another { startRunner(another) }
        var next = begun.run
        var jobs = 0
        while let run = next {
            let settlement = await execute(run, now: now)
            jobs += 1
            now = Uptime.now()
            let goesOn = jobs < Self.stintJobs && now < stintEnd
            let ended = dispatch.withLock {
                $0.end(run, settlement, ticket: ticket, now: now, goesOn: goesOn)
            }
            run.plan.metrics?.end(settlement.outcome, nanoseconds: now - run.startedAt)
            // Also where the outcome is dropped: a shutdown may wait for this run alone.
            bell.ring()
            if ended.isLoosened { renewWaiter(onlyIfNarrowed: true) }
            if let another = ended.another { startRunner(another) }
            if run.wasGivenUp { returned(run) }
            next = ended.next
        }
    }

    /// Runs one job to its end.
    private func execute(_ run: JobRun, now: Int64) async -> Settlement {
        run.began(at: now)
        run.plan.metrics?.start(run.job)
        if run.plan.options.timeout != nil || run.plan.options.softTimeout != nil { armTimeouts(run) }
        return await run.perform()
    }

    // MARK: Timeouts

    private func armTimeouts(_ run: JobRun) {
        if let timeout = run.plan.options.timeout {
            run.add(
                thread.schedule(at: run.startedAt.saturatingAdd(timeout.wholeNanoseconds)) {
                    self.cancel(run, .timeout)
                })
        }
        if let timeout = run.plan.options.softTimeout {
            run.add(
                thread.schedule(at: run.startedAt.saturatingAdd(timeout.wholeNanoseconds)) {
                    self.reachSoftTimeout(run)
                })
        }
    }

    private func reachSoftTimeout(_ run: JobRun) {
        let actions = run.state.withLock { state in
            state.isSoftTimeoutReached = true
            defer { state.softTimeoutActions = [] }
            return state.softTimeoutActions
        }
        // They are job code: not on the thread that keeps the promises.
        if !actions.isEmpty { pool.post { for action in actions { action() } } }
    }

    // MARK: Being told to stop

    /// Tells a run to stop, and gives it up when it does not. With `drop` its outcome is not written.
    func cancel(_ run: JobRun, _ reason: JobCancellation, drop: Bool = false) {
        if drop { run.drop() }
        guard run.noteCancellation(reason) else { return }
        let (isRunning, task) = dispatch.withLock { $0.taint(run) }
        guard isRunning else { return }
        if let task { cancelThread.post { task.cancel() } }
        run.add(thread.schedule(at: Uptime.after(configuration.stuckGrace)) { self.giveUp(run) })
    }

    /// The handler goes on although it was told to stop: its slot is used again, its late result not taken.
    private func giveUp(_ run: JobRun) {
        let settlement = run.settlementWhenStuck()
        run.markGivenUp()
        let (wasRunning, isLoosened, tickets) = dispatch.withLock { state in
            let (wasRunning, isLoosened) = state.abandon(run, settlement)
            return (wasRunning, isLoosened, state.runnersToStart())
        }
        guard wasRunning else { return }
        metrics?.handlerStuck()
        run.logger.warning(
            "A handler ignores that it was told to stop; its slot is used again.",
            metadata: [
                "reason": "\(run.cancellation.map(String.init(describing:)) ?? "")",
                "grace": "\(configuration.stuckGrace.text)",
            ])
        executor(of: run).grow()
        for ticket in tickets { startRunner(ticket) }
        if isLoosened { renewWaiter(onlyIfNarrowed: true) }
        bell.ring()
    }

    /// A handler that had been given up has returned after all.
    private func returned(_ run: JobRun) {
        executor(of: run).shrink()
        run.logger.info("A handler that had been given up has returned.")
    }

    private func executor(of run: JobRun) -> ThreadExecutor {
        run.plan.handler.options.blocking ? blockingPool : pool
    }
}
