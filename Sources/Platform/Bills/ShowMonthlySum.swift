import Billing
public import Identity
public import Kernel
public import Money
public import Pricing

/// Shows what an account's cycle came to, product by product, and its payable total.
public struct ShowMonthlySum: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// A cycle's sums.
    public struct MonthlySum: Sendable {
        public let cycle: String
        public let sums: [BillSum]
        public let currency: Currency
        public let profile: SiteProfile
        /// The sum of the lines, 8 decimals.
        public let due: Amount
        /// What is payable: the sum as the site rounds a month.
        public let payable: Amount
        /// The products of the sums, for their names and codes.
        public let products: [Product]
    }

    /// - Parameter cycle: `YYYY-MM` in the billing zone.
    public func callAsFunction(_ cycle: String, account: AccountID, caller: Caller) async throws -> MonthlySum {
        try caller.require(.read, in: Scope(account: account))
        guard ports.settings.zone.bounds(ofCycle: cycle) != nil else {
            throw Fault(.invalidParameter, "\(cycle) is no month; write it as 2026-03.", field: "bill_cycle")
        }
        let (sums, terms) = try await ports.store.read { transaction in
            (
                try transaction.billSums(account: account, cycle: cycle),
                try transaction.requiredTerms(of: account)
            )
        }
        let book = try ports.catalogue.book(terms.book)
        let due = sums.reduce(Amount.zero) { $0 + $1.due }
        return MonthlySum(
            cycle: cycle, sums: sums, currency: terms.currency, profile: book.profile, due: due,
            payable: book.profile.monthlyTotal(of: due), products: book.products)
    }
}
