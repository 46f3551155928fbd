import CoreMetrics

/// A value that goes up and down; the last one set is shown.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    static let kind = MetricKind.gauge

    private let value = AtomicDouble()

    func set(_ value: Int64) { self.value.value = Double(value) }
    func set(_ value: Double) { self.value.value = value }
    func increment(by amount: Double) { value.add(amount) }
    func decrement(by amount: Double) { value.add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func write(_ name: String, labels: String, into text: inout MetricsText) {
        text.sample(name, labels: labels, value.value)
    }
}
