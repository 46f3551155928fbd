public import Billing
public import Identity
public import Kernel
public import Ledger
import Metering
public import Money
import Pricing

/// Explains a bill line down to the facts behind it (law 7).
public struct ExplainBillLine: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// A line, why it is what it is, and how it was posted.
    public struct Explained: Sendable {
        public let line: BillLine
        public let explanation: Explanation
        public let postings: [Posting]
        public let currency: Currency
    }

    public func callAsFunction(_ id: BillLineID, caller: Caller) async throws -> Explained {
        let ports = self.ports
        return try await ports.store.read { transaction in
            guard let line = try transaction.billLine(id),
                caller.may(.read, in: Scope(account: line.account))
            else {
                throw Fault(.notFound, "There is no bill line \(id) in your account.", field: "line")
            }
            let terms = try transaction.requiredTerms(of: line.account)
            let metered = try transaction.meteredSegment(line.segment)
            return Explained(
                line: line,
                explanation: Explanation(
                    of: line, facts: try transaction.facts(behind: line), witness: metered?.witness ?? .executor,
                    book: try ports.catalogue.book(metered?.book ?? terms.book), zone: ports.settings.zone),
                postings: try transaction.postings(charging: line, currency: terms.currency),
                currency: terms.currency)
        }
    }
}

extension StoreTransaction {
    /// Where a stretch began and ended, and what proves the line's hour; a volume of a year has a proof for each.
    fileprivate func facts(behind line: BillLine) throws -> [Fact] {
        let hour = line.hour...(line.hour + 3_600)
        let facts = try facts(of: line.segment)
        let near = facts.filter { $0.kind != .alive || hour.contains($0.at) }
        return near.count > 1 || facts.count == 1 ? near : facts
    }

    /// How a line was posted: the posting of its own, or its share of the one that charges it with others.
    fileprivate func postings(charging line: BillLine, currency: Currency) throws -> [Posting] {
        guard let settlement = line.settlement else { return try postings(reference: line.id.text) }
        return [try Posting.charge(for: line, id: settlement, currency: currency)]
    }
}
