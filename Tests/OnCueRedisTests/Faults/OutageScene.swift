#if Redis
    import OnCue
    import RedisTestServers
    import RedisWire
    import Synchronization
    import Testing

    @testable import OnCueRedis

    /// A producer and several workers at work, each with connections of its own, while something happens to Redis.
    final class OutageScene: Sendable {
        typealias Instant = ContinuousClock.Instant

        /// Short, so that an outage soon lasts longer.
        static let lease: Duration = .seconds(2)
        static let work: QueueName = "work"
        static let next: QueueName = "next"

        /// One worker. Beside the queues that all share it has one that nobody else serves.
        private struct Seat {
            var queue: QueueName
            var store: RedisStore
            var worker: Worker
            var run: Task<Void, any Error>
        }

        let journal = OutageJournal()
        /// Looks on; it neither works nor produces.
        let onlooker: RedisStore
        private let producer: RedisStore
        private let seats: [Seat]
        private let isProducing = Atomic(true)

        /// How it is all set up.
        struct Setting: Sendable {
            var configuration: RedisConfiguration
            var prefix = KeyPrefix.default
            var workers = 3
            var replicas = 0
            var callTimeout: Duration = .seconds(30)

            init(_ configuration: RedisConfiguration) { self.configuration = configuration }

            init(_ server: RedisServer) {
                self.init(RedisConfiguration(.single(.tcp(host: server.host, port: server.port))))
            }

            func open() async throws -> RedisStore {
                var configuration = configuration
                configuration.connectTimeout = .seconds(10)
                return try await RedisStore(
                    configuration, options: .init(prefix: prefix, replicas: replicas, callTimeout: callTimeout))
            }
        }

        /// Has all of them work, lets `trouble` happen, and then looks whether everything is as it should be: what was answered is
        /// done, nobody was fenced, every worker hears of new work at once, and nothing spins.
        ///
        /// - Parameter trouble: answers what it excuses.
        static func run(_ setting: Setting, _ trouble: (OutageScene) async throws -> Excuse) async throws {
            let scene = try await OutageScene(setting)
            let production = Task { await scene.produce() }
            let result: Result<Void, any Error>
            do {
                try await scene.everybodyHears()
                try await scene.isBusy(200)
                let excuse = try await trouble(scene)
                try await scene.isBusy(200)
                scene.isProducing.store(false, ordering: .relaxed)
                await production.value
                try await scene.allIsDone(excuse)
                try await scene.everybodyHears()
                try await scene.isCalm()
                try await scene.nobodyWasFenced()
                result = .success(())
            } catch {
                result = .failure(error)
            }
            scene.isProducing.store(false, ordering: .relaxed)
            await production.value
            await scene.end()
            try result.get()
        }

        /// What an outage may do beside what it must not.
        struct Excuse: Sendable {
            /// What was asked for in this time may be lost.
            var lost: ClosedRange<Instant>?
            /// What came to its end in this time may be run once more.
            var repeated: ClosedRange<Instant>?

            static let none = Excuse()

            /// From the beginning until so long from now.
            static func until(_ delay: Duration = .zero) -> ClosedRange<Instant> {
                .now - .seconds(3_600) ... .now + delay
            }
        }

        private init(_ setting: Setting) async throws {
            onlooker = try await setting.open()
            producer = try await setting.open()
            var seats: [Seat] = []
            for number in 0..<setting.workers {
                let store = try await setting.open()
                let queue = QueueName("own\(number)")
                let worker = Worker(
                    store, concurrency: 8, queues: [.init(Self.work), .init(Self.next), .init(queue)],
                    configuration: .init(
                        name: "worker\(number)", lease: Self.lease, shutdownGrace: .seconds(5), maxPrefetch: 16))
                try Self.register(on: worker, seat: number, journal)
                seats.append(Seat(queue: queue, store: store, worker: worker, run: Task { try await worker.run() }))
            }
            self.seats = seats
        }

        private func end() async {
            for seat in seats { seat.worker.shutDown() }
            for seat in seats {
                _ = await seat.run.result
                await seat.store.close()
            }
            await producer.close()
            await onlooker.close()
        }

        // MARK: Working

        private static func register(on worker: Worker, seat: Int, _ journal: OutageJournal) throws {
            try worker.on("work", options: HandlerOptions(maxAttempts: 20, backoff: .constant(.milliseconds(50)))) {
                (payload: [UInt8], context) in
                let number = try Self.number(payload)
                journal.began(number)
                if number % 7 == 0, context.attempt == 1 { throw JobError.retry(after: .milliseconds(100)) }
                try await Task.sleep(for: .milliseconds(number % 40 == 1 ? 150 : 2))
                if number % 13 == 0 {
                    context.enqueueWithOutcome(NewJob(name: "follow", queue: Self.next, payload: payload))
                }
                journal.finished(number)
            }
            try worker.on("follow") { (payload: [UInt8], _) in journal.followed(try Self.number(payload)) }
            try worker.on("greet") { (_: [UInt8], _) in journal.greeted(seat) }
        }

        private static func number(_ payload: [UInt8]) throws -> Int {
            try #require(Int(String(decoding: payload, as: UTF8.self)))
        }

        // MARK: Producing

        private var goesOn: Bool { isProducing.load(ordering: .relaxed) }

        private func produce() async {
            var first = 0
            while goesOn {
                // Now and then many of one level, which go out as a transaction.
                let isLarge = first % 200 == 0
                let numbers = Array(first..<first + (isLarge ? 70 : 5))
                first += numbers.count
                // Those with an id of their own may be said again whatever has become of them.
                let isNamed = !isLarge && first % 3 == 0
                let jobs = numbers.map { number in
                    NewJob(
                        id: isNamed ? JobID.make(at: SystemTime().now()) : nil, name: "work", queue: Self.work,
                        priority: number % 10 == 3 && !isLarge ? .high : .normal, payload: Array("\(number)".utf8))
                }
                let asked = Instant.now
                while true {
                    do throws(StoreError) {
                        let answers = try await producer.enqueue(jobs, atomically: false)
                        journal.accepted(numbers, answers.map(\.id), askedAt: asked)
                        break
                    } catch {
                        journal.refused(error.code)
                        if !goesOn || (error.code == .outcomeUnknown && !isNamed) { break }
                        try? await Task.sleep(for: .milliseconds(50))
                    }
                }
                try? await Task.sleep(for: .milliseconds(20))
            }
        }

        /// Brings jobs of ids of their own that are due a little later.
        func enqueueDelayed(_ count: Int, by delay: Duration) async throws {
            // Numbers that the producer does not come to.
            let numbers = Array(1_000_000..<1_000_000 + count)
            let jobs = numbers.map { number in
                NewJob(
                    id: .make(at: SystemTime().now()), name: "work", queue: Self.work, payload: Array("\(number)".utf8),
                    due: .after(delay))
            }
            let asked = Instant.now
            journal.accepted(
                numbers, try await onlooker.enqueue(jobs, atomically: false).map(\.id), askedAt: asked)
        }

        // MARK: Looking

        /// So many more jobs come to their end.
        func isBusy(_ count: Int) async throws {
            let goal = journal.finishedCount + count
            try await eventually("\(count) more jobs are done") { journal.finishedCount >= goal }
        }

        /// Everything whose enqueue was answered is done, once, with what follows from it.
        private func allIsDone(_ excuse: Excuse) async throws {
            let accepted = journal.accepted.filter { !(excuse.lost?.contains($0.value.askedAt) ?? false) }
            #expect(accepted.count > 100)
            let ids = accepted.values.map(\.id)
            try await eventually("all that was answered is done") {
                for start in stride(from: 0, to: ids.count, by: 500) {
                    let part = Array(ids[start..<min(start + 500, ids.count)])
                    guard let jobs = try? await onlooker.find(part), jobs.allSatisfy({ $0?.state == .completed }) else {
                        return false
                    }
                }
                return true
            }
            try await eventually("all that follows is done") {
                let runs = journal.runs
                return accepted.keys.allSatisfy { $0 % 13 != 0 || runs[$0]?.followed ?? 0 > 0 }
            }
            // Also those of which nobody knows whether they were taken in: once at most.
            for (number, runs) in journal.runs {
                if let excused = excuse.repeated, runs.finished.contains(where: excused.contains) { continue }
                #expect(runs.finished.count <= 1, "job \(number) was run \(runs.finished.count) times")
                #expect(runs.followed == (number % 13 == 0 ? runs.finished.count : 0), "what follows job \(number)")
            }
        }

        /// Each worker is told of a job that only it can do, and is told at once: one that has gone deaf looks every five seconds.
        func everybodyHears() async throws {
            for (number, seat) in seats.enumerated() {
                var quickest: Duration = .seconds(60)
                for turn in 0..<4 {
                    let before = journal.greetings(of: number)
                    let start = Instant.now
                    _ = try await onlooker.enqueue([NewJob(name: "greet", queue: seat.queue)], atomically: false)
                    try await eventually("\(seat.queue) is served") { journal.greetings(of: number) > before }
                    // The first may come just when it looks.
                    if turn > 0 { quickest = min(quickest, .now - start) }
                }
                #expect(quickest < .seconds(3), "worker \(number) is deaf")
            }
        }

        /// Without work there is little to say.
        private func isCalm() async throws {
            let before = try await calls()
            let start = Instant.now
            try await Task.sleep(for: .seconds(2))
            let rate = Double(try await calls() - before) / ((.now - start) / .seconds(1))
            #expect(rate < Double(60 * seats.count), "\(rate) calls a second without work")
        }

        /// What all masters were asked from outside so far, scripts foremost.
        private func calls() async throws -> Int {
            var count = 0
            for node in try await onlooker.client.masters() {
                var command = RedisCommand("INFO")
                command.append("commandstats")
                command.route = .node(node)
                command.isSafeToRepeat = true
                let text = try await onlooker.client.send(command).text ?? ""
                for line in text.split(whereSeparator: \.isNewline) {
                    let names = ["evalsha", "eval", "hello", "ssubscribe", "xreadgroup"]
                    guard names.contains(where: { line.hasPrefix("cmdstat_\($0):calls=") }),
                        let number = line.split(separator: "=").dropFirst().first?.prefix(while: \.isNumber)
                    else { continue }
                    count += Int(number) ?? 0
                }
            }
            return count
        }

        private func nobodyWasFenced() async throws {
            let sessions = try await onlooker.sessions()
            #expect(sessions.map(\.standing) == seats.map { _ in .open })
            #expect(sessions.allSatisfy { $0.held == 0 })
        }
    }

    struct NeverHappened: Error {
        var what: String
    }

    /// Waits until `condition` holds.
    func eventually(
        _ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while try await !condition() {
            guard ContinuousClock.now < end else { throw NeverHappened(what: what) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
#endif
