#if Server
    import NIOCore
    import NIOPosix
    import Synchronization

    /// Loads an HTTP server: canned requests over many connections, one at a time on each.
    ///
    /// It costs little itself, on one thread, so that what is measured is the server.
    final class LoadClient: Sendable {
        struct Failure: Error, CustomStringConvertible {
            var description: String
        }

        let host: String
        let port: Int
        private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

        init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        func shutDown() async {
            try? await group.shutdownGracefully()
        }

        static func request(_ method: String, _ path: String, body: String? = nil) -> String {
            var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
            return head + "\r\n" + (body ?? "")
        }

        /// Sends `request` so often, from so many connections at once.
        ///
        /// - Returns: answers a second.
        func rate(_ request: String, times: Int, connections: Int) async throws -> Double {
            let left = Tally(times)
            let request = ByteBuffer(string: request)
            let clock = ContinuousClock()
            let start = clock.now
            try await withThrowingTaskGroup { group in
                for _ in 0..<connections {
                    group.addTask {
                        try await self.connect { promise in
                            RequestLoop(request, done: promise) { left.take() }
                        }
                    }
                }
                try await group.waitForAll()
            }
            return Double(times) / ((clock.now - start) / .seconds(1))
        }

        /// One answer, and how long it took.
        func ask(_ request: String) async throws -> (text: String, time: Duration) {
            let clock = ContinuousClock()
            let start = clock.now
            let answer = Answer()
            let once = Tally(1)
            try await connect { promise in
                RequestLoop(ByteBuffer(string: request), done: promise) {
                    once.take()
                } received: { text in
                    answer.set(text)
                }
            }
            return (answer.text, clock.now - start)
        }

        /// How long answers took, over one connection that is kept, with a pause behind each.
        func times(_ request: String, pause: Duration, for span: Duration) async throws -> [Duration] {
            let answers = Times()
            let clock = ContinuousClock()
            let end = clock.now + span
            try await connect { promise in
                RequestLoop(ByteBuffer(string: request), pause: .init(pause), done: promise) {
                    clock.now < end
                } took: { time in
                    answers.add(time)
                }
            }
            return answers.all
        }

        /// Opens streams that read whatever comes, and closes them behind `body`.
        func withStreams<Value: Sendable>(
            _ count: Int, _ request: String, _ body: () async throws -> Value
        ) async throws -> Value {
            let silent = Tally(count)
            var channels: [any Channel] = []
            for _ in 0..<count {
                let channel = try await ClientBootstrap(group: group)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(
                                StreamReader { _ = silent.take() })
                        }
                    }.connect(host: host, port: port).get()
                try await channel.writeAndFlush(ByteBuffer(string: request))
                channels.append(channel)
            }
            while !silent.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            let value = try await body()
            for channel in channels { try? await channel.close() }
            return value
        }

        private func connect(_ handler: @escaping @Sendable (EventLoopPromise<Void>) -> RequestLoop) async throws {
            let promise = group.any().makePromise(of: Void.self)
            do {
                let channel = try await ClientBootstrap(group: group)
                    .channelOption(.socketOption(.tcp_nodelay), value: 1)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(handler(promise))
                        }
                    }.connect(host: host, port: port).get()
                _ = channel
            } catch {
                promise.fail(error)
            }
            try await promise.futureResult.get()
        }
    }

    /// Counts down.
    private final class Tally: Sendable {
        private let left: Atomic<Int>

        init(_ count: Int) { left = Atomic(count) }

        /// Takes one; false when none was left.
        func take() -> Bool { left.subtract(1, ordering: .relaxed).oldValue > 0 }
        var isEmpty: Bool { left.load(ordering: .relaxed) <= 0 }
    }

    private final class Times: Sendable {
        private let list = Mutex<[Duration]>([])

        var all: [Duration] { list.withLock { $0 } }
        func add(_ time: Duration) { list.withLock { $0.append(time) } }
    }

    private final class Answer: Sendable {
        private let content = Mutex("")

        var text: String { content.withLock { $0 } }
        func set(_ text: String) { content.withLock { $0 = text } }
    }

    /// Sends a request, reads its answer, and so on for as long as there is one to send.
    private final class RequestLoop: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let request: ByteBuffer
        private let pause: TimeAmount
        private let done: EventLoopPromise<Void>
        private let goesOn: () -> Bool
        private let received: ((String) -> Void)?
        private let took: ((Duration) -> Void)?
        private var buffer = ByteBuffer()
        private var sentAt = ContinuousClock.now
        private static let blank = Array("\r\n\r\n".utf8)

        init(
            _ request: ByteBuffer, pause: TimeAmount = .zero, done: EventLoopPromise<Void>,
            goesOn: @escaping () -> Bool, received: ((String) -> Void)? = nil, took: ((Duration) -> Void)? = nil
        ) {
            self.request = request
            self.pause = pause
            self.took = took
            self.done = done
            self.goesOn = goesOn
            self.received = received
        }

        func channelActive(context: ChannelHandlerContext) { next(context) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var part = unwrapInboundIn(data)
            buffer.writeBuffer(&part)
            guard let length = answerLength() else { return }
            let answer = buffer.readString(length: length) ?? ""
            guard answer.hasPrefix("HTTP/1.1 2") else {
                done.fail(LoadClient.Failure(description: "the server answered \(answer.prefix(400))"))
                return context.close(promise: nil)
            }
            received?(answer)
            took?(ContinuousClock.now - sentAt)
            buffer.clear()
            guard pause > .zero else { return next(context) }
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: pause) {
                let (handler, context) = bound.value
                handler.next(context)
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            done.fail(LoadClient.Failure(description: "the server closed a connection"))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            done.fail(error)
            context.close(promise: nil)
        }

        private func next(_ context: ChannelHandlerContext) {
            guard goesOn() else {
                done.succeed()
                return context.close(promise: nil)
            }
            sentAt = ContinuousClock.now
            context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        }

        /// Bytes of head and body together, once all are here.
        private func answerLength() -> Int? {
            let bytes = buffer.readableBytesView
            guard let end = bytes.firstRange(of: Self.blank) else { return nil }
            let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
            guard let field = head.firstRange(of: "content-length: "),
                let body = Int(head[field.upperBound...].prefix { $0.isNumber })
            else { return nil }
            let length = bytes.distance(from: bytes.startIndex, to: end.upperBound) + body
            return length <= buffer.readableBytes ? length : nil
        }
    }

    /// Reads a stream and throws it away; says when it has begun.
    private final class StreamReader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var begin: (() -> Void)?

        init(_ begin: @escaping () -> Void) { self.begin = begin }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            begin?()
            begin = nil
        }
    }
#endif
