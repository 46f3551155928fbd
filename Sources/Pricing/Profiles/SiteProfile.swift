public import Money

/// How a site rounds what it charges; an account has one for life.
///
/// Source of both: billing centre, precision of prices, expenditure and bills.
public enum SiteProfile: String, Hashable, Sendable, CaseIterable {
    /// A line has 8 decimals, truncated; the monthly total is rounded half-up to the cent.
    case international
    /// Each hourly charge is cut to the cent; what was cut stands beside it as the truncated amount.
    case china

    /// The one rounding point of a bill line (law 3).
    ///
    /// Always `list` = `truncated` + `due`.
    /// - Returns: `list`, the charge truncated to 8 decimals; `truncated`, what the account is spared; `due`, what it
    ///   pays; `dropped`, what lay behind the eighth decimal, as a numerator over the product's denominator.
    public func charge(
        for product: ExactProduct
    ) -> (list: Amount, truncated: Amount, due: Amount, dropped: Int128) {
        let (list, dropped) = product.rounded(decimals: Amount.scale, .towardZero)
        switch self {
        case .international:
            return (list, .zero, list, dropped)
        case .china:
            let due = list.rounded(decimals: 2, .towardZero)
            return (list, list - due, due, dropped)
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
