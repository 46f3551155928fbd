import Billing
import Kernel
import Metering
import Money
import Pricing
import TestKit
import Testing

/// Laws 1, 5 and 6 on the way from an interval to its lines.
@Suite struct HourCloseTests {
    static let hour = Second(1_700_000_000 / 3_600 * 3_600)

    static func interval(_ start: Int64, _ until: Int64, isEnded: Bool = true) -> RunInterval {
        RunInterval(start: hour + start, provenUntil: hour + until, isEnded: isEnded)
    }

    @Test func aSecondRunAddsNothing() throws {
        var closing = Closing(book: try BookFixture.book([("0.66", 0)]), metered: BookFixture.metered())
        #expect(try closing.close(Self.hour, of: Self.interval(10, 700)).count == 1)
        #expect(try closing.close(Self.hour, of: Self.interval(10, 700)).isEmpty)
    }

    @Test func noSecondsNoLine() throws {
        var closing = Closing(book: try BookFixture.book([("0.66", 0)]), metered: BookFixture.metered())
        #expect(try closing.close(Self.hour, of: Self.interval(10, 10)).isEmpty)
    }

    /// Law 6: a late fact is a correction, and the net is what on-time arrival would have given.
    @Test func lateIsRight() throws {
        var closing = Closing(book: try BookFixture.book([("0.07", 0)]), metered: BookFixture.metered())
        try closing.close(Self.hour, of: Self.interval(0, 1, isEnded: false))
        let late = try closing.close(Self.hour, of: Self.interval(0, 2))
        #expect(late.map(\.kind) == [.correction])
        #expect(late.map(\.seconds) == [1])
        #expect(late.first?.from == Self.hour + 1 && late.first?.until == Self.hour + 2)
        // 0.07 × 2 / 3600 = 0.0000388888…: two seconds rounded once, not one second rounded twice.
        #expect(closing.due.description == "0.00003888")
    }

    /// Law 5: a price that changes splits a running interval at its second.
    @Test func newPriceSplitsAtItsSecond() throws {
        let change = Self.hour + 1_200
        var closing = Closing(
            book: try BookFixture.book([("0.36", 0), ("0.72", change.value)]), metered: BookFixture.metered(quantity: 2)
        )
        let lines = try closing.close(Self.hour, of: Self.interval(0, 3_600))
        #expect(lines.map(\.seconds) == [1_200, 2_400])
        #expect(lines.map(\.due.description) == ["0.24", "0.96"])
        #expect(lines.map(\.until) == [change, Self.hour + 3_600])
    }

    /// Law 8: seconds without a price are not billed as if they cost nothing.
    @Test func secondsWithoutAPriceMakeNoLine() throws {
        let start = Self.hour + 600
        var closing = Closing(book: try BookFixture.book([("0.36", start.value)]), metered: BookFixture.metered())
        #expect(try closing.close(Self.hour, of: Self.interval(0, 1_600)).map(\.seconds) == [1_000])
    }

    @Test func anEndBeforeTheLastProofTakesBack() throws {
        var closing = Closing(book: try BookFixture.book([("0.36", 0)]), metered: BookFixture.metered())
        try closing.close(Self.hour, of: Self.interval(0, 3_000, isEnded: false))
        let back = try closing.close(Self.hour, of: Self.interval(0, 2_990))
        #expect(back.map(\.seconds) == [-10])
        #expect(closing.seconds == 2_990)
        #expect(closing.due.description == "0.299")
    }

    /// Whatever the order in which proofs come in, lines add up to one rounding per hour and price, by an oracle that
    /// shares no code with the close.
    @Test(arguments: [UInt64(11), 12, 13])
    func anyOrderGivesTheSameNet(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let first = Int64.random(in: 1...99_999_999_999, using: &random)
            let second = Int64.random(in: 1...99_999_999_999, using: &random)
            let change = Self.hour + Int64.random(in: 0...7_200, using: &random)
            let profile = Bool.random(using: &random) ? SiteProfile.international : .china
            let quantity = Int64.random(in: 1...64, using: &random)
            let book = try BookFixture.book(
                [
                    (UnitPrice(units: Int128(first)).description, 0),
                    (UnitPrice(units: Int128(second)).description, change.value),
                ], profile: profile)
            let start = Int64.random(in: 0...3_600, using: &random)
            let end = start + Int64.random(in: 0...9_000, using: &random)
            var closing = Closing(book: book, metered: BookFixture.metered(quantity: quantity))
            for _ in 0..<3 {
                let until = Int64.random(in: start...end, using: &random)
                try closing.closeAll(of: Self.interval(start, until, isEnded: false))
            }
            try closing.closeAll(of: Self.interval(start, end))
            let oracle = Self.oracle(
                start: Self.hour.value + start, end: Self.hour.value + end, change: change.value,
                prices: (first, second), quantity: quantity, profile: profile)
            guard closing.due.units == oracle, closing.seconds == end - start else {
                Issue.record(
                    "seed \(seed): \(start)..<\(end), change \(change.value): \(closing.due.units), not \(oracle)")
                return
            }
        }
    }

    /// Counts seconds one by one into (hour, price) and rounds each sum once.
    private static func oracle(
        start: Int64, end: Int64, change: Int64, prices: (Int64, Int64), quantity: Int64, profile: SiteProfile
    ) -> Int128 {
        var seconds: [[Int64]: Int64] = [:]
        for second in start..<end { seconds[[second / 3_600, second < change ? 0 : 1], default: 0] += 1 }
        return seconds.reduce(Int128(0)) { sum, entry in
            let price = entry.key[1] == 0 ? prices.0 : prices.1
            let units = Int128(price) * Int128(entry.value) * Int128(quantity) / (3_600 * 100)
            return sum + (profile == .china ? units / 1_000_000 * 1_000_000 : units)
        }
    }
}
