import Kernel
import Money
import TestKit
import Testing

/// Law 3: exact, rounded where it is told, and nothing lost.
@Suite struct MoneyTests {
    @Test(arguments: [
        ("12.5", Int128(1_250_000_000)), ("-0.00000001", -1), ("0", 0),
        ("92233720368.54775807", 9_223_372_036_854_775_807),
    ])
    func readsAmounts(_ text: String, _ units: Int128) throws {
        #expect(Amount(text)?.units == units)
        #expect(Amount(text)?.description == text)
    }

    @Test(arguments: ["", "-", ".5", "5.", "1.000000001", "1e3", "+1", "1,5", "92233720368.54775808", "0x1", " 1"])
    func refusesOtherTexts(_ text: String) { #expect(Amount(text) == nil) }

    @Test func pricesAreNotNegative() {
        #expect(UnitPrice("-0.1") == nil)
        #expect(UnitPrice("0.00000000001") == nil)
        #expect(UnitPrice("0.0000000001")?.units == 1)
    }

    @Test(arguments: [
        (Int128(7), Int128(2), [Int128(3), 4, 4, 4]), (5, 2, [2, 3, 3, 2]), (-7, 2, [-3, -4, -4, -4]),
        (-5, 2, [-2, -3, -3, -2]), (6, 2, [3, 3, 3, 3]), (1, 3, [0, 1, 0, 0]), (-1, 3, [0, -1, 0, 0]),
        (2, 3, [0, 1, 1, 1]),
    ])
    func roundsAsNamed(_ dividend: Int128, _ divisor: Int128, _ expected: [Int128]) {
        let modes: [Rounding] = [.towardZero, .awayFromZero, .halfUp, .halfEven]
        #expect(modes.map { $0.quotient(dividend, divisor) } == expected)
    }

    /// What rounding drops is kept: amount × denominator + dropped is the product, for a hundred thousand products.
    @Test func roundingLosesNothing() {
        var random = SeededGenerator(seed: 71)
        for _ in 0..<100_000 {
            let price = UnitPrice(units: Int128(Int64.random(in: 0...999_999_999_999, using: &random)))
            let seconds = Int128(Int64.random(in: 0...3_600, using: &random))
            let decimals = Int.random(in: 0...8, using: &random)
            let exact = price.times(seconds, over: 3_600)
            let (amount, dropped) = exact.rounded(decimals: decimals, .towardZero)
            let step = (0..<(8 - decimals)).reduce(Int128(1)) { step, _ in step * 10 }
            guard amount.units * exact.denominator + dropped == price.units * seconds, dropped >= 0,
                dropped < exact.denominator * step, amount.units % step == 0
            else {
                Issue.record("\(price) × \(seconds)/3600 at \(decimals): \(amount), \(dropped)")
                return
            }
        }
    }

    /// Shares add up, keep to their weights within one unit, and do not depend on the sign.
    @Test func sharesAddUp() {
        var random = SeededGenerator(seed: 72)
        for _ in 0..<50_000 {
            let amount = Amount(units: Int128(Int64.random(in: -1_000_000...1_000_000, using: &random)))
            var weights = (0..<Int.random(in: 1...7, using: &random)).map { _ in
                Int64.random(in: 0...100, using: &random)
            }
            weights[0] += 1
            let total = weights.reduce(0, +)
            let shares = amount.shared(by: weights)
            let isFair = zip(shares, weights).allSatisfy { share, weight in
                (share.units * Int128(total) - amount.units * Int128(weight)).magnitude < UInt128(total)
            }
            guard shares.reduce(Amount.zero, +) == amount, isFair, (-amount).shared(by: weights) == shares.map({ -$0 })
            else {
                Issue.record("\(amount) by \(weights): \(shares)")
                return
            }
        }
    }

    /// The identity holds in all four modes and for negative products, and no mode is off by a whole step.
    @Test(arguments: [Rounding.towardZero, .awayFromZero, .halfUp, .halfEven])
    func everyModeKeepsWhatItDrops(_ mode: Rounding) {
        var random = SeededGenerator(seed: 73)
        for _ in 0..<100_000 {
            let exact = ExactProduct(
                numerator: Int128(Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random)),
                denominator: Int128(Int64.random(in: 1...400_000, using: &random)))
            let decimals = Int.random(in: 0...8, using: &random)
            let (amount, dropped) = exact.rounded(decimals: decimals, mode)
            let step = exact.denominator * (0..<(8 - decimals)).reduce(Int128(1)) { step, _ in step * 10 }
            let isNearest = mode == .towardZero || mode == .awayFromZero || dropped.magnitude * 2 <= step.magnitude
            guard amount.units * exact.denominator + dropped == exact.numerator, dropped.magnitude < step.magnitude,
                isNearest
            else {
                Issue.record("\(exact) at \(decimals), \(mode): \(amount), \(dropped)")
                return
            }
        }
    }

    @Test func amountsReadBack() {
        var random = SeededGenerator(seed: 74)
        for _ in 0..<20_000 {
            let amount = Amount(units: Int128(Int64.random(in: -Int64.max...Int64.max, using: &random)))
            guard Amount(amount.description) == amount, Amount(amount.text(decimals: 8)) == amount else {
                Issue.record("\(amount)")
                return
            }
        }
    }
}
