import Kernel
import Money

/// What a price book must fulfil; every breach is listed, at the place where it stands.
struct PriceBookRules {
    let id: PriceBookID
    let name: String
    let products: [Product]
    let flavors: [Flavor]
    let prices: [DatedPrice]
    let discounts: [DatedDiscount]
    let terms: [TermPrice]
    let meters: [Meter]

    /// All breaches, in the order of the book.
    func faults() -> Faults {
        var faults = Faults()
        checkID(id.text, "id", &faults)
        checkName(name, "name", &faults)
        checkCount(products.count, Limits.priceBookProducts, "products", &faults)
        checkAtMost(flavors.count, Limits.priceBookFlavors, "flavors", &faults)
        checkCount(prices.count, Limits.priceBookPrices, "prices", &faults)
        checkAtMost(discounts.count, Limits.priceBookPrices, "discounts", &faults)
        checkAtMost(terms.count, Limits.priceBookPrices, "terms", &faults)
        checkAtMost(meters.count, Limits.priceBookMeters, "meters", &faults)
        // Beyond the limits nothing is worth reading line by line.
        guard faults.all.allSatisfy({ $0.code != .quotaExceeded }) else { return faults }
        checkProducts(&faults)
        checkFlavors(&faults)
        checkPrices(&faults)
        checkOverlaps(&faults)
        checkEveryUseHasPrice(&faults)
        checkDiscounts(&faults)
        checkTerms(&faults)
        checkMeters(&faults)
        return faults
    }

    private func checkCount(_ count: Int, _ limit: Int, _ field: String, _ faults: inout Faults) {
        checkAtMost(count, limit, field, &faults)
        faults.require(count > 0, .missingParameter, "is empty; a book has at least one entry", field: field)
    }

    private func checkAtMost(_ count: Int, _ limit: Int, _ field: String, _ faults: inout Faults) {
        faults.require(count <= limit, .quotaExceeded, "\(count) entries; a book has at most \(limit)", field: field)
    }

    private func checkProducts(_ faults: inout Faults) {
        var seen: [ProductID: Int] = [:]
        for (index, product) in products.enumerated() {
            let field = "products[\(index)]"
            checkID(product.id.text, field + ".id", &faults)
            checkName(product.name, field + ".name", &faults)
            checkID(product.serviceCode, field + ".service", &faults)
            checkID(product.resourceCode, field + ".resource", &faults)
            checkCounting(of: product, field, &faults)
            if let first = seen[product.id] {
                faults.add(.duplicateName, "\(product.id) is also products[\(first)]", field: field + ".id")
            } else {
                seen[product.id] = index
            }
        }
    }

    private func checkCounting(of product: Product, _ field: String, _ faults: inout Faults) {
        checkName(product.unit.name, field + ".unit", &faults)
        faults.require(
            (1...Limits.priceBookUnitSize).contains(product.unit.counted), .invalidParameter,
            "must lie between 1 and \(Limits.priceBookUnitSize)", field: field + ".unit.of")
        faults.require(
            (0...Limits.priceBookMinimumSeconds).contains(product.metering.minimumSeconds), .invalidParameter,
            "must lie between 0 and \(Limits.priceBookMinimumSeconds)", field: field + ".minimum_seconds")
        faults.require(
            Set(product.variants).count == product.variants.count, .duplicateName, "names a variant twice",
            field: field + ".variants")
        for (index, variant) in product.variants.enumerated() {
            checkID(variant.text, "\(field).variants[\(index)]", &faults)
        }
    }

    private func checkFlavors(_ faults: inout Faults) {
        let known = Set(products.map(\.id))
        var seen: [FlavorID: Int] = [:]
        for (index, flavor) in flavors.enumerated() {
            let field = "flavors[\(index)]"
            checkID(flavor.id.text, field + ".id", &faults)
            checkName(flavor.name, field + ".name", &faults)
            checkSize(flavor, field, &faults)
            checkAccelerators(flavor, field, &faults)
            if let first = seen[flavor.id] {
                faults.add(.duplicateName, "\(flavor.id) is also flavors[\(first)]", field: field + ".id")
            } else {
                seen[flavor.id] = index
            }
            faults.require(
                !flavor.products.isEmpty, .missingParameter, "is empty; name the products that may use the flavor",
                field: field + ".products")
            var used: Set<ProductID> = []
            for (position, product) in flavor.products.enumerated() {
                let place = "\(field).products[\(position)]"
                faults.require(
                    known.contains(product), .invalidParameter, "\(product) is no product of this book", field: place)
                faults.require(
                    used.insert(product).inserted, .duplicateName, "\(product) stands twice", field: place)
            }
        }
    }

    private func checkSize(_ flavor: Flavor, _ field: String, _ faults: inout Faults) {
        faults.require(
            (1...Limits.flavorMillicores).contains(flavor.cpuMillicores), .invalidParameter,
            "must lie between 0.001 and \(Limits.flavorMillicores / 1_000)", field: field + ".vcpu")
        faults.require(
            (1...Limits.flavorMemoryBytes).contains(flavor.memoryBytes), .invalidParameter,
            "must lie between 1 byte and \(Limits.flavorMemoryBytes >> 40) TiB", field: field + ".memory")
    }

    private func checkAccelerators(_ flavor: Flavor, _ field: String, _ faults: inout Faults) {
        let place = field + ".accelerators"
        guard let cards = flavor.accelerators else {
            faults.require(
                flavor.kind == .cpu, .missingParameter,
                "is missing; a flavor of type \(flavor.kind.rawValue) says its cards", field: place)
            return
        }
        faults.require(flavor.kind != .cpu, .invalidParameter, "a flavor of type CPU has none", field: place)
        checkName(cards.model, place + ".model", &faults)
        faults.require(
            (1...Limits.flavorAccelerators).contains(cards.count), .invalidParameter,
            "must lie between 1 and \(Limits.flavorAccelerators)", field: place + ".count")
        faults.require(
            (1...Limits.flavorMemoryBytes).contains(cards.memoryBytes), .invalidParameter,
            "must lie between 1 byte and \(Limits.flavorMemoryBytes >> 40) TiB", field: place + ".memory")
    }

    func checkID(_ text: String, _ field: String, _ faults: inout Faults) {
        let isPlain = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_.".utf8.contains(byte)
        }
        faults.require(
            isPlain && (1...Limits.priceBookIDCharacters).contains(text.utf8.count), .invalidParameter,
            "takes 1 to \(Limits.priceBookIDCharacters) letters, digits, dots, dashes and underscores", field: field)
    }

    func checkName(_ text: String, _ field: String, _ faults: inout Faults) {
        let isPrintable = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        faults.require(
            isPrintable && (1...Limits.priceBookNameBytes).contains(text.utf8.count), .invalidParameter,
            "takes 1 to \(Limits.priceBookNameBytes) bytes of text without control characters", field: field)
    }
}
