extension Second {
    /// Reads the timestamp of a message (RFC 3339), cut to the second; nil for anything else.
    ///
    /// Such as `2026-03-01T08:00:00.25Z` or `2026-03-01 08:00:00+08:00`; an offset is needed. A leap second counts as
    /// the second before it.
    public init?(rfc3339 text: UnsafeRawBufferPointer) {
        var reader = TimestampReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), (1...12).contains(month), day >= 1,
            day <= CivilTime.days(ofMonth: month, year: year),
            reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            hour < 24, minute < 60, second <= 60, reader.fraction(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let days = CivilTime.daysSinceEpoch(year: year, month: month, day: day)
        self.init(days * 86_400 + hour * 3_600 + minute * 60 + min(second, 59) - offset)
    }
}

private struct TimestampReader {
    private let text: UnsafeRawBufferPointer
    private var index = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool { index == text.count }

    mutating func number(_ width: Int) -> Int64? {
        guard index + width <= text.count else { return nil }
        var value: Int64 = 0
        for place in index..<(index + width) {
            let digit = text[place] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        index += width
        return value
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// Passes over a fraction of a second; false where a point has no digits behind it.
    mutating func fraction() -> Bool {
        guard take(".") else { return true }
        let start = index
        while index < text.count, text[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        return index > start
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let isWest = take("-")
        guard isWest || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (isWest ? -1 : 1)
    }
}
