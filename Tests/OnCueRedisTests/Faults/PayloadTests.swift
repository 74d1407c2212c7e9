#if Redis
    import OnCue
    import RedisTestServers
    import RedisWire
    import Synchronization
    import Testing

    @testable import OnCueRedis

    /// A payload is bytes: whatever they look like, and however often the job goes back and comes again.
    @Suite struct PayloadTests {
        private static let payloads: [[UInt8]] =
            [
                [], [0], [0x80], [0xc1], [0xff, 0xfe, 0xfd], Array(0...255), Array((0...255).reversed()),
                // Half a pair, as UTF-8 would have it and as JSON writes it.
                [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf, 0x41], Array(#"{"text":"\ud800 \udfff"}"#.utf8),
                Array("[9223372036854775808,18446744073709551615,-9223372036854775808,1e400,-0.0,1.0]".utf8),
                Array("\r\n$3\r\n*0\r\n".utf8), Array(" { } \u{FEFF}\u{0}".utf8),
                (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8)) },
            ] + (0...255).map { [$0, $0] }

        @Test("Every payload is the same at each attempt, after a delay, a failure and a lost connection")
        func staysTheSame() async throws {
            let server = try await RedisServer.start()
            let store = try await OutageScene.Setting(server).open()
            let worker = Worker(store, concurrency: 8)
            let wrong = Mutex<[(job: JobID, attempt: Int)]>([])
            let expected = Mutex<[JobID: [UInt8]]>([:])
            try worker.on("work", options: HandlerOptions(backoff: .constant(.milliseconds(100)))) {
                (payload: [UInt8], context) in
                let isRight = expected.withLock { $0[context.id] == payload }
                if !isRight { wrong.withLock { $0.append((context.id, context.attempt)) } }
                guard context.attempt > 2 else {
                    if context.attempt == 1 { try await context.checkpoint(payload) }
                    throw JobError.retry(after: .milliseconds(200))
                }
                if try await context.lastCheckpoint != payload { wrong.withLock { $0.append((context.id, 0)) } }
                context.setOutput(payload)
            }
            let due: [NewJob.Due] = [.now, .after(.milliseconds(300))]
            let jobs = Self.payloads.enumerated().map { place, payload in
                NewJob(id: .make(at: SystemTime().now()), name: "work", payload: payload, due: due[place % 2])
            }
            let ids = jobs.compactMap(\.id)
            expected.withLock { $0 = Dictionary(uniqueKeysWithValues: zip(ids, Self.payloads)) }
            let plain = try await store.enqueue(
                Self.payloads.map { NewJob(name: "plain", payload: $0) }, atomically: false)
            for start in stride(from: 0, to: jobs.count, by: 20) {
                _ = try await store.enqueue(Array(jobs[start..<min(start + 20, jobs.count)]), atomically: false)
            }
            let run = Task { try await worker.run() }
            for _ in 0..<5 {
                try await Task.sleep(for: .milliseconds(100))
                try await server.command("CLIENT", "KILL", "TYPE", "normal")
            }
            try await eventually("all are done") {
                try await store.find(ids).allSatisfy { $0?.state == .completed }
            }
            worker.shutDown()
            try await run.value
            #expect(wrong.withLock { $0.isEmpty })
            #expect(try await store.find(ids).map { $0?.payload } == Self.payloads)
            #expect(try await store.find(ids).map { $0?.output } == Self.payloads)
            #expect(try await store.find(plain.compactMap(\.id)).map { $0?.payload } == Self.payloads)
            await store.close()
            await server.stop()
        }
    }
#endif
