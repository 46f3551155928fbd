public import Kernel
public import Money

/// What changing the specification of a yearly/monthly resource costs: (new price − old price) × what is left of it.
///
/// Source: billing centre, pricing of a changed specification (renewals_topic_60000001): at least 8 decimals are kept
/// between, and the result is cut to the cent; below zero it is a refund.
public enum SpecificationChange {
    /// What is left of a term that is sold by the month: in each calendar month the days left over its days.
    ///
    /// The day of the change is not counted, the day of expiry is.
    public static func remainingMonths(from change: CivilDate, to expiry: CivilDate) -> Fraction {
        var sum = Fraction.none
        var day = change + 1
        while day <= expiry {
            let next = day.adding(months: 1, onDay: 1)
            let length = next - day.adding(months: 0, onDay: 1)
            let end = min(next, expiry + 1)
            sum += Fraction(numerator: Int128(end - day), denominator: Int128(length))
            day = end
        }
        return sum
    }

    /// What is left of a term that is sold by the year: days left, the day of the change and every 29 February not
    /// counted, over 365.
    public static func remainingYears(from change: CivilDate, to expiry: CivilDate) -> Fraction {
        var days = max(0, expiry - change)
        for year in change.year...max(change.year, expiry.year) {
            if let leapDay = CivilDate("\(year)-02-29"), change < leapDay, leapDay <= expiry { days -= 1 }
        }
        return Fraction(numerator: Int128(days), denominator: 365)
    }

    /// What is left of a month, to the hour: from the next full hour after a change, or from the next midnight where
    /// it is made on the day of purchase, over the month's hours.
    ///
    /// Source: the text of 2026 (codeartsagent_billing_0027), EX-34.
    public static func remainingHours(
        from change: Second, to expiry: Second, boughtOn day: CivilDate, zone: BillingZone
    ) -> Fraction {
        let isFirstDay = CivilDate(change, in: zone) == day
        let from = isFirstDay ? zone.startOfDay(change) + 86_400 : zone.startOfHour(change + 3_599)
        let month = zone.month(of: from)
        let hours = Int128(max(0, (expiry + 1 - from) / 3_600))
        return Fraction(numerator: hours, denominator: Int128((month.upperBound - month.lowerBound) / 3_600))
    }

    /// The fee: the difference of two prices of one period, times what is left of it, for so many nodes.
    ///
    /// - Parameters:
    ///   - remaining: kept to 8 decimals, rounded half-up (EX-34).
    ///   - discount: what the customer gets off the difference.
    /// - Returns: what is due, cut to the cent towards zero; negative is a refund.
    public static func fee(
        from old: UnitPrice, to new: UnitPrice, remaining: Fraction, nodes: Int64 = 1, discount: Percentage = .zero
    ) -> Amount {
        let scale: Int128 = 100_000_000
        let factor = Rounding.halfUp.quotient(remaining.numerator * scale, remaining.denominator)
        let difference = (new.units - old.units) * Int128(nodes)
        let exact = ExactProduct(numerator: difference * factor, denominator: scale * 100)
        return discount.taken(off: exact.rounded(decimals: Amount.scale, .towardZero).amount)
            .rounded(decimals: 2, .towardZero)
    }
}
