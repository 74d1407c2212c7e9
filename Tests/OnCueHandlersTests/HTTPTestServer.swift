#if Server
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import Synchronization

    /// A real HTTP/1.1 server on loopback that keeps what it was asked.
    final class HTTPTestServer: Sendable {
        struct Request: Sendable {
            var method: String
            var path: String
            var headers: HTTPHeaders
            var body: [UInt8]

            subscript(header: String) -> String? { headers.first(name: header) }
        }

        enum Answer: Sendable {
            case status(Int, headers: HTTPHeaders = [:], body: [UInt8] = [])
            /// Nothing is ever answered.
            case silence
            /// The connection is closed instead.
            case hangUp
        }

        private struct State {
            var requests: [Request] = []
            var connections = 0
            var open = 0
        }

        private let state: Box
        private let channel: any Channel
        let port: Int

        /// - Parameter answer: called for each request with how many came before it.
        init(_ answer: @escaping @Sendable (Request, Int) -> Answer) async throws {
            let state = Box()
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    state.value.withLock {
                        $0.connections += 1
                        $0.open += 1
                    }
                    channel.closeFuture.whenComplete { _ in state.value.withLock { $0.open -= 1 } }
                    return channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        try channel.pipeline.syncOperations.addHandler(Handler(state: state, answer: answer))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            port = channel.localAddress?.port ?? 0
            self.state = state
        }

        var requests: [Request] { state.value.withLock { $0.requests } }
        var connections: Int { state.value.withLock { $0.connections } }
        var openConnections: Int { state.value.withLock { $0.open } }

        func close() async throws {
            try await channel.close()
        }

        private final class Box: Sendable {
            let value = Mutex(State())
        }

        private final class Handler: ChannelInboundHandler {
            typealias InboundIn = HTTPServerRequestPart
            typealias OutboundOut = HTTPServerResponsePart

            private let state: Box
            private let answer: @Sendable (Request, Int) -> Answer
            private var request: Request?

            init(state: Box, answer: @escaping @Sendable (Request, Int) -> Answer) {
                self.state = state
                self.answer = answer
            }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                switch unwrapInboundIn(data) {
                case .head(let head):
                    request = Request(method: head.method.rawValue, path: head.uri, headers: head.headers, body: [])
                case .body(let buffer): request?.body.append(contentsOf: buffer.readableBytesView)
                case .end:
                    guard let request else { return }
                    let before = state.value.withLock { state in
                        state.requests.append(request)
                        return state.requests.count - 1
                    }
                    reply(answer(request, before), context)
                }
            }

            private func reply(_ answer: Answer, _ context: ChannelHandlerContext) {
                switch answer {
                case .silence: break
                case .hangUp: context.close(promise: nil)
                case .status(let status, var headers, let body):
                    headers.replaceOrAdd(name: "Content-Length", value: String(body.count))
                    let head = HTTPResponseHead(
                        version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
                    context.write(wrapOutboundOut(.head(head)), promise: nil)
                    context.write(
                        wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: body)))), promise: nil
                    )
                    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                }
            }
        }
    }
#endif
