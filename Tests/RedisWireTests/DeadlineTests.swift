#if Redis
    import NIOCore
    import NIOEmbedded
    import Testing

    @testable import RedisWire

    /// The deadlines of a connection, on an event loop whose timers the test runs.
    struct DeadlineTests {
        private final class Owner: RedisConnectionOwner {
            var reasons: [RedisError] = []

            func connectionIsReady(_ connection: RedisChannelHandler) {}
            func connection(_ connection: RedisChannelHandler, received message: RESPToken) {}
            func connection(_ connection: RedisChannelHandler, closedBecause reason: RedisError) {
                reasons.append(reason)
            }
        }

        /// A command whose time is over as its event loop goes on; then `text` is read, and more time passes.
        ///
        /// - Returns: what became of it, and why the connection was closed.
        private func afterItsTime(_ text: String?) async -> (result: RedisResult?, closed: [RedisError]) {
            let owner = Owner()
            let reply = await withCheckedContinuation { continuation in
                let loop = EmbeddedEventLoop()
                let handler = RedisChannelHandler(
                    number: 1, address: .tcp(host: "redis", port: 6379), settings: ConnectionSettings(), owner: owner,
                    eventLoop: loop)
                let channel = EmbeddedChannel(handler: handler, loop: loop)
                if let address = try? SocketAddress(unixDomainSocketPath: "/redis") {
                    channel.connect(to: address, promise: nil)
                }
                _ = try? channel.writeInbound(ByteBuffer(string: "%0\r\n"))

                let deadline = NIODeadline.now() + TimeAmount.milliseconds(1)
                handler.send([
                    RedisRequest(commands: [RedisCommand("PING")], deadline: deadline, waiter: .caller(continuation))
                ])
                while NIODeadline.now() <= deadline {}
                loop.advanceTime(to: deadline)
                if let text { _ = try? channel.writeInbound(ByteBuffer(string: text)) }
                loop.advanceTime(by: .seconds(1))
            }
            return (reply.results.first, owner.reasons)
        }

        @Test func whatHasComeIsReadBeforeADeadlineCounts() async throws {
            let (result, closed) = await afterItsTime("+PONG\r\n")
            #expect(try result?.get().text == "PONG")
            #expect(closed.isEmpty)
        }

        @Test func whatDoesNotComeIsLateAllTheSame() async {
            let (result, closed) = await afterItsTime(nil)
            #expect(result?.failure?.code == .outcomeUnknown)
            #expect(closed.count == 1)
        }
    }
#endif
