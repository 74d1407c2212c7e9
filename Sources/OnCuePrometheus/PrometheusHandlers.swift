import CoreMetrics
import Synchronization

/// A whole number that only grows.
final class PrometheusCounter: CounterHandler, Sendable {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        // A counter that went down would look like a restart.
        guard amount > 0 else { return }
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        count.store(0, ordering: .relaxed)
    }

    var value: Int64 { count.load(ordering: .relaxed) }
}

/// A number with a fraction that only grows.
final class PrometheusFloatingCounter: FloatingPointCounterHandler, Sendable {
    private let sum = AtomicDouble()

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        sum.add(amount)
    }

    func reset() {
        sum.set(0)
    }

    var value: Double { sum.value }
}

/// A number that goes up and down: gauges, meters, and recorders that keep the last value only.
final class PrometheusGauge: RecorderHandler, MeterHandler, Sendable {
    private let number = AtomicDouble()

    func record(_ value: Int64) { number.set(Double(value)) }
    func record(_ value: Double) { number.set(value) }
    func set(_ value: Int64) { number.set(Double(value)) }
    func set(_ value: Double) { number.set(value) }
    func increment(by amount: Double) { number.add(amount) }
    func decrement(by amount: Double) { number.add(-amount) }

    var value: Double { number.value }
}

/// How often values lay below each of a few bounds: timers, in seconds, and recorders that aggregate.
final class PrometheusHistogram: TimerHandler, RecorderHandler, Sendable {
    struct Counts: Sendable {
        /// One for each bound and one for what lies above all; not cumulative.
        var buckets: [Int64]
        var sum = 0.0
    }

    /// Several threads that record at once seldom meet at the same one.
    private final class Stripe: Sendable {
        let counts: Mutex<Counts>

        init(_ buckets: Int) {
            counts = Mutex(Counts(buckets: Array(repeating: 0, count: buckets)))
        }
    }

    let bounds: [Double]
    private let stripes: [Stripe]

    /// - Parameter bounds: rising.
    init(bounds: [Double]) {
        self.bounds = bounds
        stripes = (0..<4).map { _ in Stripe(bounds.count + 1) }
    }

    func recordNanoseconds(_ duration: Int64) {
        add(Double(duration) / 1_000_000_000, stripe: Int(truncatingIfNeeded: duration) & 3)
    }

    func record(_ value: Int64) {
        add(Double(value), stripe: Int(truncatingIfNeeded: value) & 3)
    }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        add(value, stripe: Int(truncatingIfNeeded: value.bitPattern >> 20) & 3)
    }

    private func add(_ value: Double, stripe: Int) {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        stripes[stripe].counts.withLock { counts in
            counts.buckets[low] += 1
            counts.sum += value
        }
    }

    var counts: Counts {
        var all = Counts(buckets: Array(repeating: 0, count: bounds.count + 1))
        for stripe in stripes {
            stripe.counts.withLock { counts in
                for index in all.buckets.indices { all.buckets[index] += counts.buckets[index] }
                all.sum += counts.sum
            }
        }
        return all
    }
}

/// A `Double` that several threads may change.
private final class AtomicDouble: Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var current = bits.load(ordering: .relaxed)
        while true {
            let next = (Double(bitPattern: current) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(
                expected: current, desired: next, ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }
}
