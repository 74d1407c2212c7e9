public import Metrics
public import Tracing

extension Worker {
    /// A queue that a worker serves.
    public struct Queue: Hashable, Sendable, ExpressibleByStringLiteral {
        public var name: QueueName
        /// Jobs of it that this worker runs at once. Nil: as many as it has slots.
        public var limit: Int?

        public init(_ name: QueueName, limit: Int? = nil) {
            self.name = name
            self.limit = limit
        }

        public init(stringLiteral value: String) {
            self.init(QueueName(value))
        }
    }

    /// How a worker goes about its work. The defaults are right for most.
    public struct Configuration: Sendable {
        /// For people, in lists and logs. Nil: `host-pid`.
        public var name: String?
        /// How long the worker may be silent before others take over its jobs. It renews three times in that time.
        /// From 2 s to 1 day; default 30 s.
        public var lease: Duration
        /// How long a shutdown waits for running jobs before it interrupts and hands them back. Default 30 s.
        public var shutdownGrace: Duration
        /// How long a cancelled handler may go on before it is given up as stuck: its slot is used again and what it
        /// still answers is not taken. Default 10 s.
        public var stuckGrace: Duration
        /// How long a shutdown that has nothing more to write waits for a store that does not answer.
        package var storePatience: Duration = .seconds(10)
        /// Jobs claimed beyond the slots at most, so that the slots never wait for the store. How many really are
        /// depends on how fast they run. Default 512; 0: none.
        public var maxPrefetch: Int
        /// Threads for handlers that do not block. Nil: as many as there are processors.
        public var handlerThreads: Int?
        /// Bytes that an output, a checkpoint or a stored effect may have. Default ``Limits/payloadBytes``.
        public var maxOutput: Int
        /// Whether this worker also does the store's upkeep: makes jobs due, takes over from lost workers, prunes.
        /// At least one worker of a store has to. Default true.
        public var runsMaintenance: Bool
        /// Where metrics go. Nil: to the factory in force when the worker starts.
        public var metricsFactory: (any MetricsFactory)?
        /// Where spans go. Nil: to the tracer in force when the worker starts.
        public var tracer: (any Tracer)?

        public init(
            name: String? = nil, lease: Duration = .seconds(30), shutdownGrace: Duration = .seconds(30),
            stuckGrace: Duration = .seconds(10), maxPrefetch: Int = 512, handlerThreads: Int? = nil,
            maxOutput: Int = Limits.payloadBytes, runsMaintenance: Bool = true,
            metricsFactory: (any MetricsFactory)? = nil, tracer: (any Tracer)? = nil
        ) {
            self.name = name
            self.lease = lease
            self.shutdownGrace = shutdownGrace
            self.stuckGrace = stuckGrace
            self.maxPrefetch = maxPrefetch
            self.handlerThreads = handlerThreads
            self.maxOutput = maxOutput
            self.runsMaintenance = runsMaintenance
            self.metricsFactory = metricsFactory
            self.tracer = tracer
        }

        func validate() throws(WorkerError) {
            guard (.seconds(2)...(.seconds(86_400))).contains(lease) else {
                throw WorkerError(.invalid, "The lease has to be from 2s to 1d, this is \(lease.text).")
            }
            guard shutdownGrace >= .zero, stuckGrace > .zero else {
                throw WorkerError(.invalid, "A grace period may not be negative, and a stuck handler's not zero.")
            }
            guard maxPrefetch >= 0, maxPrefetch <= 10_000 else {
                throw WorkerError(.invalid, "The prefetch has to be from 0 to 10000, this is \(maxPrefetch).")
            }
            guard handlerThreads.map({ $0 >= 1 }) ?? true else {
                throw WorkerError(.invalid, "At least one handler thread is needed.")
            }
            guard maxOutput >= 0 else { throw WorkerError(.invalid, "The size of an output may not be negative.") }
            if let name {
                do {
                    try Limits.checkName(name, field: "worker")
                } catch {
                    throw WorkerError(.invalid, error.description)
                }
            }
        }
    }
}
