#if Server
    import NIOCore
    import NIOPosix
    import OnCueServer

    /// A socket on which a test writes what it likes.
    struct RawConnection: Sendable {
        private let inbound: NIOAsyncChannelInboundStream<ByteBuffer>
        private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        let channel: any Channel

        static func open<Value>(
            _ address: JobServer.Address, _ body: (RawConnection) async throws -> Value
        ) async throws -> Value {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(isOutboundHalfClosureEnabled: true))
                    }
                }
            return try await channel.executeThenClose { inbound, outbound in
                try await body(RawConnection(inbound: inbound, outbound: outbound, channel: channel.channel))
            }
        }

        func write(_ text: String) async throws {
            try await outbound.write(ByteBuffer(string: text))
        }

        func write(_ bytes: [UInt8]) async throws {
            try await outbound.write(ByteBuffer(bytes: bytes))
        }

        /// Everything up to the end of the connection, or until `isEnough` says so.
        func read(until isEnough: (String) -> Bool = { _ in false }) async throws -> String {
            var text = ""
            for try await part in inbound {
                text += String(buffer: part)
                if isEnough(text) { break }
            }
            return text
        }
    }
#endif
