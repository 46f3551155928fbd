public import Identity
public import Kernel
public import Ledger
public import Money

/// Ledger postings, holds, and how an account is billed.
public protocol WalletRecords {
    func insert(_ terms: BillingTerms) throws
    func update(_ terms: BillingTerms) throws
    func billingTerms(_ account: AccountID) throws -> BillingTerms?

    /// Appends a posting and moves the balances it touches, in one step; gives its place in the journal.
    @discardableResult
    func append(_ posting: Posting) throws -> Int64
    /// Postings behind a place in the journal, in order.
    func postings(after number: Int64, limit: Int) throws -> [NumberedPosting]
    /// The chain's last link; nil where it has none.
    func lastLink() throws -> JournalLink?
    func append(_ link: JournalLink) throws
    /// Links behind a place in the journal, in order.
    func links(after number: Int64, limit: Int) throws -> [JournalLink]
    func balance(_ account: LedgerAccount) throws -> Amount
    /// The postings with this reference, oldest first.
    func postings(reference: String) throws -> [Posting]
    /// Every balance as the postings give it, for verification.
    func recomputedBalances() throws -> [LedgerAccount: Amount]
    /// Every stored balance.
    func storedBalances() throws -> [LedgerAccount: Amount]

    func insert(_ hold: Hold) throws
    /// Replaces the amount of a hold.
    func update(hold: HoldID, amount: Amount) throws
    func delete(hold: HoldID) throws
    func hold(_ id: HoldID) throws -> Hold?
    /// The sum of the holds of an owner.
    func heldAmount(owner: String) throws -> Amount
}

/// How one account is billed.
public struct BillingTerms: Hashable, Sendable {
    public let account: AccountID
    /// The price book it is billed by.
    public let book: String
    public let currency: Currency
    /// What may be owed beyond the cash.
    public let creditLimit: Amount

    public init(account: AccountID, book: String, currency: Currency, creditLimit: Amount) {
        self.account = account
        self.book = book
        self.currency = currency
        self.creditLimit = creditLimit
    }
}
