public import Kernel
public import Money

/// A share taken off list prices: for whom, of what, and from when until when.
///
/// Where several hold, the greatest alone is taken. Source: billing centre, automatic payment takes the best discount.
public struct DatedDiscount: Hashable, Sendable {
    /// What bills call it, such as `commercial`.
    public let name: String
    public let percentage: Percentage
    public let scope: PayerScope
    /// Nil for every product.
    public let product: ProductID?
    /// Nil for every flavor.
    public let flavor: FlavorID?
    public let validFrom: Second
    public let validUntil: Second?

    public init(
        name: String, percentage: Percentage, scope: PayerScope = .everyone, product: ProductID? = nil,
        flavor: FlavorID? = nil, validFrom: Second, validUntil: Second? = nil
    ) {
        self.name = name
        self.percentage = percentage
        self.scope = scope
        self.product = product
        self.flavor = flavor
        self.validFrom = validFrom
        self.validUntil = validUntil
    }

    /// Whether it is for a use by a payer, whenever.
    func isFor(product: ProductID, flavor: FlavorID, payer: Payer) -> Bool {
        scope.includes(payer) && (self.product.map { $0 == product } ?? true)
            && (self.flavor.map { $0 == flavor } ?? true)
    }

    /// Whether it holds at a second.
    func holds(at second: Second) -> Bool { second >= validFrom && validUntil.map { second < $0 } ?? true }
}
