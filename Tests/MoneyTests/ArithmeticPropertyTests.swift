import Kernel
import Money
import TestKit
import Testing

/// A million random cases of the arithmetic that bills stand on, each against an oracle that does it another way.
///
/// A case that fails names its number; the seed makes it the same again.
@Suite struct ArithmeticPropertyTests {
    static let cases = 250_000

    /// Rounding against its definition by comparison: no other multiple of the step is nearer, or less far, as told.
    @Test func roundingIsWhatItsNameSays() {
        var generator = SeededGenerator(seed: 101)
        var failed: [Int] = []
        for number in 0..<Self.cases {
            let dividend =
                Int128(Int64.random(in: .min...(.max), using: &generator))
                >> Int64.random(in: 0...63, using: &generator)
            let divisor = Int128(Int64.random(in: 1...1_000_000, using: &generator))
            let down = Rounding.towardZero.quotient(dividend, divisor)
            let up = Rounding.awayFromZero.quotient(dividend, divisor)
            let half = Rounding.halfUp.quotient(dividend, divisor)
            let even = Rounding.halfEven.quotient(dividend, divisor)
            let rest = (dividend - down * divisor).magnitude * 2
            let isExact = down * divisor == dividend
            let nearest = rest == divisor.magnitude ? nil : rest < divisor.magnitude ? down : up
            let holds =
                (isExact ? up == down : up.magnitude == down.magnitude + 1 && (up > 0) == (dividend > 0))
                && half == nearest ?? up && even == nearest ?? (down.isMultiple(of: 2) ? down : up)
            if !holds { failed.append(number) }
        }
        #expect(failed.isEmpty, "seed 101: \(failed.prefix(3))")
    }

    /// Shares add up, differ from the exact share by less than a unit, and do not depend on the amount's sign.
    @Test func sharesAreFairAndWhole() {
        var generator = SeededGenerator(seed: 102)
        var failed: [Int] = []
        for number in 0..<Self.cases {
            let amount = Amount(units: Int128(Int64.random(in: -1_000_000...1_000_000_000_000, using: &generator)))
            let weights = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                Int64.random(in: 0...1_000, using: &generator)
            }
            let total = Int128(weights.reduce(0, +))
            guard total > 0 else { continue }
            let shares = amount.shared(by: weights)
            var sum = Int128(0)
            var isFair = true
            for (share, weight) in zip(shares, weights) {
                sum += share.units
                isFair = isFair && (share.units * total - amount.units * Int128(weight)).magnitude < total.magnitude
            }
            if sum != amount.units || !isFair { failed.append(number) }
        }
        #expect(failed.isEmpty, "seed 102: \(failed.prefix(3))")
    }

    /// Fractions against integers over one common denominator.
    @Test func fractionsAddExactly() {
        var generator = SeededGenerator(seed: 103)
        var failed: [Int] = []
        for number in 0..<Self.cases {
            let (a, b) = (
                Int128.random(in: -9_999...9_999, using: &generator), Int128.random(in: 1...9_999, using: &generator)
            )
            let (c, d) = (
                Int128.random(in: -9_999...9_999, using: &generator), Int128.random(in: 1...9_999, using: &generator)
            )
            let sum = Fraction(numerator: a, denominator: b) + Fraction(numerator: c, denominator: d)
            let isLess = Fraction(numerator: a, denominator: b) < Fraction(numerator: c, denominator: d)
            let holds = sum.numerator * b * d == (a * d + c * b) * sum.denominator && isLess == (a * d < c * b)
            if !holds { failed.append(number) }
        }
        #expect(failed.isEmpty, "seed 103: \(failed.prefix(3))")
    }

    /// An interval's hours telescope: lengths add up, cuts lie on the hour, and each part lies in its own hour.
    @Test func hoursOfAnIntervalAreTheInterval() {
        var generator = SeededGenerator(seed: 104)
        var failed: [Int] = []
        for number in 0..<Self.cases {
            let zone = BillingZone(offset: Int64.random(in: -12...14, using: &generator) * 3_600)
            let second = Second(Int64.random(in: -1_000_000_000...4_000_000_000, using: &generator))
            let hour = zone.startOfHour(second)
            let day = zone.startOfDay(second)
            let month = zone.month(of: second)
            let civil = zone.civil(day)
            let holds =
                (0..<3_600).contains(second - hour) && (hour.value + zone.offset) % 3_600 == 0
                && (0..<86_400).contains(second - day) && (civil.hour, civil.minute, civil.second) == (0, 0, 0)
                && month.contains(second) && zone.civil(month.lowerBound).day == 1
                && zone.civil(month.upperBound).day == 1 && zone.cycle(month.upperBound - 1) == zone.cycle(second)
            if !holds { failed.append(number) }
        }
        #expect(failed.isEmpty, "seed 104: \(failed.prefix(3))")
    }
}
