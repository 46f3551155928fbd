public import Kernel
public import Ledger
public import Money

extension Posting {
    /// A bill line in the books: the customer pays what is due, the site spares what was cut, both are revenue.
    public static func charge(for line: BillLine, id: PostingID, currency: Currency) throws(Fault) -> Posting {
        let owner = line.account.text
        return try Posting(
            id: id, at: line.billedAt, kind: .charge, reference: line.id.text,
            entries: line.paid.entries(owner: owner, currency: currency, sign: -1) + [
                Entry(
                    account: LedgerAccount(owner: owner, kind: .truncation, currency: currency),
                    amount: -line.truncated),
                Entry(
                    account: LedgerAccount(owner: owner, kind: .revenue, currency: currency),
                    amount: line.due + line.truncated),
            ])
    }
}
