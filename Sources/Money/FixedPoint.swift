/// Decimal text of whole numbers at a fixed scale; the one reader and the one writer of decimal numbers.
public enum FixedPoint {
    /// The text of `value` × 10^-`scale`, with at least `minimumDecimals` and no further trailing zeros.
    public static func text(_ value: Int128, scale: Int, minimumDecimals: Int = 0) -> String {
        if let small = Int64(exactly: value), scale <= 18 {
            return text(small, scale: scale, minimumDecimals: minimumDecimals)
        }
        let digits = String(value.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
        let bytes = Array(padded.utf8)
        var fraction = Array(bytes[(bytes.count - scale)...])
        while fraction.count > minimumDecimals, fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        let whole = String(decoding: bytes[..<(bytes.count - scale)], as: UTF8.self)
        let sign = value < 0 ? "-" : ""
        return sign + whole + (fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self))
    }

    /// The same for what fits in 64 bits: digit by digit from the last, without a text on the way.
    private static func text(_ value: Int64, scale: Int, minimumDecimals: Int) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { bytes in
            var place = bytes.count
            func put(_ byte: UInt8) {
                place -= 1
                bytes[place] = byte
            }
            var rest = value.magnitude
            for decimal in stride(from: scale, to: 0, by: -1) {
                let digit = UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
                if digit != 0 || place < bytes.count || decimal <= minimumDecimals { put(digit + UInt8(ascii: "0")) }
            }
            if place < bytes.count { put(UInt8(ascii: ".")) }
            repeat {
                put(UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0"))
                rest /= 10
            } while rest > 0
            if value < 0 { put(UInt8(ascii: "-")) }
            return String(decoding: bytes[place...], as: UTF8.self)
        }
    }

    /// Reads `-12.5` as a whole number of 10^-`scale`; nil where it is no plain decimal, has more decimals than the
    /// scale, or does not fit in 64 bits.
    public static func value(_ text: String, scale: Int) -> Int128? {
        var magnitude: Int128 = 0
        var decimals: Int?
        var hasDigits = false
        var rest = Substring(text).utf8
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        for byte in rest {
            if byte == UInt8(ascii: "."), decimals == nil, hasDigits {
                decimals = 0
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            magnitude = magnitude * 10 + Int128(byte - UInt8(ascii: "0"))
            hasDigits = true
            decimals = decimals.map { $0 + 1 }
            guard magnitude <= Int128(Int64.max), decimals ?? 0 <= scale else { return nil }
        }
        guard hasDigits, decimals != 0 else { return nil }
        for _ in 0..<(scale - (decimals ?? 0)) { magnitude *= 10 }
        guard magnitude <= Int128(Int64.max) else { return nil }
        return isNegative ? -magnitude : magnitude
    }
}
