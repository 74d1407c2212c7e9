#if Redis
    import Logging
    public import NIOCore

    /// What happens to a subscription.
    public enum RedisSubscriptionEvent: Sendable, Hashable {
        case message(channel: String, payload: ByteBuffer)
        /// The server sends this channel's messages from now on.
        case subscribed(channel: String)
        /// A connection is lost, or a channel has moved: messages may have been missed. It subscribes again by itself and
        /// says `subscribed`.
        case interrupted
    }

    /// Channels that are listened to, over connections of their own: behind Sentinels at the master, on a cluster each
    /// sharded channel at the master of its slot. It follows both.
    public final class RedisSubscriber: Sendable {
        private let eventLoop: any EventLoop
        private let state: NIOLoopBoundBox<SubscriberState>

        init(
            _ places: any SubscriptionPlaces, on eventLoop: any EventLoop, silence: Duration, logger: Logger,
            onEvent: @escaping @Sendable (RedisSubscriptionEvent) -> Void
        ) {
            self.eventLoop = eventLoop
            state = .makeBoxSendingValue(
                SubscriberState(
                    places: places, eventLoop: eventLoop, silence: silence, logger: logger, onEvent: onEvent),
                eventLoop: eventLoop)
            places.placeChanges?.tell(self)
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

        /// Another server may have the channels now.
        func topologyChanged() {
            eventLoop.execute { [state] in state.value.place() }
        }
    }

    /// The part of a subscriber that lives on the event loop.
    private final class SubscriberState: SubscriptionLinkOwner {
        private let places: any SubscriptionPlaces
        private let eventLoop: any EventLoop
        private let logger: Logger
        private let onEvent: @Sendable (RedisSubscriptionEvent) -> Void
        private let silence: Duration
        private var channels: Set<SubscriptionChannel> = []
        /// Those that `subscribed` was said of.
        private var heard: Set<SubscriptionChannel> = []
        private var links: [RedisAddress: SubscriptionLink] = [:]
        /// Attempts since something was subscribed to.
        private var failures = 0
        private var isPausing = false
        private var isClosed = false

        init(
            places: any SubscriptionPlaces, eventLoop: any EventLoop, silence: Duration, logger: Logger,
            onEvent: @escaping @Sendable (RedisSubscriptionEvent) -> Void
        ) {
            self.places = places
            self.eventLoop = eventLoop
            self.silence = silence
            self.logger = logger
            self.onEvent = onEvent
        }

        func subscribe(_ names: [String], sharded: Bool) {
            guard !isClosed else { return }
            for name in names { channels.insert(SubscriptionChannel(name: name, isSharded: sharded)) }
            place()
        }

        func unsubscribe(_ names: [String]) {
            let old = channels.filter { names.contains($0.name) }
            channels.subtract(old)
            heard.subtract(old)
            for link in links.values { link.leave(Array(old)) }
            closeUnused()
        }

        func close() {
            isClosed = true
            let open = links.values
            links = [:]
            for link in open { link.close(because: RedisError(.closed, "The subscription was closed.")) }
        }

        // MARK: Placing

        /// Has each channel where it belongs: leaves where it no longer is, joins where it is now.
        func place() {
            guard !isClosed, !isPausing else { return }
            var wanted: [RedisAddress: [SubscriptionChannel]] = [:]
            for channel in channels {
                guard let address = places.address(of: channel.name, isSharded: channel.isSharded) else { continue }
                wanted[address, default: []].append(channel)
            }
            for (address, link) in links {
                let stays = Set(wanted[address] ?? [])
                let leaves = link.channels.subtracting(stays)
                // As long as nobody else has it, the old place is as good as any.
                let moved = leaves.filter { channel in wanted.values.contains { $0.contains(channel) } }
                interrupted(moved)
                link.leave(Array(moved))
            }
            for (address, channels) in wanted {
                let new = channels.filter { links[address]?.channels.contains($0) != true }
                if !new.isEmpty { link(to: address).join(new) }
            }
            closeUnused()
        }

        private func link(to address: RedisAddress) -> SubscriptionLink {
            if let link = links[address] { return link }
            let link = SubscriptionLink(places.connector(address), on: eventLoop, silence: silence, owner: self)
            links[address] = link
            return link
        }

        private func closeUnused() {
            for (address, link) in links where link.channels.isEmpty {
                links[address] = nil
                link.close(because: RedisError(.closed, "Nothing is listened to there."))
            }
        }

        /// Places all channels after a pause that grows with failures.
        private func placeLater() {
            guard !isPausing, !isClosed else { return }
            failures += 1
            isPausing = true
            let delay = (places.placeChanges == nil ? Backoff() : Backoff.withinTopology).delay(attempt: failures)
            eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in
                self?.isPausing = false
                self?.place()
            }
        }

        private func interrupted(_ lost: some Collection<SubscriptionChannel>) {
            let count = heard.count
            heard.subtract(lost)
            if heard.count < count { onEvent(.interrupted) }
        }

        // MARK: What links say

        func link(_ link: SubscriptionLink, subscribedTo channel: SubscriptionChannel) {
            guard !isClosed else { return }
            failures = 0
            if heard.insert(channel).inserted { onEvent(.subscribed(channel: channel.name)) }
        }

        func link(_ link: SubscriptionLink, received payload: ByteBuffer, from channel: String) {
            if !isClosed { onEvent(.message(channel: channel, payload: payload)) }
        }

        func link(_ link: SubscriptionLink, lost channels: [SubscriptionChannel], because error: RedisServerError?) {
            guard !isClosed else { return }
            if let error {
                let redirection = Redirection(error, from: link.address)
                logger.log(
                    level: redirection == nil ? .warning : .debug, "Redis refuses a subscription.",
                    metadata: ["redis": "\(link.address)", "reason": "\(error.message)"])
                places.refused(by: link.address, error)
            } else {
                places.lost(link.address)
            }
            interrupted(channels)
            placeLater()
        }

        func link(_ link: SubscriptionLink, closedBecause reason: RedisError) {
            guard !isClosed, links[link.address] === link else { return }
            links[link.address] = nil
            logger.debug(
                "No subscription to Redis.", metadata: ["redis": "\(link.address)", "reason": "\(reason.message)"])
            interrupted(link.channels)
            places.lost(link.address)
            placeLater()
        }
    }
#endif
