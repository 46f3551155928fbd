public import Kernel
public import Pricing
import Synchronization
public import Workloads

/// What is on offer now: price books and engines; replaced as a whole when a newer edition is read.
public final class Catalogue: Sendable {
    private let state: Mutex<State>

    private struct State: Sendable {
        var books: PriceBooks
        var engines: [Engine]
    }

    public init(books: PriceBooks, engines: [Engine]) {
        state = Mutex(State(books: books, engines: engines))
    }

    public var books: PriceBooks { state.withLock { $0.books } }
    public var engines: [Engine] { state.withLock { $0.engines } }

    /// Puts newer editions in force.
    public func replace(books: PriceBooks) { state.withLock { $0.books = books } }

    /// The book of an id; a missing one is an installation's fault, not the caller's.
    public func book(_ id: String) throws -> PriceBook {
        guard let book = books[PriceBookID(id)] else {
            throw Fault(.internalFault, "Price book \(id) is not installed; put it back into the price-books folder.")
        }
        return book
    }

    /// The engine a job asks for: by id, by name and version, or by name alone where only one has it.
    public func engine(_ reference: EngineReference) throws(Fault) -> Engine {
        let engines = self.engines
        let matches = engines.filter { engine in
            (reference.id.map { $0 == engine.id } ?? true)
                && (reference.name.map { $0 == engine.name } ?? true)
                && (reference.version.map { $0 == engine.version } ?? true)
        }
        let isNamed = reference.id != nil || reference.name != nil
        if isNamed, matches.count == 1 { return matches[0] }
        let offered = engines.map(\.id).sorted().joined(separator: ", ")
        let asked = reference.id ?? reference.name ?? "none named"
        let problem = matches.count > 1 && isNamed ? "names more than one engine" : "is not an engine here"
        throw Fault(
            .invalidParameter, "\(asked) \(problem); the engines are \(offered).",
            field: reference.id == nil ? "algorithm.engine.engine_name" : "algorithm.engine.engine_id")
    }
}
