#if Redis
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    @Suite(.serialized, .enabled(if: RedisServer.isInstalled, "needs redis-server"))
    struct ScriptTests {
        @Test("Jobs are taken in at positions that only go forward, whatever the clock does")
        func positions() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                let noon: Int64 = 1_767_225_600_000_000
                let first = try #require(try await scene.enqueue(2, now: noon))
                let earlier = try #require(try await scene.enqueue(1, now: noon - 3_600_000_000))
                let later = try #require(try await scene.enqueue(1, now: noon + 1))
                #expect(first == "1767225600000-0")
                #expect(earlier == "1767225600000-2")
                #expect(later == "1767225600000-4194304")
                #expect(try await scene.read() == [first, "1767225600000-1", earlier, later])
                #expect(try await scene.number("HGET", ScriptScene.key("meta"), "enqueued") == 4)
            }
        }

        @Test("A bound that might not hold is not passed by the fast path, and nothing is written")
        func bound() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                #expect(try await scene.enqueue(3, maximum: 3) != nil)
                #expect(try await scene.enqueue(1, maximum: 3) == nil)
                #expect(try await scene.number("XLEN", ScriptScene.stream) == 3)
            }
        }

        @Test("What is completed leaves its place, and is kept or not as was said")
        func complete() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                try await scene.enqueue(3)
                let entries = try await scene.read()
                #expect(try await scene.complete(Array(entries[..<2])) == ["ok", "55"])
                #expect(try await scene.complete([entries[2]], sequence: 2, keeps: false) == ["ok", "5"])
                #expect(try await scene.number("XLEN", ScriptScene.stream) == 0)
                #expect(try await scene.number("HLEN", ScriptScene.key("rec")) == 2)
                #expect(try await scene.number("LLEN", ScriptScene.key("done:c")) == 2)
                #expect(try await scene.number("HGET", ScriptScene.key("meta"), "completed") == 3)
            }
        }

        @Test("Settling again with the same sequence gets the same answer and writes nothing; an older one is late")
        func repeats() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                try await scene.enqueue(2)
                let entries = try await scene.read()
                #expect(try await scene.complete([entries[0]], sequence: 5) == ["ok", "5"])
                #expect(try await scene.complete([entries[0]], sequence: 5) == ["again", "5"])
                #expect(try await scene.complete([entries[1]], sequence: 4) == ["late", "5"])
                #expect(try await scene.number("HGET", ScriptScene.key("meta"), "completed") == 1)
            }
        }

        @Test("A lease of another session, of another count or of none is lost, and its neighbours are taken")
        func tokens() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join("s")
                _ = try await scene.join("t")
                try await scene.enqueue(3)
                let mine = try await scene.read("s", 2)
                let theirs = try await scene.read("t", 1)
                #expect(try await scene.complete(mine + theirs) == ["ok", "55L"])
                #expect(try await scene.complete(theirs, session: "t", count: 2) == ["ok", "L"])
                #expect(try await scene.complete(theirs, session: "t", sequence: 2) == ["ok", "5"])
                #expect(try await scene.complete(theirs, session: "none") == ["unknown"])
                #expect(try await scene.number("HGET", ScriptScene.key("meta"), "completed") == 3)
            }
        }

        @Test("A fence gives back what a session held in its place, with a worker lost, and ends the session")
        func fence() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join("s")
                _ = try await scene.join("t")
                try await scene.enqueue(3)
                let entries = try await scene.read("s", 2)
                let swept = try await scene.run(Scripts.sweep, session: "s") { arguments in
                    arguments.append("s")
                    arguments.append("fenced")
                    arguments.append("worker")
                    arguments.append(100)
                    // {"le": "gone", "lc": 5}
                    arguments.append(
                        [0x82, 0xa2] + Array("le".utf8) + [0xa4] + Array("gone".utf8) + [0xa2] + Array("lc".utf8) + [5])
                }
                #expect(swept.elements?.map(\.integer) == [2, 0])
                #expect(try await scene.complete(entries) == ["fenced"])
                #expect(try await scene.join("s") == "fenced")
                #expect(try await scene.number("HGET", ScriptScene.key("parked"), "2:~lost") == 2)
                let again = try await scene.run(Scripts.reclaim, session: "t") { arguments in
                    arguments.append("t")
                    arguments.append(2)
                    arguments.append(10)
                    arguments.append("~back")
                    arguments.append("~lost")
                }
                let taken = again.elements.map(Array.init) ?? []
                #expect(taken.compactMap { $0.elements?.first { _ in true }?.text } == entries)
                // The attempt that the lost worker used stays used.
                #expect(taken.compactMap { $0.elements.map(Array.init)?[1].integer } == [2, 2])
                #expect(try await scene.number("HLEN", ScriptScene.key("parked")) == 0)
            }
        }

        @Test("A close gives back unspent, and the consumer goes with its last entry")
        func close() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join("s")
                try await scene.enqueue(1)
                let entries = try await scene.read("s")
                let swept = try await scene.run(Scripts.sweep, session: "s") { arguments in
                    for word in ["s", "closed", "worker", "100", ""] { arguments.append(word) }
                }
                #expect(swept.elements?.map(\.integer) == [0, 0])
                _ = try await scene.join("t")
                let again = try await scene.run(Scripts.reclaim, session: "t") { arguments in
                    for word in ["t", "2", "10", "~back"] { arguments.append(word) }
                }
                let one = again.elements.flatMap { Array($0).first?.elements }.map(Array.init)
                #expect(one?[0].text == entries[0])
                // Attempt 1 again, delivery 2: one handed back once.
                #expect(one?[1].integer == 1_048_577)
                #expect(try await scene.number("XLEN", ScriptScene.stream) == 1)
            }
        }

        @Test("What a claim may not take is parked in its place as if it had never been read")
        func park() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join("s")
                try await scene.enqueue(2)
                let entries = try await scene.read("s")
                let moved = try await scene.run(Scripts.park, session: "s") { arguments in
                    for word in ["s", "2", entries[0], "1", "0", "~name:work", "2", entries[1], "9", "0", "~back"] {
                        arguments.append(word)
                    }
                }
                // The second was named with a count that is not its own.
                #expect(moved.integer == 1)
                #expect(try await scene.number("HGET", ScriptScene.key("parked"), "2:~name:work") == 1)
                let probe = try await scene.run(Scripts.probe, session: "s") { $0.append(100) }
                let answer = probe.elements.map(Array.init) ?? []
                #expect(answer.first?.text == "open")
                #expect(answer[3].elements?.map(\.integer) == [0, 0, 0, 0, 0])
                #expect(answer[4].elements?.map(\.text) == ["2:~name:work", "1"])
            }
        }
    }
#endif
