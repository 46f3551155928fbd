import CoreMetrics
import Synchronization

/// A sum that only grows. Whole and broken amounts are kept apart, so that counting stays exact beyond 2^53.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    static let kind = MetricKind.counter

    private let whole = Atomic<UInt64>(0)
    private let broken = AtomicDouble()

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        broken.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        broken.value = 0
    }

    func write(_ name: String, labels: String, into text: inout MetricsText) {
        let count = whole.load(ordering: .relaxed)
        let rest = broken.value
        if rest == 0 {
            text.sample(name, labels: labels, count)
        } else {
            text.sample(name, labels: labels, Double(count) + rest)
        }
    }
}
