public import Identity
import Kernel
public import Pricing

/// Puts newer editions of the price books in force, where they leave the past as it was (law 5).
public struct ReplacePriceBooks: Sendable {
    private let ports: Ports
    private let read: @Sendable () async throws -> PriceBooks

    /// - Parameter read: reads the editions that lie in the installation's folder.
    public init(_ ports: Ports, read: @escaping @Sendable () async throws -> PriceBooks) {
        self.ports = ports
        self.read = read
    }

    /// The books then in force; every fault of the new editions at once, and the old ones stay.
    public func callAsFunction(caller: Caller) async throws -> PriceBooks {
        try caller.require(.operate, in: Scope(account: caller.account))
        return try await replace()
    }

    /// The same for the server itself, when it is told by a signal.
    public func replace() async throws -> PriceBooks {
        let books = try await read()
        // What is billed reaches back to the first open hour, so nothing before the present may change.
        try books.faults(replacing: ports.catalogue.books, at: ports.clock.now().second).check()
        ports.catalogue.replace(books: books)
        return books
    }
}
