#if Redis
    public import Logging
    public import NIOCore
    import NIOPosix

    /// Where Redis is and how to talk to it.
    public struct RedisConfiguration: Sendable {
        public var topology: RedisTopology
        /// An ACL user; nil is the server's `default`.
        public var user: String?
        public var password: String?
        /// The number of the database, 0 by default. A cluster has only that one.
        public var database = 0
        /// What `CLIENT LIST` shows for the connections.
        public var clientName: String?
        /// Nil, the default, does not encrypt.
        public var tls: RedisTLS?
        /// For name, TCP, TLS and the first words together. 5 seconds by default.
        public var connectTimeout: Duration = .seconds(5)
        /// For a command that is given no time of its own, waiting for a connection included. 10 seconds by default.
        public var commandTimeout: Duration = .seconds(10)
        /// Hears of lost and found connections. Silent by default.
        public var logger = Logger(label: "RedisWire") { _ in SwiftLogNoOpLogHandler() }
        /// Nil takes the process-wide group.
        public var eventLoopGroup: (any EventLoopGroup)?
        /// What the URL asked for that is not the client's: `?prefix=…`. Percent-decoded.
        public var queryItems: [String: String] = [:]
        /// For tests: speak RESP2 although the server knows RESP3.
        var offersRESP3 = true

        public init(_ topology: RedisTopology) {
            self.topology = topology
        }

        /// Where a command's time is short, half of it: that began before the command was sent.
        private static let silence: Duration = .seconds(5)

        var group: any EventLoopGroup {
            eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
        }

        func connector(_ address: RedisAddress, tls: Result<RedisTLS.Context, RedisError>?) -> RedisConnector {
            let settings = ConnectionSettings(
                user: user, password: password, database: database, clientName: clientName, offersRESP3: offersRESP3,
                silence: TimeAmount(min(commandTimeout / 2, Self.silence)))
            return RedisConnector(address: address, settings: settings, connectTimeout: connectTimeout, security: tls)
        }
    }
#endif
