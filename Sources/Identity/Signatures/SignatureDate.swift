import Kernel

/// The date of a signed request, `YYYYMMDDTHHMMSSZ` in UTC.
enum SignatureDate {
    /// Writes a second down.
    static func text(_ second: Second) -> String {
        second.description.filter { $0 != "-" && $0 != ":" }
    }

    /// Reads a date; nil for any other form and for days and times that do not exist.
    static func second(_ text: String) -> Second? {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
            let year = number(bytes[0..<4]), let month = number(bytes[4..<6]), let day = number(bytes[6..<8]),
            let hour = number(bytes[9..<11]), let minute = number(bytes[11..<13]), let second = number(bytes[13..<15]),
            (1...12).contains(month), day >= 1, day <= CivilTime.days(ofMonth: month, year: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = CivilTime.daysSinceEpoch(year: year, month: month, day: day)
        return Second(days * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
