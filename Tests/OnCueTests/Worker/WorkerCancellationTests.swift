import OnCue
import Testing

@Suite struct WorkerCancellationTests {
    @Test func aRunningJobIsToldAndEndsAsCancelled() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        let reasons = Log<JobCancellation?>()
        let started = Log<JobID>()
        try worker.on("slow") { (_: [UInt8], context) in
            started.add(context.id)
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                reasons.add(context.cancellation)
                throw error
            }
        }
        let id = try await store.add(NewJob(name: "slow"))
        try await running(worker) {
            try await eventually { started.count == 1 }
            #expect(try await store.change([id], .cancel(reason: "not wanted", force: false)) == [.requested])
            try await eventually { try await store.state(of: id) == .cancelled }
        }
        #expect(reasons.all == [.requested(reason: "not wanted")])
        #expect(try await store.job(id)?.cancelReason == "not wanted")
    }

    @Test func aLaterSuccessDoesNotOverwriteIt() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        let gate = Gate()
        let started = Log<JobID>()
        try worker.on("deaf") { (_: [UInt8], context) in
            started.add(context.id)
            await gate.pass()
        }
        let id = try await store.add(NewJob(name: "deaf"))
        try await running(worker) {
            try await eventually { started.count == 1 }
            _ = try await store.change([id], .cancel(reason: nil, force: false))
            gate.open()
            try await eventually { try await store.state(of: id) == .cancelled }
        }
    }

    @Test func aForcedCancelTakesTheJobAway() async throws {
        let proxy = ProxyStore(MemoryStore())
        let worker = Worker(proxy, configuration: brisk(), logger: quiet)
        let cancelled = Log<JobID>()
        let started = Log<JobID>()
        try worker.on("slow") { (_: [UInt8], context) in
            started.add(context.id)
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                cancelled.add(context.id)
                throw error
            }
        }
        let ids = try await proxy.base.add(2, "slow")
        try await running(worker) {
            try await eventually { started.count == 2 }
            #expect(
                try await proxy.change([ids[0]], .cancel(reason: "now", force: true)) == [.done(.cancelled)])
            #expect(try await proxy.change([ids[1]], .delete) == [.done(nil)])
            try await eventually { cancelled.count == 2 }
            #expect(try await proxy.base.state(of: ids[0]) == .cancelled)
            #expect(try await proxy.base.job(ids[1]) == nil)
        }
        // Their outcomes are others' to say: nothing was even sent.
        #expect(proxy.settled.isEmpty)
    }

    @Test func aPrefetchedJobThatIsCancelledNeverRuns() async throws {
        let store = MemoryStore()
        let ids = try await store.add(2, "work")
        let worker = Worker(store, concurrency: 1, configuration: brisk(), logger: quiet)
        let answers = Log<ChangeAnswer>()
        let ran = Log<JobID>()
        try worker.on("work") { (_: [UInt8], context) in
            ran.add(context.id)
            // The other was claimed together with this one and waits for the slot.
            answers.add(try await store.change([ids[1]], .cancel(reason: "never mind", force: false))[0])
            try await eventually { try await store.state(of: ids[1]) == .cancelled }
        }
        try await running(worker) {
            try await eventually(within: .seconds(20)) { try await store.state(of: ids[0]) == .completed }
        }
        #expect(answers.all == [.requested])
        #expect(ran.all == [ids[0]])
        #expect(try await store.job(ids[1])?.cancelReason == "never mind")
    }

    @Test func anOperatorCanQuietAndStopAWorker() async throws {
        let proxy = ProxyStore(MemoryStore())
        let worker = Worker(proxy, configuration: brisk(), logger: quiet)
        try worker.on("work") { (_: [UInt8], _) in }
        let run = Task { try await worker.run() }
        try await eventually { try await !proxy.sessions().isEmpty }
        let session = try #require(try await proxy.sessions().first).id
        try await proxy.instruct(session, quiet: true, stop: false)
        try await proxy.nextNews()
        // Told; a job that comes now stays.
        let id = try await proxy.base.add(NewJob(name: "work"))
        try await proxy.nextNews()
        #expect(try await proxy.base.state(of: id) == .pending)
        try await proxy.instruct(session, quiet: false, stop: false)
        try await eventually { try await proxy.base.state(of: id) == .completed }
        try await proxy.instruct(session, quiet: true, stop: true)
        try await run.value
        #expect(try await proxy.sessions().first?.standing == .closed)
    }
}
