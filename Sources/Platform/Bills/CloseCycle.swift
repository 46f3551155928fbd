import Billing
import Identity
import Kernel
import Ledger
import Money
import Pricing

/// Ends a billing cycle: the month's total is rounded as the site does, and what rounding moved is posted (law 3).
struct CloseCycle: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// Does its work where a cycle ended at this second; a second run adds nothing.
    func callAsFunction(ifEndedBy end: Second) async throws {
        let zone = ports.settings.zone
        let cycle = zone.cycle(end - 1)
        guard cycle != zone.cycle(end) else { return }
        var rest = try await ports.store.read { try $0.accounts() }[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.batch)
            rest = rest.dropFirst(Self.batch)
            try await ports.store.write { [ports] transaction in
                for account in batch { try transaction.close(cycle, of: account.id, ports: ports) }
            }
        }
    }

    /// Accounts closed in one transaction, so that requests are not kept waiting.
    private static let batch = 100
}

extension StoreTransaction {
    fileprivate func close(_ cycle: String, of account: AccountID, ports: Ports) throws {
        let reference = "cycle:\(account)/\(cycle)"
        guard try postings(reference: reference).isEmpty else { return }
        let terms = try requiredTerms(of: account)
        let book = try ports.catalogue.book(terms.book)
        let due = try billSums(account: account, cycle: cycle).reduce(Amount.zero) { $0 + $1.due }
        let difference = book.profile.monthlyTotal(of: due) - due
        guard difference != .zero else { return }
        try post(
            try Posting.rounding(
                id: ports.identifiers.hexadecimal(), at: ports.clock.now(), reference: reference,
                owner: account.text, currency: terms.currency, split: try wallet(of: account).paying(difference)),
            ports: ports)
    }
}
