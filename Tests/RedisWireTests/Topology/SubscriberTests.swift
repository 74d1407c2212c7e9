#if Redis
    import NIOCore
    import RedisTestServers
    import Synchronization
    import Testing

    @testable import RedisWire

    /// What a subscriber has said so far.
    private final class Heard: Sendable {
        private let events = Mutex<[RedisSubscriptionEvent]>([])

        func append(_ event: RedisSubscriptionEvent) { events.withLock { $0.append(event) } }

        var all: [RedisSubscriptionEvent] { events.withLock { $0 } }

        func forget() { events.withLock { $0 = [] } }

        func subscribed(_ channel: String) -> Bool { all.contains(.subscribed(channel: channel)) }

        func message(_ channel: String, _ text: String) -> Bool {
            all.contains(.message(channel: channel, payload: ByteBuffer(string: text)))
        }
    }

    @Suite("Subscribers follow", .enabled(if: RedisServer.isInstalled), .serialized, .timeLimit(.minutes(5)))
    struct SubscriberTests {
        private func publish(_ channels: [String], _ text: String, by client: RedisClient) async throws {
            for channel in channels { _ = try await client.send(RedisCommand("SPUBLISH", key: channel, text)) }
        }

        @Test("On a cluster each channel is heard where its slot is, also after the slot has moved")
        func movedSlot() async throws {
            try await withCluster { cluster, client in
                let heard = Heard()
                let channels = (0..<12).map { "{\($0)}wake" }
                let subscriber = client.subscriber { heard.append($0) }
                subscriber.subscribe(channels)
                try await eventually(within: .seconds(60)) { channels.allSatisfy(heard.subscribed) }
                try await publish(channels, "first", by: client)
                try await eventually(within: .seconds(60)) { channels.allSatisfy { heard.message($0, "first") } }
                #expect(!heard.all.contains(.interrupted))

                let slot = RedisSlot.of(key: channels[0]).number
                let source = try #require((0..<3).first { slot < 16_384 * ($0 + 1) / 3 })
                let target = (source + 1) % 3
                try await cluster.servers[target].command(
                    "CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", cluster.id(source))
                heard.forget()
                for index in [target, source, 3 - source - target] {
                    try await cluster.servers[index].command(
                        "CLUSTER", "SETSLOT", "\(slot)", "NODE", cluster.id(target))
                }
                try await eventually(within: .seconds(60)) { heard.subscribed(channels[0]) }
                #expect(heard.all.prefix(2) == [.interrupted, .subscribed(channel: channels[0])])
                try await publish(channels, "second", by: client)
                try await eventually(within: .seconds(60)) { channels.allSatisfy { heard.message($0, "second") } }

                heard.forget()
                subscriber.unsubscribe([channels[1]])
                try await eventually(within: .seconds(60)) {
                    try await client.send(RedisCommand("SPUBLISH", key: channels[1], "third")).integer == 0
                }
                #expect(!heard.message(channels[2], "third"))
                subscriber.close()
            }
        }

        @Test("A channel is heard again when the master of its slot has died")
        func killedMaster() async throws {
            try await withCluster { cluster, client in
                let heard = Heard()
                let channels = (0..<12).map { "{\($0)}wake" }
                let lost = channels.filter { RedisSlot.of(key: $0).number < 16_384 / 3 }
                try #require(!lost.isEmpty)
                let subscriber = client.subscriber { heard.append($0) }
                subscriber.subscribe(channels)
                try await eventually(within: .seconds(60)) { channels.allSatisfy(heard.subscribed) }
                heard.forget()
                await cluster.kill(0)
                try await eventually(within: .seconds(60)) { lost.allSatisfy(heard.subscribed) }
                #expect(heard.all.first == .interrupted)
                #expect(!channels.contains { !lost.contains($0) && heard.subscribed($0) })
                try await publish(channels, "after", by: client)
                try await eventually(within: .seconds(60)) { channels.allSatisfy { heard.message($0, "after") } }
                subscriber.close()
            }
        }

        @Test("Behind Sentinels a subscriber moves with the master")
        func failover() async throws {
            try await withReplication { replication, client in
                let heard = Heard()
                let subscriber = client.subscriber { heard.append($0) }
                subscriber.subscribe(["wake", "rest"])
                try await eventually(within: .seconds(60)) { heard.subscribed("wake") && heard.subscribed("rest") }
                heard.forget()
                try await replication.failover()
                try await eventually(within: .seconds(60)) { heard.subscribed("wake") && heard.subscribed("rest") }
                #expect(heard.all.first == .interrupted)
                // The last word of the old master may be younger than the new one's first.
                try await eventually(within: .seconds(60)) {
                    try await publish(["wake"], "after", by: client)
                    return heard.message("wake", "after")
                }
                subscriber.close()
            }
        }
    }
#endif
