public import Kernel
public import Money

/// What one hour of one node of a flavor costs when used for a product, and from when until when.
public struct DatedPrice: Hashable, Sendable {
    public let product: ProductID
    public let flavor: FlavorID
    public let perHour: UnitPrice
    /// The first second at this price.
    public let validFrom: Second
    /// The first second no longer at this price; nil while no end is known.
    public let validUntil: Second?

    public init(
        product: ProductID, flavor: FlavorID, perHour: UnitPrice, validFrom: Second, validUntil: Second? = nil
    ) {
        self.product = product
        self.flavor = flavor
        self.perHour = perHour
        self.validFrom = validFrom
        self.validUntil = validUntil
    }

    /// Whether this price holds at a second.
    public func holds(at second: Second) -> Bool { second >= validFrom && validUntil.map { second < $0 } ?? true }
}

/// What a price is for.
struct PricedUse: Hashable, Sendable {
    let product: ProductID
    let flavor: FlavorID
}

extension DatedPrice {
    var use: PricedUse { PricedUse(product: product, flavor: flavor) }
}

extension PricedUse: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        (left.product, left.flavor) < (right.product, right.flavor)
    }
}
