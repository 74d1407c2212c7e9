#if SQLite
import OnCue

/// A session as the writer remembers it.
final class Session {
    let number: Int64
    let id: SessionID
    let worker: String
    var standing: SessionInfo.Standing
    /// The latest settlement.
    var sequence: Int64?
    var isQuiet: Bool
    var isStopping: Bool

    init(
        number: Int64, id: SessionID, worker: String, standing: SessionInfo.Standing, sequence: Int64? = nil,
        isQuiet: Bool = false, isStopping: Bool = false
    ) {
        self.number = number
        self.id = id
        self.worker = worker
        self.standing = standing
        self.sequence = sequence
        self.isQuiet = isQuiet
        self.isStopping = isStopping
    }
}

extension SessionInfo.Standing {
    var stored: Int64 {
        switch self {
        case .open: 0
        case .closed: 1
        case .fenced: 2
        }
    }

    init?(stored: Int64) {
        switch stored {
        case 0: self = .open
        case 1: self = .closed
        case 2: self = .fenced
        default: return nil
        }
    }
}

extension Ledger {
    /// Nil when there is no such session.
    func session(_ id: SessionID) throws(StoreError) -> Session? {
        if let known = sessionsByID[id] { return known }
        let statement = try queries.sessionByName()
        statement.bind(1, text: id.rawValue)
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        guard let standing = SessionInfo.Standing(stored: statement.integer(1)) else {
            throw .corruptRow("the standing of session \(id)")
        }
        let session = Session(
            number: statement.integer(0), id: id, worker: statement.text(5), standing: standing,
            sequence: statement.integerOrNil(2), isQuiet: statement.integer(3) != 0,
            isStopping: statement.integer(4) != 0)
        sessionsByID[id] = session
        return session
    }

    /// - Throws: `fenced` when it has ended or never was.
    func openSession(_ id: SessionID) throws(StoreError) -> Session {
        if let session = try session(id), session.standing == .open { return session }
        throw StoreError(.fenced, "The session has ended and what it held is others' now; open a new one.")
    }

    func open(_ opening: SessionOpening, as id: SessionID) throws(StoreError) {
        let now = time.now()
        let number = try nextNumber()
        try run(
            """
            INSERT INTO oncue_sessions (id, name, worker, process, lease, names, queues, concurrency, opened, renewed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, number, id.rawValue, opening.worker, try JSON.encode(opening.process),
            opening.lease.wholeMicroseconds, try JSON.encode(opening.names.sorted()),
            try JSON.encode(opening.queues), opening.concurrency, now, now)
        sessionsByID[id] = Session(number: number, id: id, worker: opening.worker, standing: .open)
    }

    /// Ends a session of its own accord; what it held goes back unspent.
    func close(_ id: SessionID) throws(StoreError) {
        guard let session = try session(id), session.standing == .open else { return }
        let now = time.now()
        for job in try heldJobs(by: session) {
            let outcome: Settlement.Outcome =
                job.flags.contains(.cancelRequested) ? .cancelled(reason: try cancelReason(of: job)) : .released
            _ = try end(job, with: outcome, failure: nil, keep: .policy, in: session, now: now)
            try writeEventsIfMany()
        }
        try finish(session, as: .closed, now: now)
    }

    /// Ends a session from outside. Nil when it is not as it was expected to be.
    func fence(_ id: SessionID, ifRenewals renewals: Int64?, error: String) throws(StoreError) -> Int? {
        guard let session = try session(id), session.standing == .open else { return nil }
        if let renewals {
            let statement = try occasional("SELECT renewals FROM oncue_sessions WHERE id = ?")
            statement.bind(1, session.number)
            guard try statement.step() else { return nil }
            let found = statement.integer(0)
            statement.reset()
            guard found == renewals else { return nil }
        }
        let now = time.now()
        var returned = 0
        for job in try heldJobs(by: session) {
            let started = job.started ?? now
            let failure = Settlement.Failure(
                category: .system, error: error, startedAt: started, duration: max(.zero, now - started))
            if job.flags.contains(.cancelRequested) {
                _ = try end(
                    job, with: .cancelled(reason: try cancelReason(of: job)), failure: failure, keep: .policy,
                    in: session, now: now)
            } else {
                try giveBackLost(job, failure: failure, in: session, now: now)
                returned += 1
            }
            try writeEventsIfMany()
        }
        try finish(session, as: .fenced, now: now)
        return returned
    }

    /// Gives back a job whose worker was lost: the attempt stays used, the place stays its own.
    private func giveBackLost(
        _ held: JobRow, failure: Settlement.Failure, in session: Session, now: Timestamp
    ) throws(StoreError) {
        var job = held
        try note(failure, of: &job, in: session)
        job.lost += 1
        try requeue(&job, as: .pending, from: held, now: now)
        emit(.released, job.lane, job.id, attempt: held.attempt)
    }

    private func finish(_ session: Session, as standing: SessionInfo.Standing, now: Timestamp) throws(StoreError) {
        try run("UPDATE oncue_sessions SET standing = ?, ended = ? WHERE id = ?", standing.stored, now, session.number)
        try run("DELETE FROM oncue_signals WHERE session = ?", session.number)
        session.standing = standing
        // A claim of this session may be waiting.
        hasReadied = true
    }

    private func heldJobs(by session: Session) throws(StoreError) -> [JobRow] {
        let statement = try occasional(
            "SELECT number FROM oncue_jobs WHERE session = ? AND state = 3 ORDER BY number")
        statement.bind(1, session.number)
        var numbers: [Int64] = []
        while try statement.step() { numbers.append(statement.integer(0)) }
        var jobs: [JobRow] = []
        for number in numbers {
            if let job = try job(number: number) { jobs.append(job) }
        }
        return jobs
    }

    func held(by id: SessionID, besides known: Set<JobID>) throws(StoreError) -> [LeasedJob] {
        guard let session = try session(id), session.standing == .open else { return [] }
        var found: [LeasedJob] = []
        for job in try heldJobs(by: session) where !known.contains(job.id) {
            found.append(
                LeasedJob(
                    id: job.id, name: job.lane.name, queue: job.lane.queue.name, priority: job.lane.priority,
                    payload: try payload(of: job), attempt: job.attempt, lostWorkers: job.lost, createdAt: job.created,
                    session: id, delivery: job.delivery, place: Place.pack(job.number, lane: job.lane.number),
                    details: try details(job.packedExtra, expires: job.expires, flags: job.flags, of: job.id)))
        }
        return found
    }

    func payload(of job: JobRow) throws(StoreError) -> [UInt8] {
        if job.flags.contains(.largePayload) { return try largePayload(of: job.number) }
        let statement = try occasional("SELECT payload FROM oncue_jobs WHERE number = ?")
        statement.bind(1, job.number)
        guard try statement.step() else { throw .corruptRow("the payload of job \(job.id)") }
        defer { statement.reset() }
        return statement.bytes(0)
    }

    // MARK: Renewal and news

    func renew(_ id: SessionID) throws(StoreError) -> SessionNews {
        let session = try openSession(id)
        let statement = try queries.renewSession()
        statement.bind(1, time.now().microseconds)
        statement.bind(2, session.number)
        try statement.run()
        // What was taken away is told a few times, for answers that were lost; then it is old news.
        try run(
            """
            DELETE FROM oncue_signals WHERE session = ?1 AND taken = 1
                AND renewals + 3 < (SELECT renewals FROM oncue_sessions WHERE id = ?1)
            """, session.number)
        return try news(of: session)
    }

    func news(for id: SessionID) throws(StoreError) -> SessionNews {
        try news(of: openSession(id))
    }

    private func news(of session: Session) throws(StoreError) -> SessionNews {
        var news = SessionNews(isQuiet: session.isQuiet, isStopping: session.isStopping)
        let signals = try queries.signals()
        signals.bind(1, session.number)
        while try signals.step() {
            news.cancellations.append(
                SessionNews.Cancellation(
                    job: try signals.id(0), reason: signals.textOrNil(1), isTakenAway: signals.integer(2) != 0))
        }
        let held = try queries.heldCount()
        held.bind(1, session.number)
        if try held.step() {
            news.held = Int(held.integer(0))
            held.reset()
        }
        return news
    }

    /// Tells a session what became of a job that it holds or held.
    func signal(_ session: Int64, about job: JobID, reason: String?, isTakenAway: Bool) throws(StoreError) {
        try run(
            """
            INSERT OR REPLACE INTO oncue_signals (session, job, reason, taken, renewals)
            SELECT id, ?2, ?3, ?4, renewals FROM oncue_sessions WHERE id = ?1 AND standing = 0
            """, session, job, reason, isTakenAway)
    }

    func instruct(_ id: SessionID, quiet: Bool, stop: Bool) throws(StoreError) {
        guard let session = try session(id) else {
            throw StoreError(.notFound, "There is no session \(id).")
        }
        guard session.standing == .open else { return }
        try run("UPDATE oncue_sessions SET quiet = ?, stop = ? WHERE id = ?", quiet, stop, session.number)
        session.isQuiet = quiet
        session.isStopping = stop
    }
}
#endif
