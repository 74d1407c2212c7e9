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
        /// Asked for and neither accepted nor refused, command by command.
        private var asked: [[SubscriptionChannel]] = []
        /// Given up by us, before the server has said so too.
        private var leaving: [SubscriptionChannel: Int] = [:]
        private var connection: RedisChannelHandler?
        private var hasHeard = true

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
            if connection?.isReady == true { ask(for: new) }
        }

        func leave(_ old: [SubscriptionChannel]) {
            let old = old.filter { channels.remove($0) != nil }
            guard let connection, connection.isReady else { return }
            for (verb, names) in Self.commands("UNSUBSCRIBE", old) {
                connection.sendWithoutReply([Self.command(verb, names)])
            }
            for channel in old { leaving[channel, default: 0] += 1 }
        }

        func close(because reason: RedisError) {
            owner = nil
            connection?.fail(reason)
        }

        private func ask(for new: [SubscriptionChannel]) {
            for (verb, channels) in Self.commands("SUBSCRIBE", new) {
                asked.append(channels)
                connection?.sendWithoutReply([Self.command(verb, channels)])
            }
        }

        /// A cluster takes the channels of one slot at a time.
        private static func commands(
            _ verb: String, _ channels: [SubscriptionChannel]
        ) -> [(verb: String, channels: [SubscriptionChannel])] {
            let plain = channels.filter { !$0.isSharded }
            let sharded = Dictionary(grouping: channels.filter(\.isSharded)) { RedisSlot.of(key: $0.name) }
            return (plain.isEmpty ? [] : [(verb, plain)]) + sharded.values.map { ("S" + verb, $0) }
        }

        private static func command(_ verb: String, _ channels: [SubscriptionChannel]) -> RedisCommand {
            var command = RedisCommand(verb)
            for channel in channels { command.append(channel.name) }
            return command
        }

        // MARK: What the connection says

        func connectionIsReady(_ connection: RedisChannelHandler) {
            ask(for: Array(channels))
            askForLife()
        }

        func connection(_ connection: RedisChannelHandler, closedBecause reason: RedisError) {
            self.connection = nil
            owner?.link(self, closedBecause: reason)
        }

        func connection(_ connection: RedisChannelHandler, received message: RESPToken) {
            hasHeard = true
            if let error = message.error {
                guard !asked.isEmpty else { return connection.fail(RedisError(error)) }
                let refused = asked.removeFirst().filter { channels.remove($0) != nil }
                owner?.link(self, lost: refused, because: error)
                return
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
            if !asked.isEmpty {
                asked[0].removeAll { $0 == channel }
                if asked[0].isEmpty { asked.removeFirst() }
            }
            if channels.contains(channel) { owner?.link(self, subscribedTo: channel) }
        }

        /// Either as we asked, or because the channel's slot has moved.
        private func ended(_ channel: SubscriptionChannel) {
            if let count = leaving[channel] {
                leaving[channel] = count > 1 ? count - 1 : nil
            } else if channels.remove(channel) != nil {
                owner?.link(self, lost: [channel], because: nil)
            }
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
