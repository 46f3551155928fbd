public import Kernel
public import Ledger
public import Metering
public import Money
public import Pricing
public import Rating

/// The bill of one interval of use as a function of everything it depends on, without any books.
///
/// The order is the documented one: packages take their part of the use, the rest is priced (packages count towards
/// tiers), the best discount is taken off, the site cuts, coupons pay, then cash, then credit, and the rest is owed.
/// Always `list` = `discount` + `truncated` + `due`, and `due` = `coupon` + `cash` + `credit` + `arrears`.
public struct IntervalBill: Hashable, Sendable {
    /// One for every clock hour and price, in order of time.
    public let lines: [Line]
    /// How the whole is paid beyond coupons.
    public let paid: WalletSplit

    /// One hour at one price.
    public struct Line: Hashable, Sendable {
        public let charge: Charge
        /// What packages took of the use before it was priced.
        public let deductions: [PackagePart]
        /// What coupons pay of what is due.
        public let coupons: [CouponPart]
    }

    /// - Parameters:
    ///   - interval: as it was used; the product says what is counted of it.
    ///   - used: what the account counted of this use in the month before the interval.
    public init(
        of segment: Segment, payer: Payer, over interval: Range<Second>, book: PriceBook, used: Quantity = .zero,
        packages: [ResourcePackage] = [], coupons: [Coupon] = [], wallet: Wallet
    ) {
        let (zone, unit) = (book.zone, book.unit(of: segment.product))
        let schedule = book.schedule(product: segment.product, flavor: segment.flavor, payer: payer)
        let counted = RunInterval(start: interval.lowerBound, provenUntil: interval.upperBound, isEnded: true)
            .counted(by: book.product(segment.product)?.metering ?? .perSecond, in: zone)
        var balances = PackageBalances(packages, zone: zone)
        var purses = coupons
        var before = used
        var month = zone.month(of: interval.lowerBound)
        var lines: [Line] = []
        for part in counted.hourly(in: zone) {
            if part.lowerBound >= month.upperBound { (month, before) = (zone.month(of: part.lowerBound), .zero) }
            for piece in schedule.pieces(over: part) {
                guard let price = piece.price else { continue }
                let use = Quantity((piece.span.upperBound - piece.span.lowerBound) * segment.quantity)
                let deductions = balances.deduct(
                    use, product: segment.product, flavor: segment.flavor, unit: unit, at: piece.span.lowerBound)
                let covered = deductions.total
                let charge = Charge(
                    span: piece.span, counted: use,
                    fee: price.formula.fee(from: before + covered, to: before + use, unit: unit), price: price,
                    discount: piece.discount, profile: book.profile)
                let parts = Coupon.paying(
                    charge.due, product: segment.product.text, usedAt: piece.span.lowerBound, from: purses)
                purses = purses.map { coupon in coupon.less(parts.first { $0.coupon == coupon.id }?.amount ?? .zero) }
                before += use
                lines.append(Line(charge: charge, deductions: deductions, coupons: parts))
            }
        }
        self.lines = lines
        let rest = lines.reduce(Amount.zero) { sum, line in
            line.coupons.reduce(sum + line.charge.due) { $0 - $1.amount }
        }
        paid = wallet.paying(rest)
    }

    public var list: Amount { lines.reduce(.zero) { $0 + $1.charge.list } }
    public var discount: Amount { lines.reduce(.zero) { $0 + $1.charge.discounted } }
    public var truncated: Amount { lines.reduce(.zero) { $0 + $1.charge.truncated } }
    public var due: Amount { lines.reduce(.zero) { $0 + $1.charge.due } }
    /// What packages took, counted.
    public var packaged: Quantity {
        lines.reduce(.zero) { sum, line in line.deductions.reduce(sum) { $0 + $1.counted } }
    }
    public var coupon: Amount { lines.reduce(.zero) { sum, line in line.coupons.reduce(sum) { $0 + $1.amount } } }
}
