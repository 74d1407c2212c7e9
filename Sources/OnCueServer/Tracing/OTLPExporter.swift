#if Server
    import AsyncHTTPClient
    import Foundation
    import Logging
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import Synchronization

    /// Gathers ended spans and sends them in batches, on an event loop of its own choice and by its timer.
    final class OTLPExporter: Sendable {
        private struct State {
            var spans: [FinishedSpan] = []
            var dropped = 0
            var isSending = false
            /// Since when nothing came through, in attempts.
            var failures = 0
            var isShutDown = false
            var flushed: [EventLoopPromise<Void>] = []
        }

        private static let attempts = 5
        private let configuration: OTLPConfiguration
        private let logger: Logger
        private let eventLoop: any EventLoop
        private let client: HTTPClient
        private let state = Mutex(State())
        private let timer = Mutex<RepeatedTask?>(nil)

        init(_ configuration: OTLPConfiguration, logger: Logger) {
            self.configuration = configuration
            self.logger = logger
            eventLoop = MultiThreadedEventLoopGroup.singleton.next()
            var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
            // An export is no part of what it tells of.
            settings.tracing.tracer = nil
            client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
            let delay = TimeAmount(configuration.delay)
            let task = eventLoop.scheduleRepeatedTask(initialDelay: delay, delay: delay) { [weak self] _ in
                self?.exportNext()
            }
            timer.withLock { $0 = task }
        }

        deinit {
            timer.withLock { $0?.cancel() }
            client.shutdown { _ in }
        }

        /// Never waits. Without room the span is dropped.
        func add(_ span: FinishedSpan) {
            let isBatch = state.withLock { state in
                guard !state.isShutDown, state.spans.count < configuration.queueSize else {
                    state.dropped += 1
                    return false
                }
                state.spans.append(span)
                return state.spans.count == configuration.batchSize
            }
            if isBatch { exportSoon() }
        }

        func exportSoon() {
            eventLoop.execute { self.exportNext() }
        }

        /// How many spans found no room or could not be delivered.
        var dropped: Int { state.withLock { $0.dropped } }

        func shutDown(within limit: Duration) async {
            timer.withLock { timer in
                timer?.cancel()
                timer = nil
            }
            let promise = eventLoop.makePromise(of: Void.self)
            let overdue = eventLoop.scheduleTask(in: TimeAmount(limit)) { self.giveUp() }
            state.withLock { state in
                state.isShutDown = true
                state.flushed.append(promise)
            }
            exportSoon()
            // Fails never: it is succeeded when all is sent or given up.
            try? await promise.futureResult.get()
            overdue.cancel()
        }

        /// The next batch, unless one is on its way; on the event loop.
        private func exportNext() {
            let batch: [FinishedSpan]? = state.withLock { state in
                if state.isSending { return nil }
                let batch = Array(state.spans.prefix(configuration.batchSize))
                state.spans.removeFirst(batch.count)
                state.isSending = !batch.isEmpty
                return batch
            }
            guard let batch else { return }
            if batch.isEmpty { return finishFlush() }
            send(batch, attempt: 1)
        }

        private func send(_ batch: [FinishedSpan], attempt: Int) {
            let body = OTLPJSON.request(batch, resource: configuration.resource)
            var headers = HTTPHeaders([("Content-Type", "application/json"), ("User-Agent", "OnCue")])
            for (name, value) in configuration.headers { headers.replaceOrAdd(name: name, value: value) }
            do {
                let request = try HTTPClient.Request(
                    url: configuration.endpoint, method: .POST, headers: headers, body: .bytes(body))
                client.execute(
                    request: request, eventLoop: .delegateAndChannel(on: eventLoop),
                    deadline: .now() + TimeAmount(configuration.timeout)
                )
                .whenComplete { result in self.sent(batch, attempt: attempt, result) }
            } catch {
                done(lost: batch.count, why: "\(error)")
            }
        }

        private func sent(_ batch: [FinishedSpan], attempt: Int, _ result: Result<HTTPClient.Response, any Error>) {
            switch result {
            case .success(let answer) where (200..<300).contains(answer.status.code): done(lost: 0, why: nil)
            case .success(let answer) where ![429, 502, 503, 504].contains(answer.status.code):
                done(lost: batch.count, why: "it answered \(answer.status.code)")
            case .success(let answer):
                let seconds = answer.headers.first(name: "Retry-After").flatMap { Int64($0) }.map { max(0, $0) }
                again(batch, attempt, why: "it answered \(answer.status.code)", wait: seconds)
            case .failure(let error): again(batch, attempt, why: "\(error)", wait: nil)
            }
        }

        private func again(_ batch: [FinishedSpan], _ attempt: Int, why: String, wait: Int64?) {
            guard attempt < Self.attempts, !state.withLock({ $0.isShutDown && $0.flushed.isEmpty }) else {
                return done(lost: batch.count, why: why)
            }
            // 0.5, 1, 2, 4 s, spread a little.
            let pause = wait.map { min($0, 30) * 1_000 } ?? Int64(500 << (attempt - 1)) * .random(in: 80...120) / 100
            eventLoop.scheduleTask(in: .milliseconds(pause)) { self.send(batch, attempt: attempt + 1) }
        }

        /// Host and port of the collector; what follows may hold a secret.
        private var place: String {
            let port = configuration.endpoint.port.map { ":\($0)" } ?? ""
            return (configuration.endpoint.host() ?? "") + port
        }

        private func done(lost: Int, why: String?) {
            let (isFirstFailure, isBack) = state.withLock { state in
                state.isSending = false
                state.dropped += lost
                let before = state.failures
                state.failures = why == nil ? 0 : before + 1
                return (why != nil && before == 0, why == nil && before > 0)
            }
            if isFirstFailure {
                logger.warning(
                    "Spans could not be exported.",
                    metadata: ["endpoint": "\(place)", "reason": "\(why ?? "")", "spans": "\(lost)"])
            } else if isBack {
                logger.info("Spans are exported again.", metadata: ["endpoint": "\(place)"])
            }
            let goesOn = state.withLock { state in
                state.spans.count >= configuration.batchSize || !state.flushed.isEmpty
            }
            if goesOn { exportNext() }
        }

        private func finishFlush() {
            let waiting = state.withLock { state in
                defer { state.flushed = [] }
                return state.flushed
            }
            for promise in waiting { promise.succeed() }
        }

        private func giveUp() {
            state.withLock { state in
                state.dropped += state.spans.count
                state.spans = []
            }
            finishFlush()
        }
    }
#endif
