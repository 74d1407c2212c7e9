#if SQLite
import OnCue

/// What of a job needs more than the plain statements.
struct JobFlags: OptionSet {
    let rawValue: Int64

    /// It runs and was told to stop.
    static let cancelRequested = JobFlags(rawValue: 1)
    /// It holds a unique key until it ends.
    static let keyUntilFinished = JobFlags(rawValue: 2)
    /// It holds a unique key until it is started.
    static let keyUntilStarted = JobFlags(rawValue: 4)
    /// It has made a unique key that time frees.
    static let keyForTime = JobFlags(rawValue: 8)
    /// An error is noted.
    static let error = JobFlags(rawValue: 16)
    /// Someone waits for its end.
    static let watched = JobFlags(rawValue: 32)
    /// It has rows in other tables.
    static let side = JobFlags(rawValue: 64)
    /// A checkpoint or the result of an effect is stored.
    static let memory = JobFlags(rawValue: 128)
    /// The payload is in a table of its own.
    static let largePayload = JobFlags(rawValue: 256)
    /// A session was told something about it.
    static let signalled = JobFlags(rawValue: 512)

    /// The end of a job that has one of these takes more than one statement.
    static let slowEnd: JobFlags = [.cancelRequested, .keyUntilFinished, .error, .watched]
    /// The claim of a job that has one of these takes more than one statement.
    static let slowClaim: JobFlags = [.keyUntilStarted, .signalled, .largePayload]
}

/// A job as the writer reads it before it decides: everything but the payload.
struct JobRow {
    let number: Int64
    let id: JobID
    var lane: Lane
    var state: JobState
    var flags: JobFlags
    var position: Int64
    var attempt: Int
    var delivery: Int64
    var lost: Int
    var session: Int64?
    let created: Timestamp
    var started: Timestamp?
    var due: Timestamp?
    var expires: Timestamp?
    let packedExtra: [UInt8]?

    func extra() throws(StoreError) -> JobExtra {
        guard let packedExtra else { return JobExtra() }
        guard let extra = JobExtra(packedExtra) else { throw .corruptRow("the options of job \(id)") }
        return extra
    }
}

extension Ledger {
    func job(_ id: JobID) throws(StoreError) -> JobRow? {
        let statement = try queries.jobByID()
        statement.bind(values: id)
        return try jobRow(statement)
    }

    func job(number: Int64) throws(StoreError) -> JobRow? {
        let statement = try queries.jobByNumber()
        statement.bind(1, number)
        return try jobRow(statement)
    }

    /// Steps a statement whose columns are those of ``Queries/jobRow``, once.
    func jobRow(_ statement: Statement) throws(StoreError) -> JobRow? {
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        guard let state = JobState(rawValue: Int(statement.integer(3))) else {
            throw .corruptRow("the state of job number \(statement.integer(0))")
        }
        return JobRow(
            number: statement.integer(0), id: try statement.id(1), lane: try lane(number: statement.integer(2)),
            state: state, flags: JobFlags(rawValue: statement.integer(4)), position: statement.integer(5),
            attempt: Int(statement.integer(6)), delivery: statement.integer(7), lost: Int(statement.integer(8)),
            session: statement.integerOrNil(9), created: Timestamp(microseconds: statement.integer(10)),
            started: statement.timestampOrNil(11), due: statement.timestampOrNil(12),
            expires: statement.timestampOrNil(13), packedExtra: statement.bytesOrNil(14))
    }

    /// Removes a job with all that is kept of it.
    ///
    /// - Parameter freesTimedKey: whether a unique key that counts time goes too: when someone deletes the job, not when
    ///   it is pruned.
    func remove(_ job: JobRow, freesTimedKey: Bool) throws(StoreError) {
        try queries.deleteJob().run(job.number)
        guard !job.flags.isEmpty else { return }
        if job.flags.contains(.watched) { watchedEnds.append(job.id) }
        if job.flags.contains(.largePayload) {
            try run("DELETE FROM oncue_payloads WHERE job = ?", job.number)
        }
        if !job.flags.isDisjoint(with: [.keyUntilFinished, .keyUntilStarted, .keyForTime]) {
            try queries.deleteUniqueKeys().run(job.number, freesTimedKey ? UniqueUntil.elapsed : .started)
        }
        if job.flags.contains(.side) {
            try run("DELETE FROM oncue_notes WHERE job = ?", job.number)
            try run("DELETE FROM oncue_attempts WHERE job = ?", job.number)
            try run("DELETE FROM oncue_effects WHERE job = ?", job.number)
            for (key, value) in try job.extra().tags {
                try run("DELETE FROM oncue_tags WHERE key = ? AND value = ? AND id = ?", key, value, job.id)
            }
        }
    }

    /// Runs a statement that is not on a common path; kept for the next time all the same.
    @discardableResult
    func run<each Value: Bindable>(_ sql: String, _ value: repeat each Value) throws(StoreError) -> Bool {
        try occasional(sql).run(repeat each value)
    }
}

/// The column `until` of a unique key.
enum UniqueUntil: Int64, Bindable {
    case finished = 0
    case started = 1
    case elapsed = 2

    init(_ until: UniqueKey.Until) {
        self =
            switch until {
            case .finished: .finished
            case .started: .started
            case .elapsed: .elapsed
            }
    }

    func bind(to statement: Statement, at index: Int32) { statement.bind(index, rawValue) }
}
#endif
