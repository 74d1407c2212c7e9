#if SQLite
import OnCue

/// The statements of the common paths, prepared once a connection.
final class Queries {
    let begin: Query
    let commit: Query
    let dataVersion: Query
    let readCounters: Query
    let updateCounters: Query
    let insertEvents: Query

    let queueByName: Query
    let queueByNumber: Query
    let insertQueue: Query
    let waitingJobs: Query
    let laneByKey: Query
    let laneByNumber: Query
    let insertLane: Query
    let updateLane: Query
    let readyLanes: Query

    let insertJob: Query
    let insertPlainJob: Query
    let jobByID: Query
    let jobByNumber: Query
    let insertPayload: Query
    let payload: Query
    let insertTag: Query
    let uniqueKey: Query
    let insertUniqueKey: Query
    let deleteUniqueKeys: Query

    let nextDue: Query
    let dueJobs: Query
    let readyJobs: Query
    let claimJob: Query
    let completeJob: Query
    let dropCompletedJob: Query
    let heldJob: Query
    let deleteJob: Query

    let sessionByName: Query
    let writeAnswers: Query
    let renewSession: Query
    let heldCount: Query
    let signals: Query

    /// The columns of ``JobRow``, in its order.
    static let jobRow = """
        number, id, lane, state, flags, position, attempt, delivery, lost, session, created, started, due, expires, \
        extra
        """

    init(on connection: Connection) {
        func query(_ sql: String) -> Query { Query(sql, on: connection) }

        begin = query("BEGIN IMMEDIATE")
        commit = query("COMMIT")
        dataVersion = query("PRAGMA data_version")
        readCounters = query("SELECT sequence, entry, events FROM oncue_counters")
        updateCounters = query("UPDATE oncue_counters SET sequence = ?, entry = ?, events = ?")
        insertEvents = query("INSERT INTO oncue_events (entry, at, count, total, data) VALUES (?, ?, ?, ?, ?)")

        queueByName = query("SELECT id, name, paused, settings FROM oncue_queues WHERE name = ?")
        queueByNumber = query("SELECT id, name, paused, settings FROM oncue_queues WHERE id = ?")
        insertQueue = query("INSERT INTO oncue_queues (name) VALUES (?)")
        waitingJobs = query("SELECT sum(state0 + state1 + state2 + state4) FROM oncue_lanes WHERE queue = ?")
        let lane = "SELECT id, queue, priority, name, suspect, state2 FROM oncue_lanes"
        laneByKey = query("\(lane) WHERE queue = ? AND priority = ? AND name = ? AND suspect = ?")
        laneByNumber = query("\(lane) WHERE id = ?")
        insertLane = query("INSERT INTO oncue_lanes (queue, priority, name, suspect) VALUES (?, ?, ?, ?)")
        updateLane = query(
            """
            UPDATE oncue_lanes SET state0 = state0 + ?, state1 = state1 + ?, state2 = state2 + ?, state3 = state3 + ?,
                state4 = state4 + ?, state5 = state5 + ?, state6 = state6 + ?, state7 = state7 + ?,
                enqueued = enqueued + ?, completed = completed + ?, dead = dead + ?, cancelled = cancelled + ?,
                retried = retried + ?
            WHERE id = ?
            """)
        readyLanes = query("SELECT id FROM oncue_lanes WHERE queue = ? AND state2 > 0 ORDER BY priority")

        insertJob = query(
            """
            INSERT INTO oncue_jobs (number, id, queue, lane, state, flags, position, attempt, delivery, lost, created,
                due, expires, correlation, extra, payload)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?1, 0, 0, 0, ?7, ?8, ?9, ?10, ?11, ?12)
            """)
        insertPlainJob = query(
            """
            INSERT INTO oncue_jobs (number, id, queue, lane, state, flags, position, attempt, delivery, lost, created,
                payload)
            VALUES (?1, ?2, ?3, ?4, 2, 0, ?1, 0, 0, 0, ?5, ?6)
            """)
        jobByID = query("SELECT \(Self.jobRow) FROM oncue_jobs WHERE id = ?")
        jobByNumber = query("SELECT \(Self.jobRow) FROM oncue_jobs WHERE number = ?")
        insertPayload = query("INSERT INTO oncue_payloads (job, bytes) VALUES (?, ?)")
        payload = query("SELECT bytes FROM oncue_payloads WHERE job = ?")
        insertTag = query("INSERT OR IGNORE INTO oncue_tags (key, value, id) VALUES (?, ?, ?)")
        uniqueKey = query("SELECT id, job, until, expires FROM oncue_unique_keys WHERE queue = ? AND key = ?")
        insertUniqueKey = query(
            "INSERT OR REPLACE INTO oncue_unique_keys (queue, key, job, id, until, expires) VALUES (?, ?, ?, ?, ?, ?)")
        deleteUniqueKeys = query("DELETE FROM oncue_unique_keys WHERE job = ? AND until <= ?")

        nextDue = query("SELECT min(due) FROM oncue_jobs WHERE state IN (1, 4)")
        dueJobs = query(
            "SELECT number, lane, state FROM oncue_jobs WHERE state IN (1, 4) AND due <= ? ORDER BY due, number LIMIT ?"
        )
        readyJobs = query(
            """
            SELECT number, position, id, flags, attempt, delivery, lost, created, expires, extra, payload
            FROM oncue_jobs WHERE lane = ? AND position > ? AND state = 2 ORDER BY position LIMIT ?
            """)
        claimJob = query(
            """
            UPDATE oncue_jobs SET state = 3, attempt = ?2, delivery = ?3, session = ?4, started = ?5, flags = ?6
            WHERE number = ?1
            """)
        // The token, and that nothing of the job asks for more than this: no cancel request, no key to free, no error
        // to clear, nobody who waits.
        let plainToken =
            "number = ?1 AND session = ?2 AND delivery = ?3 AND lane = ?4 AND state = 3"
        completeJob = query(
            """
            UPDATE oncue_jobs SET state = 5, finished = ?5, lost = 0
            WHERE \(plainToken) AND flags & \(JobFlags.slowEnd.rawValue) = 0
            """)
        dropCompletedJob = query("DELETE FROM oncue_jobs WHERE \(plainToken) AND flags = 0")
        heldJob = query(
            """
            SELECT \(Self.jobRow) FROM oncue_jobs
            WHERE number = ?1 AND id = ?2 AND session = ?3 AND delivery = ?4 AND state = 3
            """)
        deleteJob = query("DELETE FROM oncue_jobs WHERE number = ?")

        sessionByName = query("SELECT id, standing, sequence, quiet, stop, worker FROM oncue_sessions WHERE name = ?")
        writeAnswers = query("UPDATE oncue_sessions SET sequence = ?, answers = ? WHERE id = ?")
        renewSession = query("UPDATE oncue_sessions SET renewals = renewals + 1, renewed = ? WHERE id = ?")
        heldCount = query("SELECT count(*) FROM oncue_jobs WHERE session = ? AND state = 3")
        signals = query("SELECT job, reason, taken FROM oncue_signals WHERE session = ? ORDER BY job")
    }
}
#endif
