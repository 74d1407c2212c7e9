#if Redis
    import NIOCore
    import NIOPosix
    import Synchronization

    /// A proxy in front of a Redis server that can do to single commands what a bad network or a crash does.
    public final class RedisProxy: Sendable {
        /// A command as a client sent it.
        public struct Command: Sendable {
            /// In capitals.
            public var name: String
            /// The first word behind the name: a script's digest, a key.
            public var first: String?
            /// Counts the commands of all connections, from 0. Those that only introduce a connection (`HELLO`, `CLIENT`, `AUTH`,
            /// `SELECT`, `PING`) are not asked about and do not count.
            public var number: Int
        }

        public enum Action: Sendable {
            case pass
            /// It never reaches the server, and the connection is cut.
            case cutBefore
            /// The server does it, and the connection is cut instead of the reply.
            case dropReply
            /// Nothing more passes on this connection, in either direction.
            case stall
            /// The server does it, and nothing more passes on this connection.
            case loseReply
        }

        public typealias Rule = @Sendable (Command) -> Action

        public let host = "127.0.0.1"
        public let port: Int
        private let listener: any Channel
        private let group: MultiThreadedEventLoopGroup
        private let state: ProxyState

        /// - Parameter rule: asked before each command; may be asked from several threads.
        public static func start(to server: RedisServer, _ rule: @escaping Rule) async throws -> RedisProxy {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let state = ProxyState(rule)
            let listener = try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelInitializer { client in
                    guard state.takesConnection() else { return client.close() }
                    return ClientBootstrap(group: client.eventLoop)
                        .channelInitializer { upstream in
                            upstream.eventLoop.makeCompletedFuture {
                                try upstream.pipeline.syncOperations.addHandler(ReplyHandler(client: client))
                            }
                        }
                        .connect(host: server.host, port: server.port)
                        .flatMap { upstream in
                            client.eventLoop.makeCompletedFuture {
                                let replies = try upstream.pipeline.syncOperations.handler(type: ReplyHandler.self)
                                try client.pipeline.syncOperations.addHandler(
                                    CommandHandler(upstream: upstream, replies: replies, state: state))
                            }
                        }
                        .flatMap { client.setOption(.autoRead, value: true) }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            return RedisProxy(listener, group, state)
        }

        private init(_ listener: any Channel, _ group: MultiThreadedEventLoopGroup, _ state: ProxyState) {
            self.listener = listener
            self.group = group
            self.state = state
            port = listener.localAddress?.port ?? 0
        }

        /// How many commands there have been.
        public var count: Int { state.count }

        /// How many connections there have been, also those that found no server.
        public var connections: Int { state.connections }

        /// Ends every connection and takes no more.
        public func stop() async {
            state.close()
            try? await listener.close()
            try? await group.shutdownGracefully()
        }
    }

    private final class ProxyState: Sendable {
        private struct Contents {
            var count = 0
            var connections = 0
            var isOpen = true
        }

        private let rule: RedisProxy.Rule
        private let contents = Mutex(Contents())

        init(_ rule: @escaping RedisProxy.Rule) {
            self.rule = rule
        }

        var count: Int { contents.withLock { $0.count } }
        var connections: Int { contents.withLock { $0.connections } }
        func takesConnection() -> Bool {
            contents.withLock { contents in
                contents.connections += 1
                return contents.isOpen
            }
        }
        func close() { contents.withLock { $0.isOpen = false } }

        func action(_ words: [String]) -> RedisProxy.Action {
            let name = words.first?.uppercased() ?? ""
            if ["HELLO", "CLIENT", "AUTH", "SELECT", "PING"].contains(name) { return .pass }
            let number = contents.withLock { contents in
                contents.count += 1
                return contents.count - 1
            }
            return rule(.init(name: name, first: words.dropFirst().first, number: number))
        }
    }

    /// What comes from a client, command by command.
    private final class CommandHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let upstream: any Channel
        private let replies: ReplyHandler
        private let state: ProxyState
        private var received = ByteBuffer()
        private var isDeaf = false

        init(upstream: any Channel, replies: ReplyHandler, state: ProxyState) {
            self.upstream = upstream
            self.replies = replies
            self.state = state
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            guard !isDeaf else { return }
            received.writeBuffer(&buffer)
            while !isDeaf, let (length, words) = Self.command(received) {
                // The length was read from these bytes.
                guard let command = received.readSlice(length: length) else { return }
                switch state.action(words) {
                case .pass: upstream.write(command, promise: nil)
                case .cutBefore:
                    isDeaf = true
                    upstream.flush()
                    context.close(promise: nil)
                case .dropReply:
                    isDeaf = true
                    upstream.write(command, promise: nil)
                    replies.cutsAtNextReply = true
                case .stall:
                    isDeaf = true
                    replies.isDeaf = true
                case .loseReply:
                    isDeaf = true
                    upstream.write(command, promise: nil)
                    replies.isDeaf = true
                }
            }
            upstream.flush()
        }

        func channelInactive(context: ChannelHandlerContext) {
            // A command whose reply is dropped is to be done all the same: closing here could reset the connection before the
            // server has read it. It goes with the proxy.
            if !replies.cutsAtNextReply { upstream.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        /// Length and first words of the first whole command; nil while it is not all there.
        private static func command(_ buffer: ByteBuffer) -> (length: Int, words: [String])? {
            let bytes = buffer.readableBytesView
            var at = bytes.startIndex
            func number() -> Int? {
                guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                let digits = bytes[at..<end].filter { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
                at = end + 1
                return Int(String(decoding: digits, as: UTF8.self))
            }
            guard let count = number() else { return nil }
            var words: [String] = []
            for _ in 0..<count {
                guard let length = number(), at + length + 2 <= bytes.endIndex else { return nil }
                if words.count < 2 { words.append(String(decoding: bytes[at..<at + length], as: UTF8.self)) }
                at += length + 2
            }
            return (at - bytes.startIndex, words)
        }
    }

    /// What comes from the server.
    private final class ReplyHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let client: any Channel
        var cutsAtNextReply = false
        var isDeaf = false

        init(client: any Channel) {
            self.client = client
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if isDeaf { return }
            if cutsAtNextReply {
                isDeaf = true
                client.close(promise: nil)
                return
            }
            client.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            client.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
#endif
