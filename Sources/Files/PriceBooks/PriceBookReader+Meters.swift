import Kernel
import Pricing
import Yams

extension PriceBookReader {
    func meter(_ node: Node, _ path: String) -> Meter {
        let fields = reading.fields(
            node, at: path, required: ["id", "event", "product", "aggregation", "from"],
            optional: ["flavor", "flavor_from", "value", "window", "until"])
        let aggregations = Self.words(Meter.Aggregation.self)
        let windows = Self.words(Meter.Window.self)
        return Meter(
            id: MeterID(fields?.text("id") ?? ""), eventType: fields?.text("event") ?? "",
            product: ProductID(fields?.text("product") ?? ""), flavor: flavor(of: fields),
            aggregation: fields?.value("aggregation", "an aggregation; they are \(aggregations)") {
                Meter.Aggregation(rawValue: $0)
            } ?? .count,
            value: fields?.value("value", Self.dataPath) { DataPath($0) } ?? DataPath(names: []),
            window: fields?.value("window", "a window; they are \(windows)") { Meter.Window(rawValue: $0) } ?? .hour,
            validFrom: fields?.value("from", Self.date, Self.second) ?? Second(0),
            validUntil: fields?.value("until", Self.date, Self.second))
    }

    private static let dataPath = "a place in an event's data; write data.tokens, or data.usage.tokens"

    private func flavor(of fields: YAMLFields?) -> MeteredFlavor {
        guard let fields else { return .always(FlavorID("")) }
        let isNamed = fields.values["flavor_from"] != nil
        if isNamed == (fields.values["flavor"] != nil) {
            reading.add(
                .invalidParameter, "write flavor, or flavor_from where events name it", at: fields.path(of: "flavor"))
        }
        if isNamed, let path = fields.value("flavor_from", Self.dataPath, { DataPath($0) }) { return .named(path) }
        return .always(FlavorID(fields.text("flavor") ?? ""))
    }
}
