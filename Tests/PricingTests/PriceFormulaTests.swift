import Kernel
import Money
import Pricing
import TestKit
import Testing

/// Price models against an oracle that counts unit by unit, and against published tables.
@Suite struct PriceFormulaTests {
    private func price(_ text: String) -> UnitPrice { UnitPrice(text) ?? UnitPrice(units: -1) }

    private func amount(_ product: ExactProduct) -> String {
        product.rounded(decimals: Amount.scale, .towardZero).amount.description
    }

    /// P-12: 3.5 million verification messages at 0.065, 0.060, 0.055 (message and SMS service): 65,000 + 120,000 +
    /// 27,500. P-11: the first eight cores dearer than the rest.
    @Test func publishedTiers() {
        let messages = PriceFormula(
            .graduated([
                PriceTier(upTo: Quantity(1_000_000), perUnit: price("0.065")),
                PriceTier(upTo: Quantity(3_000_000), perUnit: price("0.060")),
                PriceTier(upTo: nil, perUnit: price("0.055")),
            ]))
        #expect(amount(messages.fee(of: Quantity(3_500_000), unit: .message)) == "212500")
        let cores = PriceFormula(
            .graduated([
                PriceTier(upTo: Quantity(8), perUnit: price("2")), PriceTier(upTo: nil, perUnit: price("1")),
            ]))
        #expect(amount(cores.fee(of: Quantity(15_000), unit: .piece)) == "15008")
    }

    /// DeepSeek-V3.1 at 0.000539 and 0.001617 USD for 1,000 tokens (price-modelarts-0047).
    @Test func tokensArePricedByTheThousand() {
        let input = PriceFormula(.perUnit(price("0.000539")))
        #expect(amount(input.fee(of: Quantity(12_345), unit: .thousandTokens)) == "0.00665395")
    }

    /// SMN's requests are priced in blocks of a million (productdesc-smn), and its first gigabyte of a month is free.
    @Test func blocksAndFreeQuantities() {
        let requests = PriceFormula(.package(size: Quantity(1_000_000), price: price("0.5")))
        #expect(amount(requests.fee(of: Quantity(1_000_001), unit: .request)) == "1")
        let traffic = PriceFormula(.perUnit(price("0.8")), free: Quantity(1))
        #expect(amount(traffic.fee(of: Quantity(units: 900_000), unit: .gigabyte)) == "0")
        #expect(amount(traffic.fee(of: Quantity(units: 1_500_000), unit: .gigabyte)) == "0.4")
    }

    /// Each random formula, at a random place of the month, against counting one unit after another.
    ///
    /// Over 300,000 quantities are compared in all.
    @Test func everyModelAgreesWithCounting() {
        var generator = SeededGenerator(seed: 2_026)
        for round in 0..<6_000 {
            let tiers = Self.tiers(&generator)
            let use = Int64.random(in: 1...60, using: &generator)
            for formula in [
                PriceFormula(.graduated(tiers)), PriceFormula(.volume(tiers)),
                PriceFormula(.package(size: Quantity(Int64.random(in: 1...9, using: &generator)), price: price("0.7"))),
                PriceFormula(.perUnit(price("0.3")), free: Quantity(Int64.random(in: 0...20, using: &generator))),
                PriceFormula(.flat(price("3")), maximum: Amount(units: 200_000_000)),
            ] {
                let before = Quantity(Int64.random(in: 0...use, using: &generator))
                let ours = formula.fee(of: Quantity(use), unit: .piece)
                #expect(
                    ours.numerator == CountingOracle(formula).fee(of: use) * ours.denominator / 1_000_000,
                    "seed 2026, round \(round): \(formula) of \(use)")
                let parts =
                    formula.fee(from: .zero, to: before, unit: .piece).numerator
                    + formula.fee(from: before, to: Quantity(use), unit: .piece).numerator
                #expect(parts == ours.numerator, "a month's parts are its whole")
            }
        }
    }

    @Test func unitsAreRoundedAsTold() {
        for (rounding, expected) in [(Rounding.awayFromZero, 2), (.towardZero, 1), (.halfUp, 1)] {
            let unit = UsageUnit(name: "1,000 tokens", counted: 1_000, rounding: rounding)
            #expect(amount(PriceFormula(.perUnit(price("1"))).fee(of: Quantity(1_400), unit: unit)) == "\(expected)")
        }
    }

    /// The greatest quantity at the greatest price, with everything a formula can have, does not overflow.
    @Test func theGreatestNumbersFit() throws {
        let dearest = UnitPrice(units: Int128(Int64.max))
        let most = Quantity(units: Int128(Int64.max))
        for model in [
            PriceScheme.perUnit(dearest), .flat(dearest), .package(size: Quantity(1), price: dearest),
            .graduated([
                PriceTier(upTo: Quantity(1), perUnit: dearest, flat: dearest), PriceTier(upTo: nil, perUnit: dearest),
            ]),
            .volume([PriceTier(upTo: nil, perUnit: dearest, flat: dearest)]),
        ] {
            for unit in [UsageUnit.piece, UsageUnit(name: "much", counted: 1_000_000_000, rounding: .awayFromZero)] {
                let formula = PriceFormula(model, maximum: Amount(units: Int128(Int64.max)))
                #expect(formula.fee(of: most, unit: unit).numerator >= 0)
                #expect(formula.greatestFee(of: most, unit: unit) >= .zero)
            }
        }
    }

    private static func tiers(_ generator: inout SeededGenerator) -> [PriceTier] {
        var reached: Int64 = 0
        var tiers: [PriceTier] = []
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            reached += Int64.random(in: 1...15, using: &generator)
            tiers.append(tier(upTo: Quantity(reached), &generator))
        }
        return tiers + [tier(upTo: nil, &generator)]
    }

    private static func tier(upTo: Quantity?, _ generator: inout SeededGenerator) -> PriceTier {
        PriceTier(
            upTo: upTo, perUnit: UnitPrice(units: Int128.random(in: 0...99, using: &generator) * 100_000_000),
            flat: UnitPrice(units: Int128.random(in: 0...3, using: &generator) * 10_000_000_000))
    }
}

/// Counts a month's units one by one; its fees are in millionths of 10^-8 of the currency.
private struct CountingOracle {
    let formula: PriceFormula

    init(_ formula: PriceFormula) { self.formula = formula }

    func fee(of use: Int64) -> Int128 {
        let free = Int64(formula.free.units / Quantity.one)
        let charged = max(0, use - free)
        if charged == 0, free > 0 { return 0 }
        let fee: Int128
        switch formula.scheme {
        case .perUnit(let price): fee = (0..<charged).reduce(0) { sum, _ in sum + price.units }
        case .flat(let price): fee = price.units
        case .package(let size, let price):
            let units = Int64(size.units / Quantity.one)
            fee = (0..<charged).filter { $0 % units == 0 }.reduce(0) { sum, _ in sum + price.units }
        case .volume(let tiers):
            let tier = tiers[place(of: charged, in: tiers)]
            fee = (0..<charged).reduce(tier.flat.units) { sum, _ in sum + tier.perUnit.units }
        case .graduated(let tiers):
            var sum = tiers[0].flat.units
            var reached = 0
            for unit in 1...max(1, charged) where charged > 0 {
                let index = place(of: unit, in: tiers)
                if index > reached { sum += tiers[index].flat.units }
                reached = max(reached, index)
                sum += tiers[index].perUnit.units
            }
            fee = sum
        }
        let most = formula.maximum.map { $0.units * 100 }
        return (most.map { min($0, fee) } ?? fee) * 10_000
    }

    private func place(of unit: Int64, in tiers: [PriceTier]) -> Int {
        tiers.firstIndex { $0.upTo.map { unit <= Int64($0.units / Quantity.one) } ?? true } ?? 0
    }
}
