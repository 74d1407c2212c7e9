#if Redis
    import NIOCore
    import RedisTestServers
    import Testing

    @testable import RedisWire

    private func tcp(_ port: Int, _ host: String = "127.0.0.1") -> RedisAddress { .tcp(host: host, port: port) }

    @Suite("Slots")
    struct RedisSlotTests {
        @Test(
            "Known slots",
            arguments: [
                ("123456789", 0x31C3), ("", 0), ("foo", 12_182), ("{foo}.bar", 12_182), ("a{foo}b{bar}", 12_182),
            ])
        func known(key: String, number: Int) {
            #expect(RedisSlot.of(key: key).number == number)
        }

        @Test("A server counts the same", .enabled(if: RedisServer.isInstalled))
        func server() async throws {
            let server = try await RedisServer.start(["cluster-enabled": "yes"])
            for key in ["queue:a", "{}x", "{}{x}", "x{", "x}{y}z", "{{y}}", "ключ{тег}", "{a}b}", "a b"] {
                let answer = try await server.command("CLUSTER", "KEYSLOT", key)
                #expect(answer == "\(RedisSlot.of(key: key).number)", "\(key)")
            }
            await server.stop()
        }

        @Test("The keys of one command are in one slot")
        func command() throws {
            var command = RedisCommand("MGET", key: "{a}1")
            command.append(key: "{a}2")
            #expect(try command.slot() == RedisSlot.of(key: "a"))
            command.append(key: "b")
            #expect(throws: RedisError.self) { try command.slot() }
            #expect(try RedisCommand("PING").slot() == nil)
        }
    }

    @Suite("Cluster table")
    struct ClusterTableTests {
        private let reply = RESPToken(
            checked: ByteBuffer(
                string: "*2\r\n*4\r\n:0\r\n:8191\r\n*3\r\n$9\r\n127.0.0.1\r\n:7001\r\n$1\r\na\r\n"
                    + "*3\r\n$9\r\n127.0.0.1\r\n:7003\r\n$1\r\nc\r\n"
                    + "*3\r\n:8192\r\n:16383\r\n*3\r\n$0\r\n\r\n:7002\r\n$1\r\nb\r\n"))

        @Test("The reply to CLUSTER SLOTS, and a slot that moves")
        func slots() throws {
            var table = try #require(ClusterTable(slots: reply, asked: tcp(7002, "seed")))
            let first = try #require(RedisSlot(8_191))
            let last = try #require(RedisSlot(16_383))
            #expect(table.master(of: first) == tcp(7001))
            #expect(table.replicas(of: first) == [tcp(7003)])
            #expect(table.master(of: last) == tcp(7002, "seed"))
            #expect(table.masters == [tcp(7001), tcp(7002, "seed")])
            #expect(table.isComplete)
            table.move(last, to: tcp(7004))
            #expect(table.master(of: last) == tcp(7004))
            #expect(table.masters.count == 3)
        }

        @Test("A table with a gap is not complete")
        func gap() throws {
            let table = ClusterTable([.init(slots: 0...99, master: tcp(1)), .init(slots: 101...16_383, master: tcp(2))])
            #expect(!table.isComplete)
            #expect(try table.master(of: #require(RedisSlot(100))) == nil)
        }

        @Test(
            "What is no table is refused",
            arguments: ["+OK\r\n", "*1\r\n:1\r\n", "*1\r\n*3\r\n:5\r\n:16384\r\n*2\r\n$1\r\nh\r\n:1\r\n"])
        func malformed(text: String) {
            #expect(ClusterTable(slots: RESPToken(checked: ByteBuffer(string: text)), asked: tcp(1)) == nil)
        }
    }

    @Suite("Redirections")
    struct RedirectionTests {
        private func redirection(_ message: String) -> Redirection? {
            Redirection(RedisServerError(message: message), from: tcp(1, "sender"))
        }

        @Test("What the errors mean")
        func meaning() throws {
            let slot = try #require(RedisSlot(3999))
            #expect(redirection("MOVED 3999 127.0.0.1:6381") == .moved(slot, tcp(6381)))
            #expect(redirection("MOVED 3999 :6381") == .moved(slot, tcp(6381, "sender")))
            #expect(redirection("ASK 3999 ::1:6381") == .ask(slot, tcp(6381, "::1")))
            #expect(redirection("MOVED 3999 ?:6381") == .wait(refreshes: true))
            #expect(redirection("MOVED 99999 a:1") == .wait(refreshes: true))
            #expect(redirection("READONLY no") == .wait(refreshes: true))
            #expect(redirection("TRYAGAIN later") == .wait(refreshes: false))
            #expect(redirection("WRONGTYPE no") == nil)
        }

        @Test("Servers that disagree are not followed for ever")
        func bounded() throws {
            let slot = try #require(RedisSlot(1))
            var path = RedirectionPath()
            for _ in 0..<RedirectionPath.limit {
                #expect(path.next(after: .moved(slot, tcp(2))) == .send(tcp(2), asks: false))
            }
            #expect(path.next(after: .ask(slot, tcp(2))) == .pause(attempt: 1, refreshes: true))
            #expect(path.next(after: .ask(slot, tcp(2))) == .send(tcp(2), asks: true))
            #expect(path.next(after: .wait(refreshes: false)) == .pause(attempt: 2, refreshes: false))
            #expect(path.next(after: nil) == .stop)
        }
    }

    @Suite("Pipelines over many servers")
    struct PipelineSplitTests {
        @Test("Each server's commands keep their order, and the replies come back in theirs")
        func split() {
            let split = PipelineSplit(["a", "b", nil, "a", "c", "b"])
            #expect(split.parts.map(\.node) == ["a", "b", "c"])
            #expect(split.parts.map(\.indices) == [[0, 3], [1, 5], [4]])
            #expect(split.unplaced == [2])
            let replies = split.parts.map { $0.indices.map(String.init) }
            #expect(split.joined(replies, missing: "-") == ["0", "1", "-", "3", "4", "5"])
        }
    }

    @Suite("Sentinels")
    struct SentinelDiscoveryTests {
        @Test("The first Sentinel that names a real master decides, and is asked first from then on")
        func discovery() {
            var discovery = SentinelDiscovery(master: "m", sentinels: [tcp(1), tcp(2)])
            discovery.learn([tcp(2), tcp(3)])
            #expect(discovery.begin() == .ask(tcp(1)))
            #expect(discovery.answered(nil) == .ask(tcp(2)))
            #expect(discovery.answered(tcp(10)) == .checkRole(tcp(10)))
            #expect(discovery.roleIs("slave") == .ask(tcp(3)))
            #expect(discovery.answered(tcp(11)) == .checkRole(tcp(11)))
            #expect(discovery.roleIs("master") == .found(tcp(11)))
            #expect(discovery.begin() == .ask(tcp(3)))
        }

        @Test("A round in vain ends with a longer and longer pause")
        func pause() {
            var discovery = SentinelDiscovery(master: "m", sentinels: [tcp(1)])
            for attempt in 1...3 {
                #expect(discovery.begin() == .ask(tcp(1)))
                #expect(discovery.answered(nil) == .pause(attempt: attempt))
            }
        }

        @Test("A message of a switch names the new master")
        func switched() {
            let discovery = SentinelDiscovery(master: "m", sentinels: [])
            #expect(discovery.switchedMaster("m 10.0.0.1 1 10.0.0.2 2") == tcp(2, "10.0.0.2"))
            #expect(discovery.switchedMaster("other 10.0.0.1 1 10.0.0.2 2") == nil)
            #expect(discovery.switchedMaster("m") == nil)
        }
    }
#endif
