public import Identity
public import Kernel
public import Ledger
public import Money
public import Rating

/// Coupons and resource packages that accounts have.
public protocol BenefitRecords {
    /// Whether any account has coupons or packages; where none has, bills need not ask for those of each.
    func benefits() throws -> Benefits

    func insert(_ coupon: OwnedCoupon) throws
    /// The coupons of an account with what is left of each, oldest first; of every account where it is nil.
    func coupons(of account: AccountID?) throws -> [OwnedCoupon]

    func insert(_ package: OwnedPackage) throws
    /// The packages of an account, oldest first; of every account where it is nil.
    func packages(of account: AccountID?) throws -> [OwnedPackage]
    /// What each period of an account's packages has given, counted.
    func packageUses(of account: AccountID) throws -> [PackagePeriod: Quantity]
    /// Adds to what a period has given.
    func add(_ counted: Quantity, to period: PackagePeriod, of account: AccountID) throws
    /// Packages in force before a second that no hour's close has looked at yet.
    func newPackages(before end: Second) throws -> [OwnedPackage]
    /// Notes that every use of a package's product is billed with it.
    func applied(_ package: ResourcePackageID) throws
}

/// Which kinds of benefits there are, of any account.
public struct Benefits: Hashable, Sendable {
    public let hasCoupons: Bool
    public let hasPackages: Bool

    public init(hasCoupons: Bool, hasPackages: Bool) {
        self.hasCoupons = hasCoupons
        self.hasPackages = hasPackages
    }
}

/// A coupon, and whose it is.
public struct OwnedCoupon: Hashable, Sendable {
    public let account: AccountID
    /// What people call it.
    public let name: String
    /// As it stands: with what is left of it.
    public let coupon: Coupon
    public let granted: Amount
    public let grantedAt: Instant
    /// The idempotency key it was granted with.
    public let key: String?

    public init(
        account: AccountID, name: String, coupon: Coupon, granted: Amount, grantedAt: Instant, key: String?
    ) {
        self.account = account
        self.name = name
        self.coupon = coupon
        self.granted = granted
        self.grantedAt = grantedAt
        self.key = key
    }
}

/// A package, whose it is, and what was paid for it.
public struct OwnedPackage: Hashable, Sendable {
    public let account: AccountID
    /// What people call it.
    public let name: String
    public let package: ResourcePackage
    /// Zero where it was granted.
    public let price: Amount
    /// The idempotency key it was bought with.
    public let key: String?
    /// Whether every use of its product is billed with it; false until the next hour's close.
    public let isApplied: Bool

    public init(
        account: AccountID, name: String, package: ResourcePackage, price: Amount, key: String?, isApplied: Bool = false
    ) {
        self.account = account
        self.name = name
        self.package = package
        self.price = price
        self.key = key
        self.isApplied = isApplied
    }
}
