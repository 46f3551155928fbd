public import Kernel
public import Ledger
public import Money

extension Posting {
    /// Bill lines of one account in the books: the customer and coupons pay what is due, the site spares what was cut,
    /// all are revenue.
    ///
    /// - Parameter reference: the line's id, or `settlement:` and the posting's where it charges lines together.
    public static func charge(
        for lines: [BillLine], owner: String, id: PostingID, at: Instant, reference: String, currency: Currency
    ) throws(Fault) -> Posting {
        let paid = lines.reduce(WalletSplit.zero) { $0 + $1.paid }
        let coupons = lines.flatMap(\.coupons).merged
        let truncated = lines.reduce(Amount.zero) { $0 + $1.truncated }
        let parts = coupons.map { part in
            Entry(
                account: LedgerAccount(owner: part.coupon.text, kind: .coupon, currency: currency),
                amount: -part.amount)
        }
        return try Posting(
            id: id, at: at, kind: .charge, reference: reference,
            entries: paid.entries(owner: owner, currency: currency, sign: -1) + parts + [
                Entry(
                    account: LedgerAccount(owner: owner, kind: .truncation, currency: currency), amount: -truncated),
                Entry(
                    account: LedgerAccount(owner: owner, kind: .revenue, currency: currency),
                    amount: coupons.total + paid.total + truncated),
            ])
    }

    /// One line alone, or its share of the posting that charges it with others.
    public static func charge(for line: BillLine, id: PostingID, currency: Currency) throws(Fault) -> Posting {
        try charge(
            for: [line], owner: line.account.text, id: line.settlement ?? id, at: line.billedAt,
            reference: line.settlement.map(reference(toSettlement:)) ?? line.id.text, currency: currency)
    }

    /// How the posting that charges several lines refers to them.
    public static func reference(toSettlement id: PostingID) -> String { "settlement:" + id.text }

    /// Whether it charges several lines.
    public var isSettlement: Bool { kind == .charge && reference == Self.reference(toSettlement: id) }
}
