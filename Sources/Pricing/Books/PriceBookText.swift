import Kernel
import Money

/// A book's content as one text that does not depend on the order or the layout of its file.
///
/// One line a fact, fields parted by tabs (names have no control characters), lines parted by line feeds.
struct PriceBookText {
    let text: String

    init(
        id: PriceBookID, name: String, currency: Currency, profile: SiteProfile, products: [Product],
        flavors: [Flavor], prices: [DatedPrice], discounts: [DatedDiscount], terms: [TermPrice], meters: [Meter]
    ) {
        var lines = [["book", id.text, name, currency.code, profile.rawValue]]
        for product in products {
            lines.append(
                [
                    "product", product.id.text, product.name, product.serviceCode, product.resourceCode,
                    product.unit.name,
                ] + Self.details(of: product))
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
            lines.append(
                ["price", price.product.text, price.flavor.text] + Self.words(of: price.formula)
                    + [price.validFrom.description, price.validUntil?.description ?? ""]
                    + Self.words(of: price.scope) + (price.daily.map { ["daily", $0.description] } ?? []))
        }
        for discount in discounts {
            lines.append(
                [
                    "discount", discount.name, discount.percentage.description, discount.product?.text ?? "",
                    discount.flavor?.text ?? "", discount.validFrom.description,
                    discount.validUntil?.description ?? "",
                ] + Self.words(of: discount.scope))
        }
        for term in terms {
            lines.append(
                [
                    "term", term.product.text, term.flavor.text, String(term.term.months), term.list.description,
                    term.discount.description, term.validFrom.description, term.validUntil?.description ?? "",
                ] + Self.words(of: term.scope))
        }
        lines += meters.sorted { $0.id < $1.id }.map(Self.words)
        text = lines.map { $0.joined(separator: "\t") }.joined(separator: "\n")
    }

    /// What goes beyond the first books' products, so that their versions stay what they were.
    private static func details(of product: Product) -> [String] {
        var words: [String] = []
        if !UsageUnit.known.contains(product.unit) {
            words +=
                ["of", String(product.unit.counted), product.unit.rounding?.rawValue ?? "none"]
                + (product.unit.isTime ? ["time"] : [])
        }
        if product.metering != .perSecond {
            words += [product.metering.grain.rawValue, String(product.metering.minimumSeconds)]
        }
        return words + product.variants.map(\.text)
    }

    private static func words(of meter: Meter) -> [String] {
        let flavor =
            switch meter.flavor {
            case .always(let flavor): ["flavor", flavor.text]
            case .named(let path): ["flavor from", path.description]
            }
        return ["meter", meter.id.text, meter.eventType, meter.product.text] + flavor + [
            meter.aggregation.rawValue, meter.value.description, meter.window.rawValue, meter.validFrom.description,
            meter.validUntil?.description ?? "",
        ]
    }

    private static func words(of formula: PriceFormula) -> [String] {
        var words: [String]
        switch formula.scheme {
        case .perUnit(let price): words = [price.description]
        case .flat(let price): words = ["flat", price.description]
        case .graduated(let tiers): words = ["graduated"] + tiers.flatMap(Self.words)
        case .volume(let tiers): words = ["volume"] + tiers.flatMap(Self.words)
        case .package(let size, let price): words = ["package", size.description, price.description]
        }
        if formula.free > .zero { words += ["free", formula.free.description] }
        if let minimum = formula.minimum { words += ["minimum", minimum.description] }
        if let maximum = formula.maximum { words += ["maximum", maximum.description] }
        return words
    }

    private static func words(of tier: PriceTier) -> [String] {
        [tier.upTo?.description ?? "", tier.perUnit.description, tier.flat.description]
    }

    private static func words(of scope: PayerScope) -> [String] { scope == .everyone ? [] : [scope.words] }

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
