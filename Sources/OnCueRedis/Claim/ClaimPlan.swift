import OnCue

/// What a claim reads next and what becomes of what it has read. Without I/O.
///
/// Queues are served as listed, their levels in order, in a level what stands first: what reserved consumers hold has been
/// handed out before and so stands before all that is new. What was read and may not be taken is parked under its name.
struct ClaimPlan: Sendable {
    /// What a queue has.
    struct Supply: Hashable, Sendable {
        /// New entries of each level.
        var fresh: [JobPriority: Int] = [:]
        var parked: [JobPriority: [ReservedConsumer: Int]] = [:]
    }

    /// A level of one of the queues of the request.
    struct Place: Hashable, Sendable {
        var queue: Int
        var level: JobPriority
    }

    struct Share: Hashable, Sendable {
        var consumer: ReservedConsumer
        /// At most.
        var count: Int
    }

    /// Entries to read from a level: first of what is parked, then new ones.
    struct Read: Hashable, Sendable {
        var place: Place
        var parked: [Share] = []
        var mostParked = 0
        /// Of those that are parked.
        var mostSuspects = 0
        var fresh = 0
    }

    /// The oldest positions of a level are wanted.
    struct Peek: Hashable, Sendable {
        var place: Place
        var parked: [ReservedConsumer]
        var count: Int
    }

    /// An entry that was read.
    struct Entry: Hashable, Sendable {
        var place: Place
        var position: StreamPosition
        /// Nil where it cannot be read.
        var name: JobName?
        /// Who held it; nil: it is new.
        var from: ReservedConsumer?

        var isSuspect: Bool { from?.isSuspect ?? false }

        /// Where it waits when it may not be taken.
        var parking: ReservedConsumer {
            guard let name else { return .damaged }
            return isSuspect ? .lostName(name) : .name(name)
        }
    }

    struct Decision: Hashable, Sendable {
        /// In the order of the answer.
        var taken: [Int] = []
        var parked: [Int] = []
    }

    enum Step: Hashable, Sendable {
        case peek([Peek])
        case read([Read])
        case done
    }

    /// A call reads so many entries at most: what is left is the next call's.
    static let readAtMost = 50_000
    /// One read takes so many entries and, roughly, bytes at most where it looks past what it may not take.
    static let widest = 2_000
    static let widestBytes = 8_388_608
    private static let floorRounds = 8

    private(set) var budget: ClaimBudget
    private(set) var supplies: [Supply]
    private var floor: Int
    private var rounds = 0
    private var isFloor = false
    /// How many entries to read at least, while whole reads are parked.
    private var width = 0
    private var count = 0
    private var bytes = 0

    /// - Parameter supplies: of each queue of the request; nil where it gives nothing.
    init(_ request: ClaimRequest, _ supplies: [Supply?]) {
        budget = ClaimBudget(request)
        self.supplies = supplies.map { $0 ?? Supply() }
        floor = max(0, request.floor)
        for (queue, supply) in supplies.enumerated() where supply == nil { budget.close(queue) }
    }

    /// Whether there may be more to take than was read.
    var isCutShort: Bool { count >= Self.readAtMost }

    // MARK: What next

    mutating func next() -> Step {
        guard !isCutShort else { return .done }
        if let peeks = floorPeeks() { return .peek(peeks) }
        isFloor = false
        let reads = reads()
        return reads.isEmpty ? .done : .read(reads)
    }

    private func reads() -> [Read] {
        var room = budget.total
        var reads: [Read] = []
        for queue in supplies.indices where room > 0 {
            var queueRoom = min(room, budget.queues[queue])
            for level in JobPriority.allCases where queueRoom > 0 {
                guard let (read, expected) = read(Place(queue: queue, level: level), most: queueRoom) else { continue }
                reads.append(read)
                queueRoom -= expected
                room -= expected
            }
        }
        return reads
    }

    /// The next entries of a level, and how many of them may be taken at best; nil when there is nothing for this request.
    private func read(_ place: Place, most: Int) -> (Read, expected: Int)? {
        let supply = supplies[place.queue]
        let wide = max(most, min(width, widestNow))
        var read = Read(place: place)
        var (others, suspects) = (0, 0)
        for (consumer, held) in supply.parked[place.level] ?? [:] {
            let count = min(held, share(of: consumer, most: most, wide: wide))
            guard count > 0 else { continue }
            read.parked.append(Share(consumer: consumer, count: count))
            if consumer.isSuspect { suspects += count } else { others += count }
        }
        read.parked.sort { $0.consumer.text < $1.consumer.text }
        read.mostSuspects = min(suspects, max(budget.suspects, wide > most ? wide : 0))
        let parked = read.mostSuspects + others
        read.mostParked = min(parked, wide)
        var expected = min(read.mostParked, most)
        if parked <= wide, expected < most, let fresh = supply.fresh[place.level], fresh > 0 {
            read.fresh = min(fresh, max(most - expected, wide > most ? wide : 0))
            expected += min(read.fresh, most - expected)
        }
        return read.mostParked + read.fresh > 0 ? (read, expected) : nil
    }

    /// How many entries of a reserved consumer are of use. What it holds of one name can be counted; of any name it cannot.
    private func share(of consumer: ReservedConsumer, most: Int, wide: Int) -> Int {
        switch consumer {
        case .back: wide
        case .lost: budget.suspects > 0 ? max(budget.suspects, wide > most ? wide : 0) : 0
        case .name(let name): min(budget.limit(of: name), most)
        case .lostName(let name): min(budget.suspects, budget.limit(of: name), most)
        case .damaged: 0
        }
    }

    private var widestNow: Int {
        guard count > 0, bytes > 0 else { return Self.widest }
        return min(Self.widest, max(16, Self.widestBytes / max(1, bytes / count)))
    }

    // MARK: The floor

    /// Where the oldest jobs below the level that is served are looked for; nil when the floor is reached or there are none.
    private mutating func floorPeeks() -> [Peek]? {
        guard floor > 0, budget.total > 0, rounds < Self.floorRounds else { return nil }
        rounds += 1
        var places: [(read: Read, expected: Int)] = []
        for queue in supplies.indices {
            for level in JobPriority.allCases {
                let place = Place(queue: queue, level: level)
                let most = min(budget.total, budget.queues[queue])
                if most > 0, let found = read(place, most: most) { places.append(found) }
            }
        }
        // Where all of it is taken anyway there is nothing to look for.
        guard places.count > 1, places.reduce(0, { $0 + $1.expected }) > budget.total else {
            floor = 0
            return nil
        }
        let wanted = max(min(floor, budget.total), min(width, widestNow))
        return places.dropFirst().map { found in
            Peek(place: found.read.place, parked: found.read.parked.map(\.consumer), count: wanted)
        }
    }

    /// Chooses the oldest among the positions that were found for each peek.
    mutating func reads(_ peeks: [Peek], _ positions: [[StreamPosition]]) -> [Read] {
        var all: [(position: StreamPosition, peek: Int)] = []
        for (index, found) in positions.enumerated() { all += found.map { ($0, index) } }
        all.sort { ($0.position, $0.peek) < ($1.position, $1.peek) }
        var chosen = [Int](repeating: 0, count: peeks.count)
        for one in all.prefix(peeks.first?.count ?? 0) { chosen[one.peek] += 1 }
        var reads: [Read] = []
        for (peek, count) in zip(peeks, chosen) where count > 0 {
            guard var (read, _) = read(peek.place, most: count) else { continue }
            read.mostParked = min(read.mostParked, count)
            read.fresh = min(supplies[peek.place.queue].fresh[peek.place.level] ?? 0, count - read.mostParked)
            reads.append(read)
        }
        if reads.isEmpty { floor = 0 }
        isFloor = true
        return reads
    }

    // MARK: What became of it

    /// The queue gives nothing after all.
    mutating func close(_ queue: Int) {
        budget.close(queue)
        supplies[queue] = Supply()
    }

    /// - Parameters:
    ///   - entries: of all reads, in their order.
    ///   - size: bytes that they have, roughly.
    mutating func decide(_ reads: [Read], _ entries: [Entry], size: Int) -> Decision {
        account(for: reads, entries)
        count += entries.count
        bytes += size
        var order = Array(entries.indices)
        if isFloor { order.sort { (entries[$0].position, $0) < (entries[$1].position, $1) } }
        var decision = Decision()
        for index in order {
            let entry = entries[index]
            if let name = entry.name, !isFloor || decision.taken.count < floor,
                budget.allows(name, from: entry.place.queue, isSuspect: entry.isSuspect)
            {
                budget.take(name, from: entry.place.queue, isSuspect: entry.isSuspect)
                decision.taken.append(index)
            } else {
                decision.parked.append(index)
                supplies[entry.place.queue].parked[entry.place.level, default: [:]][entry.parking, default: 0] += 1
            }
        }
        if isFloor { floor -= decision.taken.count }
        if decision.taken.isEmpty, !entries.isEmpty { width = min(max(width, entries.count) * 2, Self.widest) }
        return decision
    }

    /// A job that was taken is not to be had: it expired, has gone, or is one too many that lost a worker.
    mutating func giveBack(_ entry: Entry) {
        guard let name = entry.name else { return }
        budget.giveBack(name, from: entry.place.queue, isSuspect: entry.isSuspect)
    }

    /// A job that was taken turned out to have lost a worker.
    mutating func countSuspect() {
        budget.countSuspect()
    }

    /// Takes what was read off the supply. Where less came than was asked for the rest is others' by now.
    private mutating func account(for reads: [Read], _ entries: [Entry]) {
        var came: [Place: [ReservedConsumer?: Int]] = [:]
        for entry in entries { came[entry.place, default: [:]][entry.from, default: 0] += 1 }
        for read in reads {
            let (queue, level) = (read.place.queue, read.place.level)
            var parked = came[read.place] ?? [:]
            let fresh = parked.removeValue(forKey: nil) ?? 0
            if read.fresh > 0 {
                let left = (supplies[queue].fresh[level] ?? 0) - fresh
                supplies[queue].fresh[level] = fresh < read.fresh ? 0 : max(0, left)
            }
            let isExhausted = parked.values.reduce(0, +) < read.mostParked
            for share in read.parked {
                let left = (supplies[queue].parked[level]?[share.consumer] ?? 0) - (parked[share.consumer] ?? 0)
                supplies[queue].parked[level]?[share.consumer] = isExhausted || left <= 0 ? nil : left
            }
        }
    }
}
