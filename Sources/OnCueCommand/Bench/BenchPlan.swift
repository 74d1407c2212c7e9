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
    /// `drain`: the handler takes the payload as a decoded value, not as bytes.
    var isTyped: Bool
    /// How long `idle` looks.
    var span: Duration

    func validated() throws(ValidationError) -> BenchPlan {
        try check(jobs, (mode == .idle ? 0 : 1)...100_000_000, "jobs")
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

/// Payloads of three fields that carry their number, so that each job can be checked off.
struct BenchPayload: Sendable {
    /// The payload as a typed handler sees it.
    struct Value: Codable, Sendable {
        var n: String
        var k: Int
        var p: String
    }

    private let prefix = Array(#"{"n":""#.utf8)
    private let rest: [UInt8]
    private static let digits = 10
    private static let frame = Array(#"","k":7,"p":""#.utf8)

    /// - Parameter size: bytes a payload is to have; at least what the three fields need.
    init(size: Int) {
        let bare = prefix.count + Self.digits + Self.frame.count + 2
        let padding = Array(repeating: UInt8(ascii: "x"), count: max(0, size - bare))
        rest = Self.frame + padding + Array(#""}"#.utf8)
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
