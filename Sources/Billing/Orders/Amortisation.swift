public import Kernel
public import Money

/// An order's amount spread over the days it pays for, to the last unit.
///
/// Source: cost centre (costcenter_000002_16): amount ÷ days from effective to expiry; orders of one day are booked
/// whole.
public struct Amortisation: Hashable, Sendable {
    public let amount: Amount
    public let days: Int64

    public init(amount: Amount, days: Int64) {
        self.amount = amount
        self.days = max(1, days)
    }

    /// What falls on the days before one, counted from 0; what is not whole is carried, so that the days give all.
    public func booked(before day: Int64) -> Amount {
        amount.times(Fraction(numerator: Int128(min(max(0, day), days)), denominator: Int128(days)), .towardZero)
    }

    /// What falls on one day, counted from 0.
    public func share(ofDay day: Int64) -> Amount { booked(before: day + 1) - booked(before: day) }
}

/// To which month an expenditure belongs.
public enum ExpenditureCycle {
    /// The month of use, if the deduction came before the end of the next month's first day; else that of deduction.
    ///
    /// Source: rule since 2025-07-01 (billing_faq_5100092), EX-58.
    public static func cycle(used: Second, deducted: Second, zone: BillingZone) -> String {
        deducted < zone.month(of: used).upperBound + 86_400 ? zone.cycle(used) : zone.cycle(deducted)
    }
}
