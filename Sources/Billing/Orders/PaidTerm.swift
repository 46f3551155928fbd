public import Kernel
public import Pricing

/// The time that a yearly/monthly order pays for.
///
/// It begins at the second of payment and ends at 23:59:59 of the same day of the month, so many months later, or of
/// the month's last day where it is shorter. A renewal begins where the term before it ended, whenever it is paid, and
/// keeps the day of the first order. Source: price-modelarts-0004, EX-01, EX-48.
public struct PaidTerm: Hashable, Sendable {
    /// The first second of this term.
    public let start: Second
    /// The last second of this term, 23:59:59 in the billing zone.
    public let expiry: Second
    /// The day of the month on which it was first bought.
    public let anchorDay: Int64

    /// The term that an order opens.
    public init(boughtAt start: Second, term: Term, zone: BillingZone) {
        let date = CivilDate(start, in: zone)
        self.init(start: start, from: date, term: term, anchorDay: date.day, zone: zone)
    }

    private init(start: Second, from date: CivilDate, term: Term, anchorDay: Int64, zone: BillingZone) {
        self.start = start
        self.anchorDay = anchorDay
        let last = date.adding(months: term.months, onDay: anchorDay)
        expiry = Second((last.daysSinceEpoch + 1) * 86_400 - zone.offset - 1)
    }

    /// The term that follows this one.
    public func renewed(for term: Term, zone: BillingZone) -> PaidTerm {
        PaidTerm(
            start: expiry, from: CivilDate(expiry, in: zone), term: term, anchorDay: anchorDay, zone: zone)
    }

    /// Whole days that a day has before the term ends, itself not counted.
    public func daysLeft(on second: Second, zone: BillingZone) -> Int64 {
        CivilDate(expiry, in: zone) - CivilDate(second, in: zone)
    }

    /// Days of the term, the first and the last counted. Source: EX-50.
    public func days(zone: BillingZone) -> Int64 { CivilDate(expiry, in: zone) - CivilDate(start, in: zone) + 1 }

    /// When automatic renewal is tried first: 03:00 on the seventh day before expiry, then daily.
    ///
    /// Source: price-modelarts-0023, EX-08.
    public func firstRenewalAttempt(zone: BillingZone) -> Second { zone.startOfDay(expiry) - 7 * 86_400 + 3 * 3_600 }
}
