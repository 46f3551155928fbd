/// Prometheus text under construction.
struct MetricsText {
    private(set) var text = ""

    /// Begins a family.
    mutating func open(_ name: String, kind: MetricKind) { text += "# TYPE \(name) \(kind.rawValue)\n" }

    /// Adds a sample; `labels` as they stand between the braces.
    mutating func sample(_ name: String, labels: String, _ value: Double) {
        add(name, labels, Self.number(value))
    }

    /// Adds a sample of a whole number.
    mutating func sample(_ name: String, labels: String, _ value: UInt64) {
        add(name, labels, String(value))
    }

    private mutating func add(_ name: String, _ labels: String, _ value: String) {
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    /// A number as the format writes it: whole ones without a fraction, and its own words for the special ones.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map(String.init) ?? String(value)
    }
}
