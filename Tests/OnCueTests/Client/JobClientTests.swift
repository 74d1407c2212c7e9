import InMemoryTracing
import Instrumentation
import OnCue
import OnCueTesting
import ServiceContextModule
import Synchronization
import Testing
import Tracing

private struct SendReceipt: Job, Equatable {
    static let name: JobName = "email.receipt"
    static let options = JobOptions(queue: "mail", priority: .high, maxAttempts: 8, timeout: .seconds(30))
    var orderID: String
}

private struct Plain: Job {
    static let name: JobName = "plain"
}

@Suite struct JobClientTests {
    private let time = ManualTime()
    private let store: MemoryStore
    private let jobs: JobClient

    init() {
        store = MemoryStore(time: time)
        jobs = JobClient(store)
    }

    // MARK: Helpers

    private func open(
        _ names: Set<JobName> = ["a"], concurrency: Int = 10, process: ProcessIdentity = .current
    ) async throws -> SessionID {
        try await store.openSession(
            SessionOpening(
                worker: "tester", process: process, lease: .seconds(30), names: names, queues: [],
                concurrency: concurrency))
    }

    private func claim(_ session: SessionID, queue: QueueName = .default, _ limit: Int = 100) async throws
        -> [LeasedJob]
    {
        try await store.claim(ClaimRequest(session: session, queues: [.init(queue)], limit: limit))
    }

    private func settle(_ session: SessionID, _ job: LeasedJob, _ outcome: Settlement.Outcome, sequence: Int64 = 1)
        async throws
    {
        var failure: Settlement.Failure?
        if case .dead = outcome {
            failure = .init(category: .permanent, error: "boom", startedAt: time.now(), duration: .seconds(1))
        }
        let answers = try await store.settle(
            SettleBatch(
                session: session, sequence: sequence, items: [Settlement(job, outcome, failure: failure)]))
        #expect(answers.first != .leaseLost)
    }

    private func record(_ id: JobID) async throws -> JobRecord {
        try #require(try await jobs.job(id))
    }

    // MARK: Enqueue

    @Test func aTypedJobTakesQueueAndPriorityOfItsType() async throws {
        let job = try await record(jobs.enqueue(SendReceipt(orderID: "1")).id)
        #expect(job.name == "email.receipt")
        #expect(job.queue == "mail")
        #expect(job.priority == .high)
        // The rest is for the worker, which asks the handler before the type.
        #expect(job.options == JobOptions())
        #expect(job.payload == Array(#"{"orderID":"1"}"#.utf8))
        #expect(try PayloadCoding.decode(SendReceipt.self, from: job.payload) == SendReceipt(orderID: "1"))
        let plain = try await record(jobs.enqueue(Plain()).id)
        #expect(plain.queue == .default)
        #expect(plain.options == JobOptions())
    }

    @Test func anOptionWinsOverTheType() async throws {
        let at = time.now() + .seconds(60)
        let enqueued = try await jobs.enqueue(
            SendReceipt(orderID: "1"), .queue("other"), .priority(.bulk), .attempts(3), .timeout(.zero),
            .softTimeout(.seconds(2)), .backoff(.constant(.seconds(1))), .retention(.seconds(9)), .at(at),
            .expires(after: .seconds(90)), .unique("k", until: .started), .tag("a", "1"), .tags(["b": "2"]),
            .correlationID("c"), .header("h", "1"), .headers(["i": "2"]))
        let job = try await record(enqueued.id)
        #expect(job.queue == "other")
        #expect(job.priority == .bulk)
        #expect(
            job.options
                == JobOptions(
                    maxAttempts: 3, backoff: .constant(.seconds(1)), timeout: .zero, softTimeout: .seconds(2),
                    retention: .seconds(9)))
        #expect(job.state == .delayed)
        #expect(job.dueAt == at)
        #expect(job.expiresAt == time.now() + .seconds(90))
        #expect(job.unique == UniqueKey("k", until: .started))
        #expect(job.tags == ["a": "1", "b": "2"])
        #expect(job.correlationID == "c")
        #expect(job.headers == ["h": "1", "i": "2"])
    }

    @Test func aJobByNameTakesAnyPayload() async throws {
        let list = try await record(jobs.enqueue("a", [1, 2], .delay(.seconds(1))).id)
        #expect(list.payload == Array("[1,2]".utf8))
        #expect(list.state == .delayed)
        let bytes: [UInt8] = [0xff, 0x00]
        let raw = try await record(jobs.enqueue("a", bytes: bytes, contentType: "image/x").id)
        #expect(raw.payload == bytes)
        #expect(raw.contentType == "image/x")
        let none = try await record(jobs.enqueue("a", .priority(.low)).id)
        #expect(none.payload.isEmpty)
        #expect(none.priority == .low)
    }

    @Test func aDuplicateAnswersTheFirst() async throws {
        let first = try await jobs.enqueue("a", 1, .unique("k", for: .seconds(60)))
        let second = try await jobs.enqueue("a", 2, .unique("k", for: .seconds(60)))
        #expect(!first.isDuplicate)
        #expect(second == Enqueued(id: first.id, isDuplicate: true))
        let id = JobID.make(at: time.now())
        #expect(try await jobs.enqueue("a", 1, .id(id)) == Enqueued(id: id, isDuplicate: false))
        #expect(try await jobs.enqueue("a", 1, .id(id)) == Enqueued(id: id, isDuplicate: true))
    }

    @Test func manyJobsStandEachForItselfOrTogether() async throws {
        let batch = [NewJob("a"), NewJob("not a name"), NewJob("b")]
        let answers = try await jobs.enqueue(batch)
        #expect(answers.map { $0.id != nil } == [true, false, true])
        let error = await #expect(throws: StoreError.self) { try await jobs.enqueue(batch, atomically: true) }
        #expect(error?.code == .invalid)
        #expect(try await jobs.count().count == 2)
        #expect(try await jobs.enqueue([]).isEmpty)
    }

    @Test func whatIsOutOfRangeIsNamed() async throws {
        for (options, field) in [
            ([.attempts(0)], "max_attempts"), ([.delay(.seconds(-1))], "delay"), ([.queue("a b")], "queue"),
            ([.timeout(.seconds(1)), .softTimeout(.seconds(2))], "soft_timeout"), ([.unique("")], "unique_key"),
        ] as [([EnqueueOption], String)] {
            let error = await #expect(throws: StoreError.self) {
                try await jobs.enqueue(NewJob("a", bytes: [], options: options))
            }
            #expect(error?.code == .invalid)
            #expect(error?.field == field)
        }
        let error = await #expect(throws: StoreError.self) { try await jobs.enqueue("a", Double.nan) }
        #expect(error?.field == "payload")
    }

    // MARK: Traces

    @Test func theTraceIsCarriedInTheHeaders() async throws {
        let tracer = InMemoryTracer()
        try await withTracer(tracer) {
            let id = try await tracer.withSpan("request") { _ in
                try await jobs.enqueue("a", 1, .header("kept", "1")).id
            }
            let spans = tracer.finishedSpans
            let producer = try #require(spans.first { $0.operationName == "enqueue a" })
            let request = try #require(spans.first { $0.operationName == "request" })
            #expect(producer.kind == .producer)
            #expect(producer.spanContext.traceID == request.spanContext.traceID)
            #expect(producer.spanContext.parentSpanID == request.spanContext.spanID)
            let headers = try await record(id).headers
            #expect(headers["kept"] == "1")
            #expect(headers.values.contains(producer.spanContext.traceID))
            #expect(headers.values.contains(producer.spanContext.spanID))
        }
        #expect(try await record(jobs.enqueue("a", 1).id).headers.isEmpty)
    }

    // MARK: Finding and changing

    @Test func aSearchGoesPageByPage() async throws {
        _ = try await jobs.enqueue((0..<25).map { NewJob("a", options: [.tag("n", "\($0)")]) })
        _ = try await jobs.enqueue("b")
        var seen: [JobID] = []
        var cursor: String?
        repeat {
            let page = try await jobs.search(JobFilter(name: "a"), order: .oldestFirst, after: cursor, limit: 10)
            seen += page.jobs.map(\.id)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(seen.count == 25)
        #expect(seen == seen.sorted())
        #expect(try await jobs.count(JobFilter(name: "a")) == JobCount(25, isExact: true))
        #expect(try await jobs.search(JobFilter(tags: ["n": "7"])).jobs.map(\.id) == [seen[7]])
        #expect(try await jobs.jobs([seen[1], JobID(high: 0, low: 0)]).map { $0?.id } == [seen[1], nil])
    }

    @Test func oneJobIsChanged() async throws {
        let id = try await jobs.enqueue("a", 1).id
        #expect(try await jobs.edit(id, JobEdit(priority: .bulk, due: .after(.seconds(5)))) == .done(.delayed))
        #expect(try await jobs.cancel(id, reason: "not wanted") == .done(.cancelled))
        #expect(try await record(id).cancelReason == "not wanted")
        let refused = await #expect(throws: StoreError.self) { try await jobs.cancel(id) }
        #expect(refused?.code == .conflict)
        #expect(refused?.message.contains("cancelled") == true)
        #expect(try await jobs.retry(id) == .done(.pending))
        #expect(try await jobs.delete(id) == .done(nil))
        let missing = await #expect(throws: StoreError.self) { try await jobs.delete(id) }
        #expect(missing?.code == .notFound)
    }

    @Test func aBulkActionNeedsAFilterAndCountsFirst() async throws {
        _ = try await jobs.enqueue((0..<700).map { _ in NewJob("a") } + (0..<3).map { _ in NewJob("b") })
        let error = await #expect(throws: StoreError.self) {
            try await jobs.change(where: JobFilter(), .cancel(reason: nil, force: false))
        }
        #expect(error?.field == "filter")
        let dry = try await jobs.change(where: JobFilter(name: "a"), .delete, dryRun: true)
        #expect(dry == BulkResult(matched: JobCount(700, isExact: true)))
        #expect(try await jobs.count().count == 703)

        let steps = Mutex<[Int]>([])
        let done = try await jobs.change(
            where: JobFilter(name: "a"), .cancel(reason: "stop", force: false),
            onProgress: { seen in steps.withLock { $0.append(seen) } })
        #expect(done == BulkResult(matched: JobCount(700, isExact: true), done: 700))
        #expect(steps.withLock { $0 } == [250, 500, 700])
        #expect(try await jobs.count(JobFilter(states: [.cancelled])).count == 700)
        #expect(try await jobs.count(JobFilter(states: [.pending])).count == 3)

        // Cancelled jobs run again only when the filter says so.
        #expect(try await jobs.change(where: JobFilter(name: "a"), .retry(resetAttempts: false)).done == 0)
        let some = try await jobs.change(
            where: JobFilter(states: [.cancelled]), .retry(resetAttempts: false), limit: 300)
        #expect(some.done == 300)
        #expect(some.hasMore)
        let rest = try await jobs.change(where: JobFilter(), .delete, everything: true)
        #expect(rest.done == 703)
        #expect(try await jobs.count().count == 0)
    }

    @Test func aBulkCancelTellsRunningJobsAndLeavesEndedOnes() async throws {
        let ids = try await jobs.enqueue((0..<3).map { _ in NewJob("a") }).compactMap(\.id)
        let session = try await open()
        let held = try await claim(session, queue: .default, 2)
        try await settle(session, held[0], .completed(output: nil))
        let result = try await jobs.change(where: JobFilter(queue: .default), .cancel(reason: nil, force: false))
        #expect(result == BulkResult(matched: JobCount(2, isExact: true), done: 1, requested: 1))
        #expect(try await jobs.jobs(ids).map { $0?.state } == [.completed, .running, .cancelled])
        #expect(try await record(ids[1]).isCancelRequested)
    }

    // MARK: Results

    @Test func waitingGivesTheResult() async throws {
        let id = try await jobs.enqueue("a", 1).id
        guard case .timedOut(let early) = try await jobs.result(of: id, timeout: .zero) else {
            Issue.record("a job that nobody runs has no result")
            return
        }
        #expect(early.state == .pending)
        let session = try await open()
        async let waiting = jobs.output(of: id, as: [Int].self, timeout: .seconds(3_600))
        let held = try await claim(session)
        try await settle(session, held[0], .completed(output: Array("[1,2]".utf8)))
        #expect(try await waiting == [1, 2])
        #expect(try await jobs.result(of: id, timeout: .zero).job.state == .completed)
        let wrong = await #expect(throws: StoreError.self) {
            try await jobs.output(of: id, as: String.self, timeout: .zero)
        }
        #expect(wrong?.field == "output")
        let missing = await #expect(throws: StoreError.self) { try await jobs.result(of: JobID(high: 0, low: 1)) }
        #expect(missing?.code == .notFound)
    }

    @Test func aDeadJobHasNoOutputAndCanBeReplayed() async throws {
        let id = try await jobs.enqueue("a", 1).id
        let session = try await open()
        try await settle(session, claim(session)[0], .dead(.permanent))
        let error = await #expect(throws: StoreError.self) {
            try await jobs.output(of: id, as: Int.self, timeout: .zero)
        }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("boom") == true)
        #expect(try await jobs.deadLetters().jobs.map(\.id) == [id])
        #expect(try await jobs.attempts(of: id).map(\.error) == ["boom"])
        #expect(try await jobs.why(id).reasons.map(\.kind) == [.dead])
        await #expect(throws: StoreError.self) { try await jobs.replayDeadLetters() }
        #expect(try await jobs.replayDeadLetters(JobFilter(name: "other")).done == 0)
        #expect(try await jobs.replayDeadLetters(everything: true).done == 1)
        #expect(try await record(id).state == .pending)
    }

    // MARK: Queues and workers

    @Test func queuesArePausedSetAndPurged() async throws {
        _ = try await jobs.enqueue((0..<2_500).map { _ in NewJob("a", options: [.queue("q")]) })
        try await jobs.pause("q")
        #expect(try await jobs.queue("q")?.isPaused == true)
        let session = try await open()
        #expect(try await claim(session, queue: "q").isEmpty)
        try await jobs.resume("q")
        #expect(try await jobs.queue("q")?.isPaused == false)
        try await jobs.updateSettings(of: "q") { $0.maxAttempts = 3 }
        try await jobs.updateSettings(of: "q") { $0.order = 7 }
        #expect(try await jobs.settings(of: "q") == QueueSettings(order: 7, maxAttempts: 3))
        #expect(try await jobs.settings(of: "unknown") == QueueSettings())
        for settings in [QueueSettings(maxAttempts: 0), QueueSettings(maxWaiting: -1)] {
            let error = await #expect(throws: StoreError.self) { try await jobs.setSettings(settings, of: "q") }
            #expect(error?.code == .invalid)
        }
        await #expect(throws: StoreError.self) { try await jobs.pause("no name") }
        try await jobs.setDefaults(QueueSettings(maxWaiting: 9))
        #expect(try await jobs.defaults().maxWaiting == 9)
        #expect(try await jobs.purge("q", limit: 1_200) == 1_200)
        #expect(try await jobs.purge("q") == 1_300)
        await #expect(throws: StoreError.self) { try await jobs.purge("q", states: [.running]) }
    }

    @Test func workersShowWhatTheyHold() async throws {
        let id = try await jobs.enqueue("a", 1).id
        let session = try await open()
        _ = try await claim(session)
        let worker = try #require(try await jobs.workers().first)
        #expect(worker.session.worker == "tester")
        #expect(worker.jobs.map(\.id) == [id])
        #expect(worker.isLive)
        #expect(try await jobs.why(id).reasons.map(\.kind) == [.running])
        #expect(try await jobs.pruneWorkers().sessions == 0)

        time.advance(by: .seconds(31))
        #expect(try await jobs.workers().first?.isLive == false)
        #expect(try await jobs.why(id).reasons.map(\.kind) == [.running, .workerSilent])
        // Silence on a wall clock that may have jumped is no proof.
        #expect(try await jobs.pruneWorkers().sessions == 0)
    }

    @Test func theJobsOfAProcessThatIsGoneGoBack() async throws {
        let id = try await jobs.enqueue("a", 1).id
        var gone = ProcessIdentity.current
        gone.started = "before"
        _ = try await claim(open(process: gone))
        let pruned = try await jobs.pruneWorkers()
        #expect(pruned == (1, 1))
        #expect(try await record(id).state == .pending)
        #expect(try await record(id).lostWorkers == 1)
        #expect(try await jobs.why(id).reasons.map(\.kind) == [.noWorker, .suspect])
    }

    @Test func whySaysWhoIsAhead() async throws {
        _ = try await jobs.enqueue((0..<3).map { _ in NewJob("a") })
        time.advance(by: .milliseconds(5))
        let id = try await jobs.enqueue("a").id
        _ = try await open()
        let why = try await jobs.why(id)
        #expect(why.reasons.map(\.kind) == [.waitsItsTurn])
        #expect(why.reasons[0].summary.contains("3 pending jobs"))
        let missing = try await jobs.why(JobID(high: 0, low: 0))
        #expect(missing.state == nil)
        #expect(missing.reasons.map(\.kind) == [.notFound])
    }

    // MARK: Events

    @Test func eventsComeAsTheyHappenAndGoOnFromACursor() async throws {
        let first = try await jobs.enqueue("a", 1).id
        var log = jobs.events(after: .start).makeAsyncIterator()
        let created = try #require(try await log.next())
        #expect(created.kind == .created)
        #expect(created.job == first)
        // Nothing more is there: the next one is waited for.
        async let second = jobs.enqueue("a", 2).id
        #expect(try await log.next()?.job == second)

        var again = jobs.events(after: created.cursor).makeAsyncIterator()
        #expect(try await again.next()?.job == second)
    }

    @Test func eventsEndWithTheirTask() async throws {
        let jobs = jobs
        let listener = Task {
            var seen: [JobEvent.Kind] = []
            for try await event in jobs.events(after: .start) { seen.append(event.kind) }
            return seen
        }
        _ = try await jobs.enqueue("a")
        let deadline = ContinuousClock.now + .seconds(10)
        while try await store.latestEvent() == .start, ContinuousClock.now < deadline { await Task.yield() }
        listener.cancel()
        let seen = try await listener.value
        #expect(seen == [.created] || seen.isEmpty)
    }
}
