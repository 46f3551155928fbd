import Kernel
import TestKit
import Testing

@Suite struct BillingZoneTests {
    @Test func hoursAreCutInTheZone() throws {
        let zone = BillingZone(offset: 19_800)  // UTC+05:30
        let second = try #require(Second(iso8601: "2026-03-01T10:45:00+05:30"))
        #expect(zone.startOfHour(second) == Second(iso8601: "2026-03-01T10:00:00+05:30"))
        #expect(zone.startOfHour(zone.startOfHour(second)) == zone.startOfHour(second))
    }

    @Test func monthsEndInTheZone() throws {
        let last = try #require(Second(iso8601: "2026-02-28T23:59:59+08:00"))
        #expect(BillingZone.beijing.cycle(last) == "2026-02")
        #expect(BillingZone.beijing.cycle(last + 1) == "2026-03")
        let bounds = try #require(BillingZone.beijing.bounds(ofCycle: "2026-02"))
        #expect(bounds.upperBound == last + 1)
        #expect(bounds.upperBound - bounds.lowerBound == 28 * 86_400)
    }

    @Test(arguments: ["2026", "2026-13", "2026-1", "26-01", "2026-01-01", ""])
    func whatIsNoMonth(_ text: String) { #expect(BillingZone.beijing.bounds(ofCycle: text) == nil) }

    @Test func hoursBeforeTheEpoch() {
        #expect(BillingZone(offset: 0).startOfHour(Second(-1)) == Second(-3_600))
        #expect(Instant(milliseconds: -1).second == Second(-1))
    }

    /// Every second lies in its hour and in its cycle, in every zone.
    @Test func hoursAndCyclesHoldTheirSeconds() {
        var random = SeededGenerator(seed: 63)
        for _ in 0..<20_000 {
            let zone = BillingZone(offset: Int64.random(in: -56...56, using: &random) * 900)
            let second = Second(Int64.random(in: -4_000_000_000...8_000_000_000, using: &random))
            let hour = zone.startOfHour(second)
            guard (0..<3_600).contains(second - hour), zone.civil(hour).minute == 0, zone.civil(hour).second == 0,
                zone.bounds(ofCycle: zone.cycle(second))?.contains(second) == true
            else {
                Issue.record("\(second) at \(zone.offset)")
                return
            }
        }
    }
}
