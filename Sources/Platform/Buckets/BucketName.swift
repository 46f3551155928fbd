public import Kernel

/// The name of a bucket, as OBS allows it: 3 to 63 lower-case letters, digits, dashes and dots.
public struct BucketName: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    /// Reads a name, or says which rule of OBS it breaks; `field` is what the caller calls it.
    public init(_ text: String, field: String = "bucket") throws(Fault) {
        if let breach = Self.breach(Array(text.utf8)) {
            throw Fault(.invalidParameter, "\(text.prefix(64)) is no bucket name: it \(breach).", field: field)
        }
        self.text = text
    }

    public var description: String { text }

    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    private static func breach(_ bytes: [UInt8]) -> String? {
        let (dot, dash) = (UInt8(ascii: "."), UInt8(ascii: "-"))
        guard (3...63).contains(bytes.count) else { return "must have 3 to 63 characters" }
        guard bytes.allSatisfy({ isAlphanumeric($0) || $0 == dot || $0 == dash }) else {
            return "takes lower-case letters, digits, dashes and dots only"
        }
        guard isAlphanumeric(bytes[0]), isAlphanumeric(bytes[bytes.count - 1]) else {
            return "must begin and end with a letter or a digit"
        }
        for (first, second) in zip(bytes, bytes.dropFirst()) where first == dot || second == dot {
            if [dot, dash].contains(first), [dot, dash].contains(second) {
                return "must not have a dot beside a dot or a dash"
            }
        }
        let parts = bytes.split(separator: dot)
        let isAddress = parts.count == 4 && parts.allSatisfy { $0.count <= 3 && $0.allSatisfy(isDigit) }
        return isAddress ? "must not look like an IP address" : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
