public import Money

/// How a site rounds what it charges; an account has one for life.
///
/// Source of both: billing centre, precision of prices, expenditure and bills.
public enum SiteProfile: String, Hashable, Sendable, CaseIterable {
    /// A line has 8 decimals, truncated; the monthly total is rounded half-up to the cent.
    case international
    /// Each hourly charge is cut to the cent; what was cut stands beside it as the truncated amount.
    case china

    /// The one rounding point of a bill line (law 3): the fee is truncated to 8 decimals, then the discount is taken
    /// off, then the site cuts.
    ///
    /// Always `list` = `discount` + `truncated` + `due`.
    /// - Returns: `list`, the fee; `discount`, what is taken off; `truncated`, what the account is spared; `due`, what
    ///   it pays; `dropped`, what lay behind the eighth decimal of the fee, as a numerator over its denominator.
    public func charge(
        for fee: ExactProduct, less percentage: Percentage = .zero
    ) -> (list: Amount, discount: Amount, truncated: Amount, due: Amount, dropped: Int128) {
        let (list, dropped) = fee.rounded(decimals: Amount.scale, .towardZero)
        let reduced = percentage.taken(off: list)
        switch self {
        case .international:
            return (list, list - reduced, .zero, reduced, dropped)
        case .china:
            let due = reduced.rounded(decimals: 2, .towardZero)
            return (list, list - reduced, reduced - due, due, dropped)
        }
    }

    /// What a month's bill says, given the sum of what its lines have due.
    ///
    /// The China site sums cents already, so nothing is left to round.
    public func monthlyTotal(of due: Amount) -> Amount {
        switch self {
        case .international: due.rounded(decimals: 2, .halfUp)
        case .china: due
        }
    }
}
