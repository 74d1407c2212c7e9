#if SQLite
import OnCue

extension Ledger {
    /// Takes jobs for a session. What is due is made pending first.
    func claim(_ request: ClaimRequest) throws(StoreError) -> [LeasedJob] {
        let session = try openSession(request.session)
        let now = time.now()
        try promoteDue(now: now, limit: 1_000)
        guard request.limit > 0 else { return [] }
        var selection = Selection(request)
        for (rank, wanted) in request.queues.enumerated() where wanted.limit > 0 {
            guard let queue = try queue(named: wanted.name), !queue.isPaused else { continue }
            for lanes in try readyLanes(of: queue) {
                let lines = lanes.filter { selection.mayTake(from: $0, rank: rank) }
                if !lines.isEmpty { selection.levels.append(Level(rank: rank, lanes: lines)) }
            }
        }
        guard !selection.levels.isEmpty else { return [] }
        var claim = Claim(session: session, id: request.session, now: now)
        if request.floor > 0 {
            // The oldest below the level that is served first.
            let below = Array(selection.levels.indices.dropFirst())
            try take(min(request.floor, request.limit), from: below, &selection, &claim)
        }
        for level in selection.levels.indices {
            guard claim.jobs.count < request.limit else { break }
            try take(request.limit - claim.jobs.count, from: [level], &selection, &claim)
        }
        if claim.expired > 200 { _ = try buryExpired(now: now, limit: 1_000) }
        return claim.inOrder()
    }

    /// Whether a claim would find anything, without writing.
    func canClaim(_ request: ClaimRequest) throws(StoreError) -> Bool {
        _ = try openSession(request.session)
        if let due = try nextDueMoment(), due <= time.now() { return true }
        let selection = Selection(request)
        for (rank, wanted) in request.queues.enumerated() where wanted.limit > 0 {
            guard let queue = try queue(named: wanted.name), !queue.isPaused else { continue }
            for lanes in try readyLanes(of: queue) {
                if lanes.contains(where: { selection.mayTake(from: $0, rank: rank) }) { return true }
            }
        }
        return false
    }

    /// Takes up to `limit` jobs from some levels together, the oldest first.
    private func take(
        _ limit: Int, from levels: [Int], _ selection: inout Selection, _ claim: inout Claim
    ) throws(StoreError) {
        let lines = levels.reduce(0) { $0 + selection.levels[$1].lines.count }
        var left = limit
        while left > 0 {
            var best: (level: Int, line: Int, position: Int64)?
            for level in levels {
                for line in selection.levels[level].lines.indices {
                    let lane = selection.levels[level].lines[line].lane
                    guard selection.mayTake(from: lane, rank: selection.levels[level].rank),
                        let head = try head(&selection.levels[level].lines[line], wanted: left, among: lines)
                    else { continue }
                    if best.map({ head < $0.position }) ?? true { best = (level, line, head) }
                }
            }
            guard let best else { return }
            // A line that is alone needs no comparing for each of its jobs.
            repeat {
                if try takeFirst(of: best.line, in: best.level, &selection, &claim) { left -= 1 }
            } while lines == 1 && left > 0
                && selection.mayTake(
                    from: selection.levels[best.level].lines[best.line].lane, rank: selection.levels[best.level].rank)
                && selection.levels[best.level].lines[best.line].head != nil
        }
    }

    /// The position of the first job of a line that was not taken yet.
    @inline(__always)
    private func head(_ line: inout Line, wanted: Int, among lines: Int) throws(StoreError) -> Int64? {
        if let head = line.head { return head }
        guard !line.isExhausted else { return nil }
        // Where lines compete each gives about its share.
        let chunk = min(512, max(1, lines == 1 ? wanted : 2 * wanted / lines))
        let statement = try queries.readyJobs()
        statement.bind(1, line.lane.number)
        statement.bind(2, line.last)
        statement.bind(3, Int64(chunk))
        line.begin(chunk: chunk)
        while try statement.step() {
            line.add(
                ReadyJob(
                    number: statement.integer(0), position: statement.integer(1), id: try statement.id(2),
                    flags: JobFlags(rawValue: statement.integer(3)), attempt: statement.integer(4),
                    delivery: statement.integer(5), lost: statement.integer(6), created: statement.integer(7),
                    expires: statement.timestampOrNil(8), packedExtra: statement.bytesOrNil(9),
                    payload: statement.bytes(10)))
        }
        line.end(chunk: chunk)
        return line.head
    }

    /// Makes the first job of a line the session's; false when it has expired.
    @inline(__always)
    private func takeFirst(
        of line: Int, in level: Int, _ selection: inout Selection, _ claim: inout Claim
    ) throws(StoreError) -> Bool {
        let lane = selection.levels[level].lines[line].lane
        let job = selection.levels[level].lines[line].removeFirst()
        if let expires = job.expires, expires <= claim.now {
            claim.expired += 1
            return false
        }
        var flags = job.flags
        var payload = job.payload
        if !flags.isDisjoint(with: .slowClaim) {
            if flags.contains(.largePayload) { payload = try largePayload(of: job.number) }
            if flags.contains(.keyUntilStarted) {
                try run("DELETE FROM oncue_unique_keys WHERE job = ? AND until = 1", job.number)
                flags.remove(.keyUntilStarted)
            }
            if flags.contains(.signalled) {
                // What the session was told of an earlier lease of this job does not hold for this one.
                try run("DELETE FROM oncue_signals WHERE job = ?", job.id)
                flags.remove(.signalled)
            }
        }
        let attempt = job.attempt + 1
        let delivery = job.delivery + 1
        let update = try queries.claimJob()
        update.bind(1, job.number)
        update.bind(2, attempt)
        update.bind(3, delivery)
        update.bind(4, claim.session.number)
        update.bind(5, claim.now.microseconds)
        update.bind(6, flags.rawValue)
        try update.run()

        count(lane, out: .pending, in: .running)
        emit(.started, lane, job.id, attempt: Int(attempt))
        claim.jobs.append(
            LeasedJob(
                id: job.id, name: lane.name, queue: lane.queue.name, priority: lane.priority, payload: payload,
                attempt: Int(attempt), lostWorkers: Int(job.lost), createdAt: Timestamp(microseconds: job.created),
                session: claim.id, delivery: delivery, place: Place.pack(job.number, lane: lane.number),
                details: try details(job.packedExtra, expires: job.expires, flags: flags, of: job.id)))
        claim.order.append((level, job.position))
        selection.took(from: lane, rank: selection.levels[level].rank)
        return true
    }

    func largePayload(of number: Int64) throws(StoreError) -> [UInt8] {
        let statement = try queries.payload()
        statement.bind(1, number)
        guard try statement.step() else { throw .corruptRow("the payload of job number \(number)") }
        defer { statement.reset() }
        return statement.bytes(0)
    }

    func details(
        _ packed: [UInt8]?, expires: Timestamp?, flags: JobFlags, of id: JobID
    ) throws(StoreError) -> LeasedJob.Details? {
        guard packed != nil || expires != nil || flags.contains(.memory) else { return nil }
        var extra = JobExtra()
        if let packed {
            guard let read = JobExtra(packed) else { throw .corruptRow("the options of job \(id)") }
            extra = read
        }
        return LeasedJob.Details(
            contentType: extra.contentType, options: extra.options, tags: extra.tags,
            correlationID: extra.correlationID, headers: extra.headers, unique: extra.unique, expiresAt: expires,
            parent: extra.parent, hasMemory: flags.contains(.memory))
    }

    // MARK: Due jobs

    /// Makes delayed and retrying jobs pending whose time has come.
    ///
    /// - Returns: how many; as many as `limit` means that there may be more.
    @discardableResult
    func promoteDue(now: Timestamp, limit: Int) throws(StoreError) -> Int {
        guard let due = try nextDueMoment(), due <= now else { return 0 }
        let statement = try queries.dueJobs()
        statement.bind(1, now.microseconds)
        statement.bind(2, Int64(limit))
        var found: [(number: Int64, lane: Int64, state: Int64)] = []
        while try statement.step() {
            found.append((statement.integer(0), statement.integer(1), statement.integer(2)))
        }
        for job in found {
            let lane = try lane(number: job.lane)
            try run(
                "UPDATE oncue_jobs SET state = 2, position = ? WHERE number = ?", try nextNumber(), job.number)
            count(lane, out: JobState(rawValue: Int(job.state)), in: .pending)
        }
        nextDue = .unknown
        return found.count
    }

    /// When the next delayed or retrying job comes due.
    func nextDueMoment() throws(StoreError) -> Timestamp? {
        if case .known(let due) = nextDue { return due }
        let statement = try queries.nextDue()
        guard try statement.step() else { return nil }
        let due = statement.timestampOrNil(0)
        statement.reset()
        nextDue = .known(due)
        return due
    }
}

/// A job's number and its lane in one integer, so that a settlement finds both without a search.
enum Place {
    private static let numberBits: Int64 = 42

    static func pack(_ number: Int64, lane: Int64) -> Int64 {
        // A lane beyond 21 bits is looked up instead.
        lane < 1 << 21 ? lane << numberBits | number : number
    }

    static func number(_ place: Int64) -> Int64 { place & (1 << numberBits - 1) }

    /// Nil when it does not tell.
    static func lane(_ place: Int64) -> Int64? {
        let lane = place >> numberBits
        return lane > 0 ? lane : nil
    }
}
#endif
