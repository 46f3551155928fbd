import Billing
import Identity
import Kernel
import Ledger
import Metering
import Money
import Rating

/// Goes through the journal and says where coupons or packages were not granted, paid or spent as they should be.
struct BenefitReplay {
    private let transaction: any StoreTransaction
    /// By the references of the postings that grant, or pay for, them.
    private var coupons: [String: OwnedCoupon]
    private var unpaid: [String: OwnedPackage]
    private var purses: [AccountID: CouponPurse] = [:]

    init(_ transaction: any StoreTransaction) throws {
        self.transaction = transaction
        let owned = try transaction.coupons(of: nil)
        coupons = Dictionary(uniqueKeysWithValues: owned.map { (Posting.reference(to: $0.coupon.id), $0) })
        let packages = try transaction.packages(of: nil).filter { $0.price > .zero }
        unpaid = Dictionary(
            uniqueKeysWithValues: packages.map { (Posting.reference(toPackage: $0.package.id.text), $0) })
    }

    /// What is wrong with a posting, or with how its lines were paid by coupons; nil where nothing is.
    mutating func misfit(of posting: Posting, lines: [BillLine]) throws -> String? {
        if let coupon = coupons.removeValue(forKey: posting.reference) { return grant(coupon, posting) }
        if posting.isPurchase { return purchase(posting) }
        for line in lines {
            let expected = try pay(line)
            guard expected == line.coupons else {
                return "Coupons pay \(line.coupons.text) of the line \(line.id); it should be \(expected.text)."
            }
        }
        return nil
    }

    /// What the journal should have and has not.
    var missing: String? {
        if let coupon = coupons.values.map(\.coupon.id).min() { return "No posting grants the coupon \(coupon)." }
        return unpaid.values.map(\.package.id).min().map { "No posting pays for the package \($0)." }
    }

    private mutating func grant(_ owned: OwnedCoupon, _ posting: Posting) -> String? {
        let coupon = owned.coupon.less(owned.coupon.remaining - owned.granted)
        purses[owned.account, default: CouponPurse([])].receive(coupon)
        let currency = posting.entries.first?.account.currency ?? .usDollar
        let expected = try? Posting.grant(
            of: coupon, id: posting.id, at: posting.at, owner: owned.account.text, currency: currency)
        return expected?.entries == posting.entries && posting.kind == .topUp
            ? nil : "The posting of the coupon \(coupon.id) is not its \(owned.granted)."
    }

    private mutating func purchase(_ posting: Posting) -> String? {
        guard let owned = unpaid.removeValue(forKey: posting.reference) else {
            return "The posting for \(posting.reference) pays for nothing that was sold."
        }
        let paid = posting.entries.filter { $0.account.kind == .revenue && $0.account.owner == owned.account.text }
        return paid.map(\.amount) == [owned.price]
            ? nil : "The posting for \(posting.reference) is not its price, \(owned.price)."
    }

    private mutating func pay(_ line: BillLine) throws -> [CouponPart] {
        guard var purse = purses[line.account] else { return [] }
        let parts = try purse.pay(line.due, product: line.product, at: line.from) {
            guard let metered = try transaction.meteredSegment(line.segment) else { return [] }
            let standing = try transaction.billLines(of: metered, hour: line.hour)
            return Array(standing.prefix { $0.id != line.id })
        }
        purses[line.account] = purse
        return parts
    }
}
