import OnCue
import Testing

@Suite struct WorkerRunsJobsTests {
    @Test func runsWhatIsThereAndWhatComes() async throws {
        let store = MemoryStore()
        let ran = Log<String>()
        let worker = Worker(store, concurrency: 4, logger: quiet)
        try worker.on("work") { payload, context in
            #expect(context.payload == payload)
            ran.add(String(decoding: payload, as: UTF8.self))
        }
        let first = try await store.add(20, "work")
        try await running(worker) {
            try await eventually { ran.count == 20 }
            let later = try await store.add(NewJob(name: "work", payload: Array("later".utf8)))
            try await eventually { try await store.state(of: later) == .completed }
            for id in first { #expect(try await store.state(of: id) == .completed) }
        }
        #expect(Set(ran.all) == Set((0..<20).map(String.init) + ["later"]))
    }

    @Test func runsManyEachOnce() async throws {
        let store = MemoryStore()
        let ran = Log<JobID>()
        let worker = Worker(store, concurrency: 64, logger: quiet)
        try worker.on("work") { _, context in ran.add(context.id) }
        let ids = try await store.add(20_000, "work")
        try await running(worker) {
            try await eventually(within: .seconds(30)) { ran.count >= 20_000 }
        }
        #expect(ran.count == 20_000)
        #expect(Set(ran.all) == Set(ids))
        #expect(try await store.queues().first?.totals.completed == 20_000)
        #expect(try await store.sessions().allSatisfy { $0.standing == .closed && $0.held == 0 })
    }

    @Test func suspendedHandlersShareTheThreads() async throws {
        let store = MemoryStore()
        let gate = Gate()
        let inside = Log<JobID>()
        let worker = Worker(store, concurrency: 50, logger: quiet)
        try worker.on("wait") { _, context in
            inside.add(context.id)
            await gate.pass()
        }
        let ids = try await store.add(50, "wait")
        try await running(worker) {
            try await eventually { inside.count == 50 }
            gate.open()
            try await eventually { try await store.find(ids).allSatisfy { $0?.state == .completed } }
        }
    }
}
