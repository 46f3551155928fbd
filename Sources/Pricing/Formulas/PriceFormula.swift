public import Money

/// A price as a function of a calendar month's use: a scheme, a free quantity, and bounds of the month's fee.
public struct PriceFormula: Hashable, Sendable {
    public let scheme: PriceScheme
    /// Units that cost nothing, each month; they do not count towards tiers.
    public let free: Quantity
    /// What a month with any use costs at least; due with the month's last hour.
    public let minimum: Amount?
    /// What a month costs at most.
    public let maximum: Amount?

    public init(
        _ scheme: PriceScheme, free: Quantity = .zero, minimum: Amount? = nil, maximum: Amount? = nil
    ) {
        self.scheme = scheme
        self.free = free
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Whether what an hour costs depends on what the month used before it.
    public var dependsOnMonth: Bool {
        scheme.unitPrice == nil || free > .zero || (minimum ?? .zero) > .zero || maximum != nil
    }

    /// What a month's use of so much comes to, without the minimum; exact.
    ///
    /// - Parameter use: counted, not negative.
    public func fee(of use: Quantity, unit: UsageUnit) -> ExactProduct {
        let counted = Int128(unit.counted)
        let denominator = Self.denominator(of: unit)
        let charged = max(0, unit.priced(use).units - free.units * counted)
        if charged == 0, free > .zero { return ExactProduct(numerator: 0, denominator: denominator) }
        let fee = scheme.numerator(of: charged, counted: counted)
        let most = maximum.map { $0.units * denominator }
        return ExactProduct(numerator: most.map { min($0, fee) } ?? fee, denominator: denominator)
    }

    /// What use adds to the fee of a month that has used some before; it telescopes over a month.
    ///
    /// Use below zero is use taken back, as where the latest value of a meter is a smaller one.
    public func fee(from before: Quantity, to after: Quantity, unit: UsageUnit) -> ExactProduct {
        if before == .zero, after > .zero { return fee(of: after, unit: unit) }
        return ExactProduct(
            numerator: signedFee(of: after, unit: unit) - signedFee(of: before, unit: unit),
            denominator: Self.denominator(of: unit))
    }

    private func signedFee(of use: Quantity, unit: UsageUnit) -> Int128 {
        if use > .zero { return fee(of: use, unit: unit).numerator }
        return use < .zero ? -fee(of: .zero - use, unit: unit).numerator : 0
    }

    /// What the minimum adds to a month that used so much; nothing where there was no use.
    public func shortfall(of use: Quantity, unit: UsageUnit) -> ExactProduct {
        let denominator = Self.denominator(of: unit)
        let least = (minimum?.units ?? 0) * denominator
        let missing = use > .zero ? max(0, least - fee(of: use, unit: unit).numerator) : 0
        return ExactProduct(numerator: missing, denominator: denominator)
    }

    /// The most that so much use can add to a month's fee, wherever in the month it lies; rounded away from zero.
    public func greatestFee(of use: Quantity, unit: UsageUnit) -> Amount {
        let counted = Int128(unit.counted)
        let tiers: [PriceTier]
        switch scheme {
        case .perUnit(let price): tiers = [PriceTier(upTo: nil, perUnit: price)]
        case .flat(let price): tiers = [PriceTier(upTo: nil, perUnit: UnitPrice(units: 0), flat: price)]
        case .graduated(let steps), .volume(let steps): tiers = steps
        case .package(let size, let price):
            let begun = Rounding.awayFromZero.quotient(use.units, size.units * counted)
            tiers = [PriceTier(upTo: nil, perUnit: UnitPrice(units: 0), flat: UnitPrice(units: begun * price.units))]
        }
        let step = Quantity.one * counted
        let rounded = unit.rounding == nil ? use.units : Rounding.awayFromZero.quotient(use.units, step) * step
        let dearest = tiers.map(\.perUnit.units).max() ?? 0
        let flats = tiers.reduce(Int128(0)) { $0 + $1.flat.units }
        let fee = ExactProduct(
            numerator: dearest * rounded + flats * step, denominator: Self.denominator(of: unit))
        let most = fee.rounded(decimals: Amount.scale, .awayFromZero).amount
        return maximum.map { min($0, most) } ?? most
    }

    private static func denominator(of unit: UsageUnit) -> Int128 { Quantity.one * Int128(unit.counted) * 100 }
}
