public import Money

/// One balance of the books: whose, of what kind, in which currency.
public struct LedgerAccount: Hashable, Sendable {
    /// The account it belongs to; of a coupon's balance, the coupon.
    public let owner: String
    public let kind: Kind
    public let currency: Currency

    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Money the account has put in and not spent.
        case cash
        /// Credit drawn: negative by what is owed.
        case credit
        /// Debt beyond the credit: negative by what is owed.
        case arrears
        /// What is left of a coupon.
        case coupon
        /// What the account's use was worth at list price.
        case revenue
        /// What the site spared the account by cutting to the cent; negative.
        case truncation
        /// What rounding monthly totals moved.
        case rounding
        /// Where money put in, and coupons, came from; negative by what came.
        case funding
    }

    public init(owner: String, kind: Kind, currency: Currency) {
        self.owner = owner
        self.kind = kind
        self.currency = currency
    }
}

/// One side of a posting.
public struct Entry: Hashable, Sendable {
    public let account: LedgerAccount
    public let amount: Amount

    public init(account: LedgerAccount, amount: Amount) {
        self.account = account
        self.amount = amount
    }
}
