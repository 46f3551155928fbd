public import Kernel
public import Money

/// What one coupon pays of a bill line; negative where a correction gives it back.
public struct CouponPart: Hashable, Sendable {
    public let coupon: CouponID
    public let amount: Amount

    public init(coupon: CouponID, amount: Amount) {
        self.coupon = coupon
        self.amount = amount
    }
}

extension [CouponPart] {
    /// What they pay together.
    public var total: Amount { reduce(.zero) { $0 + $1.amount } }

    /// One part a coupon, in the order in which they first stand; coupons that come to nothing are left out.
    public var merged: [CouponPart] {
        var sums: [(coupon: CouponID, amount: Amount)] = []
        for part in self {
            if let index = sums.firstIndex(where: { $0.coupon == part.coupon }) {
                sums[index].amount += part.amount
            } else {
                sums.append((part.coupon, part.amount))
            }
        }
        return sums.filter { $0.amount != .zero }.map { CouponPart(coupon: $0.coupon, amount: $0.amount) }
    }

    /// As bills keep it: `coupon:amount`, a comma between two.
    public var text: String { map { "\($0.coupon):\($0.amount)" }.joined(separator: ",") }

    /// Reads what `text` wrote; nil for anything else.
    public init?(text: String) {
        var parts: [CouponPart] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let colon = part.lastIndex(of: ":"), let amount = Amount(String(part[part.index(after: colon)...]))
            else { return nil }
            parts.append(CouponPart(coupon: CouponID(String(part[..<colon])), amount: amount))
        }
        self = parts
    }
}
