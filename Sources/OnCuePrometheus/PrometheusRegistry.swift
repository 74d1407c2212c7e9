/// One combination of label values of a metric.
struct PrometheusSeries: Sendable {
    enum Handler: Sendable {
        case counter(PrometheusCounter)
        case floatingCounter(PrometheusFloatingCounter)
        case gauge(PrometheusGauge)
        case histogram(PrometheusHistogram)

        var object: AnyObject {
            switch self {
            case .counter(let counter): counter
            case .floatingCounter(let counter): counter
            case .gauge(let gauge): gauge
            case .histogram(let histogram): histogram
            }
        }
    }

    var labels: [(String, String)]
    var handler: Handler
}

/// A metric with all its series.
struct PrometheusFamily: Sendable {
    let name: String
    /// As it was given to swift-metrics.
    let label: String
    let kind: PrometheusText.Kind
    var help: String?
    /// By their labels as text.
    var series: [String: PrometheusSeries] = [:]

    func write(to text: inout PrometheusText) {
        guard !series.isEmpty else { return }
        text.family(name, kind, help: help)
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) {
            switch series.handler {
            case .counter(let counter): text.sample(name, labels, String(counter.value))
            case .floatingCounter(let counter): text.sample(name, labels, counter.value)
            case .gauge(let gauge): text.sample(name, labels, gauge.value)
            case .histogram(let histogram): write(histogram, labels, to: &text)
            }
        }
    }

    private func write(_ histogram: PrometheusHistogram, _ labels: String, to text: inout PrometheusText) {
        let counts = histogram.counts
        let front = labels.isEmpty ? "" : labels + ","
        var below: Int64 = 0
        for (bound, count) in zip(histogram.bounds, counts.buckets) {
            below += count
            text.sample("\(name)_bucket", "\(front)le=\"\(PrometheusText.number(bound))\"", String(below))
        }
        below += counts.buckets.last ?? 0
        text.sample("\(name)_bucket", "\(front)le=\"+Inf\"", String(below))
        text.sample("\(name)_sum", labels, counts.sum)
        text.sample("\(name)_count", labels, String(below))
    }
}

/// All metrics by name.
struct PrometheusRegistry: Sendable {
    private(set) var families: [String: PrometheusFamily] = [:]
    /// By label.
    var help: [String: String] = [:]

    var sortedFamilies: [PrometheusFamily] {
        families.values.sorted { $0.name < $1.name }.map { family in
            var family = family
            family.help = help[family.label]
            return family
        }
    }

    mutating func handler(
        _ label: String, _ dimensions: [(String, String)], _ kind: PrometheusText.Kind, suffix: String,
        limits: PrometheusMetrics.Limits, _ make: () -> PrometheusSeries.Handler
    ) -> PrometheusSeries.Handler? {
        let name = PrometheusName.metric(label, suffix: suffix)
        if families[name] == nil, families.count < limits.metrics, !isTaken(name, by: kind) {
            families[name] = PrometheusFamily(name: name, label: label, kind: kind)
        }
        guard let family = families[name], family.kind == kind else { return nil }
        var labels = PrometheusName.labels(dimensions, isHistogram: kind == .histogram)
        var key = PrometheusText.labels(labels)
        if let known = family.series[key] { return known.handler }
        if family.series.count >= limits.series, !labels.isEmpty {
            labels = labels.map { ($0.0, "other") }
            key = PrometheusText.labels(labels)
            if let known = family.series[key] { return known.handler }
        }
        let made = make()
        families[name]?.series[key] = PrometheusSeries(labels: labels, handler: made)
        return made
    }

    /// The samples of a histogram may not meet another metric's name, nor the other way round.
    private func isTaken(_ name: String, by kind: PrometheusText.Kind) -> Bool {
        let endings = ["_bucket", "_sum", "_count"]
        if kind == .histogram, endings.contains(where: { families[name + $0] != nil }) { return true }
        return endings.contains { ending in
            name.hasSuffix(ending) && families[String(name.dropLast(ending.count))]?.kind == .histogram
        }
    }

    mutating func remove(_ handler: AnyObject) {
        for (name, family) in families {
            guard let (key, series) = family.series.first(where: { $0.value.handler.object === handler }) else {
                continue
            }
            // That of all which found no room has many owners.
            if series.labels.isEmpty || !series.labels.allSatisfy({ $0.1 == "other" }) {
                families[name]?.series[key] = nil
            }
            return
        }
    }
}
