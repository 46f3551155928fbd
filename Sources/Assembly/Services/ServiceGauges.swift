import Platform

/// What `/metrics` shows of services, a line each.
enum ServiceGauges {
    static func text(of routes: ServiceRoutes) -> String {
        let services = routes.all.sorted { $0.id < $1.id }.map { (labels: "{service=\"\($0.id)\"}", gauges: $0.gauges) }
        guard !services.isEmpty else { return "" }
        let families: [(name: String, type: String, value: ((calls: Int64, failures: Int64, open: Int64)) -> Int64)] = [
            ("service_calls_total", "counter", { $0.calls }), ("service_failures_total", "counter", { $0.failures }),
            ("service_open_calls", "gauge", { $0.open }),
        ]
        return families.map { family in
            "# TYPE \(family.name) \(family.type)\n"
                + services.map { "\(family.name)\($0.labels) \(family.value($0.gauges))\n" }.joined()
        }.joined()
    }
}
