public import Kernel

/// A time that comes again and again, in the five fields of cron: minute, hour, day of the month, month and day of the
/// week.
///
/// Source: POSIX `crontab`: where both days are named, either of them is enough; Sunday is 0 or 7.
public struct CronRule: Hashable, Sendable, CustomStringConvertible {
    private let minutes: UInt64
    private let hours: UInt64
    private let days: UInt64
    private let months: UInt64
    private let weekdays: UInt64
    private let isAnyDay: Bool
    private let isAnyWeekday: Bool
    public let description: String

    /// Reads `0 8 * * 1-5`; nil where a field is none: `*`, numbers, ranges, lists and steps (`*/5`) are.
    public init?(_ text: String) {
        let fields = text.split(separator: " ").map(String.init)
        guard fields.count == 5, let minutes = Self.field(fields[0], 0...59), let hours = Self.field(fields[1], 0...23),
            let days = Self.field(fields[2], 1...31), let months = Self.field(fields[3], 1...12),
            let weekdays = Self.field(fields[4], 0...7)
        else { return nil }
        (self.minutes, self.hours, self.days, self.months) = (minutes, hours, days, months)
        self.weekdays = weekdays | (weekdays >> 7 & 1)
        isAnyDay = fields[2].hasPrefix("*")
        isAnyWeekday = fields[4].hasPrefix("*")
        description = text
    }

    /// Whether a minute is one of it.
    public func contains(_ time: CivilTime) -> Bool {
        // 1970 began on a Thursday.
        let weekday = (CivilTime.daysSinceEpoch(year: time.year, month: time.month, day: time.day) % 7 + 11) % 7
        let isDay = Self.has(days, time.day)
        let isWeekday = Self.has(weekdays, weekday)
        let isDue = isAnyDay || isAnyWeekday ? isDay && isWeekday : isDay || isWeekday
        return Self.has(minutes, time.minute) && Self.has(hours, time.hour) && Self.has(months, time.month) && isDue
    }

    private static func has(_ set: UInt64, _ number: Int64) -> Bool { set >> UInt64(number) & 1 == 1 }

    private static func field(_ text: String, _ range: ClosedRange<Int>) -> UInt64? {
        var set: UInt64 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let span = self.range(halves[0], range, isStepped: halves.count == 2) else { return nil }
            var step = 1
            if halves.count == 2 {
                guard let number = Int(halves[1]), number > 0 else { return nil }
                step = number
            }
            for number in stride(from: span.lowerBound, through: span.upperBound, by: step) { set |= 1 << number }
        }
        return set
    }

    private static func range(_ text: Substring, _ all: ClosedRange<Int>, isStepped: Bool) -> ClosedRange<Int>? {
        if text == "*" { return all }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends[0], all.contains(first) else { return nil }
        if ends.count == 1 { return first...(isStepped ? all.upperBound : first) }
        guard ends.count == 2, let last = ends[1], all.contains(last), first <= last else { return nil }
        return first...last
    }
}
