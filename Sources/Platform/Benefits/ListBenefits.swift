public import Billing
public import Identity
public import Kernel
public import Money
public import Pricing
public import Rating

/// Lists the coupons and packages of an account with what is left, and the use that packages covered.
public struct ListBenefits: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// Coupons as they stand.
    public struct Coupons: Sendable {
        public let coupons: [OwnedCoupon]
        public let currency: Currency
        public let at: Second
    }

    /// A package and what is left of it.
    public struct PackageView: Sendable {
        public let owned: OwnedPackage
        public let unit: UsageUnit
        /// The period that is shown: the present month of a monthly package, or its first or last.
        public let period: PackagePeriod
        /// What the period has given by the hours that are billed, counted.
        public let used: Quantity
        /// What it has left, counted.
        public let left: Quantity
    }

    /// Packages as they stand.
    public struct Packages: Sendable {
        public let packages: [PackageView]
        public let currency: Currency
        public let book: PriceBook
        public let at: Second
    }

    public func coupons(of account: AccountID, caller: Caller) async throws -> Coupons {
        try requireSight(of: account, caller)
        let now = ports.clock.now().second
        return try await ports.store.read { transaction in
            Coupons(
                coupons: try transaction.coupons(of: account),
                currency: try transaction.requiredTerms(of: account).currency, at: now)
        }
    }

    public func packages(of account: AccountID, caller: Caller) async throws -> Packages {
        try requireSight(of: account, caller)
        let now = ports.clock.now().second
        return try await ports.store.read { [ports] transaction in
            let terms = try transaction.requiredTerms(of: account)
            let book = try ports.catalogue.book(terms.book)
            let uses = try transaction.packageUses(of: account)
            let views = try transaction.packages(of: account).map { owned in
                let package = owned.package
                let unit = book.unit(of: package.product)
                let shown = max(package.effectiveFrom, min(now, package.expiresAt - 1))
                let period = package.period(at: shown, zone: ports.settings.zone)
                let used = uses[period] ?? .zero
                return PackageView(
                    owned: owned, unit: unit, period: period, used: used,
                    left: max(.zero, package.size(in: unit) - used))
            }
            return Packages(packages: views, currency: terms.currency, book: book, at: now)
        }
    }

    /// Lines of an account that packages cover, the newest first.
    ///
    /// - Parameters:
    ///   - package: nil for any.
    ///   - hours: only hours in this range.
    public func coveredLines(
        of account: AccountID, package: ResourcePackageID?, hours: Range<Second>, page: PageRequest, caller: Caller
    ) async throws -> Page<BillLine> {
        try caller.require(.read, in: Scope(account: account))
        return try await ports.store.read { transaction in
            try transaction.billLines(coveredBy: package, of: account, hours: hours, page: page)
        }
    }

    /// An account sees its own, an operator everybody's.
    private func requireSight(of account: AccountID, _ caller: Caller) throws {
        try caller.require(account == caller.account ? .read : .operate, in: Scope(account: account))
    }
}
