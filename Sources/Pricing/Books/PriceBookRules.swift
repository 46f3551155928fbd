import Kernel
import Money

/// What a price book must fulfil; every breach is listed, at the place where it stands.
struct PriceBookRules {
    let id: PriceBookID
    let name: String
    let products: [Product]
    let flavors: [Flavor]
    let prices: [DatedPrice]

    /// All breaches, in the order of the book.
    func faults() -> Faults {
        var faults = Faults()
        checkID(id.text, "id", &faults)
        checkName(name, "name", &faults)
        checkCount(products.count, Limits.priceBookProducts, "products", &faults)
        checkCount(flavors.count, Limits.priceBookFlavors, "flavors", &faults)
        checkCount(prices.count, Limits.priceBookPrices, "prices", &faults)
        // Beyond the limits nothing is worth reading line by line.
        guard faults.all.allSatisfy({ $0.code != .quotaExceeded }) else { return faults }
        checkProducts(&faults)
        checkFlavors(&faults)
        checkPrices(&faults)
        checkOverlaps(&faults)
        checkEveryUseHasPrice(&faults)
        return faults
    }

    private func checkCount(_ count: Int, _ limit: Int, _ field: String, _ faults: inout Faults) {
        faults.require(count <= limit, .quotaExceeded, "\(count) entries; a book has at most \(limit)", field: field)
        faults.require(count > 0, .missingParameter, "is empty; a book has at least one entry", field: field)
    }

    private func checkProducts(_ faults: inout Faults) {
        var seen: [ProductID: Int] = [:]
        for (index, product) in products.enumerated() {
            let field = "products[\(index)]"
            checkID(product.id.text, field + ".id", &faults)
            checkName(product.name, field + ".name", &faults)
            checkID(product.serviceCode, field + ".service", &faults)
            checkID(product.resourceCode, field + ".resource", &faults)
            if let first = seen[product.id] {
                faults.add(.duplicateName, "\(product.id) is also products[\(first)]", field: field + ".id")
            } else {
                seen[product.id] = index
            }
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

    private func checkPrices(_ faults: inout Faults) {
        let known = Set(products.map(\.id))
        let uses = Dictionary(flavors.map { ($0.id, Set($0.products)) }) { first, _ in first }
        for (index, price) in prices.enumerated() {
            let field = "prices[\(index)]"
            if !known.contains(price.product) {
                faults.add(
                    .invalidParameter, "\(price.product) is no product of this book", field: field + ".product")
            } else if let products = uses[price.flavor], !products.contains(price.product) {
                faults.add(
                    .invalidParameter, "\(price.flavor) is not for \(price.product); name it in the flavor's products",
                    field: field + ".product")
            }
            faults.require(
                uses[price.flavor] != nil, .invalidParameter, "\(price.flavor) is no flavor of this book",
                field: field + ".flavor")
            faults.require(
                price.perHour.units >= 0, .invalidParameter, "\(price.perHour) is negative", field: field + ".per_hour")
            if let until = price.validUntil, until <= price.validFrom {
                faults.add(
                    .invalidParameter, "\(until) is not after from, \(price.validFrom): the price never holds",
                    field: field + ".until")
            }
        }
    }

    private func checkOverlaps(_ faults: inout Faults) {
        let sound = prices.indices.filter { index in
            prices[index].validUntil.map { $0 > prices[index].validFrom } ?? true
        }
        let order = sound.sorted {
            (prices[$0].use, prices[$0].validFrom, $0) < (prices[$1].use, prices[$1].validFrom, $1)
        }
        for (earlier, later) in zip(order, order.dropFirst()) where prices[earlier].use == prices[later].use {
            let (first, second) = (prices[earlier], prices[later])
            guard first.validUntil.map({ $0 > second.validFrom }) ?? true else { continue }
            let advice = "give prices[\(earlier)] an until of \(second.validFrom), or take one of them out"
            faults.add(
                .conflict,
                "overlaps prices[\(earlier)]: two prices for \(first.product) on \(first.flavor) hold at "
                    + "\(second.validFrom); \(advice)",
                field: "prices[\(later)].from")
        }
    }

    private func checkEveryUseHasPrice(_ faults: inout Faults) {
        let priced = Set(prices.map(\.use))
        for (index, flavor) in flavors.enumerated() {
            for product in flavor.products where !priced.contains(PricedUse(product: product, flavor: flavor.id)) {
                faults.add(
                    .missingParameter, "\(flavor.id) has no price for \(product); add one under prices",
                    field: "flavors[\(index)]")
            }
        }
    }

    private func checkID(_ text: String, _ field: String, _ faults: inout Faults) {
        let isPlain = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_.".utf8.contains(byte)
        }
        faults.require(
            isPlain && (1...Limits.priceBookIDCharacters).contains(text.utf8.count), .invalidParameter,
            "takes 1 to \(Limits.priceBookIDCharacters) letters, digits, dots, dashes and underscores", field: field)
    }

    private func checkName(_ text: String, _ field: String, _ faults: inout Faults) {
        let isPrintable = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        faults.require(
            isPrintable && (1...Limits.priceBookNameBytes).contains(text.utf8.count), .invalidParameter,
            "takes 1 to \(Limits.priceBookNameBytes) bytes of text without control characters", field: field)
    }
}
