public import Kernel
public import Money

public typealias PriceBookID = Identifier<PriceBook>

/// One edition of a price list: one currency, one site profile, products, flavors, and dated prices.
///
/// A book that exists is sound: its initializer refuses everything that `PriceBookRules` finds wrong.
public struct PriceBook: Hashable, Sendable {
    /// The name by which accounts choose it, such as `default`.
    public let id: PriceBookID
    public let name: String
    public let currency: Currency
    public let profile: SiteProfile
    /// By id.
    public let products: [Product]
    /// In the order they were given, which is the order people see.
    public let flavors: [Flavor]
    /// By product, flavor and first second.
    public let prices: [DatedPrice]
    /// Names this edition's content; two editions with the same version price everything alike.
    public let version: String

    private let spans: [PricedUse: Range<Int>]
    private let flavorIndices: [FlavorID: Int]

    /// Makes a book, or throws everything that is wrong with it.
    ///
    /// Fields of the faults name positions in the arrays given: `prices[3].per_hour`.
    public init(
        id: PriceBookID, name: String, currency: Currency, profile: SiteProfile, products: [Product],
        flavors: [Flavor], prices: [DatedPrice]
    ) throws(Faults) {
        try PriceBookRules(id: id, name: name, products: products, flavors: flavors, prices: prices).faults().check()
        self.id = id
        self.name = name
        self.currency = currency
        self.profile = profile
        self.products = products.sorted { $0.id < $1.id }
        self.flavors = flavors
        self.prices = prices.sorted { ($0.use, $0.validFrom) < ($1.use, $1.validFrom) }
        spans = Self.spans(of: self.prices)
        flavorIndices = Dictionary(uniqueKeysWithValues: flavors.indices.map { (flavors[$0].id, $0) })
        let canonical = PriceBookText(
            id: id, name: name, currency: currency, profile: profile, products: self.products, flavors: flavors,
            prices: self.prices)
        version = canonical.version
    }

    public func product(_ id: ProductID) -> Product? { products.first { $0.id == id } }

    public func flavor(_ id: FlavorID) -> Flavor? { flavorIndices[id].map { flavors[$0] } }

    /// The flavors a product may run on, in the book's order.
    public func flavors(for product: ProductID) -> [Flavor] { flavors.filter { $0.products.contains(product) } }

    /// The price at a second; nil where there is none, which is not zero: such work must be refused (law 8).
    public func price(product: ProductID, flavor: FlavorID, at second: Second) -> DatedPrice? {
        guard let span = spans[PricedUse(product: product, flavor: flavor)] else { return nil }
        let next = firstIndex(in: span, after: second)
        guard next > span.lowerBound, prices[next - 1].holds(at: second) else { return nil }
        return prices[next - 1]
    }

    /// Cuts an interval where the price changes (law 5); the pieces cover it without gap or overlap.
    ///
    /// A piece without a price has nil. An empty interval has no pieces.
    public func segments(
        product: ProductID, flavor: FlavorID, over interval: Range<Second>
    ) -> [(Range<Second>, DatedPrice?)] {
        guard !interval.isEmpty else { return [] }
        guard let span = spans[PricedUse(product: product, flavor: flavor)] else { return [(interval, nil)] }
        var pieces: [(Range<Second>, DatedPrice?)] = []
        var start = interval.lowerBound
        var index = max(span.lowerBound, firstIndex(in: span, after: start) - 1)
        while start < interval.upperBound {
            let price = index < span.upperBound ? prices[index] : nil
            let end: Second
            if let price, price.validFrom <= start {
                index += 1
                guard price.holds(at: start) else { continue }
                end = min(price.validUntil ?? interval.upperBound, interval.upperBound)
                pieces.append((start..<end, price))
            } else {
                end = min(price?.validFrom ?? interval.upperBound, interval.upperBound)
                pieces.append((start..<end, nil))
            }
            start = end
        }
        return pieces
    }

    /// The prices of one use, first to last.
    func history(of use: PricedUse) -> ArraySlice<DatedPrice> { spans[use].map { prices[$0] } ?? [] }

    /// Everything that has a price at some time.
    var uses: Set<PricedUse> { Set(spans.keys) }

    /// The first of a use's prices that begins after a second, by binary search.
    private func firstIndex(in span: Range<Int>, after second: Second) -> Int {
        var (low, high) = (span.lowerBound, span.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if prices[middle].validFrom <= second { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func spans(of prices: [DatedPrice]) -> [PricedUse: Range<Int>] {
        var spans: [PricedUse: Range<Int>] = [:]
        for (index, price) in prices.enumerated() {
            spans[price.use] = (spans[price.use]?.lowerBound ?? index)..<(index + 1)
        }
        return spans
    }
}
