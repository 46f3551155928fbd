import Kernel
public import Pricing
import Synchronization

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
}
