import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The `oncue` command under measurement.
struct Subject: Sendable {
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
    /// Makes the store of one measurement: its URL, and what removes it afterwards.
    let makeStore: @Sendable () -> (url: String, remove: @Sendable () -> Void)

    func rate(_ arguments: [String]) async throws -> Double {
        try await bench(arguments).jobsPerSecond
    }

    func bench(_ arguments: [String]) async throws -> Figures {
        let store = makeStore()
        defer { store.remove() }
        let result = try await Subprocess.run(
            .path(FilePath(command)),
            arguments: Arguments(["bench"] + arguments + ["--store", store.url, "--json"]),
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
