public import CoreMetrics
public import Kernel
import Synchronization

/// Keeps every measured series of the process and shows them as Prometheus text (exposition format 0.0.4).
///
/// Bootstrapped once: `MetricsSystem.bootstrap(registry)`; the same value answers `/metrics` with `text()`.
public final class MetricsRegistry: MetricsFactory, Sendable {
    private let state = Mutex(State())
    private let seriesLimit: Int

    private struct State {
        /// Families by name; the series of one by their labels as they stand in the text.
        var families: [String: [String: any MetricSeries]] = [:]
        var seriesCount = 0
        var refusedSeries = 0
    }

    /// The media type of `text()`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// A registry that shows at most so many series; what comes after is counted, not kept.
    public init(seriesLimit: Int = Limits.metricSeries) { self.seriesLimit = seriesLimit }

    /// Every series, families and labels in alphabetic order, and figures of the process itself.
    public func text() -> String {
        let (families, refused) = state.withLock { ($0.families, $0.refusedSeries) }
        var text = MetricsText()
        for (name, series) in families.sorted(by: { $0.key < $1.key }) {
            guard let kind = series.first.map({ type(of: $0.value).kind }) else { continue }
            text.open(name, kind: kind)
            for (labels, one) in series.sorted(by: { $0.key < $1.key }) { one.write(name, labels: labels, into: &text) }
        }
        text.open("metrics_series_refused_total", kind: .counter)
        text.sample("metrics_series_refused_total", labels: "", Double(refused))
        ProcessFigures.write(into: &text)
        return text.text
    }

    /// The series of a name and labels, made at first use.
    ///
    /// A caller that comes after the limit, or with a name that another kind of metric has, gets a series that works
    /// but is not shown: measuring never fails.
    private func series<Series: MetricSeries>(
        _ label: String, suffix: String = "", _ dimensions: [(String, String)], make: () -> Series
    ) -> Series {
        let name = MetricName.metric(label, suffix: suffix)
        let labels = MetricName.labels(dimensions)
        return state.withLock { state in
            if let known = state.families[name]?[labels] as? Series { return known }
            let isOtherKind = state.families[name]?.first.map { !($0.value is Series) } ?? false
            let made = make()
            if isOtherKind || state.seriesCount >= seriesLimit {
                state.refusedSeries += 1
            } else {
                state.families[name, default: [:]][labels] = made
                state.seriesCount += 1
            }
            return made
        }
    }

    private func forget(_ handler: AnyObject) {
        state.withLock { state in
            for (name, series) in state.families {
                guard let labels = series.first(where: { $0.value === handler })?.key else { continue }
                state.families[name]?[labels] = nil
                if state.families[name]?.isEmpty == true { state.families[name] = nil }
                state.seriesCount -= 1
                return
            }
        }
    }
}

extension MetricsRegistry {
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, suffix: "_total", dimensions) { CounterSeries() }
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, suffix: "_total", dimensions) { CounterSeries() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions) { GaugeSeries() }
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return series(label, dimensions) { GaugeSeries() } }
        return series(label, dimensions) { HistogramSeries(bounds: HistogramSeries.quantityBounds) }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, suffix: "_seconds", dimensions) { HistogramSeries(bounds: HistogramSeries.secondsBounds) }
    }

    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }
}
