public import Kernel
public import Money

/// What the use of a flavor for a product costs: by which formula, for whom, at what time of day, from when until when.
public struct DatedPrice: Hashable, Sendable {
    public let product: ProductID
    public let flavor: FlavorID
    public let scope: PayerScope
    /// The part of the day in the billing zone in which it holds; nil for the whole day.
    public let daily: DailyWindow?
    public let formula: PriceFormula
    /// The first second at this price.
    public let validFrom: Second
    /// The first second no longer at this price; nil while no end is known.
    public let validUntil: Second?

    public init(
        product: ProductID, flavor: FlavorID, scope: PayerScope = .everyone, daily: DailyWindow? = nil,
        formula: PriceFormula, validFrom: Second, validUntil: Second? = nil
    ) {
        self.product = product
        self.flavor = flavor
        self.scope = scope
        self.daily = daily
        self.formula = formula
        self.validFrom = validFrom
        self.validUntil = validUntil
    }

    /// So much for each unit, for everyone, all day.
    public init(
        product: ProductID, flavor: FlavorID, perUnit: UnitPrice, validFrom: Second, validUntil: Second? = nil
    ) {
        self.init(
            product: product, flavor: flavor, formula: PriceFormula(.perUnit(perUnit)), validFrom: validFrom,
            validUntil: validUntil)
    }

    /// The one price of a unit, which alone a bill shows; nil where it depends on the month's use.
    public var unitPrice: UnitPrice? { formula.dependsOnMonth ? nil : formula.scheme.unitPrice }

    /// Whether this price holds on the day of a second, whatever the time of day.
    public func isInForce(at second: Second) -> Bool { second >= validFrom && validUntil.map { second < $0 } ?? true }
}

/// What a price is for.
public struct PricedUse: Hashable, Sendable {
    public let product: ProductID
    public let flavor: FlavorID

    public init(product: ProductID, flavor: FlavorID) {
        self.product = product
        self.flavor = flavor
    }
}

extension DatedPrice {
    var use: PricedUse { PricedUse(product: product, flavor: flavor) }

    /// An order among the prices of one use that begin together, so that a book's text does not depend on its file's.
    var order: String { "\(scope.words) \(daily?.description ?? "")" }
}

extension PricedUse: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.product, left.flavor) < (right.product, right.flavor)
    }
}
