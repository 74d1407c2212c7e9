#if Redis
    import Foundation
    import RedisTestServers
    import RedisWire
    import Subprocess

    #if canImport(System)
        import System
    #else
        import SystemPackage
    #endif

    /// The Redis store beside Redis itself: without a log on disk, and with one that is synced every second.
    struct RedisBenchmarks {
        let plan: MeasuringPlan
        let oncue: String

        /// - Returns: whether a figure was missed.
        func run() async throws -> Bool {
            var hasMissed = false
            let kinds = [("AOF off", [:]), ("AOF everysec", ["appendonly": "yes", "appendfsync": "everysec"])]
            for (name, settings) in kinds {
                let server = try await RedisServer.start(settings)
                let result: Result<Bool, any Error>
                do {
                    result = .success(try await run(on: server, name))
                } catch {
                    result = .failure(error)
                }
                await server.stop()
                hasMissed = try result.get() || hasMissed
            }
            return hasMissed
        }

        private func run(on server: RedisServer, _ name: String) async throws -> Bool {
            let subject = Subject(command: oncue) {
                ("redis://\(server.host):\(server.port)?prefix=b\(UUID().uuidString.prefix(8))", {})
            }
            let raw = RawRedis(server: server)
            let jobs = plan.jobs
            var table = ResultTable()
            print("Redis \(try await raw.version()), \(name).")
            print()
            table.add(
                try await plan.pairs(
                    "bulk enqueue, 4 callers, 1,000 a call", "redis-benchmark -P 64 -c 64, XADD", reach: 0.6,
                    subject: {
                        try await subject.rate([
                            "enqueue", "--batch", "1000", "--callers", "4", "--jobs", "\(jobs * 2)",
                        ])
                    },
                    yardstick: { try await raw.add(jobs: jobs) }))
            table.add(
                try await plan.pairs(
                    "enqueue, 64 callers, one a call", "redis-benchmark -c 64, XADD", reach: 0.6,
                    subject: {
                        try await subject.rate(["enqueue", "--batch", "1", "--callers", "64", "--jobs", "\(jobs)"])
                    },
                    yardstick: { try await raw.add(jobs: jobs, pipeline: 1) }))
            table.add(
                try await plan.pairs(
                    "drain, 64 slots", "bare XREADGROUP + XACK + XDEL, 256", reach: 0.6,
                    subject: { try await subject.rate(["drain", "--concurrency", "64", "--jobs", "\(jobs)"]) },
                    yardstick: { try await raw.drain(jobs: jobs, batch: 256) }))
            table.add(try await subject.typedDrain(plan))
            table.add(try await subject.scale(plan))
            table.print()
            print()
            try await subject.printIdleFigures()
            print(try await raw.starts(200))
            print(try await raw.costs(of: subject, jobs: jobs))
            print()
            return table.hasMissed
        }
    }

    /// What Redis does without a job store around it.
    struct RawRedis {
        struct Failure: Error, CustomStringConvertible {
            var description: String
        }

        let server: RedisServer
        private static let payload = String(repeating: "x", count: 80)

        /// Entries that `redis-benchmark` adds to a stream a second.
        func add(jobs: Int, pipeline: Int = 64) async throws -> Double {
            let result = try await Subprocess.run(
                .name("redis-benchmark"),
                arguments: [
                    "-h", server.host, "-p", "\(server.port)", "-P", "\(pipeline)", "-c", "64", "-n", "\(jobs)",
                    "--csv",
                    "XADD", "yardstick:add", "*", "d", Self.payload,
                ],
                output: .string(limit: 65_536), error: .discarded)
            try await remove("yardstick:add")
            // "test","rps",… and below it the figures.
            let cells = result.standardOutput.split(separator: "\n").last?.split(separator: ",") ?? []
            guard result.terminationStatus.isSuccess, cells.count > 1,
                let rate = Double(cells[1].trimmingCharacters(in: CharacterSet(charactersIn: "\"")))
            else { throw Failure(description: "redis-benchmark: \(result.terminationStatus)") }
            return rate
        }

        /// Entries that a bare loop reads, acknowledges and deletes a second: one batch after another over one connection.
        func drain(jobs: Int, batch: Int) async throws -> Double {
            try await withClient { client in
                let stream = "yardstick:drain"
                for _ in stride(from: 0, to: jobs, by: 1_000) {
                    _ = await client.send(
                        (0..<1_000).map { _ in Self.command("XADD", stream, ["*", "d", Self.payload]) })
                }
                _ = try await client.send(Self.command("XGROUP", "CREATE", [stream, "w", "0"]))
                let read = Self.command("XREADGROUP", "GROUP", ["w", "c", "COUNT", "\(batch)", "STREAMS", stream, ">"])
                let clock = ContinuousClock()
                let start = clock.now
                var done = 0
                while true {
                    let entries = try await Self.entries(client.send(read))
                    if entries.isEmpty { break }
                    for result in await client.send([
                        Self.command("XACK", stream, ["w"] + entries), Self.command("XDEL", stream, entries),
                    ]) {
                        _ = try result.get()
                    }
                    done += entries.count
                }
                let rate = Double(done) / ((clock.now - start) / .seconds(1))
                try await remove(stream)
                return rate
            }
        }

        /// How long an entry takes from `XADD` to a read that waits for it: two connections and one thread with nothing else to do.
        func starts(_ count: Int) async throws -> String {
            let times = try await withClient { client in
                let stream = "yardstick:start"
                _ = try await client.send(Self.command("XGROUP", "CREATE", [stream, "w", "0", "MKSTREAM"]))
                let read = Self.command("XREADGROUP", "GROUP", ["w", "c", "BLOCK", "5000", "STREAMS", stream, ">"])
                let add = Self.command("XADD", stream, ["*", "d", Self.payload])
                let times = try await withTaskExecutorPreference(EventLoopTasks(client.eventLoop)) {
                    var times: [Duration] = []
                    for _ in 0..<count {
                        async let entry = client.blocking(read, timeout: .seconds(10))
                        try await Task.sleep(for: .milliseconds(Int64.random(in: 1...10)))
                        let begin = ContinuousClock.now
                        async let added = client.send(add)
                        guard try await !Self.entries(entry).isEmpty else {
                            throw Failure(description: "nothing was read")
                        }
                        times.append(.now - begin)
                        _ = try await added
                    }
                    return times.sorted()
                }
                try await remove(stream)
                return times
            }
            func at(_ share: Double) -> String {
                "\((times[Int(Double(times.count - 1) * share)] / .milliseconds(1)).short) ms"
            }
            return "bare XADD to a read that waits, one thread: p50 \(at(0.5)), p99 \(at(0.99))"
        }

        /// What a job costs the server, by `INFO commandstats`, without what makes and removes the queue; and what `redis-benchmark`'s
        /// entries cost it.
        func costs(of subject: Subject, jobs: Int) async throws -> String {
            let bare = try await statistics { _ = try await add(jobs: jobs) }.last ?? .init()
            let alone = bare.microseconds("xadd") / max(1, bare.calls("xadd"))
            let few = try await enqueueCost(of: subject, jobs: jobs, batch: 100)
            let many = try await enqueueCost(of: subject, jobs: jobs, batch: 1_000)
            let drain = try await statistics {
                _ = try await subject.bench(["drain", "--concurrency", "64", "--jobs", "\(jobs)"])
            }
            func each(_ microseconds: Double) -> String { "\((microseconds / Double(jobs)).short) us" }
            // From the first job that was handed out to the last that was settled.
            let settled = drain.map { $0.calls("xack") }.max() ?? 0
            let first = drain.last { $0.calls("xreadgroup") == 0 } ?? .init()
            let last = drain.first { $0.calls("xack") == settled } ?? .init()
            let reads = last.microseconds("xreadgroup") - first.microseconds("xreadgroup")
            let scripts = last.microseconds("evalsha") - first.microseconds("evalsha")
            return """
                the server's time a job: enqueue \(few.short) us (100 a call) and \(many.short) us (1,000), XADD alone \(alone.short) us; \
                XREADGROUP \(each(reads)), all scripts of claims, settles and upkeep \(each(scripts))
                """
        }

        /// Microseconds a job, from the first batch to the last of which nothing was removed yet.
        private func enqueueCost(of subject: Subject, jobs: Int, batch: Int) async throws -> Double {
            let seen = try await statistics {
                _ = try await subject.bench(["enqueue", "--batch", "\(batch)", "--jobs", "\(jobs)"])
            }
            let filled = seen.last { $0.calls("xdel") == 0 } ?? .init()
            // Each transaction and each script logs one entry of events, and says so once.
            let taken = filled.calls("xadd") - filled.calls("spublish")
            return ["evalsha", "multi", "exec"].reduce(0) { $0 + filled.microseconds($1) } / max(1, taken)
        }

        /// `INFO commandstats` as it grows while `body` runs.
        private func statistics(_ body: @escaping @Sendable () async throws -> Void) async throws -> [Statistics] {
            try await withClient { client in
                _ = try await client.send(Self.command("CONFIG", "RESETSTAT", []))
                return try await withThrowingTaskGroup(of: [Statistics]?.self) { group in
                    group.addTask {
                        try await body()
                        return nil
                    }
                    group.addTask {
                        var seen: [Statistics] = []
                        while !Task.isCancelled {
                            let text = try await client.send(Self.command("INFO", "commandstats", [])).text ?? ""
                            seen.append(Statistics(text))
                            try? await Task.sleep(for: .milliseconds(10))
                        }
                        return seen
                    }
                    var seen: [Statistics] = []
                    for try await some in group {
                        if let some { seen = some } else { group.cancelAll() }
                    }
                    return seen
                }
            }
        }

        /// `cmdstat_xack:calls=…,usec=…,…`, by command.
        private struct Statistics: Sendable {
            private var values: [String: [Substring: Double]] = [:]

            init(_ text: String = "") {
                for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("cmdstat_") {
                    guard let colon = line.firstIndex(of: ":") else { continue }
                    let fields = line[line.index(after: colon)...].split(separator: ",").compactMap { field in
                        let parts = field.split(separator: "=")
                        return parts.count == 2 ? Double(parts[1]).map { (parts[0], $0) } : nil
                    }
                    values[String(line[..<colon].dropFirst("cmdstat_".count))] = Dictionary(fields) { $1 }
                }
            }

            func calls(_ command: String) -> Double { values[command]?["calls"] ?? 0 }
            func microseconds(_ command: String) -> Double { values[command]?["usec"] ?? 0 }
        }

        func version() async throws -> String {
            try await withClient { client in
                let info = try await client.send(Self.command("INFO", "server", [])).text ?? ""
                let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("redis_version:") }
                return line.map { String($0.dropFirst("redis_version:".count)) } ?? "?"
            }
        }

        private func remove(_ key: String) async throws {
            try await withClient { client in _ = try await client.send(Self.command("UNLINK", key, [])) }
        }

        private func withClient<Value>(_ body: (RedisClient) async throws -> Value) async throws -> Value {
            let client = RedisClient(RedisConfiguration(.single(.tcp(host: server.host, port: server.port))))
            do {
                let value = try await body(client)
                await client.shutdown()
                return value
            } catch {
                await client.shutdown()
                throw error
            }
        }

        private static func command(_ name: String, _ first: String, _ rest: [String]) -> RedisCommand {
            var command = RedisCommand(name)
            command.append(first)
            for word in rest { command.append(word) }
            return command
        }

        /// The ids of what XREADGROUP answered.
        private static func entries(_ reply: RESPToken) -> [String] {
            guard var stream = reply.elements.map(Array.init) else { return [] }
            // Protocol 3 answers name and entries, protocol 2 puts both into one more array.
            if stream.count == 1 { stream = stream[0].elements.map(Array.init) ?? [] }
            return stream[1].elements?.compactMap { $0.elements?.first { _ in true }?.text } ?? []
        }
    }
#endif
