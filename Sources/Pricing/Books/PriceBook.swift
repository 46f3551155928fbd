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
    /// In the order they were given.
    public let discounts: [DatedDiscount]
    /// By product, flavor, term and first second.
    public let terms: [TermPrice]
    /// In the order they were given.
    public let meters: [Meter]
    /// Names this edition's content; two editions with the same version price everything alike.
    public let version: String

    private let spans: [PricedUse: Range<Int>]
    /// What holds for everyone whom no price and no discount names.
    private let schedules: [PricedUse: PriceSchedule]
    /// Every account and project that a price or a discount names.
    let namedPayers: Set<PayerScope>
    private let flavorIndices: [FlavorID: Int]
    private let metersByType: [String: [Meter]]

    /// Makes a book, or throws everything that is wrong with it.
    ///
    /// Fields of the faults name positions in the arrays given: `prices[3].per_hour`.
    public init(
        id: PriceBookID, name: String, currency: Currency, profile: SiteProfile, products: [Product],
        flavors: [Flavor], prices: [DatedPrice], discounts: [DatedDiscount] = [], terms: [TermPrice] = [],
        meters: [Meter] = []
    ) throws(Faults) {
        try PriceBookRules(
            id: id, name: name, products: products, flavors: flavors, prices: prices, discounts: discounts,
            terms: terms, meters: meters
        ).faults().check()
        self.id = id
        self.name = name
        self.currency = currency
        self.profile = profile
        self.products = products.sorted { $0.id < $1.id }
        self.flavors = flavors
        self.prices = prices.sorted { ($0.use, $0.validFrom, $0.order) < ($1.use, $1.validFrom, $1.order) }
        self.discounts = discounts
        self.terms = terms.sorted {
            ($0.product, $0.flavor, $0.term, $0.validFrom) < ($1.product, $1.flavor, $1.term, $1.validFrom)
        }
        self.meters = meters
        let spans = Self.spans(of: self.prices)
        let sorted = self.prices
        let rounded = Set(products.filter { $0.unit.rounding != nil }.map(\.id))
        self.spans = spans
        schedules = Dictionary(
            uniqueKeysWithValues: spans.map { use, span in
                (
                    use,
                    Self.schedule(
                        of: use, among: sorted[span], discounts: discounts, isRounded: rounded.contains(use.product),
                        payer: .anyone)
                )
            })
        namedPayers = Set(prices.map(\.scope) + discounts.map(\.scope)).subtracting([.everyone])
        flavorIndices = Dictionary(uniqueKeysWithValues: flavors.indices.map { (flavors[$0].id, $0) })
        metersByType = Dictionary(grouping: meters, by: \.eventType)
        version =
            PriceBookText(
                id: id, name: name, currency: currency, profile: profile, products: self.products, flavors: flavors,
                prices: self.prices, discounts: discounts, terms: self.terms, meters: meters
            ).version
    }

    public func product(_ id: ProductID) -> Product? { products.first { $0.id == id } }

    public func flavor(_ id: FlavorID) -> Flavor? { flavorIndices[id].map { flavors[$0] } }

    /// The meters that count events of a type, whenever.
    public func meters(ofEvents type: String) -> [Meter] { metersByType[type] ?? [] }

    /// The flavors a product may run on, in the book's order.
    public func flavors(for product: ProductID) -> [Flavor] { flavors.filter { $0.products.contains(product) } }

    /// The zone in which hours, days and months are cut: that of both sites.
    public var zone: BillingZone { .beijing }

    /// Everything that prices a use for a payer.
    public func schedule(product: ProductID, flavor: FlavorID, payer: Payer = .anyone) -> PriceSchedule {
        let use = PricedUse(product: product, flavor: flavor)
        guard namedPayers.contains(.account(payer.account)) || namedPayers.contains(.project(payer.project)) else {
            return schedules[use] ?? PriceSchedule(prices: [], discounts: [], dependsOnMonth: false, zone: zone)
        }
        return Self.schedule(
            of: use, among: history(of: use), discounts: discounts, isRounded: unit(of: product).rounding != nil,
            payer: payer)
    }

    /// The price at a second; nil where there is none, which is not zero: such work must be refused (law 8).
    public func price(
        product: ProductID, flavor: FlavorID, payer: Payer = .anyone, at second: Second
    ) -> DatedPrice? {
        schedule(product: product, flavor: flavor, payer: payer).piece(at: second).price
    }

    /// Whether some price or discount is not for everyone.
    public var hasPayers: Bool { !namedPayers.isEmpty }

    /// Whether some price depends on what else the account used in the month.
    public var dependsOnMonth: Bool {
        prices.contains { $0.formula.dependsOnMonth } || products.contains { $0.unit.rounding != nil }
    }

    /// What a product is counted in; hours for one that the book does not have.
    public func unit(of product: ProductID) -> UsageUnit { self.product(product)?.unit ?? .hour }

    /// The prices of one use, first to last.
    func history(of use: PricedUse) -> ArraySlice<DatedPrice> { spans[use].map { prices[$0] } ?? [] }

    /// Everything that has a price at some time.
    var uses: Set<PricedUse> { Set(spans.keys) }

    private static func schedule(
        of use: PricedUse, among prices: ArraySlice<DatedPrice>, discounts: [DatedDiscount], isRounded: Bool,
        payer: Payer
    ) -> PriceSchedule {
        PriceSchedule(
            prices: prices.filter { $0.scope.includes(payer) },
            discounts: discounts.filter { $0.isFor(product: use.product, flavor: use.flavor, payer: payer) },
            dependsOnMonth: isRounded || prices.contains { $0.formula.dependsOnMonth }, zone: .beijing)
    }

    private static func spans(of prices: [DatedPrice]) -> [PricedUse: Range<Int>] {
        var spans: [PricedUse: Range<Int>] = [:]
        for (index, price) in prices.enumerated() {
            spans[price.use] = (spans[price.use]?.lowerBound ?? index)..<(index + 1)
        }
        return spans
    }
}
