public import Kernel
public import Money

public typealias CouponID = Identifier<Coupon>

/// Money that may be spent on some products until some time: a cash coupon.
public struct Coupon: Hashable, Sendable {
    public let id: CouponID
    /// What is left of it.
    public let remaining: Amount
    /// The one product it pays for; nil for all.
    public let product: String?
    public let validFrom: Second
    /// The first second at which it is worth nothing.
    public let validUntil: Second

    public init(id: CouponID, remaining: Amount, product: String? = nil, validFrom: Second, validUntil: Second) {
        self.id = id
        self.remaining = remaining
        self.product = product
        self.validFrom = validFrom
        self.validUntil = validUntil
    }

    /// What each coupon pays of a fee for a product used at a second, in the documented order: those restricted to the
    /// product first, then those that expire first (billing centre, cash coupons); both keep coupons from lapsing.
    public static func paying(
        _ due: Amount, product: String, usedAt second: Second, from coupons: [Coupon]
    ) -> [(coupon: CouponID, amount: Amount)] {
        let matching = coupons.filter { coupon in
            second >= coupon.validFrom && second < coupon.validUntil && coupon.remaining > .zero
                && (coupon.product.map { $0 == product } ?? true)
        }.sorted {
            ($0.product == nil ? 1 : 0, $0.validUntil, $0.id) < ($1.product == nil ? 1 : 0, $1.validUntil, $1.id)
        }
        var rest = due
        var parts: [(CouponID, Amount)] = []
        for coupon in matching where rest > .zero {
            let part = min(rest, coupon.remaining)
            parts.append((coupon.id, part))
            rest = rest - part
        }
        return parts
    }
}
