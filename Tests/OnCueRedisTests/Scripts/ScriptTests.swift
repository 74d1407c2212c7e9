#if Redis
    import OnCue
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
                #expect(try await scene.number("LLEN", ScriptScene.key("done:c")) == 1)
                #expect(try await scene.number("HGET", ScriptScene.key("meta"), "kc") == 2)
                #expect(try await scene.look(ScriptScene.id(1), entries[1])?.facts.state == .completed)
                #expect(try await scene.look(ScriptScene.id(2), entries[2]) == nil)
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
                    for word in ["2", "10", "10", "10", "~back", "10", "~lost"] { arguments.append(word) }
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
                    for word in ["t", "2", "10", "0", "10", "~back"] { arguments.append(word) }
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
                    for word in ["s", "2", "~name:work", "1", "1", entries[0], "2", "~back", "9", "1", entries[1]] {
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

        @Test("A unique key and an id stand for one job, and all or none is all or none")
        func duplicates() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                let own = [UInt8](repeating: 9, count: 16)
                let keyed: [String: MessagePack] = ["k": .text("key"), "ku": .text("f")]
                let answers = try await scene.enqueue([keyed, keyed, ["i": .bytes(own)], ["i": .bytes(own)], [:]])
                try #require(answers.count == 5)
                #expect(answers.map { $0[0] } == Array("+=+=+".utf8))
                #expect(answers[0].dropFirst() == answers[1].dropFirst() && answers[3].dropFirst() == own[...])
                // Three wait. A duplicate needs no room; two more do not fit, and then none is taken.
                #expect(try await scene.enqueue([[:], keyed, [:]], maximum: 4, allOrNone: true) == [Array("F".utf8)])
                #expect(try await scene.number("XLEN", ScriptScene.stream) == 3)
                #expect(
                    try await scene.enqueue([[:], keyed], maximum: 4, allOrNone: true).map { $0[0] } == Array("+=".utf8)
                )
                let full = try await scene.enqueue([[:], keyed], maximum: 4)
                #expect(full.map { $0[0] } == Array("F=".utf8))
            }
        }

        @Test(
            "A delayed job becomes pending when it is due, starts once however often that is said, and for its holder only"
        )
        func starts() async throws {
            try await ScriptScene.with { scene in
                for session in ["s", "t"] { _ = try await scene.join(session) }
                let noon: Int64 = 1_767_225_600_000_000
                let answers = try await scene.enqueue([["wd": .integer(5_000_000)]], now: noon)
                let id = Array(try #require(answers.first).dropFirst())
                #expect(try await scene.read().isEmpty)
                let waiting = try #require(try await scene.look(id))
                #expect(
                    waiting.facts.state == .delayed && waiting.facts.due == Timestamp(microseconds: noon + 5_000_000))
                try await scene.run(Scripts.probe, now: noon + 5_000_000) { $0.append(100) }
                let entry = try #require(try await scene.read().first)
                #expect(try await scene.start(id, entry, session: "t") == nil)
                #expect(try await scene.start(id, entry, count: 2) == nil)
                for _ in 0..<2 {
                    let started = try #require(try await scene.start(id, entry))
                    #expect(
                        started.facts.state == .running && started.facts.attempt == 1 && started.facts.delivery == 1)
                    #expect(started.body.name == "work" && started.body.payload == [7])
                }
                #expect(try await scene.number("XLEN", ScriptScene.stream) == 1)
            }
        }

        @Test("What was not started in time is buried when it is read, and says so")
        func expires() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                let noon: Int64 = 1_767_225_600_000_000
                let answers = try await scene.enqueue([["xd": .integer(1_000_000)]], now: noon)
                let id = Array(try #require(answers.first).dropFirst())
                let entry = try #require(try await scene.read().first)
                #expect(try await scene.start(id, entry, now: noon + 1_000_000) == nil)
                let record = try #require(try await scene.look(id))
                #expect(record.facts.state == .dead && record.facts.deadReason == .expired && record.facts.attempt == 0)
                #expect(record.facts.lastError == "expired before it was started")
                #expect(try await scene.number("XLEN", ScriptScene.stream) == 0)
                #expect(try await scene.number("ZCARD", ScriptScene.key("exp")) == 0)
                #expect(try await scene.events().map(\.kind) == [.created, .dead])
            }
        }

        @Test(
            "A plain job that is retried gets a record, its follow-up exists with the outcome, and the log tells it all"
        )
        func retry() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                try await scene.enqueue(1)
                let entry = try #require(try await scene.read().first)
                let created = try #require(try await scene.events().first?.job)
                let made = try #require(StoreMadeID(created))
                #expect(made.position.description == entry && made.queue == 7 && made.nonce == 0x01_0203)
                var writer = ByteWriter()
                writer.write(id: created)
                let answer = try await scene.settle(
                    entry, writer.bytes,
                    [
                        "o": .text("retry"), "c": .bool(true), "a": .integer(60_000_000), "w": .text("worker"),
                        "f": .bytes([1, 2, 3]), "le": .text("boom"), "lc": .text("temporary"),
                        "fu": .array([
                            .map(["m": .bytes(ScriptScene.mark("next")), "b": .bytes(ScriptScene.body("next"))])
                        ]),
                    ])
                #expect(answer == "4")
                let record = try #require(try await scene.look(writer.bytes))
                #expect(
                    record.facts.state == .retrying && record.facts.attempt == 1 && record.facts.lastError == "boom")
                #expect(record.facts.lastErrorCategory == .temporary && record.facts.worker == "worker")
                #expect(try await scene.number("HLEN", ScriptScene.key("hist")) == 1)
                #expect(try await scene.read().count == 1)
                let events = try await scene.events()
                #expect(events.map(\.kind) == [.created, .failed, .retrying, .created])
                #expect(events.map(\.name) == ["work", "work", "work", "next"] && events[1].attempt == 1)
            }
        }

        @Test(
            "A settlement takes its own entries out of the stream and no other, whoever holds what stands between them")
        func leavesOthersAlone() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                try await scene.enqueue(40)
                let entries = try await scene.read()
                try #require(entries.count == 40)
                try await scene.enqueue(3)
                func left() async throws -> Int64? { try await scene.number("XLEN", ScriptScene.stream) }
                // In the middle, then from the start with a gap, then around what stays, then all.
                var sequence = 0
                for (range, rest) in [
                    (10..<20, 33), (0..<5, 28), (7..<10, 25), (25..<40, 10), (5..<7, 8), (20..<25, 3),
                ] {
                    sequence += 1
                    let some = Array(entries[range])
                    #expect(
                        try await scene.complete(some, sequence: sequence) == [
                            "ok", String(repeating: "5", count: some.count),
                        ])
                    #expect(try await left() == Int64(rest))
                }
                #expect(try await scene.read().count == 3)
            }
        }

        @Test("An entry that somebody has let go of by hand does not go with those around it")
        func leavesLimboToRepairs() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                try await scene.enqueue(40)
                var entries = try await scene.read()
                let forgotten = entries.remove(at: 20)
                #expect(try await scene.number("XACK", ScriptScene.stream, "w", forgotten) == 1)
                #expect(try await scene.complete(entries).first == "ok")
                #expect(try await scene.number("XLEN", ScriptScene.stream) == 1)
            }
        }

        @Test("What is not kept leaves nothing behind, unless someone waits for it")
        func keepsNothing() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                let answers = try await scene.enqueue([
                    ["k": .text("a"), "ku": .text("f")], ["k": .text("b"), "ku": .text("f")],
                ])
                let ids = answers.map { Array($0.dropFirst()) }
                let entries = try await scene.read()
                try #require(ids.count == 2 && entries.count == 2)
                for (id, entry) in zip(ids, entries) { #expect(try await scene.start(id, entry) != nil) }
                var watch = RedisCommand("ZADD")
                watch.append(key: ScriptScene.key("watch"))
                watch.append("4000000000000000")
                watch.append(ids[1])
                _ = try await scene.client.send(watch)
                for (index, id) in ids.enumerated() {
                    let answer = try await scene.settle(
                        entries[index], id, ["o": .text("completed"), "k": .text("n"), "out": .bytes([5])],
                        sequence: index + 1)
                    #expect(answer == "5")
                }
                #expect(try await scene.look(ids[0]) == nil)
                #expect(try await scene.look(ids[1])?.facts.state == .completed)
                #expect(try await scene.number("HLEN", ScriptScene.key("out")) == 1)
                #expect(try await scene.number("LLEN", ScriptScene.key("done:c")) == 0)
                #expect(try await scene.number("ZCARD", ScriptScene.key("keep")) == 1)
                #expect(try await scene.number("HLEN", ScriptScene.key("uniq")) == 0)
                #expect(try await scene.number("HGET", ScriptScene.key("meta"), "completed") == 2)
            }
        }

        @Test("A server whose clock was set back goes on taking in jobs, each once")
        func clockSetBack() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                // The newest event lies in the future, and is gone already.
                _ = try await scene.number("XADD", ScriptScene.key("events"), "9000000000000000-0", "a", "1")
                _ = try await scene.number("XTRIM", ScriptScene.key("events"), "MAXLEN", "0")
                #expect(try await scene.enqueue(2) != nil)
                #expect(try await scene.enqueue([[:]]).count == 1)
                #expect(try await scene.number("XLEN", ScriptScene.stream) == 3)
                #expect(try await scene.events().map(\.kind) == [.created, .created, .created])
            }
        }

        @Test(
            "Where the memory is used up nothing is taken in, whole or in part, and what runs is settled and given back"
        )
        func outOfMemory() async throws {
            try await ScriptScene.with { scene in
                _ = try await scene.join()
                try await scene.enqueue(2)
                let entries = try await scene.read()
                try #require(entries.count == 2)
                _ = try await scene.number("CONFIG", "SET", "maxmemory", "1")
                for special in [[:], ["k": .text("key"), "ku": .text("f")]] as [[String: MessagePack]] {
                    let error = await #expect(throws: RedisError.self) { try await scene.enqueue([special]) }
                    #expect(error?.server?.code == "OOM")
                }
                await #expect(throws: RedisError.self) { try await scene.enqueue(1) }
                #expect(try await scene.number("XLEN", ScriptScene.stream) == 2)
                #expect(try await scene.number("HLEN", ScriptScene.key("uniq")) == 0)
                #expect(
                    try await scene.settle(
                        entries[0], ScriptScene.id(0), ["o": .text("retry"), "c": .bool(true), "a": .integer(1)]) == "4"
                )
                let swept = try await scene.run(Scripts.sweep) { arguments in
                    for word in ["s", "closed", "worker", "100", ""] { arguments.append(word) }
                }
                #expect(swept.elements?.map(\.integer) == [0, 0])
                #expect(try await scene.number("HGET", ScriptScene.key("parked"), "2:~back") == 1)
            }
        }
    }
#endif
