/// One measured series: a metric's name with one set of labels.
protocol MetricSeries: AnyObject, Sendable {
    static var kind: MetricKind { get }
    /// Writes the present value as one or more samples.
    func write(_ name: String, labels: String, into text: inout MetricsText)
}

/// What a metric is, as the `TYPE` line says it.
enum MetricKind: String { case counter, gauge, histogram }
