public import Kernel
public import Money
public import Pricing

public typealias ResourcePackageID = Identifier<ResourcePackage>

/// Use that was bought in advance: so many units of one product, each month or once.
public struct ResourcePackage: Hashable, Sendable {
    public let id: ResourcePackageID
    public let product: ProductID
    /// Nil for every flavor of the product.
    public let flavor: FlavorID?
    /// Units, each calendar month where `isMonthly`, else once; what a month leaves over lapses.
    public let size: Quantity
    public let isMonthly: Bool
    public let effectiveFrom: Second
    /// The first second in which it deducts nothing any more.
    public let expiresAt: Second
    public let createdAt: Instant

    public init(
        id: ResourcePackageID, product: ProductID, flavor: FlavorID? = nil, size: Quantity, isMonthly: Bool,
        effectiveFrom: Second, expiresAt: Second, createdAt: Instant
    ) {
        self.id = id
        self.product = product
        self.flavor = flavor
        self.size = size
        self.isMonthly = isMonthly
        self.effectiveFrom = effectiveFrom
        self.expiresAt = expiresAt
        self.createdAt = createdAt
    }

    /// Whether it deducts from a use at a second.
    public func covers(product: ProductID, flavor: FlavorID, at second: Second) -> Bool {
        self.product == product && (self.flavor.map { $0 == flavor } ?? true)
            && (effectiveFrom..<max(effectiveFrom, expiresAt)).contains(second)
    }

    /// The order of deduction: effective first, then expiring first, then created first (price-ocr, ocr_12_0013).
    public static func deductsBefore(_ left: ResourcePackage, _ right: ResourcePackage) -> Bool {
        (left.effectiveFrom, left.expiresAt, left.createdAt, left.id)
            < (right.effectiveFrom, right.expiresAt, right.createdAt, right.id)
    }

    /// The time that a size counts for: the month of a use, or the whole validity.
    public func period(at second: Second, zone: BillingZone) -> PackagePeriod {
        PackagePeriod(package: id, start: isMonthly ? zone.month(of: second).lowerBound : effectiveFrom)
    }

    /// All that one period covers, counted.
    public func size(in unit: UsageUnit) -> Quantity { Quantity(units: size.units * Int128(unit.counted)) }
}

/// A package, and one of the times for which it has its whole size.
public struct PackagePeriod: Hashable, Sendable {
    public let package: ResourcePackageID
    /// Its first second.
    public let start: Second

    public init(package: ResourcePackageID, start: Second) {
        self.package = package
        self.start = start
    }
}
