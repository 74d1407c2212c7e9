extension MemoryState {
    mutating func settle(_ batch: SettleBatch, now: Timestamp) throws(StoreError) -> [SettleAnswer] {
        guard let session = sessions[batch.session] else { return batch.items.map { _ in .leaseLost } }
        if session.lastSequence == batch.sequence { return session.lastAnswers }
        guard session.isOpen else { return batch.items.map { _ in .leaseLost } }
        if let last = session.lastSequence, batch.sequence < last {
            throw StoreError(.conflict, "batch \(batch.sequence) of this session came after its batch \(last)")
        }
        for item in batch.items {
            for job in item.followUps {
                do throws(ValidationError) {
                    try job.validate()
                } catch {
                    throw StoreError(error)
                }
            }
        }
        var answers: [SettleAnswer] = []
        answers.reserveCapacity(batch.items.count)
        for item in batch.items {
            answers.append(settle(item, session: batch.session, worker: session.worker, now: now))
        }
        sessions[batch.session]?.lastSequence = batch.sequence
        sessions[batch.session]?.lastAnswers = answers
        return answers
    }

    private mutating func settle(
        _ item: Settlement, session: SessionID, worker: String, now: Timestamp
    ) -> SettleAnswer {
        guard let slot = slot(of: item.job, heldBy: session) else {
            sessions[session]?.forgetTaken(item.job.id)
            return .leaseLost
        }
        let isToStop = jobs[slot].isCancelRequested
        let outcome =
            isToStop ? item.outcome.whenCancelRequested(reason: pasts[slot]?.cancelReason) : item.outcome
        guard let state = jobs[slot].state.after(outcome.transition) else { return .leaseLost }
        add(item.failure, slot, worker: worker)
        if outcome != .released { jobs[slot].lostWorkers = 0 }
        switch outcome {
        case .completed(let output):
            letGo(slot)
            if let output { pasts[slot, default: MemoryPast()].output = output }
            pasts[slot]?.lastError = nil
            pasts[slot]?.lastErrorCategory = nil
            log.add(.completed, jobs[slot], queues[jobs[slot].queue].name, now: now)
            finish(slot, state, keep: item.keep, now: now)
        case .retry(let wait, let counts):
            let name = queues[jobs[slot].queue].name
            log.add(.failed, jobs[slot], name, now: now)
            log.add(.retrying, jobs[slot], name, now: now)
            queues[jobs[slot].queue].totals.retried += 1
            putOff(slot, state, wait, keepsAttempt: counts, now: now)
        case .snooze(let wait):
            log.add(.released, jobs[slot], queues[jobs[slot].queue].name, now: now)
            putOff(slot, state, wait, keepsAttempt: false, now: now)
        case .released:
            giveBack(slot, attemptIsSpent: false, now: now)
            return .applied(.pending)
        case .cancelled(let reason):
            endCancelled(slot, reason: reason, keep: item.keep, now: now)
        case .dead(let reason):
            letGo(slot)
            pasts[slot, default: MemoryPast()].deadReason = reason
            let name = queues[jobs[slot].queue].name
            if item.failure != nil { log.add(.failed, jobs[slot], name, now: now) }
            log.add(.dead, jobs[slot], name, now: now)
            finish(slot, state, keep: item.keep, now: now)
        }
        if !isToStop {
            for job in item.followUps { _ = take(job, ignoringBound: true, now: now) }
        }
        return .applied(answerState(outcome, state))
    }

    /// The state that is answered: what waits no time at all is pending already.
    private func answerState(_ outcome: Settlement.Outcome, _ state: JobState) -> JobState {
        switch outcome {
        case .retry(let wait, _), .snooze(let wait): wait > .zero ? state : .pending
        case .completed, .released, .cancelled, .dead: state
        }
    }

    /// Where the job stands if `session` holds it by exactly this token.
    private func slot(of job: LeasedJob, heldBy session: SessionID) -> Int? {
        guard job.session == session, let slot = slots[job.id], jobs[slot].state == .running,
            jobs[slot].session == session, jobs[slot].delivery == job.delivery
        else { return nil }
        return slot
    }

    /// A job that waits for a time, or not if that is zero.
    private mutating func putOff(
        _ slot: Int, _ state: JobState, _ wait: Duration, keepsAttempt: Bool, now: Timestamp
    ) {
        letGo(slot)
        if !keepsAttempt { jobs[slot].attempt -= 1 }
        if wait > .zero {
            makeWait(slot, state, until: now + wait, now: now)
        } else {
            makePending(slot, now: now)
        }
    }

    private mutating func letGo(_ slot: Int) {
        guard let session = jobs[slot].session else { return }
        sessions[session]?.letGo(slot)
        jobs[slot].session = nil
    }

    private mutating func add(_ failure: Settlement.Failure?, _ slot: Int, worker: String) {
        guard let failure else { return }
        pasts[slot, default: MemoryPast()].add(
            AttemptRecord(
                attempt: jobs[slot].attempt, startedAt: failure.startedAt, duration: failure.duration, worker: worker,
                category: failure.category, error: Limits.clipped(failure.error, to: Limits.errorBytes)))
    }

    // MARK: - Ends that several calls share

    /// Puts a job that was held back to its old place in the queue.
    mutating func giveBack(_ slot: Int, attemptIsSpent: Bool, now: Timestamp) {
        log.add(.released, jobs[slot], queues[jobs[slot].queue].name, now: now)
        letGo(slot)
        if !attemptIsSpent { jobs[slot].attempt -= 1 }
        makePending(slot, atItsOldPlace: true, now: now)
    }

    /// Ends a running or waiting job as cancelled.
    mutating func endCancelled(_ slot: Int, reason: String?, keep: Settlement.Keep, now: Timestamp) {
        letGo(slot)
        if let reason {
            pasts[slot, default: MemoryPast()].cancelReason = Limits.clipped(reason, to: Limits.messageBytes)
        }
        log.add(.cancelled, jobs[slot], queues[jobs[slot].queue].name, now: now)
        finish(slot, .cancelled, keep: keep, now: now)
    }

    // MARK: - Notes

    mutating func record(_ notes: [JobNote], now: Timestamp) throws(StoreError) -> [Bool] {
        try check(notes)
        return notes.map { note in
            guard let slot = slot(of: note.job, heldBy: note.job.session) else { return false }
            jobs[slot].updatedAt = now
            switch note.content {
            case .progress(let share, let message):
                pasts[slot, default: MemoryPast()].progress = share
                pasts[slot, default: MemoryPast()].progressMessage = message.map {
                    Limits.clipped($0, to: Limits.messageBytes)
                }
                log.add(.progress, jobs[slot], queues[jobs[slot].queue].name, now: now)
            case .checkpoint(let bytes):
                pasts[slot, default: MemoryPast()].memory.checkpoint = bytes
            case .effect(let key, let result):
                if pasts[slot]?.memory.effects[key] == nil {
                    pasts[slot, default: MemoryPast()].memory.effects[key] = result
                }
            }
            return true
        }
    }

    func memory(of id: JobID) throws(StoreError) -> JobMemory {
        guard let slot = slots[id] else { throw StoreError(.notFound, "there is no job '\(id)'") }
        return pasts[slot]?.memory ?? JobMemory()
    }

    /// How many effects one job may store.
    static let effectsBound = 1_000

    private func check(_ notes: [JobNote]) throws(StoreError) {
        var newEffects: [JobID: Set<String>] = [:]
        for note in notes {
            switch note.content {
            case .progress(let share, _):
                guard share >= 0, share <= 1 else {
                    throw StoreError(.invalid, "takes a number from 0 to 1, this is \(share)", field: "progress")
                }
            case .checkpoint(let bytes):
                try checkSize(bytes, field: "checkpoint")
            case .effect(let key, let result):
                do throws(ValidationError) {
                    try Limits.checkKey(key, field: "effect")
                } catch {
                    throw StoreError(error)
                }
                try checkSize(result, field: "effect")
                let stored = slots[note.job.id].flatMap { pasts[$0]?.memory.effects } ?? [:]
                if stored[key] == nil { newEffects[note.job.id, default: []].insert(key) }
                guard stored.count + newEffects[note.job.id, default: []].count <= Self.effectsBound else {
                    throw StoreError(
                        .invalid, "a job stores at most \(Self.effectsBound) effects", field: "effect")
                }
            }
        }
    }

    private func checkSize(_ bytes: [UInt8], field: String) throws(StoreError) {
        guard bytes.count <= Limits.payloadBytes else {
            throw StoreError(
                .invalid, "may have \(Limits.payloadBytes) bytes, this has \(bytes.count)", field: field)
        }
    }
}
