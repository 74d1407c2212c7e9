#if Server
    import NIOCore
    import NIOPosix
    import Synchronization

    /// Answers every request with the same bytes, or closes the connection instead.
    final class OddServer: Sendable {
        private let channel: any Channel
        private let count: Counter

        /// - Parameter answer: nil closes; empty says nothing.
        init(answering answer: String?) async throws {
            let count = Counter()
            self.count = count
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(OddHandler(answer, count))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
        }

        var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
        /// How many requests have come.
        var requests: Int { count.value.withLock { $0 } }

        func close() async throws {
            try await channel.close()
        }
    }

    private final class Counter: Sendable {
        let value = Mutex(0)
    }

    private final class OddHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: String?
        private let count: Counter

        init(_ answer: String?, _ count: Counter) {
            self.answer = answer
            self.count = count
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            // A request may come in pieces.
            guard bytes.getString(at: bytes.readerIndex, length: 5) == "POST " else { return }
            count.value.withLock { $0 += 1 }
            guard let answer else { return context.close(promise: nil) }
            guard !answer.isEmpty else { return }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        }
    }
#endif
