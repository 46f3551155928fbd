import Money
import Pricing
import TestKit
import Testing

/// Sources: billing centre, precision of prices, expenditure and bills; EVS billing examples; flow of expenditure.
@Suite struct SiteProfileTests {
    struct Example: CustomTestStringConvertible {
        let testDescription: String
        let perHour: String
        let seconds: Int128
        let quantity: Int128
        let site: SiteProfile
        let list: String
        let due: String
        let monthly: String
    }

    static let examples = [
        Example(
            testDescription: "ECS at 0.68 for 30 minutes", perHour: "0.68", seconds: 1_800, quantity: 1,
            site: .international, list: "0.34", due: "0.34", monthly: "0.34"),
        Example(
            testDescription: "1,000 GB of EVS for 25,874 s", perHour: "0.000064", seconds: 25_874, quantity: 1_000,
            site: .international, list: "0.45998222", due: "0.45998222", monthly: "0.46"),
        Example(
            testDescription: "10 GB of EVS for 1,775,064 s: cut, not rounded, to 8 decimals", perHour: "0.00017",
            seconds: 1_775_064, quantity: 10, site: .international, list: "0.83822466", due: "0.83822466",
            monthly: "0.84"),
        Example(
            testDescription: "China cuts to the cent", perHour: "512.12456789", seconds: 3_600, quantity: 1,
            site: .china, list: "512.12456789", due: "512.12", monthly: "512.12"),
        Example(
            testDescription: "ExeML training for 6 minutes", perHour: "6.93", seconds: 360, quantity: 1,
            site: .international, list: "0.693", due: "0.693", monthly: "0.69"),
    ]

    @Test(arguments: examples) func publishedExample(_ example: Example) throws {
        let price = try #require(UnitPrice(example.perHour))
        let charge = example.site.charge(for: price.times(example.seconds * example.quantity, over: 3_600))
        #expect(charge.list.description == example.list)
        #expect(charge.due.description == example.due)
        #expect(charge.list.units == charge.truncated.units + charge.due.units)
        #expect(example.site.monthlyTotal(of: charge.due).description == example.monthly)
    }

    @Test func chinaNamesWhatItCuts() throws {
        let price = try #require(UnitPrice("512.12456789"))
        #expect(SiteProfile.china.charge(for: price.times(1)).truncated.description == "0.00456789")
    }

    /// Law 3: what rounding drops is kept, so that a charge and what was dropped make the exact product again.
    @Test(arguments: SiteProfile.allCases) func nothingIsLost(_ site: SiteProfile) {
        var generator = SeededGenerator(seed: 20_260_301)
        for _ in 0..<2_000 {
            let price = UnitPrice(units: Int128(Int64.random(in: 0...9_000_000_000_000, using: &generator)))
            let seconds = Int128(Int64.random(in: 0...10_000_000, using: &generator))
            let product = price.times(seconds, over: 3_600)
            let charge = site.charge(for: product)
            #expect(charge.list.units * product.denominator + charge.dropped == product.numerator)
            #expect(charge.dropped >= 0 && charge.dropped < product.denominator)
            #expect(charge.list.units == charge.truncated.units + charge.due.units)
        }
    }
}
