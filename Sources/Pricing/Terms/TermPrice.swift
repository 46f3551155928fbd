public import Kernel
public import Money

/// What one node of a flavor costs for a term that is paid in advance, and when orders get this price.
public struct TermPrice: Hashable, Sendable {
    public let product: ProductID
    public let flavor: FlavorID
    public let term: Term
    public let scope: PayerScope
    /// For the whole term, before the discount.
    public let list: UnitPrice
    /// What the term takes off: the difference to as many single months.
    public let discount: Percentage
    public let validFrom: Second
    public let validUntil: Second?

    public init(
        product: ProductID, flavor: FlavorID, term: Term, scope: PayerScope = .everyone, list: UnitPrice,
        discount: Percentage = .zero, validFrom: Second, validUntil: Second? = nil
    ) {
        self.product = product
        self.flavor = flavor
        self.term = term
        self.scope = scope
        self.list = list
        self.discount = discount
        self.validFrom = validFrom
        self.validUntil = validUntil
    }

    /// Whether orders get it at a second.
    public func holds(at second: Second) -> Bool { second >= validFrom && validUntil.map { second < $0 } ?? true }

    /// What an order of so many nodes for so many terms costs: list price, discount, due; 8 decimals, truncated.
    ///
    /// Source: unit price of the specification × number of compute nodes × periods bought (price-modelarts-0035).
    public func order(nodes: Int64, terms: Int64) -> (list: Amount, discount: Amount, due: Amount) {
        let full = list.times(Int128(nodes) * Int128(terms)).rounded(decimals: Amount.scale, .towardZero).amount
        let due = discount.taken(off: full)
        return (full, full - due, due)
    }
}

/// A length of time that is sold in advance, in calendar months.
public struct Term: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// 1 to 60.
    public let months: Int64

    /// Takes 1 to 60 months; nil for anything else.
    public init?(months: Int64) {
        guard (1...60).contains(months) else { return nil }
        self.months = months
    }

    private init(known months: Int64) { self.months = months }

    public static let month = Term(known: 1)
    public static let year = Term(known: 12)
    public static let threeYears = Term(known: 36)

    /// Reads `1 month`, `3 months`, `1 year`, `3 years`.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
        guard parts.count == 2, let count = Int64(parts[0]), (1...60).contains(count) else { return nil }
        switch parts[1] {
        case "month", "months": self.init(months: count)
        case "year", "years": self.init(months: count * 12)
        default: return nil
        }
    }

    public var description: String {
        months.isMultiple(of: 12)
            ? "\(months / 12) year\(months == 12 ? "" : "s")" : "\(months) month\(months == 1 ? "" : "s")"
    }

    public static func < (left: Self, right: Self) -> Bool { left.months < right.months }
}
