import ArgumentParser
import Foundation

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

    @Option(help: "What: sqlite, redis, server.")
    var stores = "sqlite,redis,server"

    func run() async throws {
        let scratch = URL(filePath: folder).appending(path: "oncue-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let plan = MeasuringPlan(jobs: jobs, many: many, rounds: rounds, scratch: scratch)
        var hasMissed = false
        for store in stores.split(separator: ",") {
            switch store {
            case "sqlite": hasMissed = try await SQLiteBenchmarks(plan: plan, oncue: oncue).run() || hasMissed
            #if Redis
                case "redis": hasMissed = try await RedisBenchmarks(plan: plan, oncue: oncue).run() || hasMissed
            #endif
            #if Server
                case "server": hasMissed = try await ServerBenchmarks(plan: plan, oncue: oncue).run() || hasMissed
            #endif
            default: throw ValidationError("--stores takes sqlite, redis and server, not '\(store)'")
            }
        }
        if hasMissed { throw ExitCode(1) }
    }
}

/// How much is measured.
struct MeasuringPlan {
    var jobs: Int
    var many: Int
    var rounds: Int
    var scratch: URL

    /// Measures subject and yardstick in turn.
    func pairs(
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

extension [Double] {
    /// The middle value; the upper one of two.
    var median: Double { sorted()[count / 2] }
}

extension Double {
    /// With two decimals at most.
    var short: Double { (self * 100).rounded() / 100 }
}
