public import Identity
public import Ledger
public import Money

/// Shows what an account has, owes and holds.
public struct ShowBalance: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// A wallet and the currency it is in.
    public struct Balance: Sendable {
        public let wallet: Wallet
        public let currency: Currency
    }

    public func callAsFunction(account: AccountID, caller: Caller) async throws -> Balance {
        try caller.require(.read, in: Scope(account: account))
        return try await ports.store.read { [ports] transaction in
            Balance(
                wallet: try transaction.spendableWallet(of: account, ports: ports),
                currency: try transaction.requiredTerms(of: account).currency)
        }
    }
}
