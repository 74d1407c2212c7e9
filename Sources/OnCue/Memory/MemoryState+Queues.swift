extension MemoryState {
    func queueInfos() -> [QueueInfo] {
        queueNumbers.values.map { info($0) }.sorted { one, other in
            let (first, second) = (one.settings.order ?? 0, other.settings.order ?? 0)
            return first == second ? one.name < other.name : first < second
        }
    }

    private func info(_ number: Int) -> QueueInfo {
        let queue = queues[number]
        var counts: [JobState: Int] = [:]
        for state in JobState.allCases where queue.count(state) > 0 { counts[state] = queue.count(state) }
        var oldest: Lane.Entry?
        for level in queue.levels {
            for lane in level.lanes.values {
                guard let first = lane.first else { continue }
                if oldest.map({ first < $0 }) ?? true { oldest = first }
            }
        }
        return QueueInfo(
            name: queue.name, isPaused: queue.isPaused, settings: queue.settings, counts: counts,
            totals: queue.totals, oldestPendingSince: oldest.map { jobs[$0.slot].readyAt })
    }

    mutating func changeQueue(_ name: QueueName, _ change: QueueChange, now: Timestamp) throws(StoreError) {
        do throws(ValidationError) {
            try name.validated(field: "queue")
            if case .settings(let settings) = change { try settings.validate() }
        } catch {
            throw StoreError(error)
        }
        let number = queueNumber(name)
        switch change {
        case .pause:
            guard !queues[number].isPaused else { return }
            queues[number].isPaused = true
            log.add(.queuePaused, queue: name, now: now)
        case .resume:
            guard queues[number].isPaused else { return }
            queues[number].isPaused = false
            becameClaimable(in: number)
            log.add(.queueResumed, queue: name, now: now)
        case .settings(let settings):
            queues[number].settings = settings
        }
    }

    mutating func purge(
        _ name: QueueName, states: Set<JobState>, limit: Int, now: Timestamp
    ) throws(StoreError) -> Int {
        guard !states.contains(.running) else {
            throw StoreError(
                .invalid, "running jobs cannot be purged; cancel or delete them one by one", field: "states")
        }
        guard let number = queueNumbers[name] else { return 0 }
        var going: [Int] = []
        for id in listing.ids(.oldestFirst, after: nil) where going.count < limit {
            guard let slot = slots[id], jobs[slot].queue == number, states.contains(jobs[slot].state) else { continue }
            going.append(slot)
        }
        for slot in going {
            log.add(.deleted, jobs[slot], name, now: now)
            remove(slot, freesKey: true)
        }
        return going.count
    }

    mutating func removeQueue(_ name: QueueName) throws(StoreError) {
        guard let number = queueNumbers[name] else { throw StoreError(.notFound, "there is no queue '\(name)'") }
        guard queues[number].counts.allSatisfy({ $0 == 0 }) else {
            throw StoreError(.conflict, "queue '\(name)' has jobs; purge it first and let its running jobs end")
        }
        // The number stays taken, so that nothing that still names it can mean another queue.
        queues[number] = MemoryQueue(name: name)
        queueNumbers[name] = nil
    }

    mutating func setDefaults(_ settings: QueueSettings) throws(StoreError) {
        do throws(ValidationError) {
            try settings.validate()
        } catch {
            throw StoreError(error)
        }
        defaults = settings
    }
}
