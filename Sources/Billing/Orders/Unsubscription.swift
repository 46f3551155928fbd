public import Kernel
public import Money
public import Pricing

/// What comes back when a yearly/monthly resource is given back: paid − consumed − handling fee, never below zero.
///
/// Source: billing centre, unsubscription (en-us_topic_0083138805); coupons used are no part of what was paid there.
public struct Unsubscription: Hashable, Sendable {
    /// Hours of the order, from the hour it took effect to its end.
    public let orderedHours: Int64
    /// Hours used, both ends rounded down to the hour.
    public let usedHours: Int64
    public let consumed: Amount
    public let handlingFee: Amount
    public let refund: Amount

    /// - Parameters:
    ///   - paid: what was paid without coupons.
    ///   - isFree: whether nothing is kept back: a five-day return, or a renewal that has not begun.
    public init(
        of order: PaidTerm, term: Term, paid: Amount, at moment: Second, isFree: Bool = false, zone: BillingZone
    ) {
        let from = zone.startOfHour(order.start)
        orderedHours = (order.expiry + 1 - from) / 3_600
        usedHours = max(0, zone.startOfHour(moment) - from) / 3_600
        guard !isFree else {
            (consumed, handlingFee, refund) = (.zero, .zero, paid)
            return
        }
        let share = Fraction(numerator: Int128(min(usedHours, orderedHours)), denominator: Int128(max(1, orderedHours)))
        consumed = paid.times(share, .towardZero)
        let fee = paid - Self.handlingPercentage(term: term, usedHours: usedHours).taken(off: paid)
        handlingFee = fee
        refund = max(.zero, paid - consumed - fee).rounded(decimals: 2, .towardZero)
    }

    /// The international site's handling fee: its share of what was paid, by the term bought and the time used.
    ///
    /// Source: es-us_topic_0083138805: 3 years 15/10/5 %, 2 years 15/10 %, 1 year and months 10 %.
    public static func handlingPercentage(term: Term, usedHours: Int64) -> Percentage {
        let year = Int(usedHours / (365 * 24))
        let table: [Int128]
        switch term.months {
        case 36...: table = [15, 10, 5]
        case 24..<36: table = [15, 10]
        default: table = [10]
        }
        return Percentage(units: table[min(year, table.count - 1)] * 10_000)
    }

    /// Until when the China site gives everything back: 5 × 24 hours from the opening. Source: EX-40.
    public static func freeReturnEnds(openedAt opening: Second) -> Second { opening + 5 * 86_400 }

    /// What of the free returns of a year (10 an account) an order takes. Source: EX-45, EX-47.
    public static func freeReturns(ofResources count: Int64, returnedTogether: Bool) -> Int64 {
        returnedTogether ? 1 : count
    }
}
