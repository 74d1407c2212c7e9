import ArgumentParser
import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Measures `oncue bench` beside yardsticks in the same run and prints the ratios.
///
/// These machines are noisy and differ by a factor of 25 in the cost of an fsync, so that only the ratio counts. Each
/// pair is measured in turn, several times; the median of the ratios is printed.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks", abstract: "OnCue beside its yardsticks, as ratios.")

    @Option(help: "The oncue command to measure; a release build.")
    var oncue: String

    @Option(help: "Jobs in each measurement of a rate.")
    var jobs = 200_000

    @Option(help: "Jobs that wait in the measurement with many waiting.")
    var many = 1_000_000

    @Option(help: "How often each pair is measured.")
    var rounds = 3

    @Option(help: "Where the files of the measurement go; they are removed again.")
    var folder = FileManager.default.temporaryDirectory.path

    func run() async throws {
        let scratch = URL(filePath: folder).appending(path: "oncue-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let subject = Subject(command: oncue, scratch: scratch)
        let yardstick = RawSQLite(scratch: scratch)
        var table = ResultTable()

        print("fsync: \(try yardstick.syncCost()) ms (median of 100 writes of 4 KB, each made durable)")
        print()

        table.add(
            try await pairs(
                "bulk enqueue, 1,000 a call", "raw C loop, same schema and batch", reach: 0.6,
                subject: { try await subject.rate(["enqueue", "--batch", "1000", "--jobs", "\(jobs)"]) },
                yardstick: { try yardstick.bulkInsert(jobs: jobs, batch: 1_000) }))
        table.add(
            try await pairs(
                "enqueue, 64 callers, one a call", "64 callers, plain group commit", reach: 0.6,
                subject: {
                    try await subject.rate([
                        "enqueue", "--batch", "1", "--callers", "64", "--jobs", "\(jobs / 2)",
                    ])
                },
                yardstick: { try await yardstick.groupCommit(jobs: jobs / 2, callers: 64) }))
        table.add(
            try await pairs(
                "drain, 64 slots", "raw C loop, claim + complete, 256", reach: 0.6,
                subject: { try await subject.rate(["drain", "--concurrency", "64", "--jobs", "\(jobs)"]) },
                yardstick: { try yardstick.claimAndComplete(jobs: jobs, batch: 256) }))
        table.add(
            try await pairs(
                "drain, typed 3-field payload", "the same with bytes", reach: 0.6,
                subject: {
                    try await subject.rate(["drain", "--typed", "--concurrency", "64", "--jobs", "\(jobs)"])
                },
                yardstick: { try await subject.rate(["drain", "--concurrency", "64", "--jobs", "\(jobs)"]) }))

        let scale = try await subject.bench(["scale", "--jobs", "\(many)"])
        table.add(
            .init(
                what: "\(many) jobs waiting", yardstick: "the same sample alone",
                measured: "\(Int(scale.jobsPerSecond)) jobs/s", reference: "",
                ratio: scale.ratio ?? 0, reach: 0.7))
        table.print()

        let latency = try await subject.bench(["latency", "--jobs", "300"])
        print()
        print("enqueue to handler start, idle worker: p50 \(latency.p50.short) ms, p99 \(latency.p99.short) ms")
        let idle = try await subject.bench(["idle", "--jobs", "5000"])
        print(
            "idle, 5,000 finished jobs kept: \((idle.cpuPercent ?? 0).short) % of a core (reach < 0.5), "
                + "\((idle.rssMegabytes ?? 0).short) MB (reach < 60), "
                + "\((idle.commandsPerSecond ?? 0).short) store calls a second"
        )
        if table.hasMissed { throw ExitCode(1) }
    }

    /// Measures subject and yardstick in turn.
    private func pairs(
        _ what: String, _ name: String, reach: Double, subject: () async throws -> Double,
        yardstick: () async throws -> Double
    ) async throws -> ResultTable.Row {
        var ratios: [Double] = []
        var measured: [Double] = []
        var reference: [Double] = []
        for _ in 0..<rounds {
            let raw = try await yardstick()
            let ours = try await subject()
            reference.append(raw)
            measured.append(ours)
            ratios.append(ours / raw)
        }
        return .init(
            what: what, yardstick: name, measured: "\(Int(measured.median)) jobs/s",
            reference: "\(Int(reference.median)) jobs/s", ratio: ratios.median, reach: reach)
    }
}

/// The `oncue` command under measurement; each call works on a file of its own.
struct Subject {
    struct Figures: Decodable {
        var jobsPerSecond: Double
        var p50: Double
        var p99: Double
        var lost: Int
        var duplicates: Int
        var cpuPercent: Double?
        var rssMegabytes: Double?
        var commandsPerSecond: Double?
        var ratio: Double?

        enum CodingKeys: String, CodingKey {
            case lost, duplicates, ratio
            case jobsPerSecond = "jobs_per_second"
            case p50 = "p50_ms"
            case p99 = "p99_ms"
            case cpuPercent = "cpu_percent"
            case rssMegabytes = "rss_mb"
            case commandsPerSecond = "commands_per_second"
        }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let command: String
    let scratch: URL

    func rate(_ arguments: [String]) async throws -> Double {
        try await bench(arguments).jobsPerSecond
    }

    func bench(_ arguments: [String]) async throws -> Figures {
        let file = scratch.appending(path: "subject-\(UUID().uuidString).db")
        defer {
            for suffix in ["", "-wal", "-shm", "-turn", "-lock"] {
                try? FileManager.default.removeItem(atPath: file.path + suffix)
            }
        }
        let result = try await Subprocess.run(
            .path(FilePath(command)),
            arguments: Arguments(["bench"] + arguments + ["--store", "sqlite:\(file.path)", "--json"]),
            output: .string(limit: 65_536), error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
        guard case .exited(0) = result.terminationStatus else {
            throw Failure(description: "oncue bench \(arguments.joined(separator: " ")): \(result.terminationStatus)")
        }
        let figures = try JSONDecoder().decode(Figures.self, from: Data(result.standardOutput.utf8))
        guard figures.lost == 0, figures.duplicates == 0 else {
            throw Failure(
                description: "oncue bench \(arguments.joined(separator: " ")): \(figures.lost) lost, "
                    + "\(figures.duplicates) run twice")
        }
        return figures
    }
}

extension [Double] {
    /// The middle value; the upper one of two.
    var median: Double { sorted()[count / 2] }
}

extension Double {
    /// With two decimals at most.
    fileprivate var short: Double { (self * 100).rounded() / 100 }
}
