extension MemoryState {
    // MARK: - Looking up

    func find(_ ids: [JobID]) -> [JobRecord?] {
        ids.map { id in slots[id].map { record($0) } }
    }

    func attempts(of id: JobID) -> [AttemptRecord] {
        slots[id].flatMap { pasts[$0]?.attempts } ?? []
    }

    mutating func search(
        _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
    ) throws(StoreError) -> JobPage {
        let start = try JobPage.start(after: cursor, limit: limit)
        var found: [JobRecord] = []
        for id in listing.ids(order, after: start) {
            guard let slot = slots[id], mayMatch(filter, slot) else { continue }
            let job = record(slot)
            guard filter.matches(job) else { continue }
            if found.count == limit { return JobPage(jobs: found, nextCursor: found.last?.id.description) }
            found.append(job)
        }
        return JobPage(jobs: found, nextCursor: nil)
    }

    mutating func count(_ filter: JobFilter, upTo bound: Int) -> JobCount {
        var count = 0
        for id in listing.ids(.oldestFirst, after: nil) {
            guard let slot = slots[id], mayMatch(filter, slot), filter.matches(record(slot)) else { continue }
            if count >= bound { return JobCount(max(0, bound), isExact: false) }
            count += 1
        }
        return JobCount(count, isExact: true)
    }

    /// A quick look, before a whole record is made.
    private func mayMatch(_ filter: JobFilter, _ slot: Int) -> Bool {
        if !filter.states.isEmpty, !filter.states.contains(jobs[slot].state) { return false }
        if let queue = filter.queue, queueNumbers[queue] != jobs[slot].queue { return false }
        return true
    }

    // MARK: - Changing jobs

    mutating func change(_ ids: [JobID], _ change: JobChange, now: Timestamp) throws(StoreError) -> [ChangeAnswer] {
        if case .edit(let edit) = change { try check(edit) }
        return ids.map { id in
            guard let slot = slots[id] else { return .notFound }
            return switch change {
            case .cancel(let reason, let force): cancel(slot, reason: reason, force: force, now: now)
            case .retry(let resetAttempts): rerun(slot, resetAttempts: resetAttempts, now: now)
            case .delete: delete(slot, now: now)
            case .edit(let edit): self.edit(slot, edit, now: now)
            }
        }
    }

    private mutating func cancel(_ slot: Int, reason: String?, force: Bool, now: Timestamp) -> ChangeAnswer {
        let job = jobs[slot]
        guard job.state.after(.cancel) != nil else { return .refused(job.state) }
        let reason = reason.map { Limits.clipped($0, to: Limits.messageBytes) }
        if job.state == .running, !force {
            guard !job.isCancelRequested else { return .requested }
            jobs[slot].isCancelRequested = true
            jobs[slot].updatedAt = now
            if let reason { pasts[slot, default: MemoryPast()].cancelReason = reason }
            if let session = job.session { sessions[session]?.toStop.insert(slot) }
            return .requested
        }
        takeAway(slot, reason: reason)
        endCancelled(slot, reason: reason, keep: .policy, now: now)
        return .done(.cancelled)
    }

    private mutating func delete(_ slot: Int, now: Timestamp) -> ChangeAnswer {
        takeAway(slot, reason: nil)
        log.add(.deleted, jobs[slot], queues[jobs[slot].queue].name, now: now)
        remove(slot, freesKey: true)
        return .done(nil)
    }

    /// A running job is no longer its session's, which is told so.
    private mutating func takeAway(_ slot: Int, reason: String?) {
        guard let session = jobs[slot].session else { return }
        sessions[session]?.letGo(slot)
        sessions[session]?.takeAway(jobs[slot].id, reason: reason)
        jobs[slot].session = nil
    }

    private mutating func rerun(_ slot: Int, resetAttempts: Bool, now: Timestamp) -> ChangeAnswer {
        let job = jobs[slot]
        guard job.state.after(.rerun) != nil else { return .refused(job.state) }
        guard keys.retake(job, now: now) else { return .refused(job.state) }
        reopen(slot)
        if resetAttempts {
            jobs[slot].attempt = 0
            jobs[slot].lostWorkers = 0
        } else {
            let details = job.details ?? LeasedJob.Details()
            var options = details.options
            options.maxAttempts = max(options.maxAttempts ?? 0, job.attempt + 1)
            jobs[slot].details = details.with(options: options)
        }
        // A job that has expired and is wanted all the same would only be buried again.
        if let expires = job.expiresAt, expires <= now {
            jobs[slot].details = jobs[slot].details?.with(expiresAt: .some(nil))
        }
        log.add(.retried, jobs[slot], queues[job.queue].name, now: now)
        makePending(slot, now: now)
        return .done(.pending)
    }

    private mutating func edit(_ slot: Int, _ edit: JobEdit, now: Timestamp) -> ChangeAnswer {
        guard jobs[slot].state.isWaiting else { return .refused(jobs[slot].state) }
        jobs[slot].updatedAt = now
        if let payload = edit.payload { jobs[slot].payload = payload }
        if let priority = edit.priority, priority != jobs[slot].priority {
            withdraw(slot)
            jobs[slot].priority = priority
            if jobs[slot].state == .pending {
                jobs[slot].readyAt = now
                putInLane(slot)
            }
        }
        if let due = edit.due?.moment(from: now) { reschedule(slot, due, now: now) }
        return .done(jobs[slot].state)
    }

    private mutating func reschedule(_ slot: Int, _ due: Timestamp, now: Timestamp) {
        let state = jobs[slot].state
        if due > now, let next = state.after(.postpone) {
            makeWait(slot, next, until: due, now: now)
        } else if due <= now, state.after(.comeDue) == .pending {
            jobs[slot].dueAt = due
            makePending(slot, now: now)
        } else if state == .blocked {
            jobs[slot].dueAt = due
        }
    }

    private func check(_ edit: JobEdit) throws(StoreError) {
        if let payload = edit.payload, payload.count > Limits.payloadBytes {
            throw StoreError(
                .invalid, "may have \(Limits.payloadBytes) bytes, this has \(payload.count)", field: "payload")
        }
        if case .after(let delay)? = edit.due {
            do throws(ValidationError) {
                try Limits.checkSpan(delay, field: "delay")
            } catch {
                throw StoreError(error)
            }
        }
    }
}
