import Identity
import Kernel
import Ledger
import Money
import Platform
import Pricing
import Rating
import Wire

extension OwnedCoupon {
    func json(at now: Second, currency: Currency) -> JSONValue {
        .fields(
            ("id", .text(coupon.id)), ("account_id", .text(account)), ("name", .text(name)),
            ("product", coupon.product.map { .text($0) } ?? .null), ("currency", .text(currency)),
            ("granted", .text(granted)), ("left", .text(coupon.remaining)), ("valid_from", .text(coupon.validFrom)),
            ("valid_until", .text(coupon.validUntil)), ("granted_at", .time(grantedAt)),
            ("state", .text(state(at: now).rawValue)))
    }

    /// How a coupon stands.
    enum State: String {
        case notYet = "not yet valid"
        case usable
        case used
        case expired

        /// The billing centre's `status`.
        var code: Int {
            switch self {
            case .notYet: 1
            case .usable: 2
            case .used: 3
            case .expired: 4
            }
        }
    }

    func state(at now: Second) -> State {
        if coupon.remaining == .zero { return .used }
        if now >= coupon.validUntil { return .expired }
        return now < coupon.validFrom ? .notYet : .usable
    }
}

extension ListBenefits.PackageView {
    func json(at now: Second, currency: Currency) -> JSONValue {
        let package = owned.package
        return .fields(
            ("id", .text(package.id)), ("account_id", .text(owned.account)), ("name", .text(owned.name)),
            ("product", .text(package.product)), ("flavor", package.flavor.map { .text($0) } ?? .null),
            ("size", .text(package.size)), ("unit", .text(unit.name)), ("monthly", .bool(package.isMonthly)),
            ("left", .text(amount(left))), ("used", .text(amount(used))), ("period_start", .text(period.start)),
            ("effective_from", .text(package.effectiveFrom)), ("expires_at", .text(package.expiresAt)),
            ("price", .text(owned.price)), ("currency", .text(currency)), ("created_at", .time(package.createdAt)),
            ("state", .text(state(at: now).rawValue)))
    }

    /// Counted, in units, the rest behind the tenth decimal cut, as the billing centre writes usage.
    func amount(_ counted: Quantity) -> String {
        FixedPoint.text(
            Rounding.towardZero.quotient(counted.units * 10_000, Int128(unit.counted)), scale: 10)
    }

    /// How a package stands.
    enum State: String {
        case notYet = "not yet effective"
        case effective
        case used = "used up"
        case expired

        /// The billing centre's `status`.
        var code: Int {
            switch self {
            case .notYet: 0
            case .effective: 1
            case .used: 2
            case .expired: 3
            }
        }
    }

    func state(at now: Second) -> State {
        if now >= owned.package.expiresAt { return .expired }
        if now < owned.package.effectiveFrom { return .notYet }
        return left == .zero ? .used : .effective
    }
}
