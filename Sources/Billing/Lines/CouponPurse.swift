public import Kernel
public import Ledger
public import Money
public import Pricing

/// The coupons of an account, as its lines are paid from them one after the other.
///
/// A line is paid by coupons that were valid at its first second and are for its product: those for one product first,
/// then those that expire first. A line that takes back gives back first what the wallet paid of the same hour, and
/// then what coupons paid of it.
public struct CouponPurse: Hashable, Sendable {
    public private(set) var coupons: [Coupon]

    public init(_ coupons: [Coupon]) { self.coupons = coupons }

    /// What coupons pay of a line.
    ///
    /// - Parameter standing: the lines that the stretch has for the same hour before this one; looked at only where
    ///   the line takes back.
    public mutating func pay(
        _ due: Amount, product: ProductID, at second: Second, standing: () throws -> [BillLine]
    ) rethrows -> [CouponPart] {
        guard !coupons.isEmpty, due != .zero else { return [] }
        var parts: [CouponPart]
        if due > .zero {
            parts = Coupon.paying(due, product: product.text, usedAt: second, from: coupons)
        } else {
            let lines = try standing()
            parts = Coupon.givingBack(
                .zero - due, paid: lines.reduce(.zero) { $0 + $1.paid.total }, parts: lines.flatMap(\.coupons))
        }
        for part in parts { spend(part) }
        return parts
    }

    /// Adds a coupon.
    public mutating func receive(_ coupon: Coupon) { coupons.append(coupon) }

    private mutating func spend(_ part: CouponPart) {
        guard let index = coupons.firstIndex(where: { $0.id == part.coupon }) else { return }
        coupons[index] = coupons[index].less(part.amount)
    }
}
