import Kernel
import Money

/// A book's content as one text that does not depend on the order or the layout of its file.
///
/// One line a fact, fields parted by tabs (names have no control characters), lines parted by line feeds.
struct PriceBookText {
    let text: String

    init(
        id: PriceBookID, name: String, currency: Currency, profile: SiteProfile, products: [Product],
        flavors: [Flavor], prices: [DatedPrice]
    ) {
        var lines = [["book", id.text, name, currency.code, profile.rawValue]]
        for product in products {
            lines.append([
                "product", product.id.text, product.name, product.serviceCode, product.resourceCode,
                product.unit.rawValue,
            ])
        }
        for flavor in flavors.sorted(by: { $0.id < $1.id }) {
            let cards = flavor.accelerators.map { [$0.model, String($0.count), String($0.memoryBytes)] }
            lines.append(
                [
                    "flavor", flavor.id.text, flavor.name, flavor.kind.rawValue, flavor.architecture.rawValue,
                    String(flavor.cpuMillicores), String(flavor.memoryBytes),
                ] + (cards ?? ["", "0", "0"]) + flavor.products.map(\.text).sorted())
        }
        for price in prices {
            lines.append([
                "price", price.product.text, price.flavor.text, price.perHour.description,
                price.validFrom.description, price.validUntil?.description ?? "",
            ])
        }
        text = lines.map { $0.joined(separator: "\t") }.joined(separator: "\n")
    }

    /// FNV-1a of 128 bits over the text's UTF-8, 32 hexadecimal digits.
    ///
    /// It tells editions apart; it is no signature, since whoever writes the book is trusted with the prices.
    var version: String { Hexadecimal.text(Self.fnv1a(text.utf8)) }

    static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt128 {
        let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013b
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        for byte in bytes { hash = (hash ^ UInt128(byte)) &* prime }
        return hash
    }
}
