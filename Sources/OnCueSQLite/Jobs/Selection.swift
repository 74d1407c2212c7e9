#if SQLite
import OnCue

/// One lane while a claim takes from it: the next places are read in chunks.
struct Line {
    struct Place {
        let number: Int64
        let position: Int64
    }

    let lane: Lane
    private var places: [Place] = []
    private var next = 0
    private(set) var last: Int64 = -1
    private(set) var isExhausted = false
    private var chunks = 0

    private let isAlone: Bool

    init(lane: Lane, isAlone: Bool) {
        self.lane = lane
        self.isAlone = isAlone
    }

    var head: Place? { next < places.count ? places[next] : nil }

    mutating func advance() { next += 1 }

    /// How many places to read: few at first where several lanes compete, then more and more.
    mutating func chunk(wanted: Int) -> Int {
        chunks += 1
        return min(max(1, wanted), isAlone ? 512 : min(512, 4 << min(chunks, 7)))
    }

    mutating func add(_ place: Place) {
        if next == places.count, next > 0 {
            places.removeAll(keepingCapacity: true)
            next = 0
        }
        places.append(place)
        last = place.position
    }

    mutating func wasRead(asked: Int) {
        if places.count - next < asked { isExhausted = true }
    }
}

/// The lanes of one queue and priority from which a claim may take.
struct Level {
    /// The queue's place in the request.
    let rank: Int
    var lines: [Line]

    init(rank: Int, lanes: [Lane]) {
        self.rank = rank
        lines = lanes.map { Line(lane: $0, isAlone: lanes.count == 1) }
    }
}

/// What a claim may still take, by name and queue, and from where. Pure but for the lanes it points at.
struct Selection {
    /// The levels that are not empty, in the order in which they are served.
    var levels: [Level] = []
    private var names: [JobName: Int]?
    private var queues: [Int]
    private var suspects: Int

    init(_ request: ClaimRequest) {
        names = request.names
        queues = request.queues.map(\.limit)
        suspects = request.suspects
    }

    func mayTake(from lane: Lane, rank: Int) -> Bool {
        guard lane.pending > 0, queues[rank] > 0 else { return false }
        if lane.isSuspect, suspects <= 0 { return false }
        guard let names else { return true }
        return names[lane.name, default: 0] > 0
    }

    mutating func took(from lane: Lane, rank: Int) {
        queues[rank] -= 1
        if lane.isSuspect { suspects -= 1 }
        if names != nil { names?[lane.name, default: 0] -= 1 }
    }
}

/// What a claim has taken.
struct Claim {
    let session: Session
    let id: SessionID
    let now: Timestamp
    var jobs: [LeasedJob] = []
    /// Beside ``jobs``: the level and the position of each.
    var order: [(level: Int, position: Int64)] = []
    /// Jobs that were passed over because nobody had started them in time.
    var expired = 0

    /// By queue, level and age, also when the floor has taken some out of turn.
    func inOrder() -> [LeasedJob] {
        let isSorted = zip(order, order.dropFirst()).allSatisfy { $0 <= $1 }
        return isSorted ? jobs : jobs.indices.sorted { order[$0] < order[$1] }.map { jobs[$0] }
    }
}
#endif
