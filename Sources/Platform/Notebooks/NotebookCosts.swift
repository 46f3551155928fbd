import Identity
public import Kernel
public import Money
public import Pricing
import Workloads

/// What a notebook costs as it stands: what its users ask most, above all when it is stopped.
public struct NotebookCosts: Hashable, Sendable {
    public let items: [Item]
    /// The same in a sentence.
    public let note: String
    /// The volume, where there is one.
    public let volume: Volume?

    /// Something that costs money now.
    public struct Item: Hashable, Sendable {
        public let kind: Kind
        /// What the bill names.
        public let resource: String
        public let product: ProductID
        public let flavor: FlavorID
        /// What an hour costs; nil where the price is not the same every hour.
        public let perHour: UnitPrice?
        public let currency: Currency
        /// What ends it.
        public let until: String
    }

    /// ModelArts' `billing_items`.
    public enum Kind: String, Hashable, Sendable { case compute = "COMPUTE", storage = "STORAGE" }
}

/// Shows what a notebook costs as it stands.
public struct ShowNotebookCosts: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    public func callAsFunction(of notebook: Notebook) async throws -> NotebookCosts {
        let (terms, volume) = try await ports.store.read { transaction in
            (
                try transaction.requiredTerms(of: notebook.account),
                try notebook.volume.flatMap { try transaction.volume($0) }
            )
        }
        let now = ports.clock.now().second
        let book = try ports.catalogue.book(terms.book)
        var items: [NotebookCosts.Item] = []
        let isAtWork = [.running, .snapshotting].contains(notebook.machine.step) || notebook.isLeavingBilled
        if isAtWork, notebook.pool == nil {
            let price = book.price(
                product: Product.notebook, flavor: notebook.demand.flavor, at: now)
            items.append(
                NotebookCosts.Item(
                    kind: .compute, resource: notebook.id.text, product: Product.notebook,
                    flavor: notebook.demand.flavor, perHour: price?.unitPrice,
                    currency: book.currency, until: "it is stopped"))
        }
        if let volume, volume.machine.isBilled {
            let price = book.price(product: Product.volume, flavor: volume.type, at: now)
            items.append(
                NotebookCosts.Item(
                    kind: .storage, resource: volume.id.text, product: Product.volume, flavor: volume.type,
                    perHour: price?.unitPrice.map { UnitPrice(units: $0.units * Int128(volume.capacity)) },
                    currency: book.currency, until: "the notebook is deleted"))
        }
        return NotebookCosts(
            items: items, note: Self.note(items, volume: volume, isOnPool: notebook.pool != nil), volume: volume)
    }

    private static func note(_ items: [NotebookCosts.Item], volume: Volume?, isOnPool: Bool) -> String {
        let words = items.map { item in
            let price = item.perHour.map { "\($0) \(item.currency.code) an hour" } ?? "its price"
            return switch item.kind {
            case .compute: "its compute costs \(price) until \(item.until)"
            case .storage: "its volume of \(volume?.capacity ?? 0) GB costs \(price) until \(item.until)"
            }
        }
        let rest =
            items.contains { $0.kind == .compute }
            ? []
            : [
                isOnPool ? "its compute costs nothing beside its dedicated pool" : "its compute costs nothing now"
            ]
        return (rest + words).joined(separator: "; ") + "."
    }
}

extension Notebook {
    /// Whether its last seconds are still metered while it is being stopped.
    fileprivate var isLeavingBilled: Bool { machine.step == .stopping && machine.hasRun && startedAt != nil }
}
