public import Billing
public import Identity
public import Kernel
public import Money

/// Lists an account's bill lines.
public struct ListBillLines: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// Lines and the currency they are in.
    public struct Listing: Sendable {
        public let page: Page<BillLine>
        public let currency: Currency
    }

    public func callAsFunction(_ query: BillLineQuery, caller: Caller) async throws -> Listing {
        try caller.require(.read, in: Scope(account: query.account))
        return try await ports.store.read { transaction in
            Listing(
                page: try transaction.billLines(query),
                currency: try transaction.requiredTerms(of: query.account).currency)
        }
    }
}
