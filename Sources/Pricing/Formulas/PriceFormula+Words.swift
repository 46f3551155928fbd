public import Money

extension PriceFormula {
    /// The formula in words, such as `0.66 USD/hour`, or each tier of a tiered price.
    public func words(unit: UsageUnit, currency: Currency) -> String {
        var words: String
        let name = unit.name
        switch scheme {
        case .perUnit(let price): words = "\(price) \(currency)/\(name)"
        case .flat(let price): words = "\(price) \(currency) for a month with any use"
        case .package(let size, let price): words = "\(price) \(currency) for each begun \(size) of \(name)"
        case .graduated(let tiers): words = "graduated: " + Self.words(of: tiers, name, currency)
        case .volume(let tiers): words = "by volume: " + Self.words(of: tiers, name, currency)
        }
        if free > .zero { words += "; \(free) of \(name) free each month" }
        if let minimum { words += "; at least \(minimum) \(currency) a month" }
        if let maximum { words += "; at most \(maximum) \(currency) a month" }
        return words
    }

    private static func words(of tiers: [PriceTier], _ unit: String, _ currency: Currency) -> String {
        tiers.map { tier in
            let flat = tier.flat.units == 0 ? "" : " and \(tier.flat) \(currency) once"
            let reach = tier.upTo.map { "up to \($0)" } ?? "beyond"
            return "\(reach) \(tier.perUnit) \(currency)/\(unit)\(flat)"
        }.joined(separator: ", ")
    }
}
