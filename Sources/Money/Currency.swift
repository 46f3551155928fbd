/// A currency by its ISO 4217 code, such as `USD`.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
    /// Three capital letters.
    public let code: String

    /// Takes an ISO 4217 code; nil where it is not three capital letters.
    public init?(_ code: String) {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard code.utf8.count == 3, code.utf8.allSatisfy({ letters.contains($0) }) else { return nil }
        self.code = code
    }

    private init(known code: String) { self.code = code }

    public static let usDollar = Currency(known: "USD")
    public static let renminbi = Currency(known: "CNY")
    public static let euro = Currency(known: "EUR")

    public var description: String { code }
}
