#if Server
    import NIOCore
    import NIOHTTPTypes
    import Synchronization

    /// The request was not sent whole in the time it may take.
    struct RequestTooSlow: Error {}

    /// Ends connections that take too long: to send a request, between requests, to take an answer, or to close after the
    /// last one; and those that have nothing under way when the server shuts down. Tells when the other side has gone.
    final class ConnectionGuard: ChannelDuplexHandler {
        typealias InboundIn = HTTPRequestPart
        typealias InboundOut = HTTPRequestPart
        typealias OutboundIn = HTTPResponsePart
        typealias OutboundOut = HTTPResponsePart

        /// How long after the server has begun to shut down a connection that has asked nothing yet may still ask: what its
        /// client has sent may not have been read. Go's server waits for it too.
        private static let firstRequest: TimeAmount = .seconds(2)

        private let limits: ServerLimits
        private let life: ConnectionLife
        private var watch: RepeatedTask?
        /// When the request that is not complete yet began.
        private var readingSince: NIODeadline?
        /// Since when nothing is under way.
        private var idleSince: NIODeadline? = .now()
        /// Since when the other side takes nothing, and what it has not taken then.
        private var stuckSince: NIODeadline?
        private var untaken = 0
        private var requests = 0
        private var hasAsked = false
        private var isQuiescing = false

        init(limits: ServerLimits, life: ConnectionLife) {
            self.limits = limits
            self.life = life
        }

        func handlerAdded(context: ChannelHandlerContext) {
            let shortest = min(limits.requestTime, limits.idleTime, limits.answerTime)
            let step = TimeAmount(min(max(shortest / 4, .milliseconds(20)), .seconds(5)))
            let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
            watch = context.eventLoop.scheduleRepeatedTask(initialDelay: step, delay: step) { _ in
                bound.value.handler.look(bound.value.context)
            }
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            watch?.cancel()
            watch = nil
            life.end()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head:
                requests += 1
                hasAsked = true
                idleSince = nil
                readingSince = .now()
            case .body: break
            case .end: readingSince = nil
            }
            context.fireChannelRead(data)
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
            requests -= 1
            if requests <= 0 { idleSince = .now() }
            context.write(data, promise: promise)
            if isQuiescing, requests <= 0 {
                context.flush()
                close(context: context, mode: .output, promise: nil)
            }
        }

        /// Nothing more is to be sent. The client closes once it has all of it, or has had the time to.
        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode == .output else { return context.close(mode: mode, promise: promise) }
            let sent = promise ?? context.eventLoop.makePromise()
            let (channel, patience) = (context.channel, TimeAmount(limits.closeTime))
            sent.futureResult.whenComplete { _ in
                channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
            }
            context.close(mode: .output, promise: sent)
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            stuckSince = context.channel.isWritable ? nil : .now()
            // Only what was taken is over.
            if idleSince != nil { idleSince = .now() }
            context.fireChannelWritabilityChanged()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is ChannelShouldQuiesceEvent { return quiesce(context) }
            if case .inputClosed? = event as? ChannelEvent { life.end() }
            context.fireUserInboundEventTriggered(event)
        }

        /// What is under way ends with its answer, what is idle once that of before was sent.
        private func quiesce(_ context: ChannelHandlerContext) {
            isQuiescing = true
            guard requests <= 0 else { return }
            guard !hasAsked else { return close(context: context, mode: .output, promise: nil) }
            let bound = NIOLoopBound((handler: self, channel: context.channel), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: Self.firstRequest) {
                if !bound.value.handler.hasAsked { bound.value.channel.close(promise: nil) }
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            watch?.cancel()
            watch = nil
            life.end()
            context.fireChannelInactive()
        }

        private func look(_ context: ChannelHandlerContext) {
            let now = NIODeadline.now()
            if stuckSince != nil {
                let left = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
                if left != untaken { (stuckSince, untaken) = (now, left) }
            }
            if let stuckSince, now - stuckSince > TimeAmount(limits.answerTime) {
                context.close(promise: nil)
            } else if let readingSince, now - readingSince > TimeAmount(limits.requestTime) {
                self.readingSince = nil
                context.fireErrorCaught(RequestTooSlow())
            } else if stuckSince == nil, let idleSince, now - idleSince > TimeAmount(limits.idleTime) {
                context.close(promise: nil)
            }
        }
    }

    /// Whether the other side of a connection is still there, for what waits on its behalf.
    final class ConnectionLife: Sendable {
        private struct State {
            var hasEnded = false
            var onEnd: (@Sendable () -> Void)?
        }

        private let state = Mutex(State())

        func end() {
            let action = state.withLock { state in
                state.hasEnded = true
                defer { state.onEnd = nil }
                return state.onEnd
            }
            action?()
        }

        /// Calls `action` when the connection ends, at once when it has; nil takes it back.
        func onEnd(_ action: (@Sendable () -> Void)?) {
            let isLate = state.withLock { state in
                if !state.hasEnded { state.onEnd = action }
                return state.hasEnded
            }
            if isLate { action?() }
        }
    }
#endif
