#if Server
    import Foundation
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import NIOSSL

    /// Posts to one address, on a connection of its own each time: enough for an export every few seconds.
    struct HTTPPost: Sendable {
        struct Answer: Sendable {
            var status: Int
            /// Seconds of `Retry-After`; nil without it.
            var retryAfter: Int64?
        }

        struct Failure: Error, CustomStringConvertible {
            var description: String
        }

        private let host: String
        private let port: Int
        private let isSecure: Bool
        private let target: String
        private let eventLoop: any EventLoop
        private let timeout: TimeAmount

        init(url: URL, eventLoop: any EventLoop, timeout: Duration) {
            isSecure = url.scheme?.lowercased() == "https"
            var name = url.host() ?? ""
            if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
            host = name
            port = url.port ?? (isSecure ? 443 : 80)
            let path = url.path(percentEncoded: true)
            target = (path.isEmpty ? "/" : path) + (url.query(percentEncoded: true).map { "?\($0)" } ?? "")
            self.eventLoop = eventLoop
            self.timeout = TimeAmount(timeout)
        }

        /// Host and port; what follows may hold a secret.
        var place: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

        func send(_ body: [UInt8], headers: [(name: String, value: String)]) -> EventLoopFuture<Answer> {
            let promise = eventLoop.makePromise(of: Answer.self)
            var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: target)
            head.headers.add(name: "Host", value: place)
            head.headers.add(name: "Content-Length", value: String(body.count))
            head.headers.add(name: "Connection", value: "close")
            head.headers.add(name: "User-Agent", value: "OnCue")
            for (name, value) in headers { head.headers.replaceOrAdd(name: name, value: value) }
            let request = head
            let bootstrap = ClientBootstrap(group: eventLoop)
                .connectTimeout(timeout)
                .channelInitializer { [isSecure, host] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if isSecure {
                            let context = try NIOSSLContext(configuration: .makeClientConfiguration())
                            let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
                            try pipeline.addHandler(
                                NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host))
                        }
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandler(AnswerReader(promise))
                    }
                }
            bootstrap.connect(host: host, port: port).whenComplete { result in
                switch result {
                case .failure(let error): promise.fail(error)
                case .success(let channel):
                    let overdue = channel.eventLoop.scheduleTask(in: timeout) {
                        promise.fail(Failure(description: "no answer in time"))
                        channel.close(promise: nil)
                    }
                    channel.closeFuture.whenComplete { _ in overdue.cancel() }
                    channel.write(HTTPClientRequestPart.head(request), promise: nil)
                    channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
                    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
                }
            }
            return promise.futureResult
        }

        /// Keeps the head of the answer and ends the connection. The body says nothing that we need.
        private final class AnswerReader: ChannelInboundHandler {
            typealias InboundIn = HTTPClientResponsePart

            private let promise: EventLoopPromise<Answer>

            init(_ promise: EventLoopPromise<Answer>) {
                self.promise = promise
            }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                guard case .head(let head) = unwrapInboundIn(data) else { return }
                let wait = head.headers.first(name: "Retry-After").flatMap { Int64($0) }.map { max(0, $0) }
                promise.succeed(Answer(status: Int(head.status.code), retryAfter: wait))
                context.close(promise: nil)
            }

            func errorCaught(context: ChannelHandlerContext, error: any Error) {
                promise.fail(error)
                context.close(promise: nil)
            }

            func channelInactive(context: ChannelHandlerContext) {
                promise.fail(Failure(description: "the connection was closed"))
                context.fireChannelInactive()
            }
        }
    }
#endif
