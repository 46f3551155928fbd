import CoreMetrics
import Synchronization

/// Counts observations in buckets by upper bound, with their sum.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    static let kind = MetricKind.histogram

    /// Seconds: half a millisecond to ten, the span of a request.
    static let secondsBounds: [Double] = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Anything else that is recorded, by powers of ten: sizes, counts.
    static let quantityBounds: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

    private let bounds: [Double]
    private let state: Mutex<State>

    private struct State {
        /// Observations per bucket, the last one for what is above every bound.
        var counts: [UInt64]
        var sum: Double = 0
    }

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] &+= 1
            state.sum += value
        }
    }

    func write(_ name: String, labels: String, into text: inout MetricsText) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let prefix = labels.isEmpty ? "" : labels + ","
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total &+= count
            let bound = index < bounds.count ? MetricsText.number(bounds[index]) : "+Inf"
            text.sample("\(name)_bucket", labels: "\(prefix)le=\"\(bound)\"", total)
        }
        text.sample("\(name)_sum", labels: labels, sum)
        text.sample("\(name)_count", labels: labels, total)
    }
}
