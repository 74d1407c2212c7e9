#if Server
    import HummingbirdCore
    public import Logging
    public import NIOCore
    public import NIOPosix
    public import OnCue
    import OnCuePrometheus
    public import ServiceLifecycle
    import Synchronization
    public import Tracing

    /// Serves a store over HTTP: jobs, queues, workers, events and figures, as `/api/v1` describes.
    ///
    /// ```swift
    /// let server = JobServer(store)
    /// try await server.run()
    /// ```
    ///
    /// It listens on loopback only, unless its authorizer asks for keys.
    public final class JobServer: Service {
        public struct Configuration: Sendable {
            /// A name or an address. Default `127.0.0.1`.
            public var host: String
            /// 0 takes any that is free. Default 8080.
            public var port: Int
            /// Nil: plain HTTP.
            public var tls: ServerTLS?
            /// How often the files of `tls` are looked at for a change. Default 10 s.
            public var certificateCheck: Duration
            /// Web pages of these origins may use the API, as in `https://ops.example.com`. Default: none.
            public var allowedOrigins: Set<String>
            public var limits: ServerLimits
            /// At a shutdown, how long requests that are under way may take. Default 20 s.
            public var shutdownGrace: Duration
            /// What `/metrics` answers. Its ``ServerMetrics/metrics`` count the requests and the calls to the store too.
            public var metrics = ServerMetrics(PrometheusMetrics())
            /// Makes a span of each request. Nil: the tracer that is installed.
            public var tracer: (any Tracer)?

            public init(
                host: String = "127.0.0.1", port: Int = 8080, tls: ServerTLS? = nil,
                certificateCheck: Duration = .seconds(10),
                allowedOrigins: Set<String> = [],
                limits: ServerLimits = ServerLimits(), shutdownGrace: Duration = .seconds(20)
            ) {
                self.host = host
                self.port = port
                self.tls = tls
                self.certificateCheck = certificateCheck
                self.allowedOrigins = allowedOrigins
                self.limits = limits
                self.shutdownGrace = shutdownGrace
            }
        }

        /// Where a server listens.
        public struct Address: Hashable, Sendable {
            public var host: String
            public var port: Int
            /// As in `http://127.0.0.1:8080`.
            public var url: String
        }

        public let configuration: Configuration
        /// Everything that can be asked.
        public var routes: RouteTable { core.routes }

        /// Event streams that are open.
        public var openStreams: Int { core.events.count }
        /// Requests that wait for something: a job's end, an event.
        public var openWaits: Int { core.waiting.count }

        private let core: ServerCore
        private let group: any EventLoopGroup
        private let logger: Logger
        private let standing = Mutex(Standing())

        private struct Standing {
            var server: Server<APIChannel>?
            var outcome: Result<Address, any Error>?
            var waiting: [CheckedContinuation<Address, any Error>] = []
            var isShutDown = false
        }

        /// - Parameters:
        ///   - authorizer: decides who may do what. Default: the API keys of the store, and without any whoever is on this
        ///     machine.
        ///   - group: the event loops that carry the connections and the requests.
        public init(
            _ store: any JobStore, configuration: Configuration = Configuration(),
            authorizer: (any RequestAuthorizer)? = nil, logger: Logger = Logger(label: "oncue.server"),
            group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
        ) {
            self.configuration = configuration
            self.group = group
            self.logger = logger
            core = ServerCore(
                store: store, configuration: configuration,
                authorizer: authorizer ?? KeyAuthorizer(store, allowedOrigins: configuration.allowedOrigins),
                logger: logger, group: group)
        }

        /// Serves until a graceful shutdown is asked for, ``shutDown()`` is called or the task is cancelled.
        ///
        /// - Throws: ``JobServerError``, at once, when it cannot listen.
        public func run() async throws {
            do {
                try await core.checkExposure()
                let tls = try configuration.tls.map { try TLSContext($0) }
                let server = makeServer(tls)
                let isShutDown = standing.withLock { standing in
                    standing.server = server
                    return standing.isShutDown
                }
                guard !isShutDown else { return settle(.failure(JobServerError.shutDown)) }
                core.start(tls)
                defer { core.stop() }
                // Detached, so that a graceful shutdown reaches it by `shutDown` alone.
                let serving = Task.detached(executorPreference: EventLoopExecutor(group.next())) {
                    try await server.run()
                }
                try await withGracefulShutdownHandler {
                    try await withTaskCancellationHandler {
                        try await serving.value
                    } onCancel: {
                        serving.cancel()
                    }
                } onGracefulShutdown: {
                    self.shutDown()
                }
                await core.audit.flush()
                settle(.failure(JobServerError.shutDown))
            } catch {
                let error = JobServerError.from(error, configuration)
                settle(.failure(error))
                throw error
            }
        }

        /// Stops accepting, ends streams and waits, lets requests finish; ``run()`` returns at the end.
        ///
        /// What clients have sent by now is answered: connections that the system has taken are still accepted for a tenth
        /// of a second, and each answer says that its connection ends.
        public func shutDown() {
            let server = standing.withLock { standing in
                standing.isShutDown = true
                return standing.server
            }
            core.beginShutdown()
            guard let server else { return }
            Task {
                try? await Task.sleep(for: .milliseconds(100))
                try? await server.shutdownGracefully()
            }
        }

        /// The same without letting requests finish: connections are closed at once.
        public func interrupt() {
            shutDown()
            core.connections.closeAll()
        }

        /// Where it listens, once it does.
        ///
        /// - Throws: what ``run()`` threw.
        public func address() async throws -> Address {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = standing.withLock { standing in
                    if standing.outcome == nil { standing.waiting.append(continuation) }
                    return standing.outcome
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        }

        private func settle(_ outcome: Result<Address, any Error>) {
            let waiting = standing.withLock { standing in
                standing.outcome = outcome
                defer { standing.waiting = [] }
                return standing.waiting
            }
            for continuation in waiting { continuation.resume(with: outcome) }
        }

        private func makeServer(_ tls: TLSContext?) -> Server<APIChannel> {
            Server(
                childChannelSetup: APIChannel(core: core, tls: tls),
                configuration: ServerConfiguration(
                    address: .hostname(configuration.host, port: configuration.port), backlog: 1_024,
                    availableConnectionsDelegate: .maximum(configuration.limits.connections, logger: logger)),
                onServerRunning: { [weak self] channel in self?.isListening(channel) },
                eventLoopGroup: group, logger: quiet)
        }

        /// The library says on its own where it listens; one line of ours is enough.
        private var quiet: Logger {
            var logger = logger
            if logger.logLevel > .debug { logger.logLevel = max(logger.logLevel, .warning) }
            return logger
        }

        private func isListening(_ channel: any Channel) {
            let port = channel.localAddress?.port ?? configuration.port
            let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
            let scheme = configuration.tls == nil ? "http" : "https"
            let address = Address(host: configuration.host, port: port, url: "\(scheme)://\(host):\(port)")
            logger.info("Listening", metadata: ["url": "\(address.url)"])
            settle(.success(address))
        }
    }

    /// Why a server could not begin.
    public enum JobServerError: Error, Hashable, Sendable, CustomStringConvertible {
        /// Something else listens there already.
        case portTaken(host: String, port: Int)
        /// The system does not let this process listen there.
        case notPermitted(host: String, port: Int)
        /// The host is no address of this machine, or cannot be found.
        case noSuchAddress(host: String)
        /// It would be open to other machines without asking for keys.
        case unprotected(host: String)
        /// A certificate or a key cannot be used.
        case badCertificate(String)
        /// Listening failed for another reason.
        case cannotListen(host: String, port: Int, reason: String)
        case shutDown

        public var description: String {
            switch self {
            case .portTaken(let host, let port):
                "port \(port) of \(host) is taken: another process listens there; choose another port, or end that one"
            case .notPermitted(let host, let port):
                "this process may not listen on port \(port) of \(host); choose one above 1023"
            case .noSuchAddress(let host):
                "'\(host)' is no address of this machine; use 127.0.0.1, or 0.0.0.0 for every address"
            case .unprotected(let host):
                "'\(host)' is open to other machines and this server has no keys; make one with 'oncue keys create', "
                    + "or listen on 127.0.0.1"
            case .badCertificate(let reason): reason
            case .cannotListen(let host, let port, let reason): "cannot listen on port \(port) of \(host): \(reason)"
            case .shutDown: "the server has been shut down"
            }
        }
    }
#endif
