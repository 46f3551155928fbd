import Hummingbird
import Identity
import Kernel
import Platform
import Pricing
import Wire

/// The price book of the caller's account, and what the pool holds.
struct PriceController: Sendable {
    private let ports: Ports
    private let offer: ListOffer
    private let replacePriceBooks: ReplacePriceBooks

    init(_ ports: Ports, replacePriceBooks: ReplacePriceBooks) {
        self.ports = ports
        self.replacePriceBooks = replacePriceBooks
        offer = ListOffer(ports)
    }

    var routes: [Route] {
        [
            .known(.get, "/atelier/v1/price-book", "Shows the price book of the caller's account.", show),
            .known(.post, "/atelier/v1/price-books/reload", "Reads the price books anew; for operators.", reload),
            .known(.get, "/atelier/v1/pool", "Shows what the public pool holds in all.", pool),
        ]
    }

    @Sendable private func show(_ call: Call, _ caller: Caller) async throws -> Response {
        let book = try await offer.book(of: caller.account, caller: caller)
        return Answer.json(book.json(at: ports.clock.now().second, zone: ports.settings.zone))
    }

    @Sendable private func reload(_ call: Call, _ caller: Caller) async throws -> Response {
        let books = try await replacePriceBooks(caller: caller)
        let items = books.all.map { JSONValue.fields(("id", .text($0.id)), ("version", .text($0.version))) }
        return Answer.json(.fields(("books", .array(items))))
    }

    @Sendable private func pool(_ call: Call, _ caller: Caller) async throws -> Response {
        Answer.json(try await offer.capacity().json)
    }
}
