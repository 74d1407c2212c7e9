import OnCue
import OnCueTesting
import Testing

@Suite struct JobMemoryTests {
    private struct Place: Codable, Equatable {
        var row: Int
    }

    @Test func anEffectIsNotRepeatedOnRetry() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        let worker = Worker(store, logger: quiet)
        let charges = Log<Int>()
        let results = Log<String>()
        let mails = Log<Int>()
        try worker.on("order") { (_: [UInt8], context) in
            let receipt = try await context.once("charge") {
                charges.add(context.attempt)
                return "receipt-\(charges.count)"
            }
            results.add(receipt)
            // Within one attempt as well.
            #expect(try await context.once("charge") { "another" } == receipt)
            if context.attempt == 1 { throw JobError.retry(after: .seconds(1)) }
            try await context.once("mail") { mails.add(context.attempt) }
            if context.attempt == 2 { throw JobError.retry(after: .seconds(1)) }
        }
        let id = try await store.add(NewJob(name: "order"))
        try await drain(worker, store, advancing: time)
        #expect(charges.all == [1])
        #expect(results.all == ["receipt-1", "receipt-1", "receipt-1"])
        #expect(mails.all == [2])
        #expect(try await store.state(of: id) == .completed)
    }

    @Test func aCheckpointIsReadByTheNextAttempt() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        let worker = Worker(store, logger: quiet)
        let starts = Log<Int>()
        try worker.on("import") { (_: [UInt8], context) in
            var place = try await context.lastCheckpoint(as: Place.self) ?? Place(row: 0)
            starts.add(place.row)
            while place.row < 10 {
                place.row += 1
                try await context.checkpoint(place)
                if place.row == 4 || place.row == 7 { throw JobError.retry(after: .seconds(1)) }
            }
            #expect(try await context.lastCheckpoint(as: Place.self) == Place(row: 10))
        }
        try await store.add(1, "import")
        try await drain(worker, store, advancing: time)
        #expect(starts.all == [0, 4, 7])
    }

    @Test func whatIsTooLargeIsRefused() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: Worker.Configuration(maxOutput: 100), logger: quiet)
        try worker.on("large") { (_: [UInt8], context) in
            try await context.checkpoint([UInt8](repeating: 0, count: 101))
        }
        let id = try await store.add(NewJob(name: "large"))
        try await drain(worker, store)
        let job = try #require(try await store.job(id))
        #expect(job.deadReason == .permanent)
        #expect(job.lastError == "the checkpoint may have 100 bytes, this has 101")
    }

    @Test func progressIsWrittenSparselyAndTheLastWordAlways() async throws {
        let proxy = ProxyStore(MemoryStore())
        let worker = Worker(proxy, configuration: brisk(), logger: quiet)
        try worker.on("work") { (_: [UInt8], context) in
            for step in 1...1_000 { try await context.progress(Double(step) / 1_000, "step \(step)") }
        }
        let id = try await proxy.base.add(NewJob(name: "work"))
        try await running(worker) {
            try await eventually { try await proxy.base.state(of: id) == .completed }
        }
        let job = try #require(try await proxy.base.job(id))
        #expect(job.progress == 1)
        #expect(job.progressMessage == "step 1000")
        #expect(proxy.moments(of: .record).count <= 20)
    }

    @Test func progressShowsWhileTheJobRuns() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(), logger: quiet)
        let gate = Gate()
        try worker.on("work") { (_: [UInt8], context) in
            try await context.progress(0.25)
            try await context.progress(Double.nan, "odd")
            try await context.progress(7, "half")
            await gate.pass()
        }
        let id = try await store.add(NewJob(name: "work"))
        try await running(worker) {
            try await eventually { try await store.job(id)?.progressMessage == "half" }
            #expect(try await store.job(id)?.progress == 1)
            gate.open()
        }
    }

    @Test func outputsAreKept() async throws {
        let store = MemoryStore()
        let worker = Worker(store, logger: quiet)
        try worker.on("set") { (_: [UInt8], context) in try context.setOutput(Place(row: 3)) }
        try worker.on("both") { (_: [UInt8], context) -> JobOutcome in
            context.setOutput([1] as [UInt8])
            return .output([2])
        }
        let set = try await store.add(NewJob(name: "set"))
        let both = try await store.add(NewJob(name: "both"))
        try await drain(worker, store)
        #expect(try await store.job(set)?.output == Array(#"{"row":3}"#.utf8))
        #expect(try await store.job(both)?.output == [2])
    }

    @Test func aRunThatLostItsJobIsStopped() async throws {
        let store = MemoryStore()
        let worker = Worker(store, configuration: brisk(lease: .seconds(30)), logger: quiet)
        let reasons = Log<JobCancellation?>()
        let gate = Gate()
        let started = Log<JobID>()
        try worker.on("work") { (_: [UInt8], context) in
            started.add(context.id)
            await gate.pass()
            do {
                try await context.checkpoint([1])
            } catch {
                reasons.add(context.cancellation)
                throw error
            }
        }
        let id = try await store.add(NewJob(name: "work"))
        try await running(worker) {
            try await eventually { started.count == 1 }
            let session = try #require(try await store.job(id)?.session)
            try await store.changeQueue(.default, .pause)
            _ = try await store.fence(session, ifRenewals: nil, error: "by hand")
            gate.open()
            try await eventually { reasons.count == 1 }
        }
        #expect(reasons.all == [.leaseLost])
        #expect(try await store.job(id)?.state == .pending)
        #expect(try await store.job(id)?.lostWorkers == 1)
    }
}
