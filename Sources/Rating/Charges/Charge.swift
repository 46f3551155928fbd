public import Kernel
import Metering
public import Money
public import Pricing

/// What a part of a stretch costs at one dated price, within one clock hour.
public struct Charge: Hashable, Sendable {
    public let span: Range<Second>
    public let quantity: Int64
    public let price: DatedPrice
    /// Price × seconds × quantity, truncated to 8 decimals.
    public let list: Amount
    /// What the site spares the account: what lies behind the cent, on the China site.
    public let truncated: Amount
    public let due: Amount
    /// What lay behind the eighth decimal, kept exactly (law 3).
    public let dropped: DroppedFraction

    /// Prices a span that lies wholly within the price's validity and one clock hour.
    public init(span: Range<Second>, quantity: Int64, price: DatedPrice, profile: SiteProfile) {
        let seconds = Int128(span.upperBound - span.lowerBound)
        let exact = price.perHour.times(seconds * Int128(quantity), over: 3_600)
        let charge = profile.charge(for: exact)
        self.span = span
        self.quantity = quantity
        self.price = price
        list = charge.list
        truncated = charge.truncated
        due = charge.due
        dropped = DroppedFraction(numerator: charge.dropped, denominator: exact.denominator)
    }

    public var seconds: Int64 { span.upperBound - span.lowerBound }
}

/// What rounding dropped: a fraction of one amount unit (10^-8), as it came out of the division.
public struct DroppedFraction: Hashable, Sendable {
    public let numerator: Int128
    public let denominator: Int128

    public init(numerator: Int128, denominator: Int128) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Nothing dropped, over the denominator that hourly prices give.
    public static let none = DroppedFraction(numerator: 0, denominator: 360_000)

    /// The difference of two fractions of one denominator.
    public static func - (left: Self, right: Self) -> DroppedFraction {
        precondition(left.denominator == right.denominator, "hourly prices share one denominator")
        return DroppedFraction(numerator: left.numerator - right.numerator, denominator: left.denominator)
    }
}
