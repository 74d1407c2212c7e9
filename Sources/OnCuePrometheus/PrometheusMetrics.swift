public import CoreMetrics
import Synchronization

/// A backend of swift-metrics that keeps everything in memory and writes it as Prometheus reads it.
///
/// ```swift
/// let metrics = PrometheusMetrics()
/// MetricsSystem.bootstrap(metrics)
/// // in the route of /metrics:
/// let body = metrics.text()
/// ```
///
/// Counters end in `_total` and timers in `_seconds`; what is missing is added. Timers and aggregating recorders become
/// histograms. The same label and dimensions give the same series, whoever asks.
///
/// Memory is bounded: of each metric at most ``Limits-swift.struct/series`` series are kept; what comes on top is summed up in
/// one series more, whose labels all say `other`.
public final class PrometheusMetrics: MetricsFactory, Sendable {
    public struct Limits: Hashable, Sendable {
        /// Of one metric.
        public var series: Int
        /// Metrics; those that come later work but are not written out.
        public var metrics: Int

        public init(series: Int = 1_000, metrics: Int = 1_000) {
            self.series = series
            self.metrics = metrics
        }
    }

    /// Bounds of histograms, rising, without the infinite one.
    public struct Buckets: Hashable, Sendable {
        /// Of timers, in seconds.
        public var timers: [Double]
        /// Of recorders that aggregate.
        public var recorders: [Double]
        /// Of single metrics, by their label.
        public var byLabel: [String: [Double]]

        /// From 0.1 ms to two hours; and 1, 2, 5 … to a million.
        public init(
            timers: [Double] = [
                0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
                1_800, 7_200,
            ],
            recorders: [Double] = [
                1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000, 1_000_000,
            ],
            byLabel: [String: [Double]] = [:]
        ) {
            self.timers = timers
            self.recorders = recorders
            self.byLabel = byLabel
        }

        func bounds(_ label: String, isTimer: Bool) -> [Double] {
            let wanted = byLabel[label] ?? (isTimer ? timers : recorders)
            return Set(wanted.filter(\.isFinite)).sorted()
        }
    }

    private let limits: Limits
    private let buckets: Buckets
    private let registry = Mutex(PrometheusRegistry())

    public init(limits: Limits = Limits(), buckets: Buckets = Buckets()) {
        self.limits = limits
        self.buckets = buckets
    }

    /// Sets the line that explains a metric.
    ///
    /// - Parameter label: as it is given to swift-metrics.
    public func describe(_ label: String, _ help: String) {
        registry.withLock { $0.help[label] = help }
    }

    /// All metrics in the text format, version 0.0.4 (``PrometheusText/contentType``), by name.
    public func text() -> [UInt8] {
        var text = PrometheusText()
        write(to: &text)
        return text.bytes
    }

    public func write(to text: inout PrometheusText) {
        // Written outside of the lock: a scrape holds nobody up.
        let families = registry.withLock { $0.sortedFamilies }
        for family in families { family.write(to: &text) }
    }

    /// The sum of a counter by one of its dimensions, such as `name`.
    public func totals(of label: String, by dimension: String) -> [String: Int64] {
        registry.withLock { registry in
            var totals: [String: Int64] = [:]
            for family in registry.families.values where family.label == label {
                for series in family.series.values {
                    guard case .counter(let counter) = series.handler,
                        let value = series.labels.first(where: { $0.0 == dimension })?.1
                    else { continue }
                    totals[value, default: 0] += counter.value
                }
            }
            return totals
        }
    }

    // MARK: MetricsFactory

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let handler = handler(label, dimensions, .counter, suffix: "_total") { .counter(PrometheusCounter()) }
        if case .counter(let counter) = handler { return counter }
        return PrometheusCounter()
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        let handler = handler(label, dimensions, .counter, suffix: "_total") {
            .floatingCounter(PrometheusFloatingCounter())
        }
        if case .floatingCounter(let counter) = handler { return counter }
        return PrometheusFloatingCounter()
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions, isTimer: false) : gauge(label, dimensions)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, isTimer: true)
    }

    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> PrometheusGauge {
        let handler = handler(label, dimensions, .gauge, suffix: "") { .gauge(PrometheusGauge()) }
        if case .gauge(let gauge) = handler { return gauge }
        return PrometheusGauge()
    }

    private func histogram(
        _ label: String, _ dimensions: [(String, String)], isTimer: Bool
    ) -> PrometheusHistogram {
        let bounds = buckets.bounds(label, isTimer: isTimer)
        let handler = handler(label, dimensions, .histogram, suffix: isTimer ? "_seconds" : "") {
            .histogram(PrometheusHistogram(bounds: bounds))
        }
        if case .histogram(let histogram) = handler { return histogram }
        return PrometheusHistogram(bounds: bounds)
    }

    /// Nil, or of another type, when the name is taken by another kind or there is no room: then it is not written out.
    private func handler(
        _ label: String, _ dimensions: [(String, String)], _ kind: PrometheusText.Kind, suffix: String,
        _ make: () -> PrometheusSeries.Handler
    ) -> PrometheusSeries.Handler? {
        registry.withLock { $0.handler(label, dimensions, kind, suffix: suffix, limits: limits, make) }
    }

    private func remove(_ handler: AnyObject) {
        registry.withLock { $0.remove(handler) }
    }
}
