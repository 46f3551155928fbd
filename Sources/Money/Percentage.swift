/// A share of a hundred with up to four decimals, such as a discount of 12.5 %.
public struct Percentage: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Decimals of a percentage.
    public static let scale = 4
    /// Units in the whole, 100 %.
    public static let whole: Int128 = 1_000_000
    public static let zero = Percentage(units: 0)

    /// In units of 0.0001 %.
    public let units: Int128

    /// Takes units of 0.0001 %.
    public init(units: Int128) { self.units = units }

    /// Reads a decimal text such as `12.5`; nil where it is none, or does not lie between 0 and 100.
    public init?(_ text: String) {
        guard let units = FixedPoint.value(text, scale: Self.scale), (0...Self.whole).contains(units) else {
            return nil
        }
        self.units = units
    }

    public var description: String { FixedPoint.text(units, scale: Self.scale) }

    /// What is left of an amount when this share is taken off it, truncated to the amount's last decimal.
    public func taken(off amount: Amount) -> Amount {
        guard units != 0 else { return amount }
        return Amount(units: Rounding.towardZero.quotient(amount.units * (Self.whole - units), Self.whole))
    }

    public static func < (left: Self, right: Self) -> Bool { left.units < right.units }
}
