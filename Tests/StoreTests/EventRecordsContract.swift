import GRDB
import Identity
import Kernel
import Metering
import Money
import Platform
import Pricing
import TestKit
import Testing

@testable import Store

@Suite struct EventRecordsContract {
    private static func batch(_ ids: Range<Int>, body: String = "[]") -> EventBatch {
        EventBatch(
            account: Sample.account.id, sender: Sample.other.id, project: Sample.project.id, book: "default",
            received: Instant(milliseconds: 7), ids: ids.map { identity($0) }, body: Array(body.utf8))
    }

    /// Spread over all keys, as digests are.
    private static func identity(_ number: Int) -> EventIdentity {
        var random = SeededGenerator(seed: UInt64(number) &+ 1)
        let high = UInt128(random.next())
        return EventIdentity(key: high << 64 | UInt128(random.next()), content: UInt64(number))
    }

    @Test(arguments: StoreKind.allCases) func batchesComeBackWhole(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let batches = [
            Self.batch(0..<3, body: #"[{"a":1}]"#), Self.batch(3..<4, body: "é"), Self.batch(9..<9, body: ""),
        ]
        let numbers = try await test.store.write { transaction in try batches.map { try transaction.append($0) } }
        #expect(numbers == [1, 2, 3])
        try await test.store.read { transaction throws in
            #expect(try transaction.eventBatch(2) == batches[1])
            #expect(try transaction.eventBatches(after: 1, limit: 9).map(\.batch) == Array(batches[1...]))
        }
    }

    /// Law 2: what was taken is known, also after a restart; what was rolled back is not.
    @Test(arguments: StoreKind.allCases) func idsAreRemembered(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        try await test.store.write { _ = try $0.append(Self.batch(0..<5)) }
        await #expect(throws: Fault.self) {
            try await test.store.write { transaction in
                _ = try transaction.append(Self.batch(5..<8))
                throw Fault(.conflict, "taken back")
            }
        }
        try await test.store.write { _ = try $0.append(Self.batch(8..<9)) }
        for store in [test.store, try await test.afterPowerLoss()] {
            let known = try await store.write { try $0.knownEvents((0..<10).map(Self.identity)) }
            #expect(known.map { $0?.batch } == [1, 1, 1, 1, 1, nil, nil, nil, 2, nil])
            #expect(known.map { $0?.content } == [0, 1, 2, 3, 4, nil, nil, nil, 8, nil])
        }
    }

    /// More ids than the table of recent ones holds: they are sealed, and found there.
    @Test func sealedIdsAreFoundAfterARestart() async throws {
        let test = try await TestStore.populated()
        let count = EventIndex.runEntries * 5 / 4
        for start in stride(from: 0, to: count, by: 50_000) {
            try await test.store.write { _ = try $0.append(Self.batch(start..<min(start + 50_000, count))) }
        }
        for store in [test.store, try await SQLiteStore(path: test.folder + "/store.sqlite")] {
            let asked = stride(from: 0, to: count + 100_000, by: 997).map { $0 }
            let known = try await store.write { try $0.knownEvents(asked.map(Self.identity)) }
            for (number, event) in zip(asked, known) {
                #expect(event?.content == (number < count ? UInt64(number) : nil), "\(number)")
            }
        }
        let queue = try DatabaseQueue(path: test.folder + "/store.sqlite")
        #expect(try await queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM event_runs") } == 1)
    }

    private static let ways: [(Meter.Aggregation, String)] = [
        (.sum, "13"), (.count, "13"), (.max, "8"), (.latest, "2"), (.unique, "13"),
    ]

    @Test(arguments: ways) func readingsAddUp(_ way: Meter.Aggregation, _ expected: String) async throws {
        let test = try await TestStore.populated()
        try await test.store.write { transaction throws in
            try transaction.insertSeries(Sample.metered("m"))
            try transaction.insertSeries(Sample.metered("m"))
            for (value, at, tie) in [(3, 10, 1), (8, 20, 1), (2, 20, 2)] as [(Int64, Int64, Int64)] {
                let reading = MeterReading(value: Quantity(value), at: Second(at), tie: tie)
                try transaction.add(
                    DatedReading(since: Second(0), reading: reading), to: SegmentID("m"), account: Sample.account.id,
                    by: way)
            }
            let stored = try transaction.readings(of: SegmentID("m"), in: Second(0)..<Second(1))
            #expect(stored.map(\.reading.value.description) == [expected])
            #expect(stored.first?.reading.at == Second(20) && stored.first?.reading.tie == 2)
            #expect(try transaction.readingCount() == 1)
        }
    }

    @Test func aSumBeyond64BitsIsRefused() async throws {
        let test = try await TestStore.populated()
        let great = DatedReading(
            since: Second(0),
            reading: MeterReading(value: Quantity(units: Int128(Int64.max - 1)), at: Second(0), tie: 0))
        let fault = await #expect(throws: Fault.self) {
            try await test.store.write { transaction in
                try transaction.insertSeries(Sample.metered("m"))
                for _ in 0..<2 {
                    try transaction.add(great, to: SegmentID("m"), account: Sample.account.id, by: .sum)
                }
            }
        }
        #expect(fault?.code == .invalidParameter)
    }

    @Test func settledReadingsComeBackWhenTheyChange() async throws {
        let test = try await TestStore.populated()
        try await test.store.write { transaction throws in
            try transaction.insertSeries(Sample.metered("m"))
            func add(_ since: Int64) throws {
                try transaction.add(
                    DatedReading(
                        since: Second(since), reading: MeterReading(value: Quantity(1), at: Second(since), tie: 0)),
                    to: SegmentID("m"), account: Sample.account.id, by: .sum)
            }
            for since in [0, 3_600, 7_200] as [Int64] { try add(since) }
            try transaction.settleReadings(of: SegmentID("m"), before: Second(7_200))
            #expect(try transaction.unsettledReadings(of: SegmentID("m"), before: Second(9_999)) == [Second(7_200)])
            try add(3_600)
            let series = try transaction.unsettledSeries(of: nil, before: Second(9_999))
            #expect(series.map(\.first) == [Second(3_600)] && series.first?.account == Sample.account.id)
            #expect(try transaction.unsettledSeries(of: Sample.other.id, before: Second(9_999)).isEmpty)
            #expect(try transaction.unsettledSeries(of: nil, before: Second(3_600)).isEmpty)
            try transaction.setFirstSeen("v", in: SegmentID("m"), window: Second(0), at: Second(9))
            try transaction.setFirstSeen("v", in: SegmentID("m"), window: Second(0), at: Second(5))
            #expect(try transaction.firstSeen("v", in: SegmentID("m"), window: Second(0)) == Second(5))
            #expect(try transaction.firstSeen("w", in: SegmentID("m"), window: Second(0)) == nil)
        }
    }
}
