/// What a server's refusal says about where a command belongs. None of the commands refused so has run.
enum Redirection: Equatable, Sendable {
    /// The slot is at this server now.
    case moved(RedisSlot, RedisAddress)
    /// The slot is on its way there: this command alone goes there, after `ASKING`.
    case ask(RedisSlot, RedisAddress)
    /// The state passes: wait and send it again. `refreshes` where another server may have the slot or the role by then.
    case wait(refreshes: Bool)

    /// nil for an error of the command itself.
    ///
    /// - Parameter sender: who refused: an address without a host is a port on the same one.
    init?(_ error: RedisServerError, from sender: RedisAddress) {
        switch error.code {
        case "UNBLOCKED" where !error.passes: return nil
        case "MOVED", "ASK":
            let words = error.message.split(separator: " ")
            guard words.count >= 3, let slot = Int(words[1]).flatMap({ RedisSlot($0) }),
                let address = Self.address(words[2], from: sender)
            else {
                // The server knows no address that it could name: whoever knows the table is asked.
                self = .wait(refreshes: true)
                return
            }
            self = error.code == "MOVED" ? .moved(slot, address) : .ask(slot, address)
        case "CLUSTERDOWN", "READONLY", "MASTERDOWN", "UNBLOCKED": self = .wait(refreshes: true)
        case "TRYAGAIN", "LOADING": self = .wait(refreshes: false)
        default: return nil
        }
    }

    /// `host:port`, where the host may be empty, a name, or an IPv6 address.
    private static func address(_ text: Substring, from sender: RedisAddress) -> RedisAddress? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        if host == "?" { return nil }
        if !host.isEmpty { return .tcp(host: String(host), port: port) }
        guard case .tcp(let host, _) = sender else { return nil }
        return .tcp(host: host, port: port)
    }
}

/// How one command follows redirections, which servers that disagree could otherwise make endless.
struct RedirectionPath: Sendable {
    enum Step: Equatable, Sendable {
        /// Send it there at once. `asks`: after `ASKING`, without the table learning of it.
        case send(RedisAddress, asks: Bool)
        /// Pause, as long as the attempt says, and send it to whoever the table names then.
        case pause(attempt: Int, refreshes: Bool)
        /// The error stands.
        case stop
    }

    /// Redirections in a row that are followed before the table is asked for anew, after a pause.
    static let limit = 5

    private var followed = 0
    private var pauses = 0

    mutating func next(after redirection: Redirection?) -> Step {
        switch redirection {
        case nil: return .stop
        case .moved(_, let address)? where followed < Self.limit:
            followed += 1
            return .send(address, asks: false)
        case .ask(_, let address)? where followed < Self.limit:
            followed += 1
            return .send(address, asks: true)
        case .moved?, .ask?: return pause(refreshes: true)
        case .wait(let refreshes)?: return pause(refreshes: refreshes)
        }
    }

    /// After something else that passes: the server could not be reached.
    mutating func pause(refreshes: Bool) -> Step {
        followed = 0
        pauses += 1
        return .pause(attempt: pauses, refreshes: refreshes)
    }
}
