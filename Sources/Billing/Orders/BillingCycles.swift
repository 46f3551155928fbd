public import Kernel
public import Money

/// Periods of so many months that begin on one day of the month; the ground of proration.
public struct BillingCycles: Hashable, Sendable {
    /// Months of one cycle: 1, 3, 12.
    public let months: Int64
    /// The day of the month on which cycles begin, 1 to 31; the month's last day where it is shorter.
    public let day: Int64

    public init(months: Int64, day: Int64) {
        self.months = months
        self.day = day
    }

    /// How many cycles are due on a date for a use that began on one and may end on another, in advance.
    ///
    /// What lies before the first cycle and behind the last is the share of its days in the cycle it lies in; the
    /// cycle before the first is as many months long, counted back from the first one's day.
    /// - Parameters:
    ///   - start: the first day used.
    ///   - end: the first day no longer used; nil while none is known.
    ///   - target: cycles that begin on this day or before are due.
    public func due(from start: CivilDate, until end: CivilDate?, on target: CivilDate) -> Fraction {
        guard target >= start, end.map({ $0 > start }) ?? true else { return .none }
        let first = firstStart(onOrAfter: start)
        var sum = share(from: start, until: min(first, end ?? first), ofCycleEnding: first)
        var begin = first
        var count: Int64 = 0
        while begin <= target, end.map({ begin < $0 }) ?? true {
            count += 1
            let next = first.adding(months: months * count, onDay: day)
            sum += share(from: begin, until: min(next, end ?? next), ofCycleEnding: next, beginning: begin)
            begin = next
        }
        return sum
    }

    private func firstStart(onOrAfter date: CivilDate) -> CivilDate {
        let here = date.adding(months: 0, onDay: day)
        return here >= date ? here : here.adding(months: months, onDay: day)
    }

    private func share(
        from: CivilDate, until: CivilDate, ofCycleEnding end: CivilDate, beginning: CivilDate? = nil
    ) -> Fraction {
        let length = end - (beginning ?? end.adding(months: -months, onDay: end.day))
        return Fraction(numerator: Int128(until - from), denominator: Int128(length))
    }
}
