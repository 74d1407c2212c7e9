#if SQLite
import OnCue

/// Jobs on their way in, with all that can be worked out before the writer is asked.
struct Arrivals: Sendable {
    let jobs: [NewJob]
    let ids: [JobID]
    let extras: [[UInt8]?]
    /// Why some are not taken; nil when all may be.
    let refusals: [Int: StoreError]

    init(_ jobs: [NewJob], maxPayload: Int, now: Timestamp) {
        self.jobs = jobs
        var ids: [JobID] = []
        ids.reserveCapacity(jobs.count)
        var extras: [[UInt8]?] = []
        extras.reserveCapacity(jobs.count)
        var refusals: [Int: StoreError] = [:]
        for index in jobs.indices {
            do throws(ValidationError) {
                try jobs[index].validate(maxPayload: maxPayload)
            } catch {
                refusals[index] = StoreError(error)
            }
            ids.append(jobs[index].id ?? JobID.make(at: now))
            extras.append(JobExtra.packed(jobs[index]))
        }
        self.ids = ids
        self.extras = extras
        self.refusals = refusals
    }
}

extension Ledger {
    /// Payloads above this are kept apart, so that a claim and a settlement do not write them again.
    static let largePayload = 2_048

    /// Takes jobs in, each for itself or all or none.
    func enqueue(_ arrivals: Arrivals, atomically: Bool) throws(StoreError) -> [EnqueueAnswer] {
        if atomically {
            guard arrivals.jobs.count <= Limits.atomicBatch else {
                throw StoreError(
                    .invalid,
                    "An atomic batch has at most \(Limits.atomicBatch) jobs, this has \(arrivals.jobs.count).",
                    field: "jobs")
            }
            if let first = arrivals.refusals.min(by: { $0.key < $1.key }) { throw first.value }
        }
        let now = time.now()
        var answers: [EnqueueAnswer] = []
        answers.reserveCapacity(arrivals.jobs.count)
        var lane: Lane?
        for index in arrivals.jobs.indices {
            if !arrivals.refusals.isEmpty, let refusal = arrivals.refusals[index] {
                answers.append(.refused(refusal))
                continue
            }
            let answer = try enqueue(arrivals, index, now: now, hint: &lane, ignoresBound: false)
            if atomically, case .refused(let reason) = answer { throw reason }
            answers.append(answer)
            try writeEventsIfMany()
        }
        return answers
    }

    /// Takes in jobs that belong to an outcome; they ignore the bound of waiting jobs.
    func enqueueFollowUps(_ jobs: [NewJob]) throws(StoreError) {
        let now = time.now()
        let arrivals = Arrivals(jobs, maxPayload: maxPayload, now: now)
        var lane: Lane?
        for index in jobs.indices { _ = try enqueue(arrivals, index, now: now, hint: &lane, ignoresBound: true) }
    }

    /// - Parameter hint: the lane of the job before: most often it is the same.
    private func enqueue(
        _ arrivals: Arrivals, _ index: Int, now: Timestamp, hint: inout Lane?, ignoresBound: Bool
    ) throws(StoreError) -> EnqueueAnswer {
        let id = arrivals.ids[index]
        let priority = arrivals.jobs[index].priority
        // An id that was just made is new; only one that came along may be known.
        if arrivals.jobs[index].id != nil, try isKnown(id) { return .duplicate(of: id) }

        let queue: Queue
        if let hint, hint.queue.name == arrivals.jobs[index].queue {
            queue = hint.queue
        } else {
            queue = try makeQueue(named: arrivals.jobs[index].queue)
        }
        let unique = arrivals.jobs[index].unique
        if let unique, let holder = try holder(of: unique.key, in: queue, now: now) { return .duplicate(of: holder) }
        if !ignoresBound {
            let bound = try maxWaiting(of: queue)
            guard try waiting(in: queue) < bound else {
                return .refused(
                    StoreError(
                        .queueFull,
                        "\(bound) jobs wait in queue '\(queue.name)', as many as its settings allow; "
                            + "let workers catch up or raise max_waiting."))
            }
        }
        let lane: Lane
        if let hint, hint.queue === queue, hint.priority == priority, hint.name == arrivals.jobs[index].name {
            lane = hint
        } else {
            lane = try self.lane(queue, priority, arrivals.jobs[index].name, isSuspect: false)
            hint = lane
        }

        let number = try nextNumber()
        let due = arrivals.jobs[index].due.moment(from: now)
        let isLater = due.map { $0 > now } ?? false
        let expires = arrivals.jobs[index].expires.map { $0.moment(from: now) ?? now }
        let isLarge = arrivals.jobs[index].payload.count > Self.largePayload
        if !isLarge, !isLater, due == nil, expires == nil, arrivals.extras[index] == nil {
            try insertPlain(arrivals, index, number: number, lane: lane, now: now)
        } else {
            var flags: JobFlags = []
            if isLarge { flags.insert(.largePayload) }
            if !arrivals.jobs[index].tags.isEmpty { flags.insert(.side) }
            if let unique { flags.insert(unique.flag) }
            let statement = try queries.insertJob()
            statement.bind(
                values: number, id, queue.number, lane.number, isLater ? JobState.delayed : .pending, flags.rawValue,
                now,
                due, expires, arrivals.jobs[index].correlationID, arrivals.extras[index],
                isLarge ? nil : arrivals.jobs[index].payload)
            try statement.run()
            if isLarge { try queries.insertPayload().run(number, arrivals.jobs[index].payload) }
            for (key, value) in arrivals.jobs[index].tags { try queries.insertTag().run(key, value, id) }
            if let unique { try hold(unique, for: number, id, in: queue, now: now) }
            if isLater, let due { expect(due) }
        }
        count(lane, in: isLater ? .delayed : .pending)
        total(lane, \.enqueued)
        emit(.created, lane, id, attempt: 0)
        return .accepted(id)
    }

    @inline(__always)
    private func insertPlain(
        _ arrivals: Arrivals, _ index: Int, number: Int64, lane: Lane, now: Timestamp
    ) throws(StoreError) {
        let statement = try queries.insertPlainJob()
        statement.bind(1, number)
        statement.bind(3, lane.queue.number)
        statement.bind(4, lane.number)
        statement.bind(5, now.microseconds)
        // Bound in place: they stay where they are until the step.
        let failure: StoreError? = arrivals.ids[index].withBigEndianBytes { id in
            arrivals.jobs[index].payload.withUnsafeBytes { payload in
                statement.bind(2, kept: id)
                statement.bind(6, kept: payload)
                do throws(StoreError) {
                    try statement.run()
                    return nil
                } catch {
                    return error
                }
            }
        }
        if let failure { throw failure }
    }

    private func isKnown(_ id: JobID) throws(StoreError) -> Bool {
        let statement = try occasional("SELECT 1 FROM oncue_jobs WHERE id = ?")
        statement.bind(values: id)
        return try statement.run()
    }

    private func maxWaiting(of queue: Queue) throws(StoreError) -> Int {
        if let own = queue.settings.maxWaiting { return own }
        return try defaults().maxWaiting ?? Limits.waitingJobs
    }

    /// Remembers that a job comes due.
    func expect(_ due: Timestamp) {
        guard case .known(let next) = nextDue else { return }
        if next.map({ due < $0 }) ?? true { nextDue = .known(due) }
        // Whoever waits has to look at the time anew.
        hasReadied = true
    }

    // MARK: Unique keys

    /// The job that stands for the key now; nil when the key is free.
    func holder(of key: String, in queue: Queue, now: Timestamp) throws(StoreError) -> JobID? {
        let statement = try queries.uniqueKey()
        statement.bind(values: queue.number, key)
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        if let expires = statement.timestampOrNil(3), expires <= now { return nil }
        return try statement.id(0)
    }

    /// Takes the key for a job. It has to be free.
    func hold(_ unique: UniqueKey, for number: Int64, _ id: JobID, in queue: Queue, now: Timestamp) throws(StoreError) {
        var expires: Timestamp?
        if case .elapsed(let time) = unique.until { expires = now + time }
        try queries.insertUniqueKey().run(
            queue.number, unique.key, number, id, UniqueUntil(unique.until), expires)
    }
}

extension UniqueKey {
    var flag: JobFlags {
        switch until {
        case .finished: .keyUntilFinished
        case .started: .keyUntilStarted
        case .elapsed: .keyForTime
        }
    }
}

extension NewJob.Due {
    /// Nil for now.
    func moment(from now: Timestamp) -> Timestamp? {
        switch self {
        case .now: nil
        case .after(let wait): wait > .zero ? now + wait : nil
        case .at(let moment): moment
        }
    }
}
#endif
