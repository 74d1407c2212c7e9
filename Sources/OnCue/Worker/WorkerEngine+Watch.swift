import Synchronization

/// What a worker looks at once a second: queues and their settings, cancellations, jobs that cannot start.
extension WorkerEngine {
    private static let interval: Duration = .seconds(1)
    /// Jobs that wait for a slot are looked after more often.
    private static let busyInterval: Duration = .milliseconds(500)
    /// A job that could not start in this time is better off elsewhere; in nanoseconds.
    private static let patience: Int64 = 1_000_000_000

    func watch() async {
        var rounds = 0
        while !Task.isCancelled {
            let (isHoarding, isIdle) = dispatch.withLock { ($0.ledger.ready > 0, $0.isIdle) }
            await thread.sleep(for: isHoarding ? Self.busyInterval : Self.interval)
            guard !Task.isCancelled else { return }
            rounds += 1
            // Without a job in hand only new queues are urgent, and only for who serves every queue.
            let isRelaxed = isIdle && rounds % 2 == 0
            if isRelaxed, !chosenQueues.isEmpty { continue }
            _ = await refreshQueues()
            if !isRelaxed, let (session, epoch) = currentSession {
                do {
                    take(try await broker.news(for: session), epoch: epoch)
                } catch {
                    if isSessionOver(error) {
                        endSession(epoch, error)
                    } else {
                        trouble.report(error, during: "asking for news")
                    }
                }
            }
            handBack()
            let (running, ready) = dispatch.withLock { ($0.ledger.running, $0.ledger.ready) }
            metrics?.holds(running: running, prefetched: ready)
        }
    }

    /// Gives back what waits too long for a thread, or came from a queue that was paused.
    private func handBack() {
        let paused = queues.withLock { $0.paused }
        let now = Uptime.now()
        let (result, tickets) = dispatch.withLock { state in
            let aged = state.withdraw(
                where: { now - $0.claimedAt > Self.patience }, { Settlement($0.job, .released) })
            if aged.count > 0 { state.ledger.prefetch.couldNotStart(running: state.ledger.running) }
            var isLoosened = aged.isLoosened
            var count = aged.count
            if !paused.isEmpty {
                let stopped = state.withdraw(
                    where: { paused.contains($0.job.queue) }, { Settlement($0.job, .released) })
                isLoosened = isLoosened || stopped.isLoosened
                count += stopped.count
            }
            return ((count: count, isLoosened: isLoosened), state.runnersToStart())
        }
        if result.count > 0 { bell.ring() }
        if result.isLoosened { renewWaiter(onlyIfNarrowed: true) }
        for ticket in tickets { startRunner(ticket) }
    }

    // MARK: Queues

    /// Learns the queues before the first claim; a store in trouble is asked again.
    func learnQueues() async {
        let chosen = chosenQueues.map(\.name)
        dispatch.withLock { $0.ledger.queues = chosen.isEmpty ? [.default] : chosen }
        var pause = RetryPause()
        while !isShuttingDown, await !refreshQueues() {
            await thread.sleep(until: pause.next())
        }
    }

    /// Takes over the queues' settings; false when the store did not answer.
    func refreshQueues() async -> Bool {
        guard let store else { return true }
        do {
            let infos = try await store.queues()
            let defaults = try await store.defaults()
            queues.withLock { $0.update(infos, defaults: defaults) }
            guard chosenQueues.isEmpty else { return true }
            let all = QueueTable.all(infos)
            let isChanged = dispatch.withLock { state in
                defer { state.ledger.queues = all }
                return state.ledger.queues != all
            }
            if isChanged { renewWaiter() }
            return true
        } catch {
            trouble.report(error, during: "reading the queues")
            return false
        }
    }

    func plan(for job: LeasedJob) -> RunPlan? {
        guard let handler = handlers[job.name] else { return nil }
        return queues.withLock { $0.plan(for: handler, job, metrics: metrics) }
    }
}
