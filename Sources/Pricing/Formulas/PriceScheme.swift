public import Money

/// How the use of one calendar month becomes money, before free quantities and bounds.
public enum PriceScheme: Hashable, Sendable {
    /// So much for each unit.
    case perUnit(UnitPrice)
    /// So much for a month with any use, however little.
    case flat(UnitPrice)
    /// Each tier prices what lies within it.
    case graduated([PriceTier])
    /// The tier that the whole month reaches prices all of it.
    case volume([PriceTier])
    /// So much for each begun package of units.
    case package(size: Quantity, price: UnitPrice)
}

/// One step of a tiered price.
public struct PriceTier: Hashable, Sendable {
    /// The last quantity within it, in units, itself included; nil for the last tier.
    public let upTo: Quantity?
    /// For each unit.
    public let perUnit: UnitPrice
    /// Once, when the tier is reached.
    public let flat: UnitPrice

    public init(upTo: Quantity?, perUnit: UnitPrice, flat: UnitPrice = UnitPrice(units: 0)) {
        self.upTo = upTo
        self.perUnit = perUnit
        self.flat = flat
    }
}

extension PriceScheme {
    /// What the first of a month's use comes to, in tenths of 10^-9 of the currency for each counted millionth.
    ///
    /// The first tier's flat fee is due at nothing already, as peers have it; whether a month without use is charged
    /// at all is for the caller to say.
    /// - Parameters:
    ///   - use: counted millionths.
    ///   - counted: what makes one unit.
    func numerator(of use: Int128, counted: Int128) -> Int128 {
        let unit = Quantity.one * counted
        switch self {
        case .perUnit(let price): return price.units * use
        case .flat(let price): return price.units * unit
        case .package(let size, let price):
            return Rounding.awayFromZero.quotient(use, size.units * counted) * price.units * unit
        case .volume(let tiers):
            let tier = tiers.first { tier in tier.upTo.map { use <= $0.units * counted } ?? true }
            return tier.map { $0.perUnit.units * use + $0.flat.units * unit } ?? 0
        case .graduated(let tiers):
            var sum: Int128 = 0
            var lower: Int128 = 0
            for tier in tiers where use > lower || lower == 0 {
                let upper = tier.upTo.map { min(use, $0.units * counted) } ?? use
                sum += tier.perUnit.units * (upper - lower) + tier.flat.units * unit
                lower = upper
                if use == lower { break }
            }
            return sum
        }
    }

    /// The one price of a unit; nil where it depends on the month's use.
    public var unitPrice: UnitPrice? {
        if case .perUnit(let price) = self { price } else { nil }
    }
}
