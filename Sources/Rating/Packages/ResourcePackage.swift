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
}

/// What packages have left, as use is deducted from them in order of time.
public struct PackageBalances: Hashable, Sendable {
    private let packages: [ResourcePackage]
    private let zone: BillingZone
    private var used: [Key: Quantity] = [:]

    private struct Key: Hashable {
        let package: ResourcePackageID
        /// The first second of the month it counts for; nil where it is used up once.
        let month: Second?
    }

    public init(_ packages: [ResourcePackage], zone: BillingZone) {
        self.packages = packages.sorted(by: ResourcePackage.deductsBefore)
        self.zone = zone
    }

    /// One package's part in covering a use.
    public struct Deduction: Hashable, Sendable {
        public let package: ResourcePackageID
        /// Counted, such as node-seconds.
        public let counted: Quantity
    }

    /// Takes as much of a use as packages cover, in their order.
    public mutating func deduct(
        _ counted: Quantity, product: ProductID, flavor: FlavorID, unit: UsageUnit, at second: Second
    ) -> [Deduction] {
        var rest = counted
        var deductions: [Deduction] = []
        for package in packages where rest > .zero && package.covers(product: product, flavor: flavor, at: second) {
            let key = Key(package: package.id, month: package.isMonthly ? zone.month(of: second).lowerBound : nil)
            let size = Quantity(units: package.size.units * Int128(unit.counted))
            let taken = min(rest, max(.zero, size - (used[key] ?? .zero)))
            guard taken > .zero else { continue }
            used[key] = (used[key] ?? .zero) + taken
            rest = rest - taken
            deductions.append(Deduction(package: package.id, counted: taken))
        }
        return deductions
    }
}
