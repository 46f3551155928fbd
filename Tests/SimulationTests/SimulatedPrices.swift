import Kernel
import Money
import Pricing

/// Prices that change as time goes by, and the same as plain numbers for the oracle.
struct SimulatedPrices: Sendable {
    /// 10^-10 of a dollar for an hour, or for 1,000 tokens, from a second on.
    private(set) var hourly: [(from: Second, units: Int128)]
    private(set) var tokens: [(from: Second, units: Int128)]

    static let flavor = FlavorID("small")
    static let input = FlavorID("input")
    static let call = FlavorID("call")
    /// Calls are sold by the begun package, for the calendar month.
    static let package: (size: Int128, price: Int128) = (7, 3_000_000_000)

    init(from start: Second) {
        hourly = [(start, 6_600_000_000)]
        tokens = [(start, 5_000_000)]
    }

    /// New prices from a second on.
    mutating func change(at second: Second, hourly price: Int128, tokens more: Int128) {
        hourly.append((second, price))
        tokens.append((second, more))
    }

    func books() throws -> PriceBooks {
        let (job, token, calls) = (ProductID("training-job"), ProductID("tokens"), ProductID("calls"))
        return try PriceBooks([
            PriceBook(
                id: PriceBookID("default"), name: "Simulated", currency: .usDollar, profile: .international,
                products: [
                    Product(id: job, name: "Training", serviceCode: "s", resourceCode: "r"),
                    Product(
                        id: token, name: "Tokens", serviceCode: "s", resourceCode: "t", unit: .thousandTokens,
                        variants: [Self.input]),
                    Product(
                        id: calls, name: "Calls", serviceCode: "s", resourceCode: "c", unit: .request,
                        variants: [Self.call]),
                ],
                flavors: [
                    Flavor(
                        id: Self.flavor, name: "Small", kind: .cpu, cpuMillicores: 1_000, memoryBytes: 1 << 30,
                        products: [job])
                ],
                prices: dated(hourly, job, Self.flavor) + dated(tokens, token, Self.input) + [
                    DatedPrice(
                        product: calls, flavor: Self.call,
                        formula: PriceFormula(
                            .package(
                                size: Quantity(units: Self.package.size * Quantity.one),
                                price: UnitPrice(units: Self.package.price))),
                        validFrom: Second(0))
                ],
                meters: [
                    Meter(
                        id: MeterID("input"), eventType: "llm.request", product: token, flavor: .always(Self.input),
                        aggregation: .sum, value: DataPath(names: ["n"]), validFrom: Second(0)),
                    Meter(
                        id: MeterID("calls"), eventType: "llm.request", product: calls, flavor: .always(Self.call),
                        aggregation: .count, validFrom: Second(0)),
                ])
        ])
    }

    private func dated(
        _ prices: [(from: Second, units: Int128)], _ product: ProductID, _ flavor: FlavorID
    ) -> [DatedPrice] {
        prices.indices.map { index in
            DatedPrice(
                product: product, flavor: flavor, perUnit: UnitPrice(units: prices[index].units),
                validFrom: prices[index].from, validUntil: index + 1 < prices.count ? prices[index + 1].from : nil)
        }
    }

    /// What nodes come to that ran from one second to another: each clock hour at each price, cut at the 8th decimal.
    func fee(of span: Range<Second>, nodes: Int128) -> Int128 {
        var sum: Int128 = 0
        var start = span.lowerBound
        while start < span.upperBound {
            let hourEnd = Second(start.value / 3_600 * 3_600 + 3_600)
            let change = hourly.map(\.from).filter { $0 > start }.min() ?? hourEnd
            let end = min(span.upperBound, hourEnd, change)
            let price = hourly.last { $0.from <= start }?.units ?? 0
            sum += Int128(end - start) * nodes * price / 3_600 / 100
            start = end
        }
        return sum
    }

    /// What tokens come to: summed by clock hour and price, each sum cut at the 8th decimal.
    func fee(ofTokens used: [(at: Second, count: Int128)]) -> Int128 {
        var sums: [Second: Int128] = [:]
        for use in used {
            let hour = Second(use.at.value / 3_600 * 3_600)
            let start = max(hour, tokens.last { $0.from <= use.at }?.from ?? hour)
            sums[start, default: 0] += use.count
        }
        return sums.reduce(0) { sum, part in
            sum + part.value * (tokens.last { $0.from <= part.key }?.units ?? 0) / 1_000 / 100
        }
    }

    /// What calls come to: the begun packages of each calendar month of UTC+08:00.
    func fee(ofCalls used: [Second]) -> Int128 {
        let months = Dictionary(grouping: used) { CivilTime($0, offset: 8 * 3_600).monthText }
        return months.values.reduce(0) { sum, calls in
            let packages = (Int128(calls.count) + Self.package.size - 1) / Self.package.size
            return sum + packages * Self.package.price / 100
        }
    }
}
