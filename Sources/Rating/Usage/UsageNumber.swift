import Kernel

/// Reads the numbers of a usage file from bytes.
enum UsageNumber {
    /// Millionths of a plain decimal with at most 6 decimals; nil for anything else, and beyond 9.2 trillion.
    @inline(__always)
    static func millionths(_ text: UnsafeRawBufferPointer) -> Int64? {
        var value: Int64 = 0
        var decimals = -1
        guard !text.isEmpty, text.count <= 20 else { return nil }
        for byte in text {
            if byte == 0x2E, decimals < 0 {
                decimals = 0
                continue
            }
            let digit = Int64(byte) - 48
            guard digit >= 0, digit < 10, value <= 999_999_999_999 else { return nil }
            value = value * 10 + digit
            if decimals >= 0 { decimals += 1 }
        }
        guard decimals != 0, decimals <= 6, text[0] != 0x2E else { return nil }
        var left = 6 - max(0, decimals)
        while left > 0 {
            let (next, isTooMuch) = value.multipliedReportingOverflow(by: 10)
            if isTooMuch { return nil }
            (value, left) = (next, left - 1)
        }
        return value
    }

    /// A time in epoch seconds, 1 to 11 digits, or in ISO 8601.
    @inline(__always)
    static func second(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count <= 11 else { return calendar(text) }
        var value: Int64 = 0
        for byte in text {
            let digit = Int64(byte) - 48
            guard digit >= 0, digit < 10 else { return calendar(text) }
            value = value * 10 + digit
        }
        return text.isEmpty ? nil : value
    }

    /// Years 1 to 9999; `2026-03-01 08:00:00` and dates alone are taken too, without an offset they are UTC.
    @inline(never)
    private static func calendar(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard (10...35).contains(text.count) else { return nil }
        return Second(iso8601: String(decoding: text, as: UTF8.self))?.value
    }
}
