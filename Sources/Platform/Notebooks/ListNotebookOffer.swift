public import Identity
public import Kernel
public import Money
public import Pricing
import Workloads

/// Lists what notebooks can run on, with present prices and whether there is room now.
public struct ListNotebookOffer: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// A flavor, what an hour of it costs now, and whether the public pool has room for it.
    public struct OfferedFlavor: Sendable {
        public let flavor: Flavor
        /// Nil where it has no price now and cannot be started.
        public let price: DatedPrice?
        public let currency: Currency
        /// Whether the pool could ever hold it.
        public let canFit: Bool
        public let hasRoom: Bool
    }

    public func flavors(account: AccountID, caller: Caller) async throws -> [OfferedFlavor] {
        try caller.require(.read, in: Scope(account: account))
        let machine = PoolCapacity(try await ports.executor.capacity())
        let (terms, room) = try await ports.store.read { transaction in
            (try transaction.requiredTerms(of: account), try transaction.room(of: nil, machine: machine))
        }
        let book = try ports.catalogue.book(terms.book)
        let now = ports.clock.now().second
        return book.flavors(for: Product.notebook).map { flavor in
            let demand = Demand(flavor, nodes: 1)
            return OfferedFlavor(
                flavor: flavor, price: book.price(product: Product.notebook, flavor: flavor.id, at: now),
                currency: book.currency, canFit: (try? room.requireFit(of: demand)) != nil,
                hasRoom: room.place("", demand) != nil)
        }
    }
}
