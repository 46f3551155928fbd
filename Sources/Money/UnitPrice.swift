/// What one unit costs (an hour of a flavor, a GB-hour, a message): a whole number of 10^-10 of a currency's unit.
///
/// Source of the scale: billing centre, list prices have up to 10 decimals.
public struct UnitPrice: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Decimals of a price.
    public static let scale = 10

    /// The price in units of 10^-10.
    public let units: Int128

    /// Takes units of 10^-10.
    public init(units: Int128) { self.units = units }

    /// Reads a decimal text such as `0.66`; nil where it is none, negative, longer than 10 decimals or too large.
    public init?(_ text: String) {
        guard let units = FixedPoint.value(text, scale: Self.scale), units >= 0 else { return nil }
        self.units = units
    }

    public var description: String { FixedPoint.text(units, scale: Self.scale) }

    public static func < (left: Self, right: Self) -> Bool { left.units < right.units }

    /// The exact product of this price and a quantity given as a fraction of units.
    ///
    /// - Parameters:
    ///   - numerator: of the quantity; for 90 s of one node at an hourly price, 90.
    ///   - denominator: of the quantity, positive; for seconds at an hourly price, 3,600.
    public func times(_ numerator: Int128, over denominator: Int128 = 1) -> ExactProduct {
        ExactProduct(numerator: units * numerator, denominator: denominator * 100)
    }
}

/// A product of price and quantity before it is rounded: a fraction of amount units (10^-8), kept whole.
public struct ExactProduct: Hashable, Sendable {
    /// In units of 10^-8 of the currency, over `denominator`.
    public let numerator: Int128
    public let denominator: Int128

    public init(numerator: Int128, denominator: Int128) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The amount with so many decimals (0 to 8), and what rounding dropped, as a numerator over
    /// `denominator` (law 3: what rounding drops is kept, not lost).
    public func rounded(decimals: Int, _ rounding: Rounding) -> (amount: Amount, dropped: Int128) {
        let step = Amount.power(Amount.scale - decimals)
        let units = rounding.quotient(numerator, denominator * step) * step
        return (Amount(units: units), numerator - units * denominator)
    }

    /// The difference of two products of one denominator.
    public static func - (left: Self, right: Self) -> ExactProduct {
        precondition(left.denominator == right.denominator, "products of one price share a denominator")
        return ExactProduct(numerator: left.numerator - right.numerator, denominator: left.denominator)
    }
}
