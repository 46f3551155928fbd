public import Identity
public import Kernel
import Ledger
public import Money

/// Puts money into an account; debts are collected first (arrears, then drawn credit), the rest is cash.
public struct TopUpAccount: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// Tops up an account and gives its balance as it then stands.
    ///
    /// - Parameters:
    ///   - amount: positive, at most 8 decimals.
    ///   - key: the caller's idempotency key; with the same amount it counts once, with another it is refused.
    public func callAsFunction(
        _ amount: Amount, to account: AccountID, key: String?, caller: Caller
    ) async throws -> ShowBalance.Balance {
        try caller.require(.operate, in: Scope(account: account))
        guard amount > .zero else {
            throw Fault(.invalidParameter, "The amount must be greater than zero.", field: "amount")
        }
        if let key, !(1...128).contains(key.utf8.count) {
            throw Fault(.invalidParameter, "The idempotency key has 1 to 128 bytes.", field: "idempotency_key")
        }
        let id: PostingID = ports.identifiers.hexadecimal()
        let now = ports.clock.now()
        return try await ports.store.write { [ports] transaction in
            let reference = "top-up:\(account)/\(key ?? id.text)"
            let terms = try transaction.requiredTerms(of: account)
            if let earlier = try transaction.postings(reference: reference).first {
                guard earlier.entries.contains(where: { $0.account.kind == .funding && $0.amount == -amount }) else {
                    throw Fault(
                        .conflict, "The idempotency key \(key ?? "") was used for another amount.",
                        field: "idempotency_key")
                }
                return ShowBalance.Balance(
                    wallet: try transaction.spendableWallet(of: account, ports: ports), currency: terms.currency)
            }
            let split = try transaction.wallet(of: account).receiving(amount)
            try transaction.post(
                try Posting.topUp(
                    id: id, at: now, reference: reference, owner: account.text, currency: terms.currency, split: split),
                ports: ports)
            return ShowBalance.Balance(
                wallet: try transaction.spendableWallet(of: account, ports: ports), currency: terms.currency)
        }
    }
}
