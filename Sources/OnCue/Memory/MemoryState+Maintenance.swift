extension MemoryState {
    mutating func maintain(_ request: MaintenanceRequest, now: Timestamp) -> MaintenanceReport {
        var report = MaintenanceReport()
        let limit = max(0, request.limit)
        report.expired = expire(now: now, limit: limit)
        report.promoted = promote(now: now, limit: limit)
        report.hasMore = report.expired >= limit || report.promoted >= limit

        var left = limit
        dropExempt(now: now, &left)
        for prune in request.prunes { self.prune(prune, &left) }
        report.pruned = limit - left
        if left <= 0 { report.hasMore = true }

        let events = log.prune(before: request.eventsBefore, keep: request.eventsKeep, limit: limit)
        report.pruned += events.pruned
        if events.hasMore { report.hasMore = true }

        keys.dropExpired(now: now)
        for (id, session) in sessions {
            if let endedAt = session.endedAt, endedAt < request.sessionsBefore { sessions[id] = nil }
        }
        return report
    }

    /// Removes finished jobs whose own time is over.
    private mutating func dropExempt(now: Timestamp, _ left: inout Int) {
        while left > 0, let entry = exempt.first, entry.at <= now {
            exempt.removeFirst()
            guard isCurrent(entry) else { continue }
            remove(entry.slot, freesKey: false)
            left -= 1
        }
    }

    /// Removes finished jobs that are older than the policy keeps, or more than it keeps, oldest first.
    private mutating func prune(_ prune: MaintenanceRequest.Prune, _ left: inout Int) {
        guard let number = queueNumbers[prune.queue] else { return }
        let key = FinishedKey(queue: number, state: prune.state)
        while left > 0, let entry = finished[key]?.first {
            guard isCurrent(entry) else {
                finished[key]?.removeFirst()
                continue
            }
            guard entry.at < prune.before || finishedCounts[key, default: 0] > max(0, prune.keep) else { return }
            finished[key]?.removeFirst()
            remove(entry.slot, freesKey: false)
            left -= 1
        }
    }

    private func isCurrent(_ entry: TimedPlaces.Entry) -> Bool {
        jobs[entry.slot].isLive && jobs[entry.slot].order == entry.order
    }
}
