#if SQLite
import OnCue

/// A pending job as a claim reads it.
struct ReadyJob {
    let number: Int64
    let position: Int64
    let id: JobID
    let flags: JobFlags
    let attempt: Int64
    let delivery: Int64
    let lost: Int64
    let created: Int64
    let expires: Timestamp?
    let packedExtra: [UInt8]?
    let payload: [UInt8]
}

/// One lane while a claim takes from it: its first jobs are read in chunks.
struct Line {
    let lane: Lane
    private var jobs: [ReadyJob] = []
    private var next = 0
    private(set) var last: Int64 = -1
    private(set) var isExhausted = false

    init(lane: Lane) {
        self.lane = lane
    }

    /// The position of the first job that was not taken yet, of those that were read.
    var head: Int64? { next < jobs.count ? jobs[next].position : nil }

    /// Takes the first job out. There has to be one.
    mutating func removeFirst() -> ReadyJob {
        next += 1
        return jobs[next - 1]
    }

    mutating func begin(chunk: Int) {
        jobs.removeAll(keepingCapacity: true)
        jobs.reserveCapacity(chunk)
        next = 0
    }

    mutating func add(_ job: ReadyJob) {
        jobs.append(job)
        last = job.position
    }

    mutating func end(chunk: Int) {
        if jobs.count < chunk { isExhausted = true }
    }
}

/// The lanes of one queue and priority from which a claim may take.
struct Level {
    /// The queue's place in the request.
    let rank: Int
    var lines: [Line]

    init(rank: Int, lanes: [Lane]) {
        self.rank = rank
        lines = lanes.map(Line.init(lane:))
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
