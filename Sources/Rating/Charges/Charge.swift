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

    /// What a month's fee lacks to the minimum of its last price; nil where it lacks nothing.
    ///
    /// - Parameters:
    ///   - span: where the line stands.
    ///   - used: what was counted in the whole month.
    public static func minimum(
        at span: Range<Second>, used: Quantity, price: DatedPrice, discount: DatedDiscount?, unit: UsageUnit,
        profile: SiteProfile
    ) -> Charge? {
        let shortfall = price.formula.shortfall(of: used, unit: unit)
        guard shortfall.numerator > 0 else { return nil }
        return Charge(
            span: span, counted: .zero, fee: shortfall, price: price, discount: discount, profile: profile)
    }

    /// The minimum that follows this charge, the month's last.
    public func minimum(used: Quantity, unit: UsageUnit, profile: SiteProfile) -> Charge? {
        Self.minimum(
            at: span.upperBound..<span.upperBound, used: used, price: price, discount: discount, unit: unit,
            profile: profile)
    }

    public var seconds: Int64 { span.upperBound - span.lowerBound }
}
