#if Redis
    import OnCue
    import RedisTestServers
    @testable import RedisWire
    import Testing

    @testable import OnCueRedis

    /// A master goes while workers are at work: what was answered is with its replicas, and everybody goes on with the next one.
    @Suite(.serialized) struct FailoverTests {
        private static func addresses(_ ports: [Int]) -> [RedisAddress] {
            ports.map { .tcp(host: "127.0.0.1", port: $0) }
        }

        /// A master, two replicas that have every write, and Sentinels.
        private func onReplication(
            _ body: (RedisReplication, OutageScene.Setting) async throws -> Void
        ) async throws {
            let replication = try await RedisReplication.start(replicas: 2)
            let result: Result<Void, any Error>
            do {
                var setting = OutageScene.Setting(
                    RedisConfiguration(
                        .sentinel(master: replication.name, sentinels: Self.addresses(replication.sentinelPorts))))
                setting.replicas = 2
                result = .success(try await body(replication, setting))
            } catch {
                result = .failure(error)
            }
            await replication.stop()
            try result.get()
        }

        @Test("A master behind Sentinels that is killed, where two replicas have every write")
        func losesItsMaster() async throws {
            try await onReplication { replication, setting in
                try await OutageScene.run(setting) { _ in
                    let start = OutageScene.Instant.now
                    let old = try await replication.killMaster()
                    let port = try await replication.masterPort(otherThan: old.port)
                    // Nothing is answered before there are two replicas again.
                    try await old.restart()
                    try await old.command("REPLICAOF", "127.0.0.1", "\(port)")
                    // Claims are not waited for: a new master may not know of the newest.
                    return .init(repeated: start - .seconds(1) ... .now + .seconds(2))
                }
            }
        }

        /// It comes back as a master that nobody has told of the other one.
        @Test("A master behind Sentinels that stands still, is replaced, and goes on")
        func hasAMasterThatComesBack() async throws {
            try await onReplication { replication, setting in
                try await OutageScene.run(setting) { _ in
                    let start = OutageScene.Instant.now
                    let old = try await replication.master()
                    old.freeze()
                    do {
                        try await replication.masterPort(otherThan: old.port)
                    } catch {
                        old.thaw()
                        throw error
                    }
                    old.thaw()
                    try await eventually("the old master follows the new one") {
                        // It breaks every connection when it is told.
                        (try? await old.command("INFO", "replication"))?.contains("master_link_status:up") ?? false
                    }
                    return .init(repeated: start - .seconds(1) ... .now + .seconds(2))
                }
            }
        }

        @Test("A cluster that moves the slot in use, and then loses the node that has it")
        func movesSlotsAndLosesANode() async throws {
            // On a busy machine a node may be silent for long: none but this one is to be replaced.
            let cluster = try await RedisCluster.start(["cluster-node-timeout": "3000"])
            let result: Result<Void, any Error>
            do {
                var setting = OutageScene.Setting(RedisConfiguration(.cluster(Self.addresses(cluster.ports))))
                setting.replicas = 1
                setting.prefix = try Self.prefix(slotBelow: 100)
                try await OutageScene.run(setting) { scene in
                    // The lowest slots go first.
                    try await cluster.moveSlots(100, from: 0, to: 1)
                    try await scene.isBusy(100)
                    let start = OutageScene.Instant.now
                    await cluster.kill(1)
                    try await eventually("its replica has taken over") { try await cluster.isMaster(4) }
                    // Nothing is answered before there is a replica again.
                    try await cluster.restart(1)
                    try await cluster.waitUntilOk()
                    return .init(repeated: start - .seconds(1) ... .now + .seconds(2))
                }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await cluster.stop()
            try result.get()
        }

        /// One whose queue for work has a low slot.
        private static func prefix(slotBelow bound: Int) throws -> KeyPrefix {
            var number = 0
            while true {
                let prefix = try KeyPrefix("p\(number)")
                let key = try QueueKeys(prefix: prefix, queue: OutageScene.work)[.meta]
                if RedisSlot.of(key: key).number < bound { return prefix }
                number += 1
            }
        }
    }
#endif
