#if SQLite
import OnCue

extension Ledger {
    /// Writes the outcomes of a session. A batch that was written before gets its old answers.
    func settle(_ batch: SettleBatch) throws(StoreError) -> [SettleAnswer] {
        guard let session = try session(batch.session) else {
            return Array(repeating: .leaseLost, count: batch.items.count)
        }
        if session.sequence == batch.sequence { return try writtenAnswers(of: session, count: batch.items.count) }
        guard session.standing == .open else { return Array(repeating: .leaseLost, count: batch.items.count) }
        if let last = session.sequence, batch.sequence < last {
            throw StoreError(
                .conflict, "Batch \(batch.sequence) of this session came after its batch \(last).", field: "sequence")
        }
        try checkFollowUps(batch)
        let now = time.now()
        var answers: [SettleAnswer] = []
        answers.reserveCapacity(batch.items.count)
        for index in batch.items.indices {
            answers.append(try settle(batch.items[index], in: session, now: now))
            try writeEventsIfMany()
        }
        let statement = try queries.writeAnswers()
        statement.bind(1, batch.sequence)
        statement.bind(2, bytes: answers.map(\.byte))
        statement.bind(3, session.number)
        try statement.run()
        session.sequence = batch.sequence
        return answers
    }

    /// Before anything is written: a batch is taken whole or not at all.
    private func checkFollowUps(_ batch: SettleBatch) throws(StoreError) {
        for item in batch.items where !item.followUps.isEmpty {
            for job in item.followUps {
                do throws(ValidationError) {
                    try job.validate(maxPayload: maxPayload)
                } catch {
                    throw StoreError(error)
                }
            }
        }
    }

    private func writtenAnswers(of session: Session, count: Int) throws(StoreError) -> [SettleAnswer] {
        let statement = try occasional("SELECT answers FROM oncue_sessions WHERE id = ?")
        statement.bind(1, session.number)
        guard try statement.step() else { throw .corruptRow("a session") }
        defer { statement.reset() }
        var answers: [SettleAnswer] = []
        for byte in statement.bytes(0) {
            guard let answer = SettleAnswer(byte: byte) else { throw .corruptRow("the answers of a session") }
            answers.append(answer)
        }
        guard answers.count == count else {
            throw StoreError(
                .conflict, "This sequence was settled before with \(answers.count) outcomes, not \(count).",
                field: "sequence")
        }
        return answers
    }

    private func settle(_ item: Settlement, in session: Session, now: Timestamp) throws(StoreError) -> SettleAnswer {
        guard item.job.session == session.id else { return .leaseLost }
        if item.isPlainSuccess, let laneNumber = Place.lane(item.job.place) {
            let keeps = item.keep == .policy
            let statement = try keeps ? queries.completeJob() : queries.dropCompletedJob()
            statement.bind(1, Place.number(item.job.place))
            statement.bind(2, session.number)
            statement.bind(3, item.job.delivery)
            statement.bind(4, laneNumber)
            if keeps { statement.bind(5, now.microseconds) }
            try statement.run()
            if connection.changes == 1 {
                let lane = try lane(number: laneNumber)
                count(lane, out: .running, in: keeps ? .completed : nil)
                total(lane, \.completed)
                emit(.completed, lane, item.job.id, attempt: item.job.attempt)
                return .applied(.completed)
            }
        }
        let statement = try queries.heldJob()
        statement.bind(values: Place.number(item.job.place), item.job.id, session.number, item.job.delivery)
        guard let job = try jobRow(statement) else { return .leaseLost }
        let isToStop = job.flags.contains(.cancelRequested)
        let outcome =
            isToStop ? item.outcome.whenCancelRequested(reason: try cancelReason(of: job)) : item.outcome
        let state = try end(job, with: outcome, failure: item.failure, keep: item.keep, in: session, now: now)
        // After the end: a follow-up may take the unique key that it has freed.
        if !isToStop, !item.followUps.isEmpty { try enqueueFollowUps(item.followUps) }
        return .applied(state)
    }

    func cancelReason(of job: JobRow) throws(StoreError) -> String? {
        let statement = try occasional("SELECT cancel FROM oncue_notes WHERE job = ?")
        statement.bind(1, job.number)
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        return statement.textOrNil(0)
    }

    /// Writes the end of a run and returns the state that the job is in now.
    func end(
        _ held: JobRow, with outcome: Settlement.Outcome, failure: Settlement.Failure?, keep: Settlement.Keep,
        in session: Session, now: Timestamp
    ) throws(StoreError) -> JobState {
        var job = held
        let before = held.lane
        guard var state = held.state.after(outcome.transition) else { throw .corruptRow("the state of job \(held.id)") }
        if let failure { try note(failure, of: &job, in: session) }
        if !outcome.usesAttempt { job.attempt -= 1 }
        if outcome != .released { job.lost = 0 }
        if job.flags.contains(.signalled) {
            try run("DELETE FROM oncue_signals WHERE job = ?", job.id)
            job.flags.remove(.signalled)
        }
        job.flags.remove(.cancelRequested)

        var later: Duration?
        switch outcome {
        case .completed(let output):
            if job.flags.contains(.error) {
                try run("UPDATE oncue_notes SET error = NULL, category = NULL WHERE job = ?", job.number)
                job.flags.remove(.error)
            }
            if let output { try write(.output, output, of: &job) }
            emit(.completed, before, job.id, attempt: held.attempt)
        case .retry(let wait, _):
            later = wait
            total(before, \.retried)
            emit(.failed, before, job.id, attempt: held.attempt)
            emit(.retrying, before, job.id, attempt: held.attempt)
        case .snooze(let wait):
            later = wait
            emit(.released, before, job.id, attempt: held.attempt)
        case .released:
            emit(.released, before, job.id, attempt: held.attempt)
        case .cancelled(let reason):
            try write(.cancel, reason.map { Limits.clipped($0, to: Limits.messageBytes) }, of: &job)
            emit(.cancelled, before, job.id, attempt: held.attempt)
        case .dead(let reason):
            try write(.dead, reason.rawValue, of: &job)
            if failure != nil { emit(.failed, before, job.id, attempt: held.attempt) }
            emit(.dead, before, job.id, attempt: held.attempt)
        }
        if let later {
            job.due = now + later
            if later <= .zero {
                state = .pending
                job.position = try nextNumber()
            } else if let due = job.due {
                expect(due)
            }
        }
        if state.isFinal { return try finish(&job, as: state, from: held, keep: keep, now: now) }
        try requeue(&job, as: state, from: held, now: now)
        return state
    }

    /// Puts a job that ran back among those that wait.
    func requeue(_ job: inout JobRow, as state: JobState, from held: JobRow, now: Timestamp) throws(StoreError) {
        job.lane = try lane(job.lane.queue, job.lane.priority, job.lane.name, isSuspect: job.lost > 0)
        try occasional(
            """
            UPDATE oncue_jobs SET state = ?, lane = ?, flags = ?, position = ?, attempt = ?, lost = ?, due = ?,
                updated = ? WHERE number = ?
            """
        ).run(
            state, job.lane.number, job.flags.rawValue, job.position, job.attempt, job.lost, job.due, now, job.number)
        move(from: held.lane, held.state, to: job.lane, state)
    }

    func move(from: Lane, _ before: JobState, to: Lane, _ after: JobState) {
        count(from, out: before)
        count(to, in: after)
    }

    /// Writes a final state, frees what the job held, and keeps or drops it.
    func finish(
        _ job: inout JobRow, as state: JobState, from held: JobRow, keep: Settlement.Keep, now: Timestamp
    ) throws(StoreError) -> JobState {
        switch state {
        case .completed: total(held.lane, \.completed)
        case .dead: total(held.lane, \.dead)
        default: total(held.lane, \.cancelled)
        }
        if !job.flags.isDisjoint(with: [.keyUntilFinished, .keyUntilStarted]) {
            try queries.deleteUniqueKeys().run(job.number, UniqueUntil.started)
            job.flags.subtract([.keyUntilFinished, .keyUntilStarted])
        }
        var retain: Timestamp?
        switch keep {
        case .policy: break
        case .atLeast(let time): retain = now + time
        case .nothing where job.flags.contains(.watched): retain = now + .seconds(60)
        case .nothing:
            try remove(job, freesTimedKey: false)
            count(held.lane, out: held.state)
            return state
        }
        if job.flags.contains(.watched) {
            watchedEnds.append(job.id)
            job.flags.remove(.watched)
        }
        try occasional(
            """
            UPDATE oncue_jobs SET state = ?, flags = ?, attempt = ?, lost = ?, due = ?, finished = ?, retain = ?
            WHERE number = ?
            """
        ).run(state, job.flags.rawValue, job.attempt, job.lost, job.due, now, retain, job.number)
        count(held.lane, out: held.state, in: state)
        return state
    }
}

// MARK: - Notes

/// A column of the notes.
enum NoteColumn: String {
    case progress, message, checkpoint, output, error, category, dead, cancel
}

extension Ledger {
    /// Writes one note of a job; the row is made when it is the first.
    func write(_ column: NoteColumn, _ value: (some Bindable)?, of job: inout JobRow) throws(StoreError) {
        let name = column.rawValue
        try occasional(
            """
            INSERT INTO oncue_notes (job, \(name)) VALUES (?, ?)
            ON CONFLICT (job) DO UPDATE SET \(name) = excluded.\(name)
            """
        ).run(job.number, value)
        job.flags.insert(.side)
    }

    /// Adds a failed attempt to the job's history and makes its error the latest.
    func note(_ failure: Settlement.Failure, of job: inout JobRow, in session: Session) throws(StoreError) {
        let error = Limits.clipped(failure.error, to: Limits.errorBytes)
        let latest = try occasional("SELECT coalesce(max(number), 0) FROM oncue_attempts WHERE job = ?")
        latest.bind(1, job.number)
        guard try latest.step() else { return }
        let number = latest.integer(0) + 1
        latest.reset()
        try run(
            """
            INSERT INTO oncue_attempts (job, number, attempt, started, duration, worker, category, error)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, job.number, number, job.attempt, failure.startedAt, failure.duration.wholeMicroseconds,
            session.worker, failure.category.rawValue, error)
        if number > 100 {
            try run("DELETE FROM oncue_attempts WHERE job = ? AND number <= ?", job.number, number - 100)
        }
        try write(.error, error, of: &job)
        try write(.category, failure.category.rawValue, of: &job)
        job.flags.insert(.error)
    }
}

extension Settlement {
    /// Nothing but a completion, which one statement can write.
    fileprivate var isPlainSuccess: Bool {
        guard case .completed(output: nil) = outcome, failure == nil, followUps.isEmpty else { return false }
        switch keep {
        case .policy, .nothing: return true
        case .atLeast: return false
        }
    }
}

extension SettleAnswer {
    fileprivate var byte: UInt8 {
        switch self {
        case .leaseLost: 0
        case .applied(let state): UInt8(state.rawValue + 1)
        }
    }

    fileprivate init?(byte: UInt8) {
        if byte == 0 {
            self = .leaseLost
        } else if let state = JobState(rawValue: Int(byte) - 1) {
            self = .applied(state)
        } else {
            return nil
        }
    }
}
#endif
