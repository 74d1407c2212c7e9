#if Redis
    /// Where channels are listened to.
    protocol SubscriptionPlaces: Sendable {
        /// Tells when an address may be another; nil where it never is.
        var placeChanges: TopologyChanges? { get }
        /// The server that has this channel's messages; nil as long as it is not known.
        func address(of channel: String, isSharded: Bool) -> RedisAddress?
        func connector(_ address: RedisAddress) -> RedisConnector
        /// The connection to that server is lost, or a channel was taken from it.
        func lost(_ address: RedisAddress)
        /// The server did not accept a channel.
        func refused(by address: RedisAddress, _ error: RedisServerError)
    }

    /// One server has all channels.
    extension RedisConnector: SubscriptionPlaces {
        var placeChanges: TopologyChanges? { nil }
        func address(of channel: String, isSharded: Bool) -> RedisAddress? { address }
        func connector(_ address: RedisAddress) -> RedisConnector { self }
        func lost(_ address: RedisAddress) {}
        func refused(by address: RedisAddress, _ error: RedisServerError) {}
    }
#endif
