#if Server
    import AsyncHTTPClient
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import NIOSSL
    import OnCue
    import OnCueAPI
    import Synchronization

    /// Sends requests to one server over connections that are kept.
    ///
    /// Everything that decides when a call ends runs on event loops: a caller whose pool is busy is still answered in time.
    final class Transport: Sendable {
        /// An answer, whole.
        struct Answer: Sendable {
            let status: Int
            let headers: HTTPHeaders
            let body: [UInt8]
        }

        /// Why there is no answer.
        struct Failure: Error, Sendable {
            let error: any Error
            /// Whether the server may have begun with the request.
            let wasSent: Bool

            var isDeadline: Bool { (error as? HTTPClientError) == .deadlineExceeded }
            /// Whether a connection was refused: by the library's rule all who wait for one are told so, those too who came
            /// after it was tried.
            var isRefusal: Bool { !wasSent && (error is IOError || error is NIOConnectionError) }
        }

        private struct State {
            var isClosed = false
            var underWay: [Int: HTTPClient.Task<Answer>] = [:]
            var next = 0
            var longestWait: Duration?
        }

        private let client: HTTPClient
        private let base: String
        private let headers: HTTPHeaders
        private let eventLoops: any EventLoopGroup
        private let state = Mutex(State())

        init(_ address: ServerAddress, apiKey: String?, options: RemoteStore.Options) throws(StoreError) {
            base = address.text
            eventLoops = options.group
            var headers = HTTPHeaders([
                ("Content-Type", "application/json"), ("Accept", "application/json"),
                (StoreCalls.versionHeader, String(StoreCalls.version)),
            ])
            if let apiKey {
                guard !apiKey.isEmpty, apiKey.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                    throw StoreError(.invalid, "has characters that no API key has", field: "api_key")
                }
                headers.add(name: "X-API-Key", value: apiKey)
            }
            self.headers = headers
            var configuration = HTTPClient.Configuration(
                redirectConfiguration: .disallow, timeout: .init(connect: TimeAmount(options.connectTime)))
            configuration.httpVersion = .http1Only
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.connections
            // Less than what a server keeps, so that a request seldom meets a connection that is being closed.
            configuration.connectionPool.idleTimeout = .seconds(30)
            configuration.connectionPool.retryConnectionEstablishment = false
            if let pem = options.trustedCertificates {
                do {
                    var tls = TLSConfiguration.makeClientConfiguration()
                    tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8)))
                    configuration.tlsConfiguration = tls
                } catch {
                    throw StoreError(.invalid, "are no certificates in PEM", field: "trusted_certificates")
                }
            }
            client = HTTPClient(eventLoopGroupProvider: .shared(options.group), configuration: configuration)
        }

        deinit {
            // A client that was not shut down may not go, and what its last answer left behind comes first.
            guard !state.withLock({ $0.isClosed }) else { return }
            eventLoops.any().scheduleTask(in: .seconds(1)) { [client] in client.shutdown { _ in _ = client } }
        }

        var isClosed: Bool { state.withLock { $0.isClosed } }

        /// How long the server lets one request wait, once it has said so.
        var longestWait: Duration? { state.withLock { $0.longestWait } }

        /// Posts a body and waits for the answer, whatever becomes of the caller's task.
        ///
        /// - Parameter started: is handed what ends the request early.
        func post(
            _ path: String, _ body: [UInt8], within limit: Duration,
            started: (@Sendable (@escaping @Sendable () -> Void) -> Void)? = nil
        ) async -> Result<Answer, Failure> {
            let request: HTTPClient.Request
            do {
                request = try HTTPClient.Request(
                    url: base + path, method: .POST, headers: headers, body: .byteBuffer(ByteBuffer(bytes: body)))
            } catch {
                return .failure(Failure(error: error, wasSent: false))
            }
            let reader = AnswerReader()
            // Not begun any more once it is closed.
            let begun = state.withLock { state -> (Int, HTTPClient.Task<Answer>)? in
                guard !state.isClosed else { return nil }
                state.next += 1
                let task = client.execute(request: request, delegate: reader, deadline: .now() + TimeAmount(limit))
                state.underWay[state.next] = task
                return (state.next, task)
            }
            guard let (number, task) = begun else {
                return .failure(Failure(error: HTTPClientError.alreadyShutdown, wasSent: false))
            }
            started? { task.cancel() }
            let result = await withCheckedContinuation { continuation in
                task.futureResult.whenComplete { continuation.resume(returning: $0) }
            }
            state.withLock { state in
                state.underWay[number] = nil
                if case .success(let answer) = result,
                    let longest = answer.headers.first(name: StoreCalls.longestWaitHeader).flatMap({ Int64($0) })
                {
                    state.longestWait = .microseconds(max(longest, 1_000))
                }
            }
            // A server that refuses a body need not read all of it: what it said stands though sending failed then.
            if case .failure = result, let refusal = reader.refusedBody { return .success(refusal) }
            return result.mapError { Failure(error: $0, wasSent: reader.wasSent) }
        }

        /// Ends what is under way, then the connections.
        func close() async {
            let tasks = state.withLock { state -> [HTTPClient.Task<Answer>]? in
                guard !state.isClosed else { return nil }
                state.isClosed = true
                return Array(state.underWay.values)
            }
            guard let tasks else { return }
            for task in tasks { task.cancel() }
            await withCheckedContinuation { continuation in
                EventLoopFuture.andAllComplete(tasks.map(\.futureResult), on: eventLoops.any())
                    .whenComplete { _ in continuation.resume() }
            }
            await settle()
            await withCheckedContinuation { continuation in
                client.shutdown { _ in continuation.resume() }
            }
        }

        /// Lets the event loops finish what an answer leaves behind: a connection of a client that has been shut down must
        /// not become free any more, and one becomes free only after its answer was given.
        private func settle() async {
            for _ in 0..<4 {
                for eventLoop in eventLoops.makeIterator() {
                    await withCheckedContinuation { continuation in
                        eventLoop.execute { continuation.resume() }
                    }
                }
            }
            await pause(.milliseconds(10))
        }

        /// Waits on an event loop.
        func pause(_ time: Duration) async {
            await withCheckedContinuation { continuation in
                after(time) { continuation.resume() }
            }
        }

        func after(_ time: Duration, _ action: @escaping @Sendable () -> Void) {
            eventLoops.any().scheduleTask(in: TimeAmount(time), action)
        }
    }

    /// Puts an answer together.
    private final class AnswerReader: HTTPClientResponseDelegate {
        private struct State {
            var wasSent = false
            var head: HTTPResponseHead?
            var body = ByteBuffer()
        }

        private let state = Mutex(State())

        var wasSent: Bool { state.withLock { $0.wasSent } }

        /// The answer to a body that is too large, as far as it came.
        var refusedBody: Transport.Answer? {
            state.withLock { state in state.head?.status == .payloadTooLarge ? Self.answer(state) : nil }
        }

        func didSendRequestHead(task: HTTPClient.Task<Transport.Answer>, _ head: HTTPRequestHead) {
            state.withLock { $0.wasSent = true }
        }

        func didReceiveHead(
            task: HTTPClient.Task<Transport.Answer>, _ head: HTTPResponseHead
        ) -> EventLoopFuture<Void> {
            state.withLock { state in
                state.head = head
                state.body.clear()
            }
            return task.eventLoop.makeSucceededVoidFuture()
        }

        func didReceiveBodyPart(
            task: HTTPClient.Task<Transport.Answer>, _ buffer: ByteBuffer
        ) -> EventLoopFuture<Void> {
            state.withLock { _ = $0.body.writeImmutableBuffer(buffer) }
            return task.eventLoop.makeSucceededVoidFuture()
        }

        func didFinishRequest(task: HTTPClient.Task<Transport.Answer>) throws -> Transport.Answer {
            try state.withLock { state in
                guard let answer = Self.answer(state) else { throw HTTPClientError.remoteConnectionClosed }
                return answer
            }
        }

        private static func answer(_ state: State) -> Transport.Answer? {
            state.head.map { head in
                Transport.Answer(
                    status: Int(head.status.code), headers: head.headers, body: Array(state.body.readableBytesView))
            }
        }
    }
#endif
