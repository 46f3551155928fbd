import Kernel
import Money

extension PriceBookRules {
    func checkPrices(_ faults: inout Faults) {
        let sold = SoldUses(products: products, flavors: flavors)
        for (index, price) in prices.enumerated() {
            let field = "prices[\(index)]"
            sold.check(price.product, price.flavor, field, &faults)
            checkScope(price.scope, field, &faults)
            checkFormula(price.formula, field, &faults)
            checkSpan(price.validFrom, price.validUntil, "the price", field, &faults)
        }
    }

    func checkDiscounts(_ faults: inout Faults) {
        for (index, discount) in discounts.enumerated() {
            let field = "discounts[\(index)]"
            checkID(discount.name, field + ".name", &faults)
            checkScope(discount.scope, field, &faults)
            faults.require(
                discount.product.map { id in products.contains { $0.id == id } } ?? true, .invalidParameter,
                "\(discount.product?.text ?? "") is no product of this book", field: field + ".product")
            checkSpan(discount.validFrom, discount.validUntil, "the discount", field, &faults)
        }
    }

    func checkTerms(_ faults: inout Faults) {
        let sold = SoldUses(products: products, flavors: flavors)
        for (index, term) in terms.enumerated() {
            let field = "terms[\(index)]"
            sold.check(term.product, term.flavor, field, &faults)
            checkScope(term.scope, field, &faults)
            checkUnitPrice(term.list, field + ".price", &faults)
            checkSpan(term.validFrom, term.validUntil, "the price", field, &faults)
        }
        let order = terms.indices.map { (key: key(of: terms[$0]), index: $0) }.sorted {
            ($0.key, terms[$0.index].validFrom) < ($1.key, terms[$1.index].validFrom)
        }
        for (earlier, later) in zip(order, order.dropFirst()) where earlier.key == later.key {
            guard terms[earlier.index].validUntil.map({ $0 > terms[later.index].validFrom }) ?? true else { continue }
            faults.add(
                .conflict, "overlaps terms[\(earlier.index)], which is for the same term; give that an until",
                field: "terms[\(later.index)].from")
        }
    }

    private func key(of term: TermPrice) -> String {
        "\(term.product) \(term.flavor) \(term.term.months) \(term.scope.words)"
    }

    private func checkScope(_ scope: PayerScope, _ field: String, _ faults: inout Faults) {
        switch scope {
        case .everyone: break
        case .account(let id): checkID(id, field + ".account", &faults)
        case .project(let id): checkID(id, field + ".project", &faults)
        }
    }

    private func checkSpan(
        _ from: Second, _ until: Second?, _ what: String, _ field: String, _ faults: inout Faults
    ) {
        guard let until, until <= from else { return }
        faults.add(
            .invalidParameter, "\(until) is not after from, \(from): \(what) never holds", field: field + ".until")
    }

    private func checkUnitPrice(_ price: UnitPrice, _ field: String, _ faults: inout Faults) {
        faults.require(price.units >= 0, .invalidParameter, "\(price) is negative", field: field)
    }

    private func checkFormula(_ formula: PriceFormula, _ field: String, _ faults: inout Faults) {
        switch formula.scheme {
        case .perUnit(let price): checkUnitPrice(price, field + ".per_hour", &faults)
        case .flat(let price): checkUnitPrice(price, field + ".flat", &faults)
        case .package(let size, let price):
            faults.require(
                size >= Quantity(1), .invalidParameter, "must be at least 1", field: field + ".package.size")
            checkUnitPrice(price, field + ".package.price", &faults)
        case .graduated(let tiers): checkTiers(tiers, field + ".graduated", &faults)
        case .volume(let tiers): checkTiers(tiers, field + ".volume", &faults)
        }
        faults.require(formula.free >= .zero, .invalidParameter, "must not be negative", field: field + ".free")
        faults.require(
            (formula.minimum ?? .zero) >= .zero, .invalidParameter, "must not be negative", field: field + ".minimum")
        faults.require(
            (formula.maximum ?? .zero) >= .zero, .invalidParameter, "must not be negative", field: field + ".maximum")
        if let minimum = formula.minimum, let maximum = formula.maximum, minimum > maximum {
            faults.add(.invalidParameter, "is more than the maximum, \(maximum)", field: field + ".minimum")
        }
    }

    private func checkTiers(_ tiers: [PriceTier], _ field: String, _ faults: inout Faults) {
        faults.require(
            (1...Limits.priceBookTiers).contains(tiers.count), .invalidParameter,
            "takes 1 to \(Limits.priceBookTiers) tiers", field: field)
        var reached = Quantity.zero
        for (index, tier) in tiers.enumerated() {
            let place = "\(field)[\(index)]"
            checkUnitPrice(tier.perUnit, place + ".per_unit", &faults)
            checkUnitPrice(tier.flat, place + ".flat", &faults)
            let isLast = index == tiers.count - 1
            guard let upTo = tier.upTo else {
                faults.require(
                    isLast, .missingParameter, "is missing; only the last tier has no end", field: place + ".up_to")
                continue
            }
            faults.require(
                !isLast, .invalidParameter, "must not stand in the last tier, which has no end", field: place + ".up_to"
            )
            faults.require(
                upTo > reached, .invalidParameter, "must be greater than \(reached), where the tier begins",
                field: place + ".up_to")
            reached = max(reached, upTo)
        }
    }
}

extension PriceBookRules {
    func checkOverlaps(_ faults: inout Faults) {
        let sound = prices.indices.filter { index in
            prices[index].validUntil.map { $0 > prices[index].validFrom } ?? true
        }
        let groups = Dictionary(grouping: sound) { ScopedUse(prices[$0]) }
        for group in groups.values.sorted(by: { ($0.first ?? 0) < ($1.first ?? 0) }) {
            let order = group.sorted { (prices[$0].validFrom, $0) < (prices[$1].validFrom, $1) }
            var inForce: [Int] = []
            for later in order {
                inForce.removeAll { prices[$0].validUntil.map { $0 <= prices[later].validFrom } ?? false }
                if let earlier = inForce.last(where: { shareTimeOfDay(prices[$0], prices[later]) }) {
                    addOverlap(of: later, with: earlier, &faults)
                }
                inForce.append(later)
            }
        }
    }

    private func shareTimeOfDay(_ one: DatedPrice, _ other: DatedPrice) -> Bool {
        switch (one.daily, other.daily) {
        case (nil, nil): true
        case (let mine?, let yours?): mine.overlaps(yours)
        default: false
        }
    }

    private func addOverlap(of later: Int, with earlier: Int, _ faults: inout Faults) {
        let (first, second) = (prices[earlier], prices[later])
        faults.add(
            .conflict,
            "overlaps prices[\(earlier)]: two prices for \(first.product) on \(first.flavor) hold at "
                + "\(second.validFrom); give prices[\(earlier)] an until of \(second.validFrom), or take one of them "
                + "out",
            field: "prices[\(later)].from")
    }

    func checkEveryUseHasPrice(_ faults: inout Faults) {
        let priced = Set(prices.filter { $0.scope == .everyone && $0.daily == nil }.map(\.use))
        for (index, flavor) in flavors.enumerated() {
            for product in flavor.products where !priced.contains(PricedUse(product: product, flavor: flavor.id)) {
                faults.add(
                    .missingParameter, "\(flavor.id) has no price for \(product); add one under prices",
                    field: "flavors[\(index)]")
            }
        }
    }
}

/// What a price is for, and for whom: of these only one may hold at a second.
private struct ScopedUse: Hashable {
    let use: PricedUse
    let scope: PayerScope

    init(_ price: DatedPrice) {
        use = price.use
        scope = price.scope
    }
}

/// What a book sells: which products there are, and which flavors or variants each may be priced on.
private struct SoldUses {
    private let products: [ProductID: Product]
    private let variants: [ProductID: Set<FlavorID>]
    private let flavors: [FlavorID: Set<ProductID>]

    init(products: [Product], flavors: [Flavor]) {
        self.products = Dictionary(products.map { ($0.id, $0) }) { first, _ in first }
        variants = self.products.mapValues { Set($0.variants) }
        self.flavors = Dictionary(flavors.map { ($0.id, Set($0.products)) }) { first, _ in first }
    }

    func check(_ product: ProductID, _ flavor: FlavorID, _ field: String, _ faults: inout Faults) {
        let variants = variants[product] ?? []
        faults.require(
            products[product] != nil, .invalidParameter, "\(product) is no product of this book",
            field: field + ".product")
        if variants.isEmpty {
            faults.require(
                flavors[flavor] != nil, .invalidParameter, "\(flavor) is no flavor of this book",
                field: field + ".flavor")
        } else {
            let names = variants.sorted().prefix(10).map(\.text).joined(separator: ", ")
            faults.require(
                variants.contains(flavor), .invalidParameter,
                "\(flavor) is no variant of \(product); they are \(names)",
                field: field + ".flavor")
        }
    }
}
