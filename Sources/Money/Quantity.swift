/// An exact count of what is used (seconds, GB-seconds, requests, tokens): a whole number of millionths.
///
/// It reaches to 9.2 trillion; a price times a quantity fits in 128 bits whatever both are.
public struct Quantity: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Decimals of a quantity.
    public static let scale = 6
    /// Units in one whole.
    public static let one: Int128 = 1_000_000
    public static let zero = Quantity(units: 0)

    /// The quantity in millionths.
    public let units: Int128

    /// Takes millionths.
    public init(units: Int128) { self.units = units }

    /// Takes a whole number.
    public init(_ whole: Int64) { units = Int128(whole) * Self.one }

    /// Reads a decimal text such as `1.5`; nil where it is none, has more than 6 decimals or does not fit.
    public init?(_ text: String) {
        guard let units = FixedPoint.value(text, scale: Self.scale) else { return nil }
        self.units = units
    }

    /// Whether it lies within the range in which its price can be computed.
    public var isInRange: Bool { units.magnitude <= Int64.max.magnitude }

    /// The plain decimal, with no needless zeros.
    public var description: String { FixedPoint.text(units, scale: Self.scale) }

    public static func < (left: Self, right: Self) -> Bool { left.units < right.units }
    public static func + (left: Self, right: Self) -> Quantity { Quantity(units: left.units + right.units) }
    public static func - (left: Self, right: Self) -> Quantity { Quantity(units: left.units - right.units) }
    public static func += (left: inout Self, right: Self) { left = left + right }
}
