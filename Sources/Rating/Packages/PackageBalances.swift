public import Kernel
public import Money
public import Pricing

/// What packages have left, as use is deducted from them in order of time.
public struct PackageBalances: Hashable, Sendable {
    private let packages: [ResourcePackage]
    private let zone: BillingZone
    /// What each period has given.
    public private(set) var used: [PackagePeriod: Quantity]

    /// - Parameter used: what the periods have given before.
    public init(_ packages: [ResourcePackage], zone: BillingZone, used: [PackagePeriod: Quantity] = [:]) {
        self.packages = packages.sorted(by: ResourcePackage.deductsBefore)
        self.zone = zone
        self.used = used
    }

    /// Takes as much of a use as packages cover, in their order.
    public mutating func deduct(
        _ counted: Quantity, product: ProductID, flavor: FlavorID, unit: UsageUnit, at second: Second
    ) -> [PackagePart] {
        var rest = counted
        var parts: [PackagePart] = []
        for package in packages where rest > .zero && package.covers(product: product, flavor: flavor, at: second) {
            let period = package.period(at: second, zone: zone)
            let taken = min(rest, max(.zero, package.size(in: unit) - (used[period] ?? .zero)))
            guard taken > .zero else { continue }
            used[period] = (used[period] ?? .zero) + taken
            rest = rest - taken
            parts.append(PackagePart(package: package.id, counted: taken))
        }
        return parts
    }

    /// Gives use back that turned out to be less, to the packages that covered it, the last first.
    ///
    /// - Parameters:
    ///   - counted: what is given back, positive.
    ///   - covered: what packages had covered.
    ///   - second: the time of the use; of its month where the size is monthly.
    public mutating func giveBack(
        _ counted: Quantity, of covered: [PackagePart], at second: Second
    ) -> [PackagePart] {
        var rest = counted
        var parts: [PackagePart] = []
        for part in covered.merged.reversed() where rest > .zero && part.counted > .zero {
            guard let package = packages.first(where: { $0.id == part.package }) else { continue }
            let back = min(rest, part.counted)
            let period = package.period(at: second, zone: zone)
            used[period] = (used[period] ?? .zero) - back
            rest = rest - back
            parts.append(PackagePart(package: part.package, counted: .zero - back))
        }
        return parts
    }
}
