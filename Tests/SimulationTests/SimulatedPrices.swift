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
}
