import OnCue

/// What a claim may still take.
struct ClaimBudget: Hashable, Sendable {
    private(set) var room: Int
    /// Of each queue of the request.
    private(set) var queues: [Int]
    private(set) var names: [JobName: Int]?
    private(set) var suspects: Int

    init(_ request: ClaimRequest) {
        room = max(0, request.limit)
        queues = request.queues.map { max(0, $0.limit) }
        names = request.names
        suspects = max(0, request.suspects)
    }

    /// Jobs of any queue and any name that is allowed.
    var total: Int {
        guard let names else { return room }
        var sum = 0
        for limit in names.values where limit > 0 {
            sum += min(limit, room)
            if sum >= room { return room }
        }
        return sum
    }

    func limit(of name: JobName) -> Int {
        names.map { max(0, $0[name] ?? 0) } ?? .max
    }

    func allows(_ name: JobName, from queue: Int, isSuspect: Bool) -> Bool {
        room > 0 && queues[queue] > 0 && limit(of: name) > 0 && (!isSuspect || suspects > 0)
    }

    mutating func take(_ name: JobName, from queue: Int, isSuspect: Bool) {
        change(by: -1, name, queue, isSuspect)
    }

    /// It was not to be had after all.
    mutating func giveBack(_ name: JobName, from queue: Int, isSuspect: Bool) {
        change(by: 1, name, queue, isSuspect)
    }

    /// A job that was taken turned out to have lost a worker.
    mutating func countSuspect() {
        suspects -= 1
    }

    mutating func close(_ queue: Int) {
        queues[queue] = 0
    }

    private mutating func change(by one: Int, _ name: JobName, _ queue: Int, _ isSuspect: Bool) {
        room += one
        queues[queue] += one
        names?[name]? += one
        if isSuspect { suspects += one }
    }
}
