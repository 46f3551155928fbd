import Kernel

extension PriceBookRules {
    func checkMeters(_ faults: inout Faults) {
        var seen: [MeterID: Int] = [:]
        let units = Dictionary(products.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for (index, meter) in meters.enumerated() {
            let field = "meters[\(index)]"
            checkID(meter.id.text, field + ".id", &faults)
            checkName(meter.eventType, field + ".event", &faults)
            if let first = seen.updateValue(index, forKey: meter.id) {
                faults.add(.duplicateName, "\(meter.id) is also meters[\(first)]", field: field + ".id")
            }
            if let product = units[meter.product] {
                faults.require(
                    !product.unit.isTime, .invalidParameter,
                    "\(meter.product) is sold by time; events count pieces: give it another unit",
                    field: field + ".product")
                if case .always(let flavor) = meter.flavor {
                    faults.require(
                        prices.contains { $0.product == product.id && $0.flavor == flavor }, .invalidParameter,
                        "\(product.id) has no price for \(flavor)", field: field + ".flavor")
                }
            } else {
                faults.add(.invalidParameter, "\(meter.product) is no product of this book", field: field + ".product")
            }
            checkValue(of: meter, field, &faults)
        }
    }

    private func checkValue(of meter: Meter, _ field: String, _ faults: inout Faults) {
        let counts = meter.aggregation == .count
        if counts {
            faults.require(
                meter.value.names.isEmpty, .invalidParameter, "count takes no value", field: field + ".value")
        } else {
            faults.require(
                !meter.value.names.isEmpty, .missingParameter,
                "is missing; write where the value lies, such as data.tokens", field: field + ".value")
        }
        faults.require(
            meter.window == .hour || ![.sum, .count].contains(meter.aggregation), .invalidParameter,
            "a \(meter.aggregation.rawValue) is the same over any window; leave it out", field: field + ".window")
        faults.require(
            meter.validUntil.map { meter.validFrom < $0 } ?? true, .invalidParameter, "is not after from",
            field: field + ".until")
    }
}

extension PriceBook {
    /// What meters of an older edition forbid: one that may have counted never changes (law 5).
    func meterFaults(replacing old: PriceBook, at now: Second) -> Faults {
        var faults = Faults()
        for meter in old.meters where meter.validFrom < now {
            let successor = meters.first { $0.id == meter.id }
            let isOver = meter.validUntil.map { $0 <= now } ?? false
            guard let successor, successor.counts(like: meter),
                successor.validUntil == meter.validUntil || !isOver && (successor.validUntil.map { $0 >= now } ?? true)
            else {
                faults.add(
                    .conflict,
                    "the meter \(meter.id) may have counted; end it with an until of \(now) or later and "
                        + "make a new one", field: "meters")
                continue
            }
        }
        for meter in meters where meter.validFrom < now && !old.meters.contains(where: { $0.id == meter.id }) {
            faults.add(
                .conflict, "the meter \(meter.id) is new and counts from \(meter.validFrom); begin at \(now) or later",
                field: "meters")
        }
        return faults
    }
}

extension Meter {
    /// Whether both count the same of the same events, but for their end.
    fileprivate func counts(like other: Meter) -> Bool {
        Meter(
            id: id, eventType: eventType, product: product, flavor: flavor, aggregation: aggregation, value: value,
            window: window, validFrom: validFrom, validUntil: other.validUntil) == other
    }
}
