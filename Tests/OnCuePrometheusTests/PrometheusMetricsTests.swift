import Metrics
import OnCuePrometheus
import Testing

@Suite struct PrometheusMetricsTests {
    private let metrics = PrometheusMetrics()

    private func lines(_ metrics: PrometheusMetrics? = nil) -> [String] {
        String(decoding: (metrics ?? self.metrics).text(), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func countersAndGauges() {
        Counter(label: "jobs_total", dimensions: [("queue", "mail"), ("name", "a")], factory: metrics).increment(by: 3)
        Counter(label: "jobs_total", dimensions: [("queue", "mail"), ("name", "a")], factory: metrics).increment()
        Counter(label: "jobs_total", dimensions: [("queue", "mail"), ("name", "b")], factory: metrics).increment(by: -1)
        Counter(label: "http.requests", factory: metrics).increment()
        FloatingPointCounter(label: "spent", factory: metrics).increment(by: 0.25)
        FloatingPointCounter(label: "spent", factory: metrics).increment(by: 0.5)
        Gauge(label: "depth", factory: metrics).record(7)
        Gauge(label: "depth", factory: metrics).record(2.5)
        let meter = Meter(label: "load", dimensions: [("host", "x")], factory: metrics)
        meter.set(3)
        meter.increment(by: 2)
        meter.decrement(by: 1)
        metrics.describe("jobs_total", "Jobs, of \\ all\nkinds.")
        #expect(
            lines() == [
                "# TYPE depth gauge", "depth 2.5", "# TYPE http_requests_total counter", "http_requests_total 1",
                #"# HELP jobs_total Jobs, of \\ all\nkinds."#, "# TYPE jobs_total counter",
                #"jobs_total{queue="mail",name="a"} 4"#, #"jobs_total{queue="mail",name="b"} 0"#, "# TYPE load gauge",
                #"load{host="x"} 4"#, "# TYPE spent_total counter", "spent_total 0.75", "",
            ])
        #expect(metrics.totals(of: "jobs_total", by: "name") == ["a": 4, "b": 0])
        #expect(metrics.totals(of: "jobs_total", by: "queue") == ["mail": 4])
        #expect(metrics.totals(of: "nothing", by: "queue").isEmpty)
    }

    @Test func timersAreHistogramsInSeconds() {
        let metrics = PrometheusMetrics(
            buckets: .init(timers: [0.1, 0.001, .infinity], recorders: [5], byLabel: ["wait_seconds": [1]]))
        let timer = Timer(label: "run", dimensions: [("le", "x")], factory: metrics)
        for nanoseconds in [1_000_000, 1_000_001, 100_000_000, 2_000_000_000] as [Int64] {
            timer.recordNanoseconds(nanoseconds)
        }
        Timer(label: "wait_seconds", factory: metrics).recordSeconds(1)
        Recorder(label: "size", factory: metrics).record(5)
        Recorder(label: "size", factory: metrics).record(5.5)
        let expected = [
            "# TYPE run_seconds histogram", #"run_seconds_bucket{le_="x",le="0.001"} 1"#,
            #"run_seconds_bucket{le_="x",le="0.1"} 3"#, #"run_seconds_bucket{le_="x",le="+Inf"} 4"#,
        ]
        let text = lines(metrics)
        #expect(Array(text[..<4]) == expected)
        #expect(text[4].hasPrefix(#"run_seconds_sum{le_="x"} 2.102"#))
        #expect(text[5] == #"run_seconds_count{le_="x"} 4"#)
        #expect(
            Array(text[6...]) == [
                "# TYPE size histogram", #"size_bucket{le="5"} 1"#, #"size_bucket{le="+Inf"} 2"#, "size_sum 10.5",
                "size_count 2", "# TYPE wait_seconds histogram", #"wait_seconds_bucket{le="1"} 1"#,
                #"wait_seconds_bucket{le="+Inf"} 1"#, "wait_seconds_sum 1", "wait_seconds_count 1", "",
            ])
    }

    @Test func anythingBecomesValidText() {
        let nasty = "a\"b\\c\nd é 🙂"
        Counter(label: "9.Ümlaut-name", dimensions: [("__x", nasty), ("x", "1"), ("", "2")], factory: metrics)
            .increment()
        #expect(
            lines() == [
                "# TYPE _9___mlaut_name_total counter",
                #"_9___mlaut_name_total{_x="a\"b\\c\nd é 🙂",x="1",_="2"} 1"#, "",
            ])
    }

    @Test func aNameStandsForOneKind() {
        Gauge(label: "mixed_total", factory: metrics).record(1)
        let counter = Counter(label: "mixed", factory: metrics)
        counter.increment()
        Timer(label: "run", factory: metrics).recordSeconds(1)
        Gauge(label: "run_seconds_sum", factory: metrics).record(1)
        let text = lines()
        #expect(text.filter { $0.hasPrefix("mixed_total") } == ["mixed_total 1"])
        #expect(text.filter { $0.hasPrefix("run_seconds_sum") } == ["run_seconds_sum 1"])
        #expect(text.filter { $0.hasPrefix("# TYPE") }.count == 2)
    }

    @Test func seriesAreBounded() {
        let metrics = PrometheusMetrics(limits: .init(series: 10, metrics: 2))
        for number in 0..<1_000 {
            Counter(label: "jobs_total", dimensions: [("name", "n\(number)"), ("queue", "q")], factory: metrics)
                .increment()
        }
        for number in 0..<100 { Gauge(label: "gauge\(number)", factory: metrics).record(1) }
        let text = lines(metrics)
        #expect(text.filter { $0.hasPrefix("jobs_total{") }.count == 11)
        #expect(text.contains(#"jobs_total{name="other",queue="other"} 990"#))
        #expect(text.filter { $0.hasPrefix("gauge") } == ["gauge0 1"])
    }

    @Test func whatIsDestroyedGoes() {
        let counter = Counter(label: "jobs_total", dimensions: [("name", "a")], factory: metrics)
        counter.increment()
        Gauge(label: "depth", factory: metrics).record(1)
        counter.destroy()
        #expect(lines() == ["# TYPE depth gauge", "depth 1", ""])
        counter.increment()
        #expect(lines().count == 3)
    }

    @Test func numbersAreWrittenAsPrometheusReadsThem() {
        let gauge = Gauge(label: "depth", factory: metrics)
        for (value, text) in [
            (0.0, "0"), (-3.0, "-3"), (0.1, "0.1"), (1e300, "1e+300"), (1e-7, "1e-07"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"), (.nan, "NaN"), (1_234_567_890, "1234567890"),
        ] {
            gauge.record(value)
            #expect(lines()[1] == "depth \(text)")
        }
    }

    @Test func manyThreadsLoseNothing() async {
        let counter = Counter(label: "jobs_total", factory: metrics)
        let floating = FloatingPointCounter(label: "spent_total", factory: metrics)
        let timer = Timer(label: "run_seconds", factory: metrics)
        let metrics = metrics
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<5_000 {
                        counter.increment()
                        floating.increment(by: 0.5)
                        timer.recordNanoseconds(Int64(number) * 1_000)
                        if number % 1_000 == task { _ = metrics.text() }
                    }
                }
            }
        }
        let text = lines()
        #expect(text.contains("jobs_total 40000"))
        #expect(text.contains("spent_total 20000"))
        #expect(text.contains("run_seconds_count 40000"))
        #expect(text.contains(#"run_seconds_bucket{le="+Inf"} 40000"#))
    }
}
