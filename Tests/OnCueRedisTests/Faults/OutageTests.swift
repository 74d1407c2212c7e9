#if Redis
    import Foundation
    import OnCue
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    /// Redis goes away, forgets or refuses while workers are at work: nothing that it promised to keep is lost, nothing is done
    /// twice, nobody is fenced for it, and everybody goes on by himself.
    @Suite(.serialized) struct OutageTests {
        /// Longer than a lease.
        private static let outage = OutageScene.lease + .milliseconds(1_500)

        private func with(
            _ settings: [String: String] = [:], _ body: (RedisServer) async throws -> Void
        ) async throws {
            let server = try await RedisServer.start(settings)
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(server))
            } catch {
                result = .failure(error)
            }
            await server.stop()
            try result.get()
        }

        /// With patience every call waits for the server; without, calls end in time with an unknown outcome.
        @Test("A server that stands still for longer than a lease", arguments: [Duration.seconds(30), .seconds(1)])
        func standsStill(callTimeout: Duration) async throws {
            try await with { server in
                var setting = OutageScene.Setting(server)
                setting.callTimeout = callTimeout
                try await OutageScene.run(setting) { _ in
                    server.freeze()
                    try await Task.sleep(for: Self.outage)
                    server.thaw()
                    return .none
                }
            }
        }

        @Test("A server that takes no commands, or no writes, for longer than a lease", arguments: ["ALL", "WRITE"])
        func pauses(_ kind: String) async throws {
            try await with { server in
                try await OutageScene.run(OutageScene.Setting(server)) { _ in
                    let milliseconds = Self.outage / .milliseconds(1)
                    try await server.command("CLIENT", "PAUSE", "\(Int(milliseconds))", kind)
                    try await Task.sleep(for: Self.outage)
                    return .none
                }
            }
        }

        @Test("Connections that are cut again and again")
        func cutsConnections() async throws {
            try await with { server in
                try await OutageScene.run(OutageScene.Setting(server)) { _ in
                    for _ in 0..<20 {
                        for type in ["normal", "pubsub"] { try await server.command("CLIENT", "KILL", "TYPE", type) }
                        try await Task.sleep(for: .milliseconds(Int.random(in: 20...150)))
                    }
                    return .none
                }
            }
        }

        @Test("A server that is killed and comes back with what it has on disk", arguments: ["everysec", "always"])
        func comesBack(_ policy: String) async throws {
            try await with(["appendonly": "yes", "appendfsync": policy]) { server in
                // In between stands somebody who counts.
                let proxy = try await RedisProxy.start(to: server) { _ in .pass }
                let setting = OutageScene.Setting(
                    RedisConfiguration(.single(.tcp(host: proxy.host, port: proxy.port))))
                let result: Result<Void, any Error>
                do {
                    try await OutageScene.run(setting) { _ in
                        // With a sync each second it may not have the last two.
                        var excuse = OutageScene.Excuse.none
                        let start = OutageScene.Instant.now
                        if policy == "everysec" { try await Task.sleep(for: .seconds(2)) }
                        await server.kill()
                        if policy == "everysec" {
                            excuse = .init(lost: start ... .now, repeated: start ... .now + .seconds(1))
                        }
                        let before = proxy.connections
                        try await Task.sleep(for: Self.outage)
                        // Two connections of five processes, farther and farther apart.
                        #expect(proxy.connections - before < 200)
                        try await server.restart()
                        return excuse
                    }
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
                await proxy.stop()
                try result.get()
            }
        }

        @Test("A server that has lost everything")
        func losesEverything() async throws {
            try await with { server in
                try await OutageScene.run(OutageScene.Setting(server)) { _ in
                    try await server.command("FLUSHDB")
                    // What ran then ends unheard of, and what follows from it is lost with it.
                    return .init(lost: OutageScene.Excuse.until(), repeated: OutageScene.Excuse.until(.seconds(1)))
                }
            }
        }

        @Test("A server that forgets its scripts again and again")
        func forgetsScripts() async throws {
            try await with { server in
                try await OutageScene.run(OutageScene.Setting(server)) { _ in
                    for _ in 0..<20 {
                        try await server.command("SCRIPT", "FLUSH")
                        try await Task.sleep(for: .milliseconds(Int.random(in: 20...150)))
                    }
                    return .none
                }
            }
        }

        /// Its entries are gone; what has a record can be mended.
        @Test("A stream that somebody has deleted")
        func losesAStream() async throws {
            try await with { server in
                let setting = OutageScene.Setting(server)
                try await OutageScene.run(setting) { scene in
                    let keys = try QueueKeys(prefix: setting.prefix, queue: OutageScene.work)
                    for level in JobPriority.allCases { try await server.command("DEL", keys.stream(of: level)) }
                    let lost = OutageScene.Excuse.until()
                    try await scene.isBusy(100)
                    _ = try await scene.onlooker.repair(dryRun: false)
                    return .init(lost: lost, repeated: OutageScene.Excuse.until(.seconds(1)))
                }
            }
        }

        /// Who held what is forgotten: all that has not ended is handed out anew.
        @Test("A consumer group that somebody has deleted")
        func losesAGroup() async throws {
            try await with { server in
                let setting = OutageScene.Setting(server)
                try await OutageScene.run(setting) { _ in
                    let keys = try QueueKeys(prefix: setting.prefix, queue: OutageScene.work)
                    for level in JobPriority.allCases {
                        // A level that was never used has a group too.
                        try await server.command("XGROUP", "DESTROY", keys.stream(of: level), QueueKeys.group)
                    }
                    return .init(repeated: OutageScene.Excuse.until(.seconds(1)))
                }
            }
        }

        @Test(
            "A memory that is full: enqueues are refused, what is there is worked off, and all goes on when there is room"
        )
        func isFull() async throws {
            try await with { server in
                try await OutageScene.run(OutageScene.Setting(server)) { scene in
                    // To be made pending and started while nothing more fits in.
                    try await scene.enqueueDelayed(100, by: .seconds(1))
                    try await server.command("CONFIG", "SET", "maxmemory", "1")
                    try await eventually("an enqueue is refused") { scene.journal.refusals[.diskFull] ?? 0 > 0 }
                    try await eventually("what was taken in is done all the same") {
                        let runs = scene.journal.runs
                        return scene.journal.accepted.keys.allSatisfy { runs[$0]?.finished.isEmpty == false }
                    }
                    try await Task.sleep(for: Self.outage)
                    try await server.command("CONFIG", "SET", "maxmemory", "0")
                    return .none
                }
            }
        }

        /// It refuses whatever changes something until it can save again, of scripts also those that need no memory.
        @Test("A server that cannot save to its disk for longer than a lease")
        func cannotSave() async throws {
            try await with(["enable-protected-configs": "yes", "save": "3600 1"]) { server in
                try await OutageScene.run(OutageScene.Setting(server)) { scene in
                    func save() async throws -> Bool {
                        _ = try? await server.command("BGSAVE")
                        return try await server.command("INFO", "persistence").contains("rdb_last_bgsave_status:ok")
                    }
                    let gone = "\(server.directory)/gone"
                    try FileManager.default.createDirectory(atPath: gone, withIntermediateDirectories: false)
                    try await server.command("CONFIG", "SET", "dir", gone)
                    try FileManager.default.removeItem(atPath: gone)
                    try await eventually("it could not save") { try await !save() }
                    try await eventually("an enqueue is refused") { scene.journal.refusals[.diskFull] ?? 0 > 0 }
                    try await Task.sleep(for: Self.outage)
                    try await server.command("CONFIG", "SET", "dir", server.directory)
                    try await eventually("it could save") { try await save() }
                    return .none
                }
            }
        }

        @Test(
            "A server that refuses to write for longer than a lease: as a replica, or for want of replicas",
            arguments: [StoreError.Code.readOnly, .unavailable])
        func refusesToWrite(_ code: StoreError.Code) async throws {
            try await with { server in
                var setting = OutageScene.Setting(server)
                setting.callTimeout = .seconds(1)
                try await OutageScene.run(setting) { scene in
                    // A replica of nobody keeps what it has.
                    let isReplica = code == .readOnly
                    if isReplica {
                        try await server.command("REPLICAOF", "127.0.0.1", "1")
                    } else {
                        try await server.command("CONFIG", "SET", "min-replicas-to-write", "1")
                    }
                    try await Task.sleep(for: Self.outage + .seconds(1))
                    #expect(scene.journal.refusals[code] ?? 0 > 0)
                    if isReplica {
                        try await server.command("REPLICAOF", "NO", "ONE")
                    } else {
                        try await server.command("CONFIG", "SET", "min-replicas-to-write", "0")
                    }
                    return .none
                }
            }
        }
    }
#endif
