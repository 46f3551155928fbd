import Kernel
import TestKit
import Testing

@testable import Workloads

/// How many instances there should be, by what is asked and by the clock.
struct ScalingPolicyTests {
    private func policy(
        _ least: Int64 = 1, _ most: Int64 = 10, target: Int64 = 2, tolerance: Int64 = 10, clock: [String: Int64] = [:]
    ) -> ScalingPolicy {
        ScalingPolicy(
            least: least, most: most, metric: .concurrency, target: target, tolerance: tolerance,
            clock: clock.sorted { $0.value < $1.value }.compactMap { text, count in
                CronRule(text).map { ScalingPolicy.ClockRule(cron: $0, instances: count) }
            })
    }

    private func measure(_ value: Int64, quiet: Int64 = 0) -> ScalingPolicy.Measure {
        ScalingPolicy.Measure(thousandths: value * 1_000, quietMilliseconds: quiet)
    }

    @Test(arguments: [
        // calls at a time, instances now, instances needed
        (0, 1, 1), (2, 1, 1), (3, 1, 2), (7, 2, 4), (40, 4, 10), (4, 2, 2), (1, 2, 1), (0, 5, 1),
    ])
    func moreIsAskedForMore(value: Int64, present: Int64, wanted: Int64) {
        #expect(policy().count(present: present, measure: measure(value, quiet: 60_000)) == wanted)
    }

    @Test func fewerOnlyAfterTheCooldown() {
        #expect(policy().count(present: 4, measure: measure(2, quiet: 59_999)) == 4)
        #expect(policy().count(present: 4, measure: measure(2, quiet: 60_000)) == 1)
        #expect(policy(0).count(present: 1, measure: measure(0, quiet: 60_000)) == 0)
    }

    @Test func nearEnoughIsLeftAlone() {
        let ten = policy(target: 10)
        #expect(ten.count(present: 2, measure: measure(22)) == 2)
        #expect(ten.count(present: 2, measure: measure(23)) == 3)
        #expect(policy(target: 10, tolerance: 0).count(present: 2, measure: measure(21)) == 3)
    }

    /// Whatever is measured, the bounds hold, and more never asks for fewer.
    @Test(arguments: 0..<5)
    func theBoundsHold(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let least = Int64.random(in: 0...5, using: &random)
            let most = Int64.random(in: max(1, least)...20, using: &random)
            let policy = policy(least, most, target: Int64.random(in: 1...9, using: &random))
            let present = Int64.random(in: 1...20, using: &random)
            let small = Int64.random(in: 0...200, using: &random)
            let large = Int64.random(in: small...400, using: &random)
            let few = policy.count(present: present, measure: measure(small, quiet: 60_000))
            let many = policy.count(present: present, measure: measure(large, quiet: 60_000))
            #expect(least <= few && few <= many && many <= most)
        }
    }

    @Test(arguments: [
        ("0 8 * * 1-5", "2026-11-26T08:00:00", true),  // a Thursday
        ("0 8 * * 1-5", "2026-11-28T08:00:00", false), ("0 8 * * 6", "2026-11-28T08:00:00", true),
        ("*/15 * * * *", "2026-11-26T08:45:00", true), ("*/15 * * * *", "2026-11-26T08:46:00", false),
        ("5/20 1,3 * * *", "2026-11-26T03:25:00", true), ("0 0 1 * *", "2026-12-01T00:00:00", true),
        ("0 0 1 * 0", "2026-11-29T00:00:00", true), ("0 0 1 * 7", "2026-11-29T00:00:00", true),
        ("0 0 1 * 0", "2026-11-30T00:00:00", false), ("0 0 * 2 *", "2026-11-29T00:00:00", false),
        ("59 23 31 12 *", "2026-12-31T23:59:00", true),
    ])
    func cronIsRead(text: String, moment: String, isDue: Bool) throws {
        let second = try #require(Second(iso8601: moment))
        #expect(try #require(CronRule(text)).contains(CivilTime(second, offset: 0)) == isDue)
    }

    @Test(arguments: [
        "", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "a * * * *",
        "*/0 * * * *", "1- * * * *", ", * * * *", "* * * * * *", "-1 * * * *",
    ])
    func whatIsNoCronIsRefused(text: String) { #expect(CronRule(text) == nil) }

    @Test func theClockCountsEachMinuteOnce() throws {
        let policy = policy(clock: ["0 8 * * *": 3, "0 20 * * *": 5])
        let zone = BillingZone.beijing
        let morning = try #require(Second(iso8601: "2026-11-26T08:00:00+08:00"))
        #expect(policy.count(after: morning - 1, through: morning, in: zone) == 3)
        #expect(policy.count(after: morning, through: morning + 59, in: zone) == nil)
        #expect(policy.count(after: morning - 60, through: morning + 50_000, in: zone) == 5)
        #expect(policy.count(after: morning + 50_000, through: morning + 60_000, in: zone) == nil)
        #expect(policy.count(after: Second(0), through: morning + 60, in: zone) == 3)
    }
}
