/// Where a Redis server listens.
public enum RedisAddress: Hashable, Sendable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// `host:port`, with brackets around an IPv6 address, or the path of the socket.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }
}

/// One server of a topology, as `RedisClient.masters()` lists them.
public struct RedisNodeID: Hashable, Sendable, CustomStringConvertible {
    public let address: RedisAddress

    public init(_ address: RedisAddress) {
        self.address = address
    }

    public var description: String { address.description }
}

/// What stands behind the addresses of a configuration.
public enum RedisTopology: Hashable, Sendable {
    /// One server.
    case single(RedisAddress)
    /// The server that the Sentinels call the master of this name. User and password are the Sentinels' own.
    case sentinel(
        master: String, sentinels: [RedisAddress], sentinelUser: String? = nil, sentinelPassword: String? = nil)
    /// A cluster, found through any of these.
    case cluster([RedisAddress])
}
