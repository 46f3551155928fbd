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
    ) -> [CouponPart] {
        let matching = coupons.filter { coupon in
            second >= coupon.validFrom && second < coupon.validUntil && coupon.remaining > .zero
                && (coupon.product.map { $0 == product } ?? true)
        }.sorted {
            ($0.product == nil ? 1 : 0, $0.validUntil, $0.id) < ($1.product == nil ? 1 : 0, $1.validUntil, $1.id)
        }
        var rest = due
        var parts: [CouponPart] = []
        for coupon in matching where rest > .zero {
            let part = min(rest, coupon.remaining)
            parts.append(CouponPart(coupon: coupon.id, amount: part))
            rest = rest - part
        }
        return parts
    }

    /// What goes back to coupons of a bill that is taken back: what the wallet paid of it goes back first, the rest to
    /// the coupons that paid, the last first; also to one that has expired, since it would have lapsed anyway.
    ///
    /// - Parameters:
    ///   - amount: what is taken back, positive.
    ///   - paid: what the wallet paid of the same hour.
    ///   - parts: what coupons paid of it.
    public static func givingBack(_ amount: Amount, paid: Amount, parts: [CouponPart]) -> [CouponPart] {
        var rest = amount - min(amount, max(paid, .zero))
        var given: [CouponPart] = []
        for part in parts.merged.reversed() where rest > .zero && part.amount > .zero {
            let back = min(rest, part.amount)
            given.append(CouponPart(coupon: part.coupon, amount: -back))
            rest = rest - back
        }
        return given
    }

    /// The coupon when so much of it is spent.
    public func less(_ amount: Amount) -> Coupon {
        Coupon(
            id: id, remaining: remaining - amount, product: product, validFrom: validFrom, validUntil: validUntil)
    }
}
