#if Redis
    import NIOCore

    /// Which server a command goes to.
    enum RedisRouter: Sendable {
        /// All of them to the same one.
        case master(MasterSource)
        /// To whoever has the slot of their key.
        case cluster(ClusterRouter)

        init(_ configuration: RedisConfiguration) {
            let nodes = RedisNodeMaker(configuration)
            switch configuration.topology {
            case .single(let address): self = .master(.fixed(nodes.node(address, holdsCommands: true)))
            case .sentinel: self = .master(.sentinels(SentinelRouter(nodes)))
            case .cluster(let seeds): self = .cluster(ClusterRouter(nodes, seeds: seeds))
            }
        }

        func connect(until deadline: NIODeadline) async throws(RedisError) {
            switch self {
            case .master(let source): try await source.node(until: deadline, isPatient: false).connect()
            case .cluster(let cluster): try await cluster.connect(until: deadline)
            }
        }

        func deliver(
            _ commands: [RedisCommand], by delivery: Delivery, until deadline: NIODeadline
        ) async -> DeliveryOutcome {
            switch self {
            case .master(let source): await source.deliver(commands, by: delivery, until: deadline)
            case .cluster(let cluster): await cluster.deliver(commands, by: delivery, until: deadline)
            }
        }

        func masters(until deadline: NIODeadline) async throws(RedisError) -> [RedisNodeID] {
            switch self {
            case .master(let source): [try await source.node(until: deadline).id]
            case .cluster(let cluster): try await cluster.masters(until: deadline)
            }
        }

        var subscriptionPlaces: any SubscriptionPlaces {
            switch self {
            case .master(.fixed(let node)): node.connector
            case .master(.sentinels(let sentinels)): sentinels
            case .cluster(let cluster): cluster
            }
        }

        func close() async {
            switch self {
            case .master(.fixed(let node)): await node.close()
            case .master(.sentinels(let sentinels)): await sentinels.close()
            case .cluster(let cluster): await cluster.close()
            }
        }
    }

    /// Makes servers' connections as a configuration wants them.
    struct RedisNodeMaker: Sendable {
        let configuration: RedisConfiguration
        private let security: Result<RedisTLS.Context, RedisError>?

        init(_ configuration: RedisConfiguration) {
            self.configuration = configuration
            security = configuration.tls.map { settings in
                Result { () throws(RedisError) in try RedisTLS.Context(settings) }
            }
        }

        func connector(_ address: RedisAddress) -> RedisConnector {
            configuration.connector(address, tls: security)
        }

        /// The Sentinels have a user and a password of their own, and no databases.
        func connector(sentinel address: RedisAddress) -> RedisConnector {
            var configuration = configuration
            if case .sentinel(_, _, let user, let password) = configuration.topology {
                configuration.user = user
                configuration.password = password
            }
            configuration.database = 0
            return configuration.connector(address, tls: security)
        }

        func node(_ address: RedisAddress, holdsCommands: Bool) -> RedisNode {
            RedisNode(
                connector(address), on: configuration.group.next(), logger: configuration.logger,
                holdsCommands: holdsCommands)
        }

        /// For a question about the topology: another server may know as well.
        var questionDeadline: NIODeadline {
            .now() + min(configuration.connectTimeout, configuration.commandTimeout, .seconds(2))
        }
    }

    extension RedisError {
        /// Waiting does not mend it.
        var isLasting: Bool {
            switch code {
            case .authentication, .configuration, .unsupported, .closed: true
            default: false
            }
        }
    }
#endif
