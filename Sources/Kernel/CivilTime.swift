/// A calendar reading: year to second at a fixed offset from UTC, by integer arithmetic alone.
public struct CivilTime: Hashable, Sendable, Comparable {
    public let year: Int64
    public let month: Int64
    public let day: Int64
    public let hour: Int64
    public let minute: Int64
    public let second: Int64

    /// Reads the calendar at a second, so many seconds east of UTC.
    public init(_ second: Second, offset: Int64) {
        let local = second.value + offset
        let days = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let rest = local - days * 86_400
        (year, month, day) = Self.civil(daysSinceEpoch: days)
        hour = rest / 3_600
        minute = rest % 3_600 / 60
        self.second = rest % 60
    }

    /// The date part, `2026-03-01`.
    public var dateText: String { "\(padded(year, 4))-\(padded(month))-\(padded(day))" }

    /// The month part, `2026-03`: a billing cycle's name.
    public var monthText: String { "\(padded(year, 4))-\(padded(month))" }

    /// Date and time without an offset, `2026-03-01T08:00:00`.
    public var text: String { "\(dateText)T\(padded(hour)):\(padded(minute)):\(padded(second))" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day, left.hour, left.minute, left.second)
            < (right.year, right.month, right.day, right.hour, right.minute, right.second)
    }

    /// The days from 1970-01-01 to a date of the proleptic Gregorian calendar (negative before it).
    ///
    /// The algorithm counts in eras of 400 years, so it holds for every year without a table.
    public static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The days of a month, 28 to 31.
    public static func days(ofMonth month: Int64, year: Int64) -> Int64 {
        let next = month == 12 ? (year + 1, Int64(1)) : (year, month + 1)
        return daysSinceEpoch(year: next.0, month: next.1, day: 1) - daysSinceEpoch(year: year, month: month, day: 1)
    }

    private static func civil(daysSinceEpoch days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private func padded(_ number: Int64, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Second {
    /// Reads ISO 8601: a date, or date and time with `Z`, `±HH:MM`, or no offset (then UTC); nil for anything else.
    public init?(iso8601 text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), (1...12).contains(month), day >= 1,
            day <= CivilTime.days(ofMonth: month, year: year)
        else { return nil }
        let midnight = CivilTime.daysSinceEpoch(year: year, month: month, day: day) * 86_400
        if reader.isAtEnd {
            self.init(midnight)
            return
        }
        guard reader.skip("T") || reader.skip(" "), let hour = reader.number(2), reader.skip(":"),
            let minute = reader.number(2), reader.skip(":"), let second = reader.number(2),
            hour < 24, minute < 60, second < 60, let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        self.init(midnight + hour * 3_600 + minute * 60 + second - offset)
    }

    /// The same, but without an offset it is meant in a zone.
    public init?(iso8601 text: String, in zone: BillingZone) {
        guard let second = Second(iso8601: text) else { return nil }
        let hasOffset = text.utf8.dropFirst("YYYY-MM-DD".utf8.count).contains { byte in
            [UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-")].contains(byte)
        }
        self = hasOffset ? second : second - zone.offset
    }
}

/// Reads fixed runs of digits off the front of a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number(_ width: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<width {
            guard let digit = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
            rest.removeFirst()
        }
        return value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// Seconds east of UTC; 0 for `Z` and for nothing.
    mutating func offset() -> Int64? {
        if isAtEnd || skip("Z") { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard skip("+") || skip("-"), let hours = number(2), skip(":"), let minutes = number(2),
            hours < 24, minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (isWest ? -1 : 1)
    }
}
