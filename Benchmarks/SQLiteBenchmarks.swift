import Foundation

/// The SQLite store beside SQLite itself.
struct SQLiteBenchmarks {
    let plan: MeasuringPlan
    let oncue: String

    /// - Returns: whether a figure was missed.
    func run() async throws -> Bool {
        let subject = Subject.onFiles(oncue, in: plan.scratch)
        let (jobs, yardstick) = (plan.jobs, RawSQLite(scratch: plan.scratch))
        var table = ResultTable()

        print("SQLite. fsync: \(try yardstick.syncCost()) ms (median of 100 writes of 4 KB, each made durable)")
        print()
        table.add(
            try await plan.pairs(
                "bulk enqueue, 1,000 a call", "raw C loop, same schema and batch", reach: 0.6,
                subject: { try await subject.rate(["enqueue", "--batch", "1000", "--jobs", "\(jobs)"]) },
                yardstick: { try yardstick.bulkInsert(jobs: jobs, batch: 1_000) }))
        table.add(
            try await plan.pairs(
                "enqueue, 64 callers, one a call", "64 callers, plain group commit", reach: 0.6,
                subject: {
                    try await subject.rate(["enqueue", "--batch", "1", "--callers", "64", "--jobs", "\(jobs / 2)"])
                },
                yardstick: { try await yardstick.groupCommit(jobs: jobs / 2, callers: 64) }))
        table.add(
            try await plan.pairs(
                "drain, 64 slots", "raw C loop, claim + complete, 256", reach: 0.6,
                subject: { try await subject.rate(["drain", "--concurrency", "64", "--jobs", "\(jobs)"]) },
                yardstick: { try yardstick.claimAndComplete(jobs: jobs, batch: 256) }))
        table.add(try await subject.typedDrain(plan))
        table.add(try await subject.scale(plan))
        table.print()
        print()
        try await subject.printIdleFigures()
        return table.hasMissed
    }
}

extension Subject {
    /// Each call works on a file of its own.
    static func onFiles(_ oncue: String, in scratch: URL) -> Subject {
        Subject(command: oncue) {
            let path = scratch.appending(path: "subject-\(UUID().uuidString).db").path
            return ("sqlite:\(path)", { removeStore(path) })
        }
    }

    /// Removes a file with all that stands beside it.
    static func removeStore(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-turn", "-lock"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }

    /// A drain whose handler decodes its payload, beside the same with bytes.
    func typedDrain(_ plan: MeasuringPlan) async throws -> ResultTable.Row {
        let drain = ["drain", "--concurrency", "64", "--jobs", "\(plan.jobs)"]
        return try await plan.pairs(
            "drain, typed 3-field payload", "the same with bytes", reach: 0.6,
            subject: { try await rate(drain + ["--typed"]) }, yardstick: { try await rate(drain) })
    }

    /// The drain of a few jobs with very many behind them, beside the same few alone.
    func scale(_ plan: MeasuringPlan) async throws -> ResultTable.Row {
        let scale = try await bench(["scale", "--jobs", "\(plan.many)"])
        return .init(
            what: "\(plan.many) jobs waiting", yardstick: "the same sample alone",
            measured: "\(Int(scale.jobsPerSecond)) jobs/s", reference: "", ratio: scale.ratio ?? 0, reach: 0.7)
    }

    func printIdleFigures() async throws {
        let latency = try await bench(["latency", "--jobs", "300"])
        print("enqueue to handler start, idle worker: p50 \(latency.p50.short) ms, p99 \(latency.p99.short) ms")
        let idle = try await bench(["idle", "--jobs", "5000"])
        print(
            "idle, 5,000 finished jobs kept: \((idle.cpuPercent ?? 0).short) % of a core (reach < 0.5), "
                + "\((idle.rssMegabytes ?? 0).short) MB (reach < 60), "
                + "\((idle.commandsPerSecond ?? 0).short) store calls a second")
    }
}
