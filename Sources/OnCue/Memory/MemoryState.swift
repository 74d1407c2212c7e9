import HeapModule

/// All that the memory store knows, as a value: no clock, no lock, no waiting. ``MemoryStore`` is the shell around it.
///
/// Every change of a job's state goes through the table of ``JobState/after(_:)``; the calls are in the extensions, one
/// file a subject. Here is what they share: the table of the jobs and the places they can be in.
struct MemoryState {
    // MARK: Jobs

    var jobs: [MemoryJob] = []
    private var freeSlots: [Int] = []
    var slots: [JobID: Int] = [:]
    var pasts: [Int: MemoryPast] = [:]
    var listing = MemoryListing()
    private var lastOrder: Int64 = 0

    // MARK: Queues

    var queues: [MemoryQueue] = []
    var queueNumbers: [QueueName: Int] = [:]
    var defaults = QueueSettings()
    var keys = MemoryKeys()

    // MARK: Places by time

    /// Delayed and retrying jobs by the moment they are due.
    var dues = TimedPlaces()
    /// Waiting jobs by the moment they expire.
    var expiries = TimedPlaces()
    /// Finished jobs that are kept until a moment of their own.
    var exempt = TimedPlaces()
    /// Finished jobs that the retention policy may take, by queue and state.
    var finished: [FinishedKey: TimedPlaces] = [:]
    /// How many of them there are.
    var finishedCounts: [FinishedKey: Int] = [:]

    struct FinishedKey: Hashable {
        var queue: Int
        var state: JobState
    }

    // MARK: The rest

    var sessions: [SessionID: MemorySession] = [:]
    var log = MemoryLog()
    var documents = MemoryDocuments()
    var audit = MemoryAudit()
    /// How many callers wait for the end of a job.
    var watchers: [JobID: Int] = [:]
    /// What the last change may have made others wait no longer for.
    var signals = MemorySignals()

    /// Changes whenever a claim that found nothing may find something.
    private(set) var claimVersion = 0

    mutating func becameClaimable(in queue: Int) {
        signals.ready.insert(queue)
        claimVersion += 1
    }

    /// A claim that waits for a session that has ended is to say so.
    mutating func sessionEnded() {
        signals.hasEndedSession = true
        claimVersion += 1
    }

    mutating func nextOrder() -> Int64 {
        lastOrder += 1
        return lastOrder
    }

    // MARK: - The table

    mutating func insert(_ job: MemoryJob) -> Int {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            jobs[slot] = job
        } else {
            slot = jobs.count
            jobs.append(job)
        }
        slots[job.id] = slot
        listing.add(job.id)
        queues[job.queue].counts[job.state.rawValue] += 1
        return slot
    }

    /// Takes a job out of the table and of every place. Its unique key stays unless `freesKey`.
    mutating func remove(_ slot: Int, freesKey: Bool) {
        withdraw(slot)
        let job = jobs[slot]
        if freesKey { keys.free(job) }
        if job.state.isFinal, !job.isExempt {
            finishedCounts[FinishedKey(queue: job.queue, state: job.state), default: 0] -= 1
        }
        queues[job.queue].counts[job.state.rawValue] -= 1
        slots[job.id] = nil
        pasts[slot] = nil
        listing.removedOne(remaining: slots)
        jobs[slot].isLive = false
        jobs[slot].payload = []
        jobs[slot].details = nil
        freeSlots.append(slot)
        if watchers[job.id] != nil { signals.ended.append(job.id) }
    }

    mutating func queueNumber(_ name: QueueName) -> Int {
        if let number = queueNumbers[name] { return number }
        queues.append(MemoryQueue(name: name))
        queueNumbers[name] = queues.count - 1
        return queues.count - 1
    }

    func laneKey(_ slot: Int) -> MemoryQueue.LaneKey {
        MemoryQueue.LaneKey(name: jobs[slot].name, isSuspect: jobs[slot].isSuspect)
    }

    // MARK: - Places

    private mutating func setState(_ slot: Int, _ state: JobState, now: Timestamp) {
        let queue = jobs[slot].queue
        queues[queue].counts[jobs[slot].state.rawValue] -= 1
        queues[queue].counts[state.rawValue] += 1
        jobs[slot].state = state
        jobs[slot].updatedAt = now
    }

    /// Takes a pending job out of its lane, before it goes elsewhere.
    mutating func withdraw(_ slot: Int) {
        guard jobs[slot].state == .pending else { return }
        let (queue, level, key) = (jobs[slot].queue, jobs[slot].priority.rawValue, laneKey(slot))
        queues[queue].levels[level].lanes[key]?.count -= 1
        // What is left behind in the lane no longer has the job's number.
        jobs[slot].order = nextOrder()
        tidyLane(queue, level, key)
    }

    /// Drops outdated entries from the front of a lane (from all of it when most are), and the lane when it is empty.
    mutating func tidyLane(_ queue: Int, _ level: Int, _ key: MemoryQueue.LaneKey) {
        guard let lane = queues[queue].levels[level].lanes[key] else { return }
        if lane.count == 0 {
            queues[queue].levels[level].lanes[key] = nil
        } else if lane.isCluttered {
            let jobs = jobs
            queues[queue].levels[level].lanes[key]?.keepOnly { jobs[$0.slot].order == $0.order }
        } else {
            while let first = queues[queue].levels[level].lanes[key]?.first, jobs[first.slot].order != first.order {
                queues[queue].levels[level].lanes[key]?.dropFirst()
            }
        }
    }

    /// Makes a job pending: at the end of its level, or where it stood before.
    mutating func makePending(_ slot: Int, atItsOldPlace isReturned: Bool = false, now: Timestamp) {
        withdraw(slot)
        setState(slot, .pending, now: now)
        if !isReturned {
            jobs[slot].order = nextOrder()
            jobs[slot].readyAt = now
        }
        putInLane(slot, returned: isReturned)
    }

    /// Puts a job that is pending already into its lane.
    mutating func putInLane(_ slot: Int, returned: Bool = false) {
        let job = jobs[slot]
        queues[job.queue].levels[job.priority.rawValue].add(
            Lane.Entry(order: job.order, slot: slot), to: laneKey(slot), returned: returned)
        watchExpiry(slot)
        becameClaimable(in: job.queue)
    }

    /// Makes a job wait for its time.
    mutating func makeWait(_ slot: Int, _ state: JobState, until due: Timestamp, now: Timestamp) {
        withdraw(slot)
        setState(slot, state, now: now)
        jobs[slot].order = nextOrder()
        jobs[slot].dueAt = due
        putAmongDues(slot, due)
    }

    mutating func putAmongDues(_ slot: Int, _ due: Timestamp) {
        dues.add(TimedPlaces.Entry(at: due, order: jobs[slot].order, slot: slot))
        if dues.needsSweep {
            let jobs = jobs
            dues.keepOnly { Self.isDueEntryCurrent($0, jobs) }
        }
        watchExpiry(slot)
    }

    /// A claimed job, which the claim has taken out of its lane.
    mutating func makeRunning(_ slot: Int, now: Timestamp) {
        setState(slot, .running, now: now)
    }

    private mutating func watchExpiry(_ slot: Int) {
        guard let expires = jobs[slot].expiresAt else { return }
        expiries.add(TimedPlaces.Entry(at: expires, order: 0, slot: slot))
        if expiries.needsSweep {
            let jobs = jobs
            expiries.keepOnly { jobs[$0.slot].isLive && jobs[$0.slot].expiresAt == $0.at }
        }
    }

    private static func isDueEntryCurrent(_ entry: TimedPlaces.Entry, _ jobs: [MemoryJob]) -> Bool {
        jobs[entry.slot].isLive && jobs[entry.slot].order == entry.order && jobs[entry.slot].isWaitingForItsTime
    }

    // MARK: - What time brings

    /// Makes pending what is due, earliest first; how many.
    mutating func promote(now: Timestamp, limit: Int = .max) -> Int {
        var promoted = 0
        while let entry = dues.first, entry.at <= now, promoted < limit {
            dues.removeFirst()
            guard Self.isDueEntryCurrent(entry, jobs), jobs[entry.slot].state.after(.comeDue) == .pending else {
                continue
            }
            makePending(entry.slot, now: now)
            promoted += 1
        }
        return promoted
    }

    /// Buries what was not started in time; how many.
    mutating func expire(now: Timestamp, limit: Int = .max) -> Int {
        var expired = 0
        while let entry = expiries.first, entry.at <= now, expired < limit {
            expiries.removeFirst()
            let job = jobs[entry.slot]
            guard job.isLive, job.expiresAt == entry.at, job.state.isWaiting else { continue }
            guard let state = job.state.after(.bury) else { continue }
            pasts[entry.slot, default: MemoryPast()].deadReason = .expired
            pasts[entry.slot, default: MemoryPast()].lastError = "expired before it was started"
            log.add(.dead, job, queues[job.queue].name, now: now)
            finish(entry.slot, state, keep: .policy, now: now)
            expired += 1
        }
        return expired
    }

    // MARK: - The end of a job

    /// Makes a job final: counts it, frees its key, and keeps it as `keep` says.
    mutating func finish(_ slot: Int, _ state: JobState, keep: Settlement.Keep, now: Timestamp) {
        withdraw(slot)
        setState(slot, state, now: now)
        jobs[slot].order = nextOrder()
        jobs[slot].finishedAt = now
        jobs[slot].isCancelRequested = false
        let job = jobs[slot]
        switch state {
        case .completed: queues[job.queue].totals.completed += 1
        case .dead: queues[job.queue].totals.dead += 1
        case .cancelled: queues[job.queue].totals.cancelled += 1
        case .blocked, .delayed, .pending, .running, .retrying: break
        }
        keys.freeAtEnd(job)
        let isWatched = watchers[job.id] != nil
        if isWatched { signals.ended.append(job.id) }
        switch keep {
        case .policy:
            let key = FinishedKey(queue: job.queue, state: state)
            finishedCounts[key, default: 0] += 1
            finished[key, default: TimedPlaces()].add(TimedPlaces.Entry(at: now, order: job.order, slot: slot))
            if finished[key]?.needsSweep == true {
                let jobs = jobs
                finished[key]?.keepOnly { jobs[$0.slot].isLive && jobs[$0.slot].order == $0.order }
            }
        case .atLeast(let time):
            keepApart(slot, until: now + time)
        case .nothing:
            jobs[slot].isExempt = true
            if isWatched { keepApart(slot, until: now + .seconds(60)) } else { remove(slot, freesKey: false) }
        }
    }

    private mutating func keepApart(_ slot: Int, until moment: Timestamp) {
        jobs[slot].isExempt = true
        exempt.add(TimedPlaces.Entry(at: moment, order: jobs[slot].order, slot: slot))
    }

    /// Takes a finished job out of where it was kept, before it runs again.
    mutating func reopen(_ slot: Int) {
        let job = jobs[slot]
        guard job.state.isFinal else { return }
        if !job.isExempt { finishedCounts[FinishedKey(queue: job.queue, state: job.state), default: 0] -= 1 }
        jobs[slot].isExempt = false
        jobs[slot].finishedAt = nil
        pasts[slot]?.deadReason = nil
        pasts[slot]?.cancelReason = nil
    }

    // MARK: - Records

    func record(_ slot: Int) -> JobRecord {
        let job = jobs[slot]
        let past = pasts[slot]
        let details = job.details
        return JobRecord(
            id: job.id, name: job.name, queue: queues[job.queue].name, priority: job.priority, state: job.state,
            payload: job.payload, contentType: details?.contentType, tags: details?.tags ?? [:],
            correlationID: details?.correlationID, headers: details?.headers ?? [:], unique: details?.unique,
            options: details?.options ?? .init(), parent: details?.parent, attempt: job.attempt,
            lostWorkers: job.lostWorkers, createdAt: job.createdAt, updatedAt: job.updatedAt, dueAt: job.dueAt,
            expiresAt: details?.expiresAt, startedAt: job.startedAt, finishedAt: job.finishedAt,
            progress: past?.progress, progressMessage: past?.progressMessage, output: past?.output,
            lastError: past?.lastError, lastErrorCategory: past?.lastErrorCategory, deadReason: past?.deadReason,
            cancelReason: past?.cancelReason, isCancelRequested: job.isCancelRequested, session: job.session,
            worker: job.worker)
    }

    func leased(_ slot: Int, by session: SessionID) -> LeasedJob {
        let job = jobs[slot]
        var details = job.details
        if let memory = pasts[slot]?.memory, memory != JobMemory() {
            details = (details ?? LeasedJob.Details()).with(hasMemory: true)
        }
        return LeasedJob(
            id: job.id, name: job.name, queue: queues[job.queue].name, priority: job.priority, payload: job.payload,
            attempt: job.attempt, lostWorkers: job.lostWorkers, createdAt: job.createdAt, session: session,
            delivery: job.delivery, place: Int64(slot), details: details)
    }
}

/// What a change may have made others wait no longer for; taken by the shell after each call.
struct MemorySignals {
    /// Queues in which something became claimable.
    var ready: Set<Int> = []
    var hasEndedSession = false
    /// Jobs that someone waits for and that came to their end.
    var ended: [JobID] = []
}
