public import Kernel
public import Money
public import Pricing

/// What a part of a use costs at one dated price, within one clock hour.
public struct Charge: Hashable, Sendable {
    public let span: Range<Second>
    /// What is counted of it: node-seconds, GB-seconds, requests, tokens.
    public let counted: Quantity
    public let price: DatedPrice
    public let discount: DatedDiscount?
    /// The fee, truncated to 8 decimals.
    public let list: Amount
    /// What the discount takes off.
    public let discounted: Amount
    /// What the site spares the account: what lies behind the cent, on the China site.
    public let truncated: Amount
    public let due: Amount
    /// What lay behind the eighth decimal of the list price, kept exactly (law 3).
    public let dropped: Fraction
    /// What packages covered of what is counted; the fee is for the rest.
    public let packages: [PackagePart]

    /// Rounds an exact fee, once; always `list` = `discounted` + `truncated` + `due`.
    public init(
        span: Range<Second>, counted: Quantity, fee: ExactProduct, price: DatedPrice, discount: DatedDiscount? = nil,
        profile: SiteProfile, packages: [PackagePart] = []
    ) {
        let charge = profile.charge(for: fee, less: discount?.percentage ?? .zero)
        self.span = span
        self.counted = counted
        self.packages = packages
        self.price = price
        self.discount = discount
        list = charge.list
        discounted = charge.discount
        truncated = charge.truncated
        due = charge.due
        dropped = Fraction(numerator: charge.dropped, denominator: fee.denominator)
    }

    /// What a month's fee lacks to the minimum of the price in force in the month's last second; nil where it lacks
    /// nothing.
    ///
    /// - Parameters:
    ///   - span: where the line stands.
    ///   - used: what was counted in the whole month.
    public static func minimum(
        at span: Range<Second>, ofMonthUntil end: Second, used: Quantity, schedule: PriceSchedule, unit: UsageUnit,
        profile: SiteProfile
    ) -> Charge? {
        let last = schedule.piece(at: end - 1)
        guard let price = last.price else { return nil }
        let shortfall = price.formula.shortfall(of: used, unit: unit)
        guard shortfall.numerator > 0 else { return nil }
        return Charge(
            span: span, counted: .zero, fee: shortfall, price: price, discount: last.discount, profile: profile)
    }

    public var seconds: Int64 { span.upperBound - span.lowerBound }
}
