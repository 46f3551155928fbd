import Kernel
import Metering
import TestKit
import Testing

/// Published examples of cutting on the hour: `billing-rules` EX-06, EX-11, EX-12, EX-19 (sources named a row).
@Suite struct HourCutTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let source: String
        let start: String
        let end: String
        let seconds: [Int64]
        var testDescription: String { source }
    }

    static let examples = [
        Example(
            source: "support.huaweicloud.com/intl/en-us/price-modelarts/price-modelarts-0018.html",
            start: "2023-04-18T15:29:16+08:00", end: "2023-04-18T16:30:30+08:00", seconds: [1_844, 1_830]),
        Example(
            source: "support.huaweicloud.com/intl/tr-tr/productdesc-workspace/workspace_01_0030.html",
            start: "2023-03-10T08:45:30+08:00", end: "2023-03-10T08:55:30+08:00", seconds: [600]),
        Example(
            source: "huaweicloud.com/guide/productsdesc-bms_611148b05e406868819925abc937bf9esupport1",
            start: "2023-03-10T08:45:30+08:00", end: "2023-03-10T09:30:00+08:00", seconds: [870, 1_800]),
        Example(
            source: "support.huaweicloud.com/intl/en-us/price-cci/cce_06_0020.html",
            start: "2023-04-08T10:09:06+08:00", end: "2023-04-08T12:09:06+08:00", seconds: [3_054, 3_600, 546]),
    ]

    @Test(arguments: examples)
    func cutsAsPublished(_ example: Example) throws {
        let start = try #require(Second(iso8601: example.start))
        let end = try #require(Second(iso8601: example.end))
        let interval = RunInterval(start: start, provenUntil: end, isEnded: true)
        #expect(interval.hourly(in: .beijing).map { $0.upperBound - $0.lowerBound } == example.seconds)
    }

    /// Cuts telescope: parts touch, none crosses an hour, and their seconds are the interval's (law 1).
    @Test(arguments: [UInt64(1), 2, 3])
    func cutsTelescope(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let zone = BillingZone(offset: Int64.random(in: -56...56, using: &random) * 900)
            let start = Second(Int64.random(in: -4_000_000_000...4_000_000_000, using: &random))
            let length = Int64.random(in: 0...200_000, using: &random)
            let interval = RunInterval(start: start, provenUntil: start + length, isEnded: true)
            let parts = interval.hourly(in: zone)
            let seconds = parts.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) }
            let crossings = parts.filter { zone.startOfHour($0.lowerBound) != zone.startOfHour($0.upperBound - 1) }
            let gaps = zip(parts, parts.dropFirst()).filter { $0.upperBound != $1.lowerBound }
            guard seconds == length, crossings.isEmpty, gaps.isEmpty, parts.allSatisfy({ !$0.isEmpty }) else {
                Issue.record("seed \(seed): \(interval) at offset \(zone.offset) gave \(parts)")
                return
            }
        }
    }
}
