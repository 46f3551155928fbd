import Kernel
import Money
import Platform
import Pricing
import Wire

extension PriceBook {
    /// The book as the own route shows it; `in_force` says which prices hold at a second.
    func json(at now: Second, zone: BillingZone) -> JSONValue {
        .fields(
            ("id", .text(id)), ("name", .text(name)), ("currency", .text(currency)),
            ("profile", .text(profile.rawValue)), ("version", .text(version)), ("zone", .text(zone.text)),
            (
                "products",
                .array(
                    products.map {
                        .fields(
                            ("id", .text($0.id)), ("name", .text($0.name)), ("unit", .text($0.unit.name)),
                            ("service_code", .text($0.serviceCode)), ("resource_code", .text($0.resourceCode)))
                    })
            ),
            ("flavors", .array(flavors.map { json(of: $0, at: now) })))
    }

    private func json(of flavor: Flavor, at now: Second) -> JSONValue {
        let dated = prices.filter { $0.flavor == flavor.id }
        return .fields(
            ("id", .text(flavor.id)), ("name", .text(flavor.name)), ("kind", .text(flavor.kind.rawValue)),
            ("vcpus", .number(FixedPoint.text(Int128(flavor.cpuMillicores), scale: 3))),
            ("memory_gib", .gibibytes(flavor.memoryBytes)),
            (
                "accelerators",
                flavor.accelerators.map {
                    .fields(
                        ("model", .text($0.model)), ("count", .whole($0.count)),
                        ("memory_gib", .gibibytes($0.memoryBytes)))
                }
            ),
            ("prices", .array(dated.map { $0.json(at: now, unit: unit(of: $0.product), currency: currency) })))
    }
}

extension DatedPrice {
    fileprivate func json(at now: Second, unit: UsageUnit, currency: Currency) -> JSONValue {
        .fields(
            ("product", .text(product)), ("per_hour", unitPrice.map { .text($0) } ?? .null),
            ("formula", .text(formula.words(unit: unit, currency: currency))),
            ("for", .text(scope.words)), ("daily", daily.map { .text($0) } ?? .null),
            ("valid_from", .text(validFrom)), ("valid_until", validUntil.map { .text($0) } ?? .null),
            ("in_force", .bool(isInForce(at: now))))
    }
}

extension ExecutorCapacity {
    var json: JSONValue {
        .fields(
            ("cpu_millicores", .whole(cpuMillicores)), ("memory_bytes", .whole(memoryBytes)),
            (
                "accelerators",
                .array(
                    accelerators.map {
                        .fields(
                            ("index", .whole($0.index)), ("name", .text($0.name)),
                            ("memory_bytes", .whole($0.memoryBytes)))
                    })
            ))
    }
}

extension BillingZone {
    /// Such as `UTC+08:00`.
    fileprivate var text: String {
        let minutes = abs(offset) / 60
        let (hours, rest) = (String(minutes / 60), String(minutes % 60))
        let padded = [hours, rest].map { $0.utf8.count < 2 ? "0" + $0 : $0 }
        return "UTC\(offset < 0 ? "-" : "+")\(padded[0]):\(padded[1])"
    }
}

extension JSONValue {
    /// Bytes in GiB, exact to the thousandth.
    static func gibibytes(_ bytes: Int64) -> JSONValue {
        let thousandths = Rounding.halfUp.quotient(Int128(bytes) * 1_000, 1 << 30)
        return .number(FixedPoint.text(thousandths, scale: 3))
    }
}
