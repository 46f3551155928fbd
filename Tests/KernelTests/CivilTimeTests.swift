import Kernel
import TestKit
import Testing

@Suite struct CivilTimeTests {
    /// Days since 1970 of dates whose count is known: POSIX epoch tables, and the turn of Gregorian leap rules.
    @Test(arguments: [
        (1970, 1, 1, Int64(0)), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (1900, 3, 1, -25_508), (1969, 12, 31, -1),
        (2038, 1, 19, 24_855), (1, 1, 1, -719_162), (9999, 12, 31, 2_932_896),
    ])
    func knownDays(_ year: Int64, _ month: Int64, _ day: Int64, _ days: Int64) {
        #expect(CivilTime.daysSinceEpoch(year: year, month: month, day: day) == days)
        let back = CivilTime(Second(days * 86_400), offset: 0)
        #expect((back.year, back.month, back.day) == (year, month, day))
    }

    /// Day after day from year 1 to 10,000 the calendar goes on by one, at any time of day.
    @Test func everyDayFollowsTheLast() {
        var expected = (year: Int64(1), month: Int64(1), day: Int64(1))
        for day in Int64(-719_162)...2_932_896 {
            let civil = CivilTime(Second(day * 86_400 + 86_399), offset: 0)
            guard (civil.year, civil.month, civil.day) == expected, civil.hour == 23 else {
                Issue.record("day \(day) is \(civil.dateText), not \(expected)")
                return
            }
            expected.day += 1
            if expected.day > CivilTime.days(ofMonth: expected.month, year: expected.year) {
                expected = (expected.year + (expected.month == 12 ? 1 : 0), expected.month % 12 + 1, 1)
            }
        }
    }

    @Test(arguments: [
        ("2026-03-01", Int64(1_772_323_200)), ("2026-03-01T08:00:00Z", 1_772_352_000),
        ("2026-03-01T08:00:00+08:00", 1_772_323_200), ("2026-03-01T00:00:00-05:30", 1_772_343_000),
        ("2026-03-01 00:00:00", 1_772_323_200), ("1969-12-31T23:59:59Z", -1),
    ])
    func readsISO8601(_ text: String, _ seconds: Int64) { #expect(Second(iso8601: text)?.value == seconds) }

    @Test(arguments: [
        "", "2026-3-1", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-32", "2026-03-01T24:00:00Z",
        "2026-03-01T08:60:00Z", "2026-03-01T08:00:00.5Z", "2026-03-01T08:00Z", "2026-03-01T08:00:00+8:00",
        "2026-03-01T08:00:00+08:00x", "x2026-03-01",
    ])
    func refusesOtherTexts(_ text: String) { #expect(Second(iso8601: text) == nil) }

    @Test(arguments: [UInt64(61)])
    func textReadsBack(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let second = Second(Int64.random(in: -62_135_596_800...253_402_300_799, using: &random))
            guard Second(iso8601: second.description) == second else {
                Issue.record("\(second)")
                return
            }
        }
    }

    /// Ten thousand years either way of the epoch, at any offset: date to days and back.
    @Test(arguments: [UInt64(62)])
    func datesReadBack(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100_000 {
            let year = Int64.random(in: -10_000...10_000, using: &random)
            let month = Int64.random(in: 1...12, using: &random)
            let day = Int64.random(in: 1...CivilTime.days(ofMonth: month, year: year), using: &random)
            let time = Int64.random(in: 0..<86_400, using: &random)
            let offset = Int64.random(in: -14...14, using: &random) * 3_600
            let days = CivilTime.daysSinceEpoch(year: year, month: month, day: day)
            let civil = CivilTime(Second(days * 86_400 + time - offset), offset: offset)
            guard (civil.year, civil.month, civil.day) == (year, month, day),
                civil.hour * 3_600 + civil.minute * 60 + civil.second == time
            else {
                Issue.record("\(year)-\(month)-\(day), second \(time), offset \(offset): \(civil)")
                return
            }
        }
    }
}
