import Billing
import Identity
import Kernel
import Ledger
import Metering
import Money
import Pricing

/// Lines of one account that are billed together: each is paid from what the one before left, one posting charges all.
struct Settlement {
    let id: PostingID
    private var wallet: Wallet
    private let currency: Currency
    private var lines: [BillLine] = []

    init(of account: AccountID, currency: Currency, transaction: any StoreTransaction, ports: Ports) throws {
        id = ports.identifiers.hexadecimal()
        wallet = try transaction.wallet(of: account)
        self.currency = currency
    }

    /// Puts a draft on the bill of a cycle.
    mutating func add(_ draft: BillLineDraft, cycle: String, ports: Ports) throws {
        let split = wallet.paying(draft.due)
        wallet = wallet.after(paying: split)
        lines.append(
            try BillLine(
                draft, id: ports.identifiers.hexadecimal(), cycle: cycle, billedAt: ports.clock.now(), paid: split,
                settlement: id))
    }

    func post(in transaction: any StoreTransaction, ports: Ports) throws {
        guard let first = lines.first else { return }
        try transaction.append(lines)
        try transaction.post(
            try Posting.charge(
                for: lines, owner: first.account.text, id: id, at: ports.clock.now(),
                reference: Posting.reference(toSettlement: id), currency: currency), lines: lines, ports: ports)
    }
}
