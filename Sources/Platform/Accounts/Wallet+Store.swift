public import Identity
public import Kernel
public import Ledger
import Money
import Pricing

extension StoreTransaction {
    /// An account's wallet as its ledger balances, terms and holds give it.
    public func wallet(of account: AccountID) throws -> Wallet {
        let terms = try requiredTerms(of: account)
        func balance(_ kind: LedgerAccount.Kind) throws -> Amount {
            try self.balance(LedgerAccount(owner: account.text, kind: kind, currency: terms.currency))
        }
        return Wallet(
            cash: try balance(.cash), creditLimit: terms.creditLimit, creditDrawn: -(try balance(.credit)),
            arrears: -(try balance(.arrears)), held: try heldAmount(owner: account.text))
    }

    /// The wallet, less what metered events come to that no bill shows yet: what may be spent now.
    func spendableWallet(of account: AccountID, ports: Ports) throws -> Wallet {
        try wallet(of: account).less(unbilled: unbilledEvents(of: account, ports: ports))
    }

    /// What coupons have left that would pay for a product throughout the hour from a second on.
    func couponsLeft(of account: AccountID, for product: ProductID, at now: Second) throws -> Amount {
        guard try benefits().hasCoupons else { return .zero }
        return try coupons(of: account).map(\.coupon).filter { coupon in
            coupon.validFrom <= now && now + 3_600 < coupon.validUntil
                && (coupon.product.map { $0 == product.text } ?? true)
        }.reduce(.zero) { $0 + $1.remaining }
    }

    /// How an account is billed; every account has terms from the moment it is made.
    public func requiredTerms(of account: AccountID) throws -> BillingTerms {
        guard let terms = try billingTerms(account) else {
            throw Fault(.notFound, "There is no account \(account).", field: "account_id")
        }
        return terms
    }
}
