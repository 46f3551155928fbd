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
        let terms = try await ports.store.read { try $0.requiredTerms(of: notebook.account) }
        let book = try ports.catalogue.book(terms.book)
        var items: [NotebookCosts.Item] = []
        if [.running, .snapshotting].contains(notebook.machine.step) || notebook.isLeavingBilled {
            let price = book.price(
                product: Product.notebook, flavor: notebook.demand.flavor, at: ports.clock.now().second)
            items.append(
                NotebookCosts.Item(
                    kind: .compute, resource: notebook.id.text, product: Product.notebook,
                    flavor: notebook.demand.flavor, perHour: price?.unitPrice,
                    currency: book.currency, until: "it is stopped"))
        }
        return NotebookCosts(items: items, note: Self.note(items, of: notebook))
    }

    private static func note(_ items: [NotebookCosts.Item], of notebook: Notebook) -> String {
        let words = items.map { item in
            let price = item.perHour.map { "\($0) \(item.currency.code) an hour" } ?? "its price"
            return switch item.kind {
            case .compute: "its compute costs \(price) until \(item.until)"
            case .storage: "its volume of \(notebook.definition.volumeGigabytes) GB costs \(price) until \(item.until)"
            }
        }
        let rest = items.contains { $0.kind == .compute } ? [] : ["its compute costs nothing now"]
        return (rest + words).joined(separator: "; ") + "."
    }
}

extension Notebook {
    /// Whether its last seconds are still metered while it is being stopped.
    fileprivate var isLeavingBilled: Bool { machine.step == .stopping && machine.hasRun && startedAt != nil }
}
