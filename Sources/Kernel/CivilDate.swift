/// A day of the calendar, without a time and without a zone.
public struct CivilDate: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let year: Int64
    public let month: Int64
    public let day: Int64

    /// The date so many days after 1970-01-01.
    public init(daysSinceEpoch days: Int64) {
        let civil = CivilTime(Second(days * 86_400), offset: 0)
        (year, month, day) = (civil.year, civil.month, civil.day)
    }

    /// Reads `2026-03-01`; nil where the text is no date.
    public init?(_ text: String) {
        guard text.utf8.count == 10, let midnight = Second(iso8601: text) else { return nil }
        self.init(daysSinceEpoch: midnight.value / 86_400)
    }

    /// The date of a second in a zone.
    public init(_ second: Second, in zone: BillingZone) {
        let civil = zone.civil(second)
        (year, month, day) = (civil.year, civil.month, civil.day)
    }

    private init(year: Int64, month: Int64, day: Int64) { (self.year, self.month, self.day) = (year, month, day) }

    public var daysSinceEpoch: Int64 { CivilTime.daysSinceEpoch(year: year, month: month, day: day) }

    /// The date so many months on or back, on a day of the month, or on the month's last where it is shorter.
    public func adding(months: Int64, onDay anchor: Int64) -> CivilDate {
        let count = year * 12 + (month - 1) + months
        let (year, month) = (count / 12, count % 12 + 1)
        return CivilDate(year: year, month: month, day: min(anchor, CivilTime.days(ofMonth: month, year: year)))
    }

    public var description: String {
        CivilTime(Second(daysSinceEpoch * 86_400), offset: 0).dateText
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
    /// Days from one to the other.
    public static func - (left: Self, right: Self) -> Int64 { left.daysSinceEpoch - right.daysSinceEpoch }
    public static func + (left: Self, days: Int64) -> CivilDate {
        CivilDate(daysSinceEpoch: left.daysSinceEpoch + days)
    }
}
