import OnCue

/// What `oncue bench` measures.
enum BenchMode: String, CaseIterable, Sendable {
    /// Jobs taken in.
    case enqueue
    /// Jobs worked off by the public `Worker`, from a full queue.
    case drain
    /// From the call of enqueue to the start of the handler, on an idle worker.
    case latency
    /// The drain of the same number of jobs with few and with many waiting behind them.
    case scale
    /// What a worker costs that has nothing to do.
    case idle
}

/// The settings of one measurement.
struct BenchPlan: Sendable {
    var mode: BenchMode
    var jobs: Int
    var callers: Int
    /// Jobs in one call of enqueue.
    var batch: Int
    var payloadBytes: Int
    var concurrency: Int
    /// How long `idle` looks.
    var span: Duration

    func validated() throws(ValidationError) -> BenchPlan {
        try check(jobs, 1...100_000_000, "jobs")
        try check(callers, 1...10_000, "callers")
        try check(batch, 1...10_000, "batch")
        try check(payloadBytes, 0...Limits.payloadBytes, "payload-bytes")
        try check(concurrency, 1...10_000, "concurrency")
        guard span >= .seconds(1), span <= .seconds(3_600) else {
            throw ValidationError(field: "seconds", message: "takes 1 to 3600")
        }
        return self
    }

    private func check(_ value: Int, _ range: ClosedRange<Int>, _ field: String) throws(ValidationError) {
        guard range.contains(value) else {
            throw ValidationError(
                field: field, message: "takes \(range.lowerBound) to \(range.upperBound), this is \(value)")
        }
    }
}

/// Payloads that carry their number, so that each job can be checked off.
struct BenchPayload: Sendable {
    private let prefix = Array(#"{"n":""#.utf8)
    private let rest: [UInt8]
    private static let digits = 10

    /// - Parameter size: bytes a payload is to have; at least what the number needs.
    init(size: Int) {
        let bare = prefix.count + Self.digits + 2
        let frame = Array(#"","p":""#.utf8)
        if size >= bare + frame.count {
            let padding = size - bare - frame.count
            rest = frame + Array(repeating: UInt8(ascii: "x"), count: padding) + Array(#""}"#.utf8)
        } else {
            rest = Array(#""}"#.utf8)
        }
    }

    func bytes(_ number: Int) -> [UInt8] {
        var bytes = prefix
        bytes.reserveCapacity(prefix.count + Self.digits + rest.count)
        var divisor = 1_000_000_000
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
        bytes += rest
        return bytes
    }

    /// The number in a payload made by ``bytes(_:)``; nil for any other.
    func number(in bytes: [UInt8]) -> Int? {
        guard bytes.count >= prefix.count + Self.digits else { return nil }
        var number = 0
        for byte in bytes[prefix.count..<prefix.count + Self.digits] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }
}
