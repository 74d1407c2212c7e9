#if Server
    import NIOCore
    import NIOPosix
    import OnCueServer
    import Synchronization
    import Testing

    /// A socket on which a test writes what it likes.
    struct RawConnection: Sendable {
        private final class Received: Sendable {
            let state = Mutex((text: "", hasEnded: false))
        }

        private let received: Received
        private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        /// - Parameter reads: false leaves what comes in the socket, as a client does that hangs.
        static func open<Value: Sendable>(
            _ address: JobServer.Address, reads: Bool = true, _ body: (RawConnection) async throws -> Value
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
                let received = Received()
                let reader = Task {
                    defer { received.state.withLock { $0.hasEnded = true } }
                    guard reads else { return }
                    for try await part in inbound {
                        received.state.withLock { $0.text += String(buffer: part) }
                    }
                }
                defer { reader.cancel() }
                return try await body(RawConnection(received: received, outbound: outbound))
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
            try await eventually("The connection ends", within: .seconds(30)) {
                received.state.withLock { $0.hasEnded || isEnough($0.text) }
            }
            return received.state.withLock { $0.text }
        }
    }
#endif
