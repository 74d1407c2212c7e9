/// Which server of a cluster has which slots.
struct ClusterTable: Equatable, Sendable {
    /// Slots in a row with one master.
    struct Range: Equatable, Sendable {
        var slots: ClosedRange<Int>
        var master: RedisAddress
        var replicas: [RedisAddress] = []
    }

    /// The master of each slot as an index into `nodes`, -1 where nobody has it.
    private var owners = [Int](repeating: -1, count: RedisSlot.count)
    private var nodes: [RedisAddress] = []
    /// How many slots each of `nodes` has.
    private var counts: [Int] = []
    private var replicas: [RedisAddress: [RedisAddress]] = [:]

    /// Ranges outside of the slots are left out.
    init(_ ranges: [Range] = []) {
        // Servers that know the same say it in different orders.
        for range in ranges.sorted(by: { $0.slots.lowerBound < $1.slots.lowerBound }) {
            let index = index(of: range.master)
            for slot in range.slots.clamped(to: 0...RedisSlot.count - 1) where range.slots.contains(slot) {
                set(slot, to: index)
            }
            replicas[range.master] = range.replicas.sorted { $0.description < $1.description }
        }
    }

    func master(of slot: RedisSlot) -> RedisAddress? {
        let index = owners[slot.number]
        return index < 0 ? nil : nodes[index]
    }

    func replicas(of slot: RedisSlot) -> [RedisAddress] {
        master(of: slot).flatMap { replicas[$0] } ?? []
    }

    /// All servers that have a slot.
    var masters: [RedisAddress] {
        zip(nodes, counts).compactMap { $1 > 0 ? $0 : nil }
    }

    /// All servers, masters first.
    var servers: [RedisAddress] {
        let masters = masters
        return masters + masters.flatMap { replicas[$0] ?? [] }
    }

    /// Whether every slot is with somebody.
    var isComplete: Bool { !owners.contains(-1) }

    /// A server said that the slot is there now.
    mutating func move(_ slot: RedisSlot, to address: RedisAddress) {
        set(slot.number, to: index(of: address))
    }

    private mutating func set(_ slot: Int, to index: Int) {
        if owners[slot] >= 0 { counts[owners[slot]] -= 1 }
        owners[slot] = index
        counts[index] += 1
    }

    private mutating func index(of address: RedisAddress) -> Int {
        if let index = nodes.firstIndex(of: address) { return index }
        nodes.append(address)
        counts.append(0)
        return nodes.count - 1
    }
}

#if Redis
    extension ClusterTable {
        /// From the reply to `CLUSTER SLOTS`; nil when it is none. A server that does not say its own host, or does not
        /// know it, is where `asked` is.
        init?(slots reply: RESPToken, asked: RedisAddress) {
            guard let rows = reply.elements else { return nil }
            var ranges: [Range] = []
            for row in rows {
                guard let row = row.elements.map(Array.init), row.count >= 3,
                    let first = row[0].integer, let last = row[1].integer,
                    (0...last).contains(first), last < Int64(RedisSlot.count),
                    let master = Self.address(row[2], asked: asked)
                else { return nil }
                let replicas = row.dropFirst(3).compactMap { Self.address($0, asked: asked) }
                ranges.append(Range(slots: Int(first)...Int(last), master: master, replicas: replicas))
            }
            self.init(ranges)
        }

        private static func address(_ node: RESPToken, asked: RedisAddress) -> RedisAddress? {
            guard let fields = node.elements.map(Array.init), fields.count >= 2,
                let port = fields[1].integer, (1...65_535).contains(port)
            else { return nil }
            let host = fields[0].text ?? ""
            if !host.isEmpty, host != "?" { return .tcp(host: host, port: Int(port)) }
            guard case .tcp(let host, _) = asked else { return nil }
            return .tcp(host: host, port: Int(port))
        }
    }
#endif
