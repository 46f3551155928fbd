public import Identity
public import Kernel
public import Pricing
import Workloads

/// Lists what an account can use: flavors with their present prices, engines, and the price book itself.
public struct ListOffer: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// A flavor and what an hour of it costs now; nil where it has no price now and cannot be started.
    public struct OfferedFlavor: Sendable {
        public let flavor: Flavor
        public let price: DatedPrice?
    }

    /// The flavors for a product by the account's book.
    public func flavors(
        for product: ProductID, account: AccountID, caller: Caller
    ) async throws -> [OfferedFlavor] {
        let book = try await book(of: account, caller: caller)
        let now = ports.clock.now().second
        return book.flavors(for: product).map { flavor in
            OfferedFlavor(flavor: flavor, price: book.price(product: product, flavor: flavor.id, at: now))
        }
    }

    /// A type of volume and its price now.
    public struct OfferedVolume: Sendable {
        public let id: FlavorID
        /// The price in words, such as `0.00017 USD per GB-hour`.
        public let words: String
    }

    /// The types of volumes that have a price now by the account's book.
    public func volumeTypes(account: AccountID, caller: Caller) async throws -> [OfferedVolume] {
        let book = try await book(of: account, caller: caller)
        let now = ports.clock.now().second
        let unit = book.unit(of: Product.volume)
        return (book.product(Product.volume)?.variants ?? []).compactMap { type in
            book.price(product: Product.volume, flavor: type, at: now).map { price in
                OfferedVolume(id: type, words: price.formula.words(unit: unit, currency: book.currency))
            }
        }
    }

    /// The price book an account is billed by.
    public func book(of account: AccountID, caller: Caller) async throws -> PriceBook {
        try caller.require(.read, in: Scope(account: account))
        let terms = try await ports.store.read { try $0.requiredTerms(of: account) }
        return try ports.catalogue.book(terms.book)
    }

    /// The runtimes jobs can name.
    public func engines() -> [Engine] { ports.catalogue.engines.sorted { $0.id < $1.id } }

    /// What this machine's public pool holds in all: what dedicated pools have is not its own.
    public func capacity() async throws -> ExecutorCapacity {
        let machine = try await ports.executor.capacity()
        let left = try await ports.store.read { transaction in
            try transaction.room(of: nil, machine: PoolCapacity(machine)).capacity
        }
        return ExecutorCapacity(
            cpuMillicores: left.cpuMillicores, memoryBytes: left.memoryBytes,
            accelerators: machine.accelerators.filter { left.accelerators.contains($0.index) })
    }
}
