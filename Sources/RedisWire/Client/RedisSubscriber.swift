#if Redis
    import Logging
    public import NIOCore

    /// What happens to a subscription.
    public enum RedisSubscriptionEvent: Sendable, Hashable {
        case message(channel: String, payload: ByteBuffer)
        /// The server sends this channel's messages from now on.
        case subscribed(channel: String)
        /// The connection is lost: messages may have been missed. It subscribes again by itself and says `subscribed`.
        case interrupted
    }

    /// Channels that are listened to, over a connection of their own.
    public final class RedisSubscriber: Sendable {
        private let eventLoop: any EventLoop
        private let state: NIOLoopBoundBox<SubscriberState>

        init(
            _ connector: RedisConnector?, on eventLoop: any EventLoop, silence: Duration, logger: Logger,
            onEvent: @escaping @Sendable (RedisSubscriptionEvent) -> Void
        ) {
            self.eventLoop = eventLoop
            state = .makeBoxSendingValue(
                SubscriberState(
                    connector: connector, eventLoop: eventLoop, silence: silence, logger: logger, onEvent: onEvent),
                eventLoop: eventLoop)
        }

        deinit {
            close()
        }

        /// Listens to these too. `sharded`, the default, is `SSUBSCRIBE` (Redis 7): messages sent with `SPUBLISH`.
        public func subscribe(_ channels: [String], sharded: Bool = true) {
            eventLoop.execute { [state] in state.value.subscribe(channels, sharded: sharded) }
        }

        /// Listens to these no longer.
        public func unsubscribe(_ channels: [String]) {
            eventLoop.execute { [state] in state.value.unsubscribe(channels) }
        }

        /// Ends it: no event comes afterwards.
        public func close() {
            eventLoop.execute { [state] in state.value.close() }
        }
    }

    /// The part of a subscriber that lives on the event loop.
    private final class SubscriberState: RedisConnectionOwner {
        private struct Channel: Hashable {
            var name: String
            var isSharded: Bool
        }

        /// Nil where this version cannot connect: nothing is ever heard then.
        private let connector: RedisConnector?
        private let eventLoop: any EventLoop
        private let logger: Logger
        private let onEvent: @Sendable (RedisSubscriptionEvent) -> Void
        /// How long the server may say nothing, our questions included, before it counts as gone.
        private let silence: Duration
        private var channels: Set<Channel> = []
        private var connection: RedisChannelHandler?
        private var connections = 0
        private var failures = 0
        private var isPausing = false
        private var isClosed = false
        private var hasHeard = false

        init(
            connector: RedisConnector?, eventLoop: any EventLoop, silence: Duration, logger: Logger,
            onEvent: @escaping @Sendable (RedisSubscriptionEvent) -> Void
        ) {
            self.connector = connector
            self.eventLoop = eventLoop
            self.silence = silence
            self.logger = logger
            self.onEvent = onEvent
        }

        private var address: String { connector?.address.description ?? "no server" }

        func subscribe(_ names: [String], sharded: Bool) {
            guard !isClosed else { return }
            let new = names.map { Channel(name: $0, isSharded: sharded) }.filter { channels.insert($0).inserted }
            if let connection, connection.isReady {
                send("SUBSCRIBE", new, over: connection)
            } else {
                connectIfWanted()
            }
        }

        func unsubscribe(_ names: [String]) {
            let old = channels.filter { names.contains($0.name) }
            channels.subtract(old)
            if let connection, connection.isReady { send("UNSUBSCRIBE", Array(old), over: connection) }
        }

        func close() {
            isClosed = true
            connection?.fail(RedisError(.closed, "The subscription was closed."))
        }

        private func send(_ verb: String, _ channels: [Channel], over connection: RedisChannelHandler) {
            let commands = [true, false].compactMap { sharded -> RedisCommand? in
                let names = channels.filter { $0.isSharded == sharded }.map(\.name)
                guard !names.isEmpty else { return nil }
                var command = RedisCommand(sharded ? "S\(verb)" : verb)
                for name in names { command.append(name) }
                return command
            }
            if !commands.isEmpty { connection.sendWithoutReply(commands) }
        }

        private func connectIfWanted() {
            guard let connector else {
                logger.error("Subscriptions work with a single server only: no Sentinel, no cluster.")
                return
            }
            guard connection == nil, !isPausing, !isClosed, !channels.isEmpty else { return }
            connections += 1
            connection = connector.connect(number: connections, owner: self, on: eventLoop)
        }

        func connectionIsReady(_ connection: RedisChannelHandler) {
            send("SUBSCRIBE", Array(channels), over: connection)
            hasHeard = true
            askForLife(connection)
        }

        func connection(_ connection: RedisChannelHandler, closedBecause reason: RedisError) {
            guard connection === self.connection else { return }
            self.connection = nil
            guard !isClosed else { return }
            failures += 1
            logger.debug(
                "No subscription to Redis.", metadata: ["redis": "\(address)", "reason": "\(reason.message)"])
            onEvent(.interrupted)
            isPausing = true
            eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Backoff().delay(attempt: failures))) { [weak self] in
                self?.isPausing = false
                self?.connectIfWanted()
            }
        }

        func connection(_ connection: RedisChannelHandler, received message: RESPToken) {
            hasHeard = true
            if let error = message.error {
                logger.warning(
                    "Redis refuses a subscription.",
                    metadata: ["redis": "\(address)", "reason": "\(error.message)"])
                return connection.fail(RedisError(error))
            }
            guard !isClosed, let parts = message.elements.map(Array.init), parts.count >= 2 else { return }
            guard let kind = parts[0].text, let channel = parts[1].text else { return }
            switch kind {
            case "message", "smessage":
                if parts.count > 2, let payload = parts[2].bytes {
                    onEvent(.message(channel: channel, payload: payload))
                }
            case "subscribe", "ssubscribe":
                failures = 0
                onEvent(.subscribed(channel: channel))
            // A slot that moves takes its channels along: the connection is made anew and asks again.
            case "sunsubscribe" where channels.contains(Channel(name: channel, isSharded: true)):
                connection.fail(RedisError(.closed, "\(address) ended the subscription to \(channel)."))
            default: break
            }
        }

        /// A connection without messages is told from a dead one by asking.
        private func askForLife(_ connection: RedisChannelHandler) {
            guard connection === self.connection else { return }
            guard hasHeard else {
                return connection.fail(RedisError(.notSent, "\(address) no longer answers."))
            }
            hasHeard = false
            connection.sendWithoutReply([RedisCommand("PING")])
            eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(silence)) { [weak self, weak connection] in
                if let connection { self?.askForLife(connection) }
            }
        }
    }
#endif
