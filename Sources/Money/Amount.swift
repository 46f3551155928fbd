/// An exact amount of money: a whole number of 10^-8 of a currency's unit, the precision of an expenditure line.
///
/// The currency stands beside the amount (an account has one). Source of the scale: billing centre, 8 decimals a line.
public struct Amount: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Decimals of an amount.
    public static let scale = 8
    /// Units in one whole currency unit.
    public static let one: Int128 = 100_000_000

    /// The amount in units of 10^-8.
    public let units: Int128

    /// Takes units of 10^-8.
    public init(units: Int128) { self.units = units }

    /// Reads a decimal text such as `12.5`; nil where it is none, has more than 8 decimals or does not fit.
    public init?(_ text: String) {
        guard let units = FixedPoint.value(text, scale: Self.scale) else { return nil }
        self.units = units
    }

    public static let zero = Amount(units: 0)

    /// The plain decimal, with no needless zeros: `0.0231`.
    public var description: String { FixedPoint.text(units, scale: Self.scale) }

    /// The decimal with at least so many decimals: `12.50`.
    public func text(decimals: Int) -> String {
        FixedPoint.text(units, scale: Self.scale, minimumDecimals: decimals)
    }

    /// The amount with so many decimals (0 to 8), the rest rounded as told.
    public func rounded(decimals: Int, _ rounding: Rounding) -> Amount {
        let step = Self.power(Self.scale - decimals)
        return Amount(units: rounding.quotient(units, step) * step)
    }

    /// Divides into shares in proportion to weights; the shares add up to the amount exactly.
    ///
    /// What rounding leaves over goes, one unit each, to the shares with the greatest remainders, the earlier first.
    public func shared(by weights: [Int64]) -> [Amount] {
        let total = weights.reduce(Int128(0)) { $0 + Int128($1) }
        precondition(total > 0 && weights.allSatisfy { $0 >= 0 }, "weights are not negative and not all zero")
        let sign: Int128 = units < 0 ? -1 : 1
        let parts = weights.map { (units * sign * Int128($0)).quotientAndRemainder(dividingBy: total) }
        let left = Int(units * sign - parts.reduce(Int128(0)) { $0 + $1.quotient })
        let order = parts.indices.sorted { (parts[$1].remainder, $0) < (parts[$0].remainder, $1) }
        var shares = parts.map(\.quotient)
        for index in order.prefix(left) { shares[index] += 1 }
        return shares.map { Amount(units: $0 * sign) }
    }

    public static func < (left: Self, right: Self) -> Bool { left.units < right.units }
    public static func + (left: Self, right: Self) -> Amount { Amount(units: left.units + right.units) }
    public static func - (left: Self, right: Self) -> Amount { Amount(units: left.units - right.units) }
    public static prefix func - (amount: Self) -> Amount { Amount(units: -amount.units) }
    public static func += (left: inout Self, right: Self) { left = left + right }

    static func power(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(Int128(1)) { power, _ in power * 10 }
    }
}
