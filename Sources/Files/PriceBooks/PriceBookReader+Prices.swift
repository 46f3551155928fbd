import Kernel
import Money
import Pricing
import Yams

extension PriceBookReader {
    private static let decimal = "a price; write a plain decimal such as 0.66, at most \(UnitPrice.scale) decimals"
    static let date = "a date; write 2026-03-01, or 2026-03-01T08:00:00Z"
    private static let schemes = ["per_hour", "per_unit", "flat", "graduated", "volume", "package"]

    func price(_ node: Node, _ path: String) -> DatedPrice {
        let fields = reading.fields(
            node, at: path, required: ["product", "flavor", "from"],
            optional: Self.schemes + ["free", "minimum", "maximum", "daily", "account", "project", "until"])
        let quantity = "a quantity; write a plain decimal, at most \(Quantity.scale) decimals"
        let amount = "an amount; write a plain decimal, at most \(Amount.scale) decimals"
        return DatedPrice(
            product: ProductID(fields?.text("product") ?? ""), flavor: FlavorID(fields?.text("flavor") ?? ""),
            scope: scope(fields),
            daily: fields?.value("daily", "a part of the day; write 22:00-06:00") { DailyWindow($0) },
            formula: PriceFormula(
                scheme(fields, path), free: fields?.value("free", quantity) { Quantity($0) } ?? .zero,
                minimum: fields?.value("minimum", amount) { Amount($0) },
                maximum: fields?.value("maximum", amount) { Amount($0) }),
            validFrom: fields?.value("from", Self.date, Self.second) ?? Second(0),
            validUntil: fields?.value("until", Self.date, Self.second))
    }

    func discount(_ node: Node, _ path: String) -> DatedDiscount {
        let fields = reading.fields(
            node, at: path, required: ["name", "percent", "from"],
            optional: ["product", "flavor", "account", "project", "until"])
        return DatedDiscount(
            name: fields?.text("name") ?? "", percentage: percentage(fields, "percent"), scope: scope(fields),
            product: fields?.text("product").map { ProductID($0) },
            flavor: fields?.text("flavor").map { FlavorID($0) },
            validFrom: fields?.value("from", Self.date, Self.second) ?? Second(0),
            validUntil: fields?.value("until", Self.date, Self.second))
    }

    func term(_ node: Node, _ path: String) -> TermPrice {
        let fields = reading.fields(
            node, at: path, required: ["product", "flavor", "term", "price", "from"],
            optional: ["discount", "account", "project", "until"])
        return TermPrice(
            product: ProductID(fields?.text("product") ?? ""), flavor: FlavorID(fields?.text("flavor") ?? ""),
            term: fields?.value("term", "a term; write 1 month, 3 months, 1 year, up to 5 years") { Term($0) }
                ?? .month,
            scope: scope(fields), list: unitPrice(fields, "price"), discount: percentage(fields, "discount"),
            validFrom: fields?.value("from", Self.date, Self.second) ?? Second(0),
            validUntil: fields?.value("until", Self.date, Self.second))
    }

    private func percentage(_ fields: YAMLFields?, _ key: String) -> Percentage {
        fields?.value(key, "a percentage; write a plain decimal from 0 to 100, at most 4 decimals") { Percentage($0) }
            ?? .zero
    }

    private func unitPrice(_ fields: YAMLFields?, _ key: String) -> UnitPrice {
        fields?.value(key, Self.decimal) { UnitPrice($0) } ?? UnitPrice(units: 0)
    }

    private func scope(_ fields: YAMLFields?) -> PayerScope {
        guard let fields else { return .everyone }
        if let project = fields.text("project") {
            if fields.values["account"] != nil {
                reading.add(
                    .invalidParameter, "stands beside project; a price is for an account or for a project",
                    at: fields.path(of: "account"))
            }
            return .project(project)
        }
        return fields.text("account").map { .account($0) } ?? .everyone
    }

    /// The one scheme that an entry has; none and two are faults.
    private func scheme(_ fields: YAMLFields?, _ path: String) -> PriceScheme {
        let free = PriceScheme.perUnit(UnitPrice(units: 0))
        guard let fields else { return free }
        let given = Self.schemes.filter { fields.values[$0] != nil }
        guard let key = given.first else {
            let others = Self.schemes.dropFirst().joined(separator: ", ")
            reading.add(.missingParameter, "is missing; or write one of \(others)", at: fields.path(of: "per_hour"))
            return free
        }
        for other in given.dropFirst() {
            reading.add(
                .invalidParameter, "stands beside \(key); a price has one scheme", at: fields.path(of: other))
        }
        switch key {
        case "flat": return .flat(unitPrice(fields, key))
        case "graduated": return .graduated(tiers(fields, key))
        case "volume": return .volume(tiers(fields, key))
        case "package": return package(fields)
        default: return .perUnit(unitPrice(fields, key))
        }
    }

    private func package(_ price: YAMLFields) -> PriceScheme {
        let fields = price.values["package"].flatMap {
            reading.fields($0, at: price.path(of: "package"), required: ["size", "price"])
        }
        return .package(
            size: fields?.value("size", "a number of units") { Quantity($0) } ?? Quantity(1),
            price: unitPrice(fields, "price"))
    }

    private func tiers(_ price: YAMLFields, _ key: String) -> [PriceTier] {
        (price.entries(key) ?? []).map { node, path in
            let fields = reading.fields(node, at: path, required: ["per_unit"], optional: ["up_to", "flat"])
            return PriceTier(
                upTo: fields?.value("up_to", "a number of units") { Quantity($0) },
                perUnit: unitPrice(fields, "per_unit"), flat: unitPrice(fields, "flat"))
        }
    }
}
