/// The zone in which hours, days and months are cut; everything else is UTC.
public struct BillingZone: Hashable, Sendable {
    /// Seconds east of UTC.
    public let offset: Int64

    /// Takes seconds east of UTC, whole minutes.
    public init(offset: Int64) { self.offset = offset }

    /// UTC+08:00, in which Huawei Cloud cuts its hours and months.
    public static let beijing = BillingZone(offset: 8 * 3_600)

    /// The first second of the clock hour a second lies in.
    public func startOfHour(_ second: Second) -> Second {
        let local = second.value + offset
        let floor = local >= 0 ? local / 3_600 : (local - 3_599) / 3_600
        return Second(floor * 3_600 - offset)
    }

    /// The first second of the day a second lies in.
    public func startOfDay(_ second: Second) -> Second {
        let local = second.value + offset
        let floor = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        return Second(floor * 86_400 - offset)
    }

    /// The first second of the calendar month a second lies in, and of the one after it.
    public func month(of second: Second) -> Range<Second> {
        let civil = civil(second)
        let first = CivilTime.daysSinceEpoch(year: civil.year, month: civil.month, day: 1)
        let days = CivilTime.days(ofMonth: civil.month, year: civil.year)
        return Second(first * 86_400 - offset)..<Second((first + days) * 86_400 - offset)
    }

    /// The calendar reading of a second in this zone.
    public func civil(_ second: Second) -> CivilTime { CivilTime(second, offset: offset) }

    /// The billing cycle a second belongs to, `YYYY-MM`.
    public func cycle(_ second: Second) -> String { civil(second).monthText }

    /// The first second of a cycle `YYYY-MM`, and of the one after it; nil where the text is no month.
    public func bounds(ofCycle cycle: String) -> Range<Second>? {
        guard cycle.utf8.count == 7, let first = Second(iso8601: cycle + "-01") else { return nil }
        let civil = CivilTime(first, offset: 0)
        let days = CivilTime.days(ofMonth: civil.month, year: civil.year)
        return (first - offset)..<(first + days * 86_400 - offset)
    }

    /// The first second of a day `YYYY-MM-DD` in this zone; nil where the text is no date.
    public func startOfDay(_ date: String) -> Second? {
        guard date.utf8.count == 10, let midnight = Second(iso8601: date) else { return nil }
        return midnight - offset
    }
}
