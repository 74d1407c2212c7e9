#if SQLite
import OnCue

extension Ledger {
    /// Does a change to each job for itself.
    func change(_ ids: ArraySlice<JobID>, _ change: JobChange) throws(StoreError) -> [ChangeAnswer] {
        let now = time.now()
        var answers: [ChangeAnswer] = []
        for id in ids {
            guard let job = try job(id) else {
                answers.append(.notFound)
                continue
            }
            let answer =
                switch change {
                case .cancel(let reason, let force): try cancel(job, reason: reason, force: force, now: now)
                case .retry(let resetAttempts): try rerun(job, resetAttempts: resetAttempts, now: now)
                case .delete: try delete(job)
                case .edit(let edit): try self.edit(job, edit, now: now)
                }
            answers.append(answer)
            try writeEventsIfMany()
        }
        return answers
    }

    private func cancel(_ held: JobRow, reason: String?, force: Bool, now: Timestamp) throws(StoreError) -> ChangeAnswer
    {
        guard held.state.after(.cancel) != nil else { return .refused(held.state) }
        var job = held
        let reason = reason.map { Limits.clipped($0, to: Limits.messageBytes) }
        if job.state == .running, !force {
            guard !job.flags.contains(.cancelRequested) else { return .requested }
            if let reason { try write(.cancel, reason, of: &job) }
            job.flags.formUnion([.cancelRequested, .signalled])
            try run(
                "UPDATE oncue_jobs SET flags = ?, updated = ? WHERE number = ?", job.flags.rawValue, now, job.number)
            if let session = job.session { try signal(session, about: job.id, reason: reason, isTakenAway: false) }
            return .requested
        }
        if let reason { try write(.cancel, reason, of: &job) }
        job.flags.remove(.cancelRequested)
        try takeAway(&job, reason: reason)
        emit(.cancelled, job.lane, job.id, attempt: job.attempt)
        return .done(try finish(&job, as: .cancelled, from: held, keep: .policy, now: now))
    }

    /// A running job is no longer its session's, which is told so.
    private func takeAway(_ job: inout JobRow, reason: String?) throws(StoreError) {
        guard job.state == .running, let session = job.session else { return }
        try signal(session, about: job.id, reason: reason, isTakenAway: true)
        job.flags.insert(.signalled)
    }

    /// Removes a job for an operator.
    func delete(_ held: JobRow) throws(StoreError) -> ChangeAnswer {
        var job = held
        try takeAway(&job, reason: nil)
        try remove(job, freesTimedKey: true)
        count(job.lane, out: job.state)
        emit(.deleted, job.lane, job.id, attempt: job.attempt)
        return .done(nil)
    }

    private func rerun(_ held: JobRow, resetAttempts: Bool, now: Timestamp) throws(StoreError) -> ChangeAnswer {
        guard held.state.after(.rerun) != nil else { return .refused(held.state) }
        var job = held
        var extra = try held.extra()
        guard try retake(extra.unique, for: &job, now: now) else { return .refused(held.state) }
        if resetAttempts {
            job.attempt = 0
            job.lost = 0
        } else {
            extra.options.maxAttempts = max(extra.options.maxAttempts ?? 0, job.attempt + 1)
        }
        // A job that has expired and is wanted all the same would only be buried again.
        if let expires = job.expires, expires <= now { job.expires = nil }
        if held.state.isFinal, job.flags.contains(.side) {
            try run("UPDATE oncue_notes SET dead = NULL, cancel = NULL WHERE job = ?", job.number)
        }
        job.lane = try lane(held.lane.queue, held.lane.priority, held.lane.name, isSuspect: job.lost > 0)
        try occasional(
            """
            UPDATE oncue_jobs SET state = 2, lane = ?, flags = ?, position = ?, attempt = ?, lost = ?, due = ?,
                updated = ?, finished = NULL, retain = NULL, expires = ?, extra = ?
            WHERE number = ?
            """
        ).run(
            job.lane.number, job.flags.rawValue, try nextNumber(), job.attempt, job.lost, now, now, job.expires,
            extra == JobExtra() ? nil : extra.encoded(), job.number)
        move(from: held.lane, held.state, to: job.lane, .pending)
        emit(.retried, job.lane, job.id, attempt: job.attempt)
        return .done(.pending)
    }

    /// Gives the key that is bound to a job's life back to it; false when another job has it.
    private func retake(_ unique: UniqueKey?, for job: inout JobRow, now: Timestamp) throws(StoreError) -> Bool {
        guard let unique else { return true }
        if case .elapsed = unique.until { return true }
        if let holder = try holder(of: unique.key, in: job.lane.queue, now: now) { return holder == job.id }
        try hold(unique, for: job.number, job.id, in: job.lane.queue, now: now)
        job.flags.insert(unique.flag)
        return true
    }

    // MARK: Editing

    func check(_ edit: JobEdit) throws(StoreError) {
        if let payload = edit.payload { try check(payload, field: "payload") }
        // The rules of a new job hold for the delay.
        guard let due = edit.due else { return }
        do throws(ValidationError) {
            try NewJob(name: "edit", due: due).validate()
        } catch {
            throw StoreError(error)
        }
    }

    private func edit(_ held: JobRow, _ edit: JobEdit, now: Timestamp) throws(StoreError) -> ChangeAnswer {
        try check(edit)
        guard held.state.isWaiting else { return .refused(held.state) }
        var job = held
        if let payload = edit.payload { try write(payload, of: &job) }
        if let priority = edit.priority, priority != job.lane.priority {
            job.lane = try lane(job.lane.queue, priority, job.lane.name, isSuspect: job.lost > 0)
            job.position = try nextNumber()
        }
        if let wanted = edit.due {
            let due = wanted.moment(from: now) ?? now
            if due > now, let state = job.state.after(.postpone) {
                job.state = state
                job.due = due
                expect(due)
            } else if due <= now, job.state.after(.comeDue) == .pending {
                job.state = .pending
                job.due = due
                job.position = try nextNumber()
            } else if job.state == .blocked {
                job.due = due
            }
        }
        try requeue(&job, as: job.state, from: held, now: now)
        return .done(job.state)
    }

    private func write(_ payload: [UInt8], of job: inout JobRow) throws(StoreError) {
        if job.flags.contains(.largePayload) {
            try run("DELETE FROM oncue_payloads WHERE job = ?", job.number)
            job.flags.remove(.largePayload)
        }
        var inline: [UInt8]? = payload
        if payload.count > Self.largePayload {
            try queries.insertPayload().run(job.number, payload)
            job.flags.insert(.largePayload)
            inline = nil
        }
        try run("UPDATE oncue_jobs SET payload = ? WHERE number = ?", inline, job.number)
    }

    // MARK: Expiry

    /// Buries jobs that were not started in time.
    ///
    /// - Returns: how many; as many as `limit` means that there may be more.
    func buryExpired(now: Timestamp, limit: Int) throws(StoreError) -> Int {
        let statement = try occasional(
            """
            SELECT number FROM oncue_jobs
            WHERE expires IS NOT NULL AND state IN (0, 1, 2, 4) AND expires <= ? ORDER BY expires LIMIT ?
            """)
        statement.bind(values: now, limit)
        var numbers: [Int64] = []
        while try statement.step() { numbers.append(statement.integer(0)) }
        for number in numbers {
            guard let held = try job(number: number) else { continue }
            var job = held
            try write(.dead, DeadReason.expired.rawValue, of: &job)
            try write(.error, "expired before it was started", of: &job)
            job.flags.insert(.error)
            emit(.dead, job.lane, job.id, attempt: job.attempt)
            _ = try finish(&job, as: .dead, from: held, keep: .policy, now: now)
            try writeEventsIfMany()
        }
        return numbers.count
    }
}
#endif
