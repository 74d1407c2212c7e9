import Foundation
import RedisTestServers
import Synchronization
import Testing

@Suite("Servers of the tests", .enabled(if: RedisServer.isInstalled), .serialized, .timeLimit(.minutes(3)))
struct TestServerTests {
    @Test("A server answers, comes back after a kill with what it kept, and leaves nothing")
    func single() async throws {
        let server = try await RedisServer.start(["appendonly": "yes", "appendfsync": "always"])
        #expect(try await server.command("PING") == "PONG")
        try await server.command("SET", "a", "1")
        await server.kill()
        await #expect(throws: RedisTestFailure.self) { try await server.command("PING") }
        try await server.restart()
        #expect(try await server.command("GET", "a") == "1")
        try await server.restart()
        #expect(try await server.command("GET", "a") == "1")
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: server.directory))
        await #expect(throws: RedisTestFailure.self) { try await server.command("PING") }
    }

    @Test("A frozen server answers after it is thawed")
    func freeze() async throws {
        let server = try await RedisServer.start()
        server.freeze()
        let answered = Mutex(false)
        let answer = Task {
            let text = try await server.command("PING")
            answered.withLock { $0 = true }
            return text
        }
        try await Task.sleep(for: .milliseconds(200))
        #expect(!answered.withLock { $0 })
        server.thaw()
        #expect(try await answer.value == "PONG")
        await server.stop()
    }

    @Test("A server without references ends by itself")
    func deinitialization() async throws {
        let directory: String
        do {
            let server = try await RedisServer.start()
            directory = server.directory
        }
        let deadline = ContinuousClock.now + .seconds(20)
        while FileManager.default.fileExists(atPath: directory), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test("A server has users and passwords")
    func users() async throws {
        let server = try await RedisServer.start(["requirepass": "open"], users: ["worker on >secret ~* +@all"])
        await #expect(throws: RedisTestFailure.self) { try await server.command("PING") }
        let words = ["--no-auth-warning", "--user", "worker", "--pass", "secret", "ACL", "WHOAMI"]
        #expect(try await server.command(words) == "worker")
        #expect(try await server.command(["--no-auth-warning", "-a", "open", "ACL", "WHOAMI"]) == "default")
        await server.stop()
    }

    @Test("A server speaks TLS and asks for a client's certificate")
    func tls() async throws {
        let server = try await RedisServer.start(tls: true)
        let port = try #require(server.tlsPort)
        let authority = ["-p", "\(port)", "--tls", "--cacert", try #require(server.caFile)]
        let client = ["--cert", try #require(server.certificateFile), "--key", try #require(server.keyFile)]
        #expect(try await server.command(authority + client + ["PING"]) == "PONG")
        await #expect(throws: RedisTestFailure.self) { try await server.command(authority + ["PING"]) }
        await server.stop()
    }

    @Test("A socket file leads to the server")
    func unixSocket() async throws {
        let server = try await RedisServer.start()
        #expect(try await server.command(["-s", server.unixSocket, "PING"]) == "PONG")
        await server.stop()
    }

    @Test("Sentinels make a replica the master, on demand and when the master dies")
    func replication() async throws {
        let replication = try await RedisReplication.start()
        let first = try await replication.masterPort()
        #expect(first == replication.servers[0].port)
        let second = try await replication.failover()
        #expect(second != first)
        let dead = try await replication.killMaster()
        #expect(dead.port == second)
        #expect(try await replication.masterPort(otherThan: second) != second)
        await replication.stop()
    }

    @Test("A cluster moves slots and replaces a master that died")
    func cluster() async throws {
        let cluster = try await RedisCluster.start()
        #expect(try await cluster.servers[0].command("-c", "SET", "a", "1").hasSuffix("OK"))
        try await cluster.moveSlots(10, from: 0, to: 1)
        await cluster.kill(0)
        try await cluster.waitUntilOk()
        #expect(try await cluster.isMaster(3))
        try await cluster.restart(0)
        try await cluster.waitUntilOk()
        #expect(try await !cluster.isMaster(0))
        #expect(try await cluster.servers[2].command("-c", "GET", "a").hasSuffix("1"))
        await cluster.stop()
    }
}
