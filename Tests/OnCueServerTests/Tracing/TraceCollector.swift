#if Server
    import Foundation
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import Synchronization

    /// A collector of OTLP over HTTP, on loopback.
    final class TraceCollector: Sendable {
        struct Export: Sendable {
            var path: String
            var headers: HTTPHeaders
            var body: [UInt8]
        }

        enum Reply: Sendable {
            case status(Int)
            case silence
        }

        private final class Seen: Sendable {
            let exports = Mutex<[Export]>([])
        }

        private let seen: Seen
        private let channel: any Channel
        let port: Int

        init(port: Int = 0, _ reply: @escaping @Sendable (_ before: Int) -> Reply = { _ in .status(200) }) async throws
        {
            let seen = Seen()
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        try channel.pipeline.syncOperations.addHandler(Handler(seen, reply))
                    }
                }
                .bind(host: "127.0.0.1", port: port).get()
            self.port = channel.localAddress?.port ?? 0
            self.seen = seen
        }

        var url: String { "http://127.0.0.1:\(port)" }
        var exports: [Export] { seen.exports.withLock { $0 } }

        /// All spans that came, each as its JSON object.
        var spans: [[String: Any]] {
            exports.flatMap { export -> [[String: Any]] in
                let root = (try? JSONSerialization.jsonObject(with: Data(export.body))) as? [String: Any]
                let resources = root?["resourceSpans"] as? [[String: Any]] ?? []
                return resources.flatMap { $0["scopeSpans"] as? [[String: Any]] ?? [] }
                    .flatMap { $0["spans"] as? [[String: Any]] ?? [] }
            }
        }

        func close() async throws {
            try await channel.close()
        }

        private final class Handler: ChannelInboundHandler {
            typealias InboundIn = HTTPServerRequestPart
            typealias OutboundOut = HTTPServerResponsePart

            private let seen: Seen
            private let reply: @Sendable (Int) -> Reply
            private var export: Export?

            init(_ seen: Seen, _ reply: @escaping @Sendable (Int) -> Reply) {
                self.seen = seen
                self.reply = reply
            }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                switch unwrapInboundIn(data) {
                case .head(let head): export = Export(path: head.uri, headers: head.headers, body: [])
                case .body(let buffer): export?.body.append(contentsOf: buffer.readableBytesView)
                case .end:
                    guard let export else { return }
                    let before = seen.exports.withLock { exports in
                        exports.append(export)
                        return exports.count - 1
                    }
                    guard case .status(let status) = reply(before) else { return }
                    let head = HTTPResponseHead(
                        version: .http1_1, status: HTTPResponseStatus(statusCode: status),
                        headers: ["Content-Type": "application/json", "Content-Length": "2"])
                    context.write(wrapOutboundOut(.head(head)), promise: nil)
                    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "{}")))), promise: nil)
                    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                }
            }
        }
    }
#endif
