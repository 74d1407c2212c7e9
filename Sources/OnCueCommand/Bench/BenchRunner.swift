import Logging
import OnCue
import Synchronization

/// Carries out one measurement on a queue of its own, which it removes again.
struct BenchRunner: Sendable {
    let plan: BenchPlan
    let store: any JobStore
    let storeName: String
    let logger: Logger
    let queue: QueueName
    private let payload: BenchPayload
    private static let jobName: JobName = "oncue.bench"

    init(plan: BenchPlan, store: any JobStore, storeName: String, logger: Logger) {
        self.plan = plan
        self.store = store
        self.storeName = storeName
        self.logger = logger
        self.queue = QueueName("bench-\(JobID.make(at: SystemTime().now()))")
        self.payload = BenchPayload(size: plan.payloadBytes)
    }

    func run() async throws -> BenchResult {
        let result: BenchResult
        do {
            result =
                switch plan.mode {
                case .enqueue: try await enqueue()
                case .drain: try await drain()
                case .latency: try await latency()
                case .scale: try await scale()
                case .idle: try await idle()
                }
        } catch {
            try? await removeQueue()
            throw error
        }
        try await removeQueue()
        return result
    }

    // MARK: - Modes

    private func enqueue() async throws -> BenchResult {
        let begin = ContinuousClock.now
        let latencies = try await fill(plan.jobs, callers: plan.callers, batch: plan.batch)
        let elapsed = ContinuousClock.now - begin
        let waiting = try await store.queues().first { $0.name == queue }?.waiting ?? 0
        return result(plan.jobs, in: elapsed, latencies, lost: plan.jobs - waiting)
    }

    private func drain() async throws -> BenchResult {
        _ = try await fill(plan.jobs, callers: 2, batch: 1_000)
        let tally = BenchTally(jobs: plan.jobs, goal: plan.jobs)
        let begin = ContinuousClock.now
        let elapsed = try await withWorker(on: store, tally) {
            await tally.wait()
            try await waitUntilSettled()
            return ContinuousClock.now - begin
        }
        return result(
            plan.jobs, in: elapsed, tally.waits(since: begin), lost: tally.lost, duplicates: tally.duplicates)
    }

    private func latency() async throws -> BenchResult {
        let tally = BenchTally(jobs: plan.jobs, goal: 0)
        var latencies = Latencies()
        let begin = ContinuousClock.now
        try await withWorker(on: store, tally) {
            // Until the worker has found nothing and waits.
            try await Task.sleep(for: .milliseconds(300))
            for number in 0..<plan.jobs {
                tally.expect(number + 1)
                let called = ContinuousClock.now
                try await take(store.enqueue([job(number)], atomically: false))
                await tally.wait()
                if let started = tally.start(of: number) { latencies.append(started - called) }
                try await Task.sleep(for: .milliseconds(Int64.random(in: 1...10)))
            }
        }
        return result(
            plan.jobs, in: ContinuousClock.now - begin, latencies, lost: tally.lost, duplicates: tally.duplicates)
    }

    /// Drains the same sample twice: alone, and at the head of a queue in which all the other jobs wait behind it.
    private func scale() async throws -> BenchResult {
        let sample = min(plan.jobs, 20_000)
        let few = try await rate(sample: sample, behind: 0)
        let many = try await rate(sample: sample, behind: plan.jobs - sample)
        var result = many
        result.jobs = plan.jobs
        result.ratio = many.jobsPerSecond / max(few.jobsPerSecond, 0.001)
        return result
    }

    private func rate(sample: Int, behind: Int) async throws -> BenchResult {
        _ = try await fill(sample + behind, callers: 2, batch: 1_000)
        let tally = BenchTally(jobs: sample + behind, goal: sample)
        let begin = ContinuousClock.now
        let elapsed = try await withWorker(on: store, tally) {
            await tally.wait()
            return ContinuousClock.now - begin
        }
        let handled = tally.handled
        try await empty()
        return result(
            handled, in: elapsed, tally.waits(since: begin), lost: 0, duplicates: tally.duplicates)
    }

    private func idle() async throws -> BenchResult {
        let counting = CountingStore(store)
        let tally = BenchTally(jobs: max(plan.jobs, 1), goal: plan.jobs)
        if plan.jobs > 0 { _ = try await fill(plan.jobs, callers: 1, batch: 1_000) }
        return try await withWorker(on: counting, tally) {
            if plan.jobs > 0 {
                await tally.wait()
                try await waitUntilSettled()
            }
            try await Task.sleep(for: .seconds(2))
            let before = (calls: counting.calls, cpu: ProcessUsage.processorTime(), at: ContinuousClock.now)
            try await Task.sleep(for: plan.span)
            let seconds = (ContinuousClock.now - before.at).inSeconds
            var result = result(plan.jobs, in: .seconds(seconds), Latencies(), lost: 0)
            result.jobsPerSecond = 0
            result.cpuPercent = (ProcessUsage.processorTime() - before.cpu).inSeconds / seconds * 100
            result.rssMegabytes = Double(ProcessUsage.residentBytes()) / 1_000_000
            result.commandsPerSecond = Double(counting.calls - before.calls) / seconds
            return result
        }
    }

    // MARK: - Parts

    private func job(_ number: Int) -> NewJob {
        NewJob(name: Self.jobName, queue: queue, payload: payload.bytes(number))
    }

    /// Enqueues `count` jobs, numbered from 0, by several callers at once. The times are those of the calls.
    private func fill(_ count: Int, callers: Int, batch: Int) async throws -> Latencies {
        let numbers = Numbers()
        return try await withThrowingTaskGroup(of: Latencies.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var latencies = Latencies()
                    while true {
                        let first = numbers.take(batch)
                        guard first < count else { return latencies }
                        let jobs = (first..<min(count, first + batch)).map(job)
                        let called = ContinuousClock.now
                        try await take(store.enqueue(jobs, atomically: false))
                        latencies.append(ContinuousClock.now - called)
                    }
                }
            }
            var all = Latencies()
            for try await latencies in group { all.append(contentsOf: latencies) }
            return all
        }
    }

    private func take(_ answers: [EnqueueAnswer]) throws {
        for case .refused(let error) in answers { throw error }
    }

    /// Runs `body` beside a worker that serves the queue, and stops the worker after it.
    private func withWorker<Result: Sendable>(
        on store: any JobStore, _ tally: BenchTally, _ body: () async throws -> Result
    ) async throws -> Result {
        let worker = Worker(
            store, concurrency: plan.concurrency, queues: [Worker.Queue(queue)], logger: logger)
        if plan.isTyped {
            try worker.on(Self.jobName) { (value: BenchPayload.Value, _: JobContext) in
                if let number = Int(value.n) { tally.ran(number) }
            }
        } else {
            try worker.on(Self.jobName) { (bytes: [UInt8], _: JobContext) in
                if let number = payload.number(in: bytes) { tally.ran(number) }
            }
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            let result = try await body()
            group.cancelAll()
            while let ended = await group.nextResult() {
                if case .failure(let error) = ended, !(error is CancellationError) { throw error }
            }
            return result
        }
    }

    private func waitUntilSettled() async throws {
        while let info = try await store.queues().first(where: { $0.name == queue }),
            info.count(.running) + info.waiting > 0
        {
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func empty() async throws {
        let states = Set(JobState.allCases).subtracting([.running])
        while try await store.purge(queue, states: states, limit: 10_000) > 0 {}
    }

    private func removeQueue() async throws {
        try await empty()
        try await store.removeQueue(queue)
    }

    private func result(
        _ jobs: Int, in elapsed: Duration, _ latencies: Latencies, lost: Int, duplicates: Int = 0
    ) -> BenchResult {
        BenchResult(
            mode: plan.mode.rawValue, store: storeName, jobs: jobs,
            jobsPerSecond: Double(jobs) / max(elapsed.inSeconds, 1e-9),
            p50Milliseconds: latencies.milliseconds(at: 0.5), p99Milliseconds: latencies.milliseconds(at: 0.99),
            lost: lost, duplicates: duplicates, seconds: elapsed.inSeconds)
    }
}

/// Hands out stretches of numbers from 0.
private final class Numbers: Sendable {
    private let value = Atomic<Int>(0)

    /// The first of the next `count`.
    func take(_ count: Int) -> Int {
        value.wrappingAdd(count, ordering: .relaxed).oldValue
    }
}
