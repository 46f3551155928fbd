/// An exact fraction in lowest terms: what rounding dropped, a share of a period.
public struct Fraction: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let numerator: Int128
    /// Positive.
    public let denominator: Int128

    /// Takes a fraction and brings it to its lowest terms.
    public init(numerator: Int128, denominator: Int128) {
        precondition(denominator > 0, "a fraction's denominator is positive")
        let divisor = Int128(Self.greatestCommonDivisor(numerator.magnitude, denominator.magnitude))
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    /// Takes a whole number.
    public init(_ whole: Int64) { self.init(numerator: Int128(whole), denominator: 1) }

    public static let none = Fraction(0)

    /// Such as `379/365`.
    public var description: String { Self.digits(numerator) + "/" + Self.digits(denominator) }

    /// What fits is written as 64 bits, which is many times faster.
    private static func digits(_ number: Int128) -> String {
        Int64(exactly: number).map { String($0) } ?? String(number)
    }

    /// The decimal with so many decimals, rounded as told.
    public func text(decimals: Int, _ rounding: Rounding) -> String {
        FixedPoint.text(
            rounding.quotient(numerator * Amount.power(decimals), denominator), scale: decimals,
            minimumDecimals: decimals)
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.numerator * right.denominator < right.numerator * left.denominator
    }
    public static func + (left: Self, right: Self) -> Fraction {
        Fraction(
            numerator: left.numerator * right.denominator + right.numerator * left.denominator,
            denominator: left.denominator * right.denominator)
    }
    public static func += (left: inout Self, right: Self) { left = left + right }
    public static prefix func - (fraction: Self) -> Fraction {
        Fraction(numerator: -fraction.numerator, denominator: fraction.denominator)
    }
    public static func - (left: Self, right: Self) -> Fraction { left + (-right) }

    private static func greatestCommonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return max(left, 1)
    }
}

extension Amount {
    /// This much of a fraction, rounded to so many decimals as told.
    public func times(_ fraction: Fraction, decimals: Int = Amount.scale, _ rounding: Rounding) -> Amount {
        ExactProduct(numerator: units * fraction.numerator, denominator: fraction.denominator)
            .rounded(decimals: decimals, rounding).amount
    }
}
