import OnCue
import Testing

@testable import OnCueRedis

@Suite struct ServerFactsTests {
    private func facts(_ lines: String..., configuration: [String: String] = [:]) -> ServerFacts {
        var facts = ServerFacts(
            address: "host:1", info: (["# Server"] + lines).joined(separator: "\r\n") + "\r\n\r\n")
        facts.configuration = configuration
        return facts
    }

    @Test("A server that is too old is refused, with what to do", arguments: ["6.2.14", "5.0.7", "2.8"])
    func old(_ version: String) throws {
        let refusal = try #require(facts("redis_version:\(version)").refusal)
        #expect(refusal.severity == .problem && refusal.message.contains(version) && refusal.cure != nil)
    }

    @Test(
        "A server that throws keys away is refused, with what to do",
        arguments: ["allkeys-lru", "allkeys-lfu", "allkeys-random"])
    func evicting(_ policy: String) throws {
        let refusal = try #require(facts("redis_version:7.2.0", "maxmemory_policy:\(policy)").refusal)
        #expect(refusal.message.contains(policy) && refusal.cure?.contains("noeviction") == true)
        // What its configuration says is newer than what its information may leave out.
        #expect(facts("redis_version:7.2.0", configuration: ["maxmemory-policy": policy]).refusal != nil)
    }

    @Test("What evicts no key of ours is taken", arguments: ["noeviction", "volatile-lru", "volatile-ttl"])
    func keeping(_ policy: String) {
        #expect(facts("redis_version:7.0.15", "maxmemory_policy:\(policy)").refusal == nil)
        #expect(facts("nothing:here").refusal == nil)
    }

    @Test("A Valkey server says its own version")
    func valkey() {
        let facts = facts("redis_version:7.2.4", "server_name:valkey", "valkey_version:8.1.1")
        #expect(facts.version == "valkey 8.1.1" && facts.majorVersion == 7 && facts.refusal == nil)
    }

    @Test("Durability has a name, and says what can be lost")
    func durability() {
        let off = facts("aof_enabled:0", configuration: ["save": ""])
        let snapshots = facts("aof_enabled:0", configuration: ["save": "3600 1"])
        let everySecond = facts("aof_enabled:1", configuration: ["appendfsync": "everysec"])
        let always = facts("aof_enabled:1", configuration: ["appendfsync": "always"])
        for (facts, replicas, name, loss) in [
            ([off], 0, Durability.process, "everything"), ([snapshots], 0, .process, "snapshot"),
            ([everySecond], 0, .process, "last second"), ([always], 0, .disk, "loss of power"),
            ([always, everySecond], 0, .process, "last second"), ([everySecond], 2, .replica, "2 replicas"),
        ] {
            let durability = Durability(facts, replicas: replicas)
            #expect(durability == name)
            let words = durability.inWords(facts, replicas: replicas)
            #expect(words.hasPrefix(name.rawValue + ":") && words.contains(loss))
        }
        #expect([Durability.replica, .process, .disk].sorted() == [.process, .disk, .replica])
    }

    @Test("What can be lost, a memory that is used up and clocks that differ are told of")
    func findings() {
        let off = facts("aof_enabled:0", "connected_slaves:0", configuration: ["save": ""])
        #expect(StoreCheck.persistence([off]).map(\.severity) == [.warning])
        let broken = facts("aof_enabled:1", "aof_last_write_status:err")
        #expect(StoreCheck.persistence([broken]).map(\.severity) == [.problem])
        #expect(StoreCheck.replicas([off], wanted: 0).map(\.severity) == [.warning])
        #expect(StoreCheck.replicas([off], wanted: 1).map(\.severity) == [.problem])
        #expect(StoreCheck.replicas([facts("connected_slaves:2")], wanted: 2).map(\.severity) == [.fine])
        for (used, severity) in [(10, StoreFinding.Severity.fine), (80, .warning), (99, .problem)] {
            #expect(StoreCheck.memory([facts("used_memory:\(used)", "maxmemory:100")]).map(\.severity) == [severity])
        }
        #expect(StoreCheck.memory([facts("used_memory:10", "maxmemory:0")]).map(\.severity) == [.fine])
        #expect(StoreCheck.clock("host:1", difference: .milliseconds(-3)).severity == .fine)
        #expect(StoreCheck.clock("host:1", difference: .seconds(-3)).severity == .warning)
    }
}
