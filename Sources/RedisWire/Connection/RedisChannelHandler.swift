#if Redis
    import NIOCore

    /// Who owns a connection hears of it on the connection's event loop.
    protocol RedisConnectionOwner: AnyObject {
        func connectionIsReady(_ connection: RedisChannelHandler)
        func connection(_ connection: RedisChannelHandler, received message: RESPToken)
        /// Called once for every connection, also for one that never opened.
        func connection(_ connection: RedisChannelHandler, closedBecause reason: RedisError)
    }

    /// One connection: bytes to and from the state machine, and the one timer that looks at its deadlines.
    /// Lives on its event loop.
    final class RedisChannelHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        /// Which connection of its owner this is, counted from 1.
        let number: Int
        private let eventLoop: any EventLoop
        private weak var owner: (any RedisConnectionOwner)?
        private var parser = RESPParser()
        private var machine: ConnectionStateMachine<RedisRequest>
        private var context: ChannelHandlerContext?
        private var isClosed = false
        private var closesWhenIdle = false
        private var opening: Scheduled<Void>?
        private var timer: Scheduled<Void>?
        private var timerDeadline = NIODeadline.distantFuture
        private static let timeToRead: TimeAmount = .milliseconds(20)

        init(
            number: Int, address: RedisAddress, settings: ConnectionSettings, owner: any RedisConnectionOwner,
            eventLoop: any EventLoop
        ) {
            self.number = number
            self.owner = owner
            self.eventLoop = eventLoop
            machine = ConnectionStateMachine(address: address, settings: settings)
        }

        var hasAnswered: Bool { machine.hasAnswered }
        var speaksRESP3: Bool { machine.speaksRESP3 }
        var isReady: Bool { machine.isReady }

        /// Connecting has begun; it has to be ready by `deadline`.
        func startedConnecting(deadline: NIODeadline) {
            opening = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
                guard let self else { return }
                fail(
                    RedisError(
                        .notSent, "\(machine.address) did not get ready in time. Is something else listening there?"))
            }
        }

        // MARK: Writing

        /// Writes all and flushes once.
        func send(_ requests: some Collection<RedisRequest>) {
            guard let context, !isClosed else {
                for request in requests { request.fail(RedisError(.notSent, "The connection is closed.")) }
                return
            }
            let size = requests.reduce(0) { $0 + $1.commands.reduce(0) { $0 + $1.size } }
            var buffer = context.channel.allocator.buffer(capacity: size)
            let now = NIODeadline.now()
            for request in requests {
                for command in request.commands { command.write(to: &buffer) }
                machine.sent(request, count: request.replies, at: now, deadline: request.deadline)
                watch(request.deadline)
            }
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }

        /// For commands whose answer is a push message: subscriptions.
        func sendWithoutReply(_ commands: [RedisCommand]) {
            guard let context, !isClosed else { return }
            var buffer = context.channel.allocator.buffer(capacity: commands.reduce(0) { $0 + $1.size })
            for command in commands { command.write(to: &buffer) }
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }

        /// Closes after the last reply that is under way.
        func closeWhenIdle() {
            closesWhenIdle = true
            closeIfIdle()
        }

        /// Closes now: what is under way is lost.
        func fail(_ reason: RedisError) {
            guard !isClosed else { return }
            isClosed = true
            opening?.cancel()
            timer?.cancel()
            context?.close(promise: nil)
            for (request, results) in machine.closed(reason) { request.complete(results, connection: number) }
            owner?.connection(self, closedBecause: reason)
        }

        private func closeIfIdle() {
            if closesWhenIdle, machine.isIdle { fail(RedisError(.closed, "The connection was closed.")) }
        }

        // MARK: Reading

        func handlerAdded(context: ChannelHandlerContext) {
            self.context = context
            if context.channel.isActive { opened() }
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            self.context = nil
        }

        func channelActive(context: ChannelHandlerContext) {
            opened()
        }

        func channelInactive(context: ChannelHandlerContext) {
            fail(RedisError(.notSent, "\(machine.address) closed the connection."))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            fail(RedisConnector.describe(error, machine.address))
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            parser.append(unwrapInboundIn(data))
            let now = NIODeadline.now()
            do throws(RESPError) {
                while !isClosed, let reply = try parser.next() {
                    act(on: machine.received(reply, at: now))
                }
            } catch {
                fail(RedisError(.protocolViolation, "\(machine.address) sent something that is not RESP: \(error)"))
            }
            closeIfIdle()
        }

        private func opened() {
            guard !isClosed else {
                context?.close(promise: nil)
                return
            }
            act(on: machine.opened())
        }

        private func act(on action: ConnectionStateMachine<RedisRequest>.Action) {
            switch action {
            case .wait: break
            case .send(let command): sendWithoutReply([command])
            case .ready:
                opening?.cancel()
                owner?.connectionIsReady(self)
            case .complete(let request, let results): request.complete(results, connection: number)
            case .deliver(let message): owner?.connection(self, received: message)
            case .close(let error): fail(error)
            }
        }

        // MARK: Deadlines

        private func watch(_ deadline: NIODeadline) {
            guard deadline < timerDeadline else { return }
            timer?.cancel()
            timerDeadline = deadline
            timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
                self?.lookAtDeadlines()
            }
        }

        /// A loop that was held up runs its timers before it has read what came meanwhile. So what is late is late only if it
        /// still is once the loop has read.
        private func lookAtDeadlines() {
            timerDeadline = .distantFuture
            let now = NIODeadline.now()
            guard let next = machine.nextDeadline else { return }
            guard next <= now else { return watch(next) }
            eventLoop.assumeIsolated().scheduleTask(in: Self.timeToRead) { [weak self] in self?.expire(at: now) }
        }

        private func expire(at moment: NIODeadline) {
            guard !isClosed else { return }
            let (late, silence) = machine.expire(at: moment)
            for (request, results) in late { request.complete(results, connection: number) }
            if let silence { return fail(silence) }
            if let next = machine.nextDeadline { watch(next) }
        }
    }
#endif
