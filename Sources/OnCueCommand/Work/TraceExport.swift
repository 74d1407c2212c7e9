import Logging

#if Server
    import OnCueServer
    import Tracing
#endif

/// Spans of handlers, requests and webhooks go to a collector when `OTEL_EXPORTER_OTLP_ENDPOINT` says where.
struct TraceExport: Sendable {
    #if Server
        private let tracer: OTLPTracer?

        /// Installs the tracer for the process.
        ///
        /// - Throws: ``CommandError`` for a variable that cannot be understood.
        init(environment: [String: String], logger: Logger) throws(CommandError) {
            do {
                tracer = try OTLPTracer.fromEnvironment(environment, logger: logger)
            } catch {
                throw .usage("\(error)")
            }
            if let tracer { InstrumentationSystem.bootstrap(tracer) }
        }

        /// Exports what is left.
        func shutDown() async { await tracer?.shutDown() }
    #else
        init(environment: [String: String], logger: Logger) throws(CommandError) {}
        func shutDown() async {}
    #endif
}
