#if Redis
    public import Logging
    public import OnCue
    public import RedisWire

    /// A store in Redis (7.0 or later, or Valkey): streams on one server, behind Sentinels or on a cluster.
    ///
    /// Any number of processes on any number of machines share it. What an answered write survives is the server's
    /// configuration: ``info()`` and `oncue doctor` say it by name.
    ///
    /// ```swift
    /// let store = try await RedisStore(url: "redis://localhost:6379")
    /// ```
    public final class RedisStore: JobStore {
        /// How a store is opened.
        public struct Options: Sendable {
            /// What all its keys begin with. Default ``KeyPrefix/default``.
            public var prefix: KeyPrefix
            /// Replicas that have to have a write before it is answered; fewer, and the outcome counts as unknown. Default 0.
            public var replicas: Int
            /// How long a call may take, waits that were asked for aside. Default 30 s.
            public var callTimeout: Duration
            /// Bytes that a payload, a checkpoint or a stored effect may have. Default ``Limits/payloadBytes``.
            public var maxPayload: Int
            /// A clock that tests drive. Nil, the default: the server's own.
            public var time: (any TimeSource)?
            /// Hears of trouble that no call reports. Silent by default.
            public var logger: Logger

            public init(
                prefix: KeyPrefix = .default, replicas: Int = 0, callTimeout: Duration = .seconds(30),
                maxPayload: Int = Limits.payloadBytes, time: (any TimeSource)? = nil,
                logger: Logger = Logger(label: "oncue.redis") { _ in SwiftLogNoOpLogHandler() }
            ) {
                self.prefix = prefix
                self.replicas = replicas
                self.callTimeout = callTimeout
                self.maxPayload = maxPayload
                self.time = time
                self.logger = logger
            }
        }

        /// For commands of your own. It is closed with the store.
        public let client: RedisClient
        let core: StoreCore
        let topology: RedisTopology
        let gates: EnqueueGates

        /// Connects, and looks whether the server can keep what it is given.
        ///
        /// - Throws: `unavailable` when it cannot be reached, `invalid` for a wrong password or setting, `unsupported` for a
        ///   server that is too old or may evict jobs, `newerSchema`. Each says what would help.
        public init(_ configuration: RedisConfiguration, options: Options = .init()) async throws(StoreError) {
            var configuration = configuration
            configuration.commandTimeout = options.callTimeout
            if configuration.clientName == nil { configuration.clientName = "oncue" }
            configuration.logger = options.logger
            topology = configuration.topology
            client = RedisClient(configuration)
            core = StoreCore(client: client, options: options)
            gates = EnqueueGates(core: core)
            do throws(StoreError) {
                try await core.begin()
                try await core.verifyServer()
            } catch {
                await client.shutdown()
                throw error
            }
        }

        deinit {
            core.close()
        }

        /// Ends the connections. Calls after it throw `closed`.
        public func close() async {
            core.close()
            await client.shutdown()
        }

        public func now() async throws(StoreError) -> Timestamp {
            try await core.now()
        }
    }
#endif
