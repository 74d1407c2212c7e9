#if Redis
    import Foundation
    import Logging
    import OnCue
    import RedisTestServers
    import Testing

    @testable import OnCueCommand

    /// Worker processes over one Redis that are killed and stopped: nothing is lost, and nothing that comes late counts.
    @Suite(.serialized) struct RedisCrashTests {
        private let scratch = Scratch()

        private func with(
            _ body: (any JobStore, [String: String], RedisServer) async throws -> Void
        ) async throws {
            let redis = try await RedisServer.start()
            let url = "redis://\(redis.host):\(redis.port)"
            let result: Result<Void, any Error>
            do {
                let store = try await StoreLocation(url).open(
                    durability: .normal, isCheckedFirst: false, logger: Logger(label: "test"))
                do {
                    result = .success(try await body(store, ["ONCUE_STORE": url], redis))
                } catch {
                    result = .failure(error)
                }
                await store.close()
            } catch {
                result = .failure(error)
            }
            await redis.stop()
            try result.get()
        }

        @Test func workersKilledAndStoppedAtRandomLoseNothing() async throws {
            try await with { store, environment, _ in
                var ids: [JobID] = []
                for _ in 0..<8 {
                    let jobs = (0..<500).map { _ in
                        NewJob(name: "sleep", payload: Array("\"40ms\"".utf8), options: JobOptions(maxAttempts: 100))
                    }
                    ids += try await store.enqueue(jobs, atomically: false).compactMap(\.id)
                }
                #expect(ids.count == 4_000)
                let started = ContinuousClock.now
                var workers: [Child] = []
                var stopped: [(child: Child, until: ContinuousClock.Instant)] = []
                var (kills, stops) = (0, 0)
                while try await store.queues().first?.totals.completed ?? 0 < ids.count || !stopped.isEmpty {
                    guard ContinuousClock.now - started < .seconds(120) else {
                        throw Failure("not done after \(kills) kills and \(stops) stops")
                    }
                    while workers.count < 3 {
                        workers.append(
                            try Child(
                                ["work", "--concurrency", "10", "--lease", "2s"], in: scratch, environment: environment)
                        )
                    }
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50...400)))
                    for one in stopped where one.until < .now {
                        one.child.send(SIGCONT)
                        workers.append(one.child)
                    }
                    stopped.removeAll { $0.until < .now }
                    guard kills + stops < 15 else { continue }
                    let victim = workers.remove(at: Int.random(in: 0..<workers.count))
                    if (kills + stops) % 5 == 0 {
                        // Long enough to be fenced off; what it had under way ends afterwards.
                        victim.send(SIGSTOP)
                        stopped.append((victim, .now + .seconds(5)))
                        stops += 1
                    } else {
                        victim.send(SIGKILL)
                        try await victim.ended()
                        kills += 1
                    }
                }
                #expect(kills > 0 && stops > 0)
                var runs = 0
                for start in stride(from: 0, to: ids.count, by: 500) {
                    let part = Array(ids[start..<start + 500])
                    for (id, job) in zip(part, try await store.find(part)) {
                        #expect(job?.state == .completed)
                        runs += job?.attempt ?? 0
                        // A run beyond the first is a worker that was lost while it held the job, and that is kept with it.
                        if let job, job.attempt > 1 {
                            let attempts = try await store.attempts(of: id)
                            #expect(attempts.count == job.attempt - 1)
                            #expect(attempts.allSatisfy { $0.category == .system && $0.error.contains("was lost") })
                        }
                    }
                }
                // What one worker holds at most: its slots and what it has fetched ahead.
                #expect(runs - ids.count <= (kills + stops) * (10 + 512))
                // Those that were stopped went on afterwards: what they brought late was not taken.
                for worker in workers {
                    worker.send(SIGTERM)
                    let end = try await worker.ended()
                    // The newest may not have come to hear signals yet.
                    #expect(end == .exited(0) || end == .signaled(SIGTERM))
                }
                let queue = try #require(try await store.queues().first)
                #expect(queue.totals.completed == ids.count && queue.counts.values.reduce(0, +) == ids.count)
            }
        }

        @Test func whatAStoppedWorkerWritesLateChangesNothing() async throws {
            try scratch.write(
                "handlers:\n  slow:\n    shell: 'echo run >> runs; sleep 1; echo $ONCUE_ATTEMPT'\n",
                to: "handlers.yaml")
            try await with { store, environment, _ in
                let options = ["--handlers", "handlers.yaml", "--lease", "2s"]
                let stopped = try Child(
                    ["work", "--worker-name", "stopped"] + options, in: scratch, environment: environment)
                let answers = try await store.enqueue([NewJob(name: "slow")], atomically: false)
                let id = try #require(answers.first?.id)
                try await wait("it runs") { scratch.read("runs") == "run\n" }
                stopped.send(SIGSTOP)
                let other = try Child(
                    ["work", "--worker-name", "other"] + options, in: scratch, environment: environment)
                let job = try #require(try await store.outcome(of: id, wait: .seconds(30)))
                #expect(job.state == .completed && job.attempt == 2 && job.worker == "other")
                let before = try await store.latestEvent()
                stopped.send(SIGCONT)
                // It learns that it was fenced off, and comes back under a new session.
                try await wait("the stopped worker is back") {
                    try await store.sessions().contains { $0.worker == "stopped" && $0.standing == .open }
                }
                for worker in [stopped, other] {
                    worker.send(SIGTERM)
                    #expect(try await worker.ended() == .exited(0))
                }
                let after = try #require(try await store.find([id])[0])
                #expect(after.attempt == 2 && after.worker == "other" && after.output == Array("2\n".utf8))
                let events = try await store.events(after: before, limit: 100, wait: .zero).events
                #expect(events.allSatisfy { $0.job != id })
                #expect(try await store.queues().first?.totals.completed == 1)
            }
        }

        @Test func aWorkerThatStandsStillTakesNoJobFromTheOthers() async throws {
            try await with { store, environment, redis in
                func run(_ payload: String) async throws -> JobRecord {
                    let job = NewJob(name: "echo", payload: Array(payload.utf8))
                    let id = try #require(try await store.enqueue([job], atomically: false).first?.id)
                    return try #require(try await store.outcome(of: id, wait: .seconds(20)))
                }
                func waitsAtTheServer(_ count: Int) async throws -> Bool {
                    try await redis.command("INFO", "clients").contains("blocked_clients:\(count)")
                }
                let stopped = try Child(["work", "--worker-name", "stopped"], in: scratch, environment: environment)
                #expect(try await run("1").worker == "stopped")
                try await wait("it waits for jobs") { try await waitsAtTheServer(1) }
                stopped.send(SIGSTOP)
                // Long before its lease of 30 s is over.
                try await wait("its read is over", within: .seconds(10)) { try await waitsAtTheServer(0) }
                let other = try Child(["work", "--worker-name", "other"], in: scratch, environment: environment)
                for payload in ["2", "3", "4"] {
                    let job = try await run(payload)
                    #expect(job.worker == "other" && job.attempt == 1)
                }
                stopped.send(SIGCONT)
                for worker in [stopped, other] {
                    worker.send(SIGTERM)
                    #expect(try await worker.ended() == .exited(0))
                }
            }
        }
    }
#endif
