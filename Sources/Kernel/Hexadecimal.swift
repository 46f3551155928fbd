/// Hexadecimal text of bytes and numbers, lower case.
public enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    /// The 32 digits of a 128-bit number.
    public static func text(_ number: UInt128) -> String {
        String(unsafeUninitializedCapacity: 32) { bytes in
            var rest = number
            for place in (0..<32).reversed() {
                bytes[place] = digits[Int(truncatingIfNeeded: rest & 0xf)]
                rest >>= 4
            }
            return 32
        }
    }

    /// Two digits a byte.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0xf)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of an even number of digits in either case; nil for anything else.
    public static func bytes(_ text: String) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: source.count, by: 2) {
            guard let high = nibble(source[index]), let low = nibble(source[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
