#if Redis
    import NIOCore

    /// A channel that is listened to.
    struct SubscriptionChannel: Hashable {
        var name: String
        var isSharded: Bool
    }

    /// Whoever listens hears of a link on the event loop.
    protocol SubscriptionLinkOwner: AnyObject {
        func link(_ link: SubscriptionLink, subscribedTo channel: SubscriptionChannel)
        func link(_ link: SubscriptionLink, received payload: ByteBuffer, from channel: String)
        /// The server ended these by itself, or did not accept them: with its error.
        func link(_ link: SubscriptionLink, lost channels: [SubscriptionChannel], because error: RedisServerError?)
        func link(_ link: SubscriptionLink, closedBecause reason: RedisError)
    }

    /// The connection to one server and the channels that are listened to there. It connects once: after it is closed it is
    /// of no use. Lives on its event loop.
    final class SubscriptionLink: RedisConnectionOwner {
        let address: RedisAddress
        private let eventLoop: any EventLoop
        private let silence: Duration
        private weak var owner: (any SubscriptionLinkOwner)?
        private(set) var channels: Set<SubscriptionChannel> = []
        /// Commands that the server has not answered, or not for all of their channels.
        private var asked: [Asked] = []
        private var connection: RedisChannelHandler?
        private var hasHeard = true

        private struct Asked {
            var isLeaving: Bool
            var channels: [SubscriptionChannel]
        }

        /// - Parameter silence: how long the server may say nothing, our questions included, before it counts as gone.
        init(
            _ connector: RedisConnector, on eventLoop: any EventLoop, silence: Duration,
            owner: any SubscriptionLinkOwner
        ) {
            address = connector.address
            self.eventLoop = eventLoop
            self.silence = silence
            self.owner = owner
            connection = connector.connect(number: 1, owner: self, on: eventLoop)
        }

        func join(_ new: [SubscriptionChannel]) {
            channels.formUnion(new)
            send("SUBSCRIBE", new, isLeaving: false)
        }

        func leave(_ old: [SubscriptionChannel]) {
            send("UNSUBSCRIBE", old.filter { channels.remove($0) != nil }, isLeaving: true)
        }

        func close(because reason: RedisError) {
            owner = nil
            connection?.fail(reason)
        }

        /// A cluster takes the channels of one slot at a time.
        private func send(_ verb: String, _ channels: [SubscriptionChannel], isLeaving: Bool) {
            guard let connection, connection.isReady else { return }
            let plain = channels.filter { !$0.isSharded }
            let sharded = Dictionary(grouping: channels.filter(\.isSharded)) { RedisSlot.of(key: $0.name) }
            for channels in [plain] + sharded.values where !channels.isEmpty {
                var command = RedisCommand(channels[0].isSharded ? "S" + verb : verb)
                for channel in channels { command.append(channel.name) }
                asked.append(Asked(isLeaving: isLeaving, channels: channels))
                connection.sendWithoutReply([command])
            }
        }

        // MARK: What the connection says

        func connectionIsReady(_ connection: RedisChannelHandler) {
            send("SUBSCRIBE", Array(channels), isLeaving: false)
            askForLife()
        }

        func connection(_ connection: RedisChannelHandler, closedBecause reason: RedisError) {
            self.connection = nil
            owner?.link(self, closedBecause: reason)
        }

        func connection(_ connection: RedisChannelHandler, received message: RESPToken) {
            hasHeard = true
            if let error = message.error {
                return refused(error, by: connection)
            }
            guard let parts = message.elements.map(Array.init), parts.count >= 2, let kind = parts[0].text,
                let name = parts[1].text
            else { return }
            switch kind {
            case "message", "smessage":
                if parts.count > 2, let payload = parts[2].bytes { owner?.link(self, received: payload, from: name) }
            case "subscribe": accepted(SubscriptionChannel(name: name, isSharded: false))
            case "ssubscribe": accepted(SubscriptionChannel(name: name, isSharded: true))
            case "unsubscribe": ended(SubscriptionChannel(name: name, isSharded: false))
            case "sunsubscribe": ended(SubscriptionChannel(name: name, isSharded: true))
            default: break
            }
        }

        private func accepted(_ channel: SubscriptionChannel) {
            _ = answered(channel, isLeaving: false)
            if channels.contains(channel) { owner?.link(self, subscribedTo: channel) }
        }

        /// Either as we asked, or because the channel's slot has moved.
        private func ended(_ channel: SubscriptionChannel) {
            if answered(channel, isLeaving: true) { return }
            if channels.remove(channel) != nil { owner?.link(self, lost: [channel], because: nil) }
        }

        private func answered(_ channel: SubscriptionChannel, isLeaving: Bool) -> Bool {
            guard let index = asked.firstIndex(where: { $0.isLeaving == isLeaving && $0.channels.contains(channel) })
            else { return false }
            asked[index].channels.removeAll { $0 == channel }
            if asked[index].channels.isEmpty { asked.remove(at: index) }
            return true
        }

        private func refused(_ error: RedisServerError, by connection: RedisChannelHandler) {
            var index = asked.indices.first
            if case .moved(let slot, _) = Redirection(error, from: address) {
                // What was to be left there has moved already.
                index = asked.firstIndex { $0.channels.contains { $0.isSharded && RedisSlot.of(key: $0.name) == slot } }
                if index == nil { return }
            }
            guard let index else { return connection.fail(RedisError(error)) }
            let command = asked.remove(at: index)
            guard !command.isLeaving else { return }
            owner?.link(self, lost: command.channels.filter { channels.remove($0) != nil }, because: error)
        }

        /// A connection without messages is told from a dead one by asking.
        private func askForLife() {
            guard let connection else { return }
            guard hasHeard else {
                return connection.fail(RedisError(.notSent, "\(address) no longer answers."))
            }
            hasHeard = false
            connection.sendWithoutReply([RedisCommand("PING")])
            eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(silence)) { [weak self] in self?.askForLife() }
        }
    }
#endif
