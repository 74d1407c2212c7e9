import CoreMetrics
import Logging
import OnCue

#if Server
    import OnCuePrometheus
    import OnCueServer
#endif

/// The HTTP side of `serve`: the API over the store that the worker works on, with one set of metrics for both.
struct HTTPFront: Sendable {
    /// What the worker is to work on, so that its calls are counted too.
    let store: any JobStore
    /// Where the worker is to count.
    let metrics: (any MetricsFactory)?
    #if Server
        private let server: JobServer

        init(_ plan: HTTPPlan, over store: any JobStore, grace: Duration, logger: Logger) {
            let metrics = PrometheusMetrics()
            self.metrics = metrics
            let observed = ObservedStore(store, factory: metrics)
            self.store = observed
            var configuration = JobServer.Configuration(
                host: plan.host, port: plan.port,
                tls: plan.tls.map { ServerTLS(certificateChain: $0.certificate, privateKey: $0.key) },
                allowedOrigins: plan.allowedOrigins, shutdownGrace: grace)
            configuration.metrics = ServerMetrics(metrics)
            server = JobServer(observed, configuration: configuration, logger: logger)
        }

        /// Listens, then does `work` for as long as the server serves. What ends first ends the other.
        ///
        /// - Parameters:
        ///   - work: gets the URL that the server listens on.
        ///   - stop: brings `work` to its end.
        /// - Throws: at once when it cannot listen; else what the server or `work` threw.
        func serve(
            while work: @escaping @Sendable (_ url: String) async throws -> Void, stop: @Sendable () -> Void
        ) async throws {
            do {
                try await withThrowingTaskGroup { group in
                    group.addTask { try await server.run() }
                    let url = try await server.address().url
                    group.addTask { try await work(url) }
                    var failure: (any Error)?
                    while let ended = await group.nextResult() {
                        if case .failure(let error) = ended { failure = failure ?? error }
                        stop()
                        server.shutDown()
                    }
                    if let failure { throw failure }
                }
            } catch JobServerError.shutDown {
                // A signal came before it listened.
            } catch let error as JobServerError {
                throw Self.commandError(error)
            }
        }

        /// Stops accepting, ends streams and waits, lets requests finish.
        func shutDown() { server.shutDown() }

        /// The same without waiting for requests.
        func interrupt() { server.interrupt() }

        private static func commandError(_ error: JobServerError) -> CommandError {
            switch error {
            case .portTaken(_, let port):
                CommandError(
                    .failure, error.description,
                    hint: "For example --http \(port % 65_535 + 1), or --http off to do without")
            case .notPermitted, .noSuchAddress, .unprotected, .badCertificate: .usage(error.description)
            case .cannotListen, .shutDown: CommandError(.failure, error.description)
            }
        }
    #else
        init(_ plan: HTTPPlan, over store: any JobStore, grace: Duration, logger: Logger) {
            self.store = store
            metrics = nil
        }

        func serve(
            while work: @escaping @Sendable (_ url: String) async throws -> Void, stop: @Sendable () -> Void
        ) async throws {}
        func shutDown() {}
        func interrupt() {}
    #endif
}
