/// Reads the text format strictly: what Prometheus would refuse is an error here.
struct PrometheusReading {
    struct Mistake: Error {
        var line: String
    }

    private var samples: [String: Double] = [:]
    private(set) var kinds: [String: String] = [:]
    private(set) var help: [String: String] = [:]

    init(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.isEmpty || text.hasSuffix("\n") else { throw Mistake(line: "the end") }
        var family = ""
        for line in text.split(separator: "\n").map(String.init) {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if line.hasPrefix("# HELP ") {
                guard words.count == 4, help.updateValue(words[3], forKey: words[2]) == nil else {
                    throw Mistake(line: line)
                }
            } else if line.hasPrefix("# TYPE ") {
                guard words.count == 4, ["counter", "gauge", "histogram"].contains(words[3]),
                    kinds.updateValue(words[3], forKey: words[2]) == nil
                else { throw Mistake(line: line) }
                family = words[2]
            } else {
                try sample(line, of: family)
            }
        }
    }

    private mutating func sample(_ line: String, of family: String) throws {
        let pattern = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/
        guard let match = line.wholeMatch(of: pattern), let value = Double(match.3.replacing("Inf", with: "inf")) else {
            throw Mistake(line: line)
        }
        let name = String(match.1)
        let endings = kinds[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard endings.contains(where: { family + $0 == name }) else { throw Mistake(line: line) }
        var labels: [String: String] = [:]
        var rest = match.2 ?? ""
        while !rest.isEmpty {
            guard let label = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/),
                labels.updateValue(String(label.2), forKey: String(label.1)) == nil
            else { throw Mistake(line: line) }
            rest = rest[label.range.upperBound...]
        }
        guard samples.updateValue(value, forKey: Self.key(name, labels)) == nil else { throw Mistake(line: line) }
    }

    private static func key(_ name: String, _ labels: [String: String]) -> String {
        name + labels.sorted { $0.key < $1.key }.map { "|\($0.key)=\($0.value)" }.joined()
    }

    subscript(name: String, labels: [String: String]) -> Double? { samples[Self.key(name, labels)] }

    func has(_ name: String) -> Bool { kinds[name] != nil }

    /// Our metrics that nothing explains.
    var undescribed: [String] { kinds.keys.filter { help[$0] == nil && $0.hasPrefix("oncue_") }.sorted() }
}
