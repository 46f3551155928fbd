import Billing
import Identity
import Kernel
import Ledger
import Metering
import Money
import Pricing
import Rating

/// Lines of one account that are billed together: each is paid from what the one before left, one posting charges all.
struct Settlement {
    let id: PostingID
    private var wallet: Wallet
    private var purse: CouponPurse
    private let currency: Currency
    private let account: AccountID
    private var lines: [BillLine] = []

    init(
        of account: AccountID, currency: Currency, benefits: Benefits, transaction: any StoreTransaction, ports: Ports
    ) throws {
        id = ports.identifiers.hexadecimal()
        wallet = try transaction.wallet(of: account)
        purse = CouponPurse(benefits.hasCoupons ? try transaction.coupons(of: account).map(\.coupon) : [])
        self.account = account
        self.currency = currency
    }

    /// Puts a draft on the bill of a cycle; coupons pay first, then the wallet.
    mutating func add(_ draft: BillLineDraft, cycle: String, transaction: any StoreTransaction, ports: Ports) throws {
        let coupons = purse.coupons.isEmpty ? [] : try payByCoupons(draft, transaction: transaction)
        let split = wallet.paying(draft.due - coupons.total)
        wallet = wallet.after(paying: split)
        self.lines.append(
            try BillLine(
                draft, id: ports.identifiers.hexadecimal(), cycle: cycle, billedAt: ports.clock.now(), paid: split,
                coupons: coupons, settlement: id))
    }

    private mutating func payByCoupons(
        _ draft: BillLineDraft, transaction: any StoreTransaction
    ) throws -> [CouponPart] {
        let lines = self.lines
        return try purse.pay(draft.due, product: draft.metered.segment.product, at: draft.from) {
            try transaction.billLines(of: draft.metered, hour: draft.hour)
                + lines.filter { $0.segment == draft.metered.segment.id && $0.hour == draft.hour }
        }
    }

    func post(in transaction: any StoreTransaction, ports: Ports) throws {
        guard let first = lines.first else { return }
        try transaction.append(lines)
        try usePackages(in: transaction, zone: ports.settings.zone)
        try transaction.post(
            try Posting.charge(
                for: lines, owner: first.account.text, id: id, at: ports.clock.now(),
                reference: Posting.reference(toSettlement: id), currency: currency), lines: lines, ports: ports)
    }

    private func usePackages(in transaction: any StoreTransaction, zone: BillingZone) throws {
        guard lines.contains(where: { !$0.packages.isEmpty }) else { return }
        let packages = try transaction.packages(of: account).map(\.package)
        for (period, counted) in PackagePeriod.uses(in: lines, of: packages, zone: zone) where counted != .zero {
            try transaction.add(counted, to: period, of: account)
        }
    }
}

extension PackagePeriod {
    /// What lines say that each period gives.
    static func uses(
        in lines: [BillLine], of packages: [ResourcePackage], zone: BillingZone
    ) -> [PackagePeriod: Quantity] {
        var uses: [PackagePeriod: Quantity] = [:]
        for line in lines {
            for part in line.packages {
                guard let package = packages.first(where: { $0.id == part.package }) else { continue }
                uses[package.period(at: line.hour, zone: zone), default: .zero] += part.counted
            }
        }
        return uses
    }
}
