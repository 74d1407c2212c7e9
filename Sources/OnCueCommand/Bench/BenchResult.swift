import Foundation

/// The figures of one measurement, as one JSON object or as lines for people.
struct BenchResult: Encodable, Sendable {
    var mode: String
    var store: String
    var jobs: Int
    var jobsPerSecond: Double
    var p50Milliseconds: Double
    var p99Milliseconds: Double
    /// Jobs that were accepted and never ran.
    var lost: Int
    /// Runs beyond the first of a job.
    var duplicates: Int
    var seconds: Double
    /// `idle`: of one core.
    var cpuPercent: Double?
    var rssMegabytes: Double?
    /// `idle`: calls of the store.
    var commandsPerSecond: Double?
    /// `scale`: the rate with many waiting over the rate with few.
    var ratio: Double?

    enum CodingKeys: String, CodingKey {
        case mode, store, jobs, lost, duplicates, seconds, ratio
        case jobsPerSecond = "jobs_per_second"
        case p50Milliseconds = "p50_ms"
        case p99Milliseconds = "p99_ms"
        case cpuPercent = "cpu_percent"
        case rssMegabytes = "rss_mb"
        case commandsPerSecond = "commands_per_second"
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Name and value of each figure, for people.
    var lines: [(String, String)] {
        var lines = [("jobs", "\(jobs)"), ("seconds", Self.text(seconds))]
        if let cpuPercent { lines.append(("CPU, % of a core", Self.text(cpuPercent))) }
        if let rssMegabytes { lines.append(("memory, MB", Self.text(rssMegabytes))) }
        if let commandsPerSecond { lines.append(("store calls a second", Self.text(commandsPerSecond))) }
        if mode != BenchMode.idle.rawValue {
            lines += [
                ("jobs a second", "\(Int(jobsPerSecond.rounded()))"),
                ("p50, ms", Self.text(p50Milliseconds)), ("p99, ms", Self.text(p99Milliseconds)),
            ]
        }
        if let ratio { lines.append(("many waiting / few waiting", Self.text(ratio))) }
        lines += [("lost", "\(lost)"), ("run twice", "\(duplicates)")]
        return lines
    }

    private static func text(_ value: Double) -> String {
        let scaled = (value * 1_000).rounded() / 1_000
        return scaled == scaled.rounded() ? "\(Int(scaled))" : "\(scaled)"
    }
}

/// Times in nanoseconds, with exact percentiles.
struct Latencies: Sendable {
    private(set) var nanoseconds: [Int64] = []

    mutating func append(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        nanoseconds.append(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    mutating func append(contentsOf other: Latencies) {
        nanoseconds += other.nanoseconds
    }

    /// The smallest time that at least `share` of all times do not exceed, in milliseconds; 0 without any.
    func milliseconds(at share: Double) -> Double {
        guard !nanoseconds.isEmpty else { return 0 }
        let sorted = nanoseconds.sorted()
        let rank = Int((Double(sorted.count) * share).rounded(.up)) - 1
        return Double(sorted[min(sorted.count - 1, max(0, rank))]) / 1_000_000
    }
}
