import HeapModule

extension MemoryState {
    mutating func claim(_ request: ClaimRequest, now: Timestamp) throws(StoreError) -> [LeasedJob] {
        guard let session = sessions[request.session], session.isOpen else { throw .sessionEnded }
        guard request.limit > 0 else { return [] }
        _ = expire(now: now)
        _ = promote(now: now)
        var selection = ClaimSelection(request)
        takeFloor(request.floor, &selection)
        takeStrictly(&selection)
        return selection.taken.map { hand($0, to: request.session, worker: session.worker, now: now) }
    }

    /// Fills what room is left: queues as listed, their levels in order, in a level what became ready first.
    private mutating func takeStrictly(_ selection: inout ClaimSelection) {
        for place in selection.queues.indices {
            for level in JobPriority.allCases {
                guard selection.room > 0, selection.queues[place].limit > 0 else { break }
                guard var candidates = candidates(place, level, selection) else { continue }
                while candidates.best(selection) != nil { take(&candidates, &selection) }
            }
            if selection.room <= 0 { return }
        }
    }

    /// Takes the oldest jobs below the first level that has any.
    private mutating func takeFloor(_ floor: Int, _ selection: inout ClaimSelection) {
        guard floor > 0 else { return }
        var levels: [ClaimCandidates] = []
        for place in selection.queues.indices {
            for level in JobPriority.allCases {
                guard var candidates = candidates(place, level, selection) else { continue }
                if candidates.best(selection) != nil { levels.append(candidates) }
            }
        }
        guard levels.count > 1 else { return }
        levels.removeFirst()
        for _ in 0..<min(floor, selection.room) {
            var oldest: (order: Int64, index: Int)?
            for index in levels.indices {
                guard let order = levels[index].best(selection) else { continue }
                if oldest == nil || order < oldest?.order ?? .max { oldest = (order, index) }
            }
            guard let oldest else { return }
            take(&levels[oldest.index], &selection)
        }
    }

    /// The lanes of a level that the request can take from; nil when there are none.
    private func candidates(_ place: Int, _ level: JobPriority, _ selection: ClaimSelection) -> ClaimCandidates? {
        guard let queue = queueNumbers[selection.queues[place].name], !queues[queue].isPaused else { return nil }
        let lanes = queues[queue].levels[level.rawValue].lanes
        guard !lanes.isEmpty else { return nil }
        var candidates = ClaimCandidates(place: place, queue: queue, level: level.rawValue)
        // Whichever are fewer: the names that are asked for or those that wait.
        if let names = selection.names, names.count < lanes.count {
            for name in names.keys {
                for isSuspect in [false, true] {
                    let key = MemoryQueue.LaneKey(name: name, isSuspect: isSuspect)
                    if let first = lanes[key]?.first { candidates.add(first.order, key) }
                }
            }
        } else {
            for (key, lane) in lanes {
                if let first = lane.first { candidates.add(first.order, key) }
            }
        }
        return candidates
    }

    /// Takes the best of the candidates, which ``ClaimCandidates/best(_:)`` has just found.
    private mutating func take(_ candidates: inout ClaimCandidates, _ selection: inout ClaimSelection) {
        guard let head = candidates.removeFirst(),
            let entry = queues[candidates.queue].levels[candidates.level].lanes[head.key]?.first
        else { return }
        queues[candidates.queue].levels[candidates.level].lanes[head.key]?.removeFirst()
        tidyLane(candidates.queue, candidates.level, head.key)
        if let next = queues[candidates.queue].levels[candidates.level].lanes[head.key]?.first {
            candidates.add(next.order, head.key)
        }
        selection.take(entry.slot, head.key, place: candidates.place)
    }

    private mutating func hand(_ slot: Int, to session: SessionID, worker: String, now: Timestamp) -> LeasedJob {
        makeRunning(slot, now: now)
        jobs[slot].attempt += 1
        jobs[slot].delivery += 1
        jobs[slot].session = session
        jobs[slot].worker = worker
        jobs[slot].startedAt = now
        sessions[session]?.hold(slot, jobs[slot].id)
        keys.freeAtStart(jobs[slot])
        log.add(.started, jobs[slot], queues[jobs[slot].queue].name, now: now)
        return leased(slot, by: session)
    }
}

/// What a claim may still take.
struct ClaimSelection {
    var queues: [ClaimRequest.Queue]
    var names: [JobName: Int]?
    var room: Int
    var suspects: Int
    var taken: [Int] = []

    init(_ request: ClaimRequest) {
        queues = request.queues
        names = request.names
        room = request.limit
        suspects = request.suspects
    }

    func allows(_ key: MemoryQueue.LaneKey, place: Int) -> Bool {
        guard room > 0, queues[place].limit > 0 else { return false }
        if key.isSuspect, suspects <= 0 { return false }
        guard let names else { return true }
        return names[key.name, default: 0] > 0
    }

    mutating func take(_ slot: Int, _ key: MemoryQueue.LaneKey, place: Int) {
        taken.append(slot)
        room -= 1
        queues[place].limit -= 1
        if key.isSuspect { suspects -= 1 }
        names?[key.name]? -= 1
    }
}

/// The heads of the lanes of one level, oldest first.
struct ClaimCandidates {
    struct Head: Comparable {
        var order: Int64
        var key: MemoryQueue.LaneKey

        static func == (lhs: Head, rhs: Head) -> Bool { lhs.order == rhs.order }
        static func < (lhs: Head, rhs: Head) -> Bool { lhs.order < rhs.order }
    }

    let place: Int
    let queue: Int
    let level: Int
    private var heads = Heap<Head>()

    init(place: Int, queue: Int, level: Int) {
        self.place = place
        self.queue = queue
        self.level = level
    }

    mutating func add(_ order: Int64, _ key: MemoryQueue.LaneKey) {
        heads.insert(Head(order: order, key: key))
    }

    /// The number of the oldest job that may be taken. A lane that may not give one now will not later in the call.
    mutating func best(_ selection: ClaimSelection) -> Int64? {
        while let head = heads.min {
            if selection.allows(head.key, place: place) { return head.order }
            heads.removeMin()
        }
        return nil
    }

    mutating func removeFirst() -> Head? { heads.popMin() }
}
