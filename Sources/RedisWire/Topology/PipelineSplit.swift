/// A pipeline cut into one for each server, and the replies put back in order.
struct PipelineSplit<Node: Hashable & Sendable>: Sendable {
    /// What goes to one server: the commands' places in the whole, ascending.
    struct Part: Sendable {
        let node: Node
        fileprivate(set) var indices: [Int]
    }

    /// In the order of their first commands.
    private(set) var parts: [Part] = []
    /// The places of commands that no server is known for.
    private(set) var unplaced: [Int] = []

    /// `nodes` holds the server of each command.
    init(_ nodes: [Node?]) {
        var places: [Node: Int] = [:]
        for (index, node) in nodes.enumerated() {
            guard let node else {
                unplaced.append(index)
                continue
            }
            if let place = places[node] {
                parts[place].indices.append(index)
            } else {
                places[node] = parts.count
                parts.append(Part(node: node, indices: [index]))
            }
        }
    }

    /// Puts each part's replies in their places, and `missing` where there is none.
    func joined<Reply>(_ replies: [[Reply]], missing: Reply) -> [Reply] {
        let count = parts.reduce(unplaced.count) { $0 + $1.indices.count }
        var all = [Reply](repeating: missing, count: count)
        for (part, replies) in zip(parts, replies) {
            for (index, reply) in zip(part.indices, replies) { all[index] = reply }
        }
        return all
    }
}

#if Redis
    extension RedisCommand {
        /// The slot that the command's keys are in; nil for one without keys, or for one server in particular.
        ///
        /// - Throws: `.unsupported` when its keys are in more than one: no server of a cluster would take it.
        func slot() throws(RedisError) -> RedisSlot? {
            guard case .key(let key) = route else { return nil }
            let slot = RedisSlot.of(key: key)
            if let other = otherKeys.first(where: { RedisSlot.of(key: $0) != slot }) {
                throw RedisError(
                    .unsupported,
                    "\(name) has keys of different slots, \(key) and \(other): give them one {tag} in common.")
            }
            return slot
        }
    }
#endif
