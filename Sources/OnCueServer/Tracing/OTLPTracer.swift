#if Server
    public import Foundation
    public import Logging
    public import ServiceLifecycle
    public import Tracing

    /// A tracer whose spans go to a collector of OpenTelemetry, as OTLP over HTTP in JSON.
    ///
    /// ```swift
    /// if let tracer = try OTLPTracer.fromEnvironment(logger: logger) {
    ///     InstrumentationSystem.bootstrap(tracer)
    ///     services.append(tracer)
    /// }
    /// ```
    ///
    /// Traces are carried by `traceparent` and `tracestate` of W3C. Ending a span never waits: it goes into a queue that
    /// is bounded, and what finds no room is counted and dropped.
    public struct OTLPTracer: Tracer {
        let exporter: OTLPExporter
        private let sampler: TraceSampler

        public init(_ configuration: OTLPConfiguration, logger: Logger = Logger(label: "oncue.tracing")) {
            sampler = configuration.sampler
            exporter = OTLPExporter(configuration, logger: logger)
        }

        /// Nil when `OTEL_EXPORTER_OTLP_ENDPOINT` (or its form for traces) is not set or `OTEL_SDK_DISABLED` is true.
        ///
        /// - Throws: ``OTLPConfigurationError`` for a variable that cannot be understood.
        public static func fromEnvironment(
            _ environment: [String: String] = ProcessInfo.processInfo.environment,
            logger: Logger = Logger(label: "oncue.tracing")
        ) throws(OTLPConfigurationError) -> OTLPTracer? {
            guard let configuration = try OTLPConfiguration(environment: environment) else { return nil }
            return OTLPTracer(configuration, logger: logger)
        }

        public func startSpan<Instant: TracerInstant>(
            _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
            at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
        ) -> TraceSpan {
            let context = context()
            let parent = context.traceParent
            let trace = parent?.traceID ?? .random()
            let isSampled = sampler.records(trace, parent: parent)
            let identity = TraceParent(
                traceID: trace, spanID: .random(in: 1 ... .max), isSampled: isSampled, state: parent?.state)
            var sink: (@Sendable (FinishedSpan) -> Void)?
            if isSampled { sink = { [exporter] span in exporter.add(span) } }
            return TraceSpan(
                operationName, identity: identity, parent: parent?.spanID, kind: kind,
                start: instant().nanosecondsSinceEpoch, context: context, sink: sink)
        }

        public func extract<Carrier, Extract: Extractor>(
            _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
        ) where Extract.Carrier == Carrier {
            guard let header = extractor.extract(key: "traceparent", from: carrier) else { return }
            context.traceParent = TraceParent(
                header: header, state: extractor.extract(key: "tracestate", from: carrier))
        }

        public func inject<Carrier, Inject: Injector>(
            _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
        ) where Inject.Carrier == Carrier {
            guard let parent = context.traceParent else { return }
            injector.inject(parent.header, forKey: "traceparent", into: &carrier)
            if let state = parent.state { injector.inject(state, forKey: "tracestate", into: &carrier) }
        }

        /// Asks for an export of what has ended, without waiting for it.
        public func forceFlush() {
            exporter.exportSoon()
        }

        /// Exports what has ended and ends the exporter. Returns when that is done or the time is over.
        ///
        /// - Parameter limit: how long it may take.
        public func shutDown(within limit: Duration = .seconds(5)) async {
            await exporter.shutDown(within: limit)
        }
    }

    extension OTLPTracer: Service {
        /// Runs until the graceful shutdown, and exports what is left.
        public func run() async throws {
            try? await gracefulShutdown()
            await shutDown()
        }
    }
#endif
