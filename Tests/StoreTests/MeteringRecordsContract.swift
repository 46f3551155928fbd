import Billing
import Identity
import Kernel
import Metering
import Platform
import Testing

@Suite struct MeteringRecordsContract {
    @Test(arguments: StoreKind.allCases) func stretchesComeBackInTheOrderTheyBegan(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let stretches = ["z/0", "m/0", "a/0"].map { Sample.metered($0) }
        try await test.store.write { transaction throws in
            for metered in stretches { try transaction.insert(metered) }
            try transaction.insert(Sample.metered("b/0", resource: "another"))
        }
        try await test.store.read { transaction throws in
            #expect(try transaction.meteredSegments(of: stretches[0].segment.resource) == stretches)
            #expect(try transaction.meteredSegment(stretches[1].segment.id) == stretches[1])
            #expect(try transaction.meteredSegment(SegmentID("none")) == nil)
        }
        let fault = await #expect(throws: Fault.self) { try await test.store.write { try $0.insert(stretches[0]) } }
        #expect(fault?.code == .conflict)
    }

    /// Law 2: a fact is kept once; again it changes nothing; with other content it is refused.
    @Test(arguments: StoreKind.allCases) func aFactIsKeptOnce(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let facts = [
            Sample.fact("a/0", 0, at: 10, .started), Sample.fact("a/0", 3, at: 20, .alive),
            Sample.fact("a/0", 4, at: 30, .ended),
        ]
        try await test.store.write { transaction throws in
            try transaction.insert(Sample.metered("a/0"))
            for fact in facts.reversed() {
                #expect(try transaction.append(fact, recordedAt: Instant(milliseconds: 1)))
            }
        }
        for fact in facts {
            let isNew = try await test.store.write { try $0.append(fact, recordedAt: Instant(milliseconds: 2)) }
            #expect(!isNew)
        }
        for other in [Sample.fact("a/0", 3, at: 21, .alive), Sample.fact("a/0", 3, at: 20, .ended)] {
            let fault = await #expect(throws: Fault.self) {
                try await test.store.write { try $0.append(other, recordedAt: Instant(milliseconds: 3)) }
            }
            #expect(fault?.code == .conflict)
        }
        #expect(try await test.store.read { try $0.facts(of: SegmentID("a/0")) } == facts)
    }

    @Test(arguments: StoreKind.allCases) func aFactOfNoStretchIsRefused(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        await #expect(throws: Fault.self) {
            try await test.store.write {
                try $0.append(Sample.fact("none/0", 0, at: 1, .started), recordedAt: Instant(milliseconds: 1))
            }
        }
    }

    @Test(arguments: StoreKind.allCases) func unsettledStretchesArePaged(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        try await test.store.write { transaction throws in
            for id in ["e/0", "d/0", "c/0", "b/0"] { try transaction.insert(Sample.metered(id)) }
            try transaction.insert(Sample.metered("a/0", account: Sample.other.id))
            for id in ["a/0", "b/0", "c/0", "d/0"] {
                try transaction.append(Sample.fact(id, 0, at: 10, .started), recordedAt: Instant(milliseconds: 1))
            }
            try transaction.append(Sample.fact("c/0", 2, at: 70, .alive), recordedAt: Instant(milliseconds: 1))
            try transaction.append(Sample.fact("c/0", 1, at: 40, .alive), recordedAt: Instant(milliseconds: 1))
            try transaction.settled(Sample.metered("c/0"), through: Second(60), isFinal: false)
            try transaction.abandon(SegmentID("c/0"))
            try transaction.settled(Sample.metered("d/0"), through: Second(3_600), isFinal: true)
        }
        try await test.store.read { transaction throws in
            let first = try transaction.unsettledSegments(before: Second(3_600), after: nil, limit: 2)
            #expect(first.map(\.metered.segment.id.text) == ["b/0", "c/0"])
            #expect(
                first.last
                    == ProvenSegment(
                        metered: Sample.metered("c/0"),
                        interval: RunInterval(start: Second(10), provenUntil: Second(70), isEnded: false),
                        settledThrough: Second(60), isAbandoned: true))
            let rest = try transaction.unsettledSegments(before: Second(3_600), after: first.last, limit: 2)
            #expect(rest.map(\.metered.segment.id.text) == ["a/0"])
            #expect(try transaction.unsettledSegments(before: Second(10), after: nil, limit: 9).isEmpty)
            let own = try transaction.unsettledSegments(of: Sample.account.id)
            #expect(own.map(\.metered.segment.id.text) == ["b/0", "c/0", "e/0"])
            #expect(own.first?.settledThrough == nil && own.first?.isAbandoned == false)
            let unproven = try transaction.unprovenSegments(until: Second(11), witness: .executor)
            #expect(unproven.map(\.text) == ["a/0", "b/0", "e/0"])
            #expect(try transaction.unprovenSegments(until: Second(11), witness: .server).isEmpty)
            #expect(try transaction.lastFact(of: SegmentID("c/0")) == Sample.fact("c/0", 2, at: 70, .alive))
            #expect(try transaction.lastFact(of: SegmentID("e/0")) == nil)
            #expect(try transaction.settledThrough(Sample.metered("c/0")) == Second(60))
            #expect(try transaction.settledThrough(Sample.metered("e/0")) == nil)
            #expect(try transaction.firstUnsettled(unknownAs: Second(5)) == Second(5))
            #expect(try transaction.firstUnsettled(unknownAs: Second(50)) == Second(10))
        }
    }

    @Test(arguments: StoreKind.allCases) func onlyAKnownStretchCanBeSettled(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        await #expect(throws: Fault.self) {
            try await test.store.write { try $0.settled(Sample.metered("none"), through: Second(1), isFinal: true) }
        }
        // A shim may be lost before it proved anything.
        try await test.store.write { try $0.abandon(SegmentID("none")) }
    }

    @Test(arguments: StoreKind.allCases) func theOpenHourMoves(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        #expect(try await test.store.read { try $0.openHour() } == nil)
        for hour in [3_600, 7_200] as [Int64] {
            try await test.store.write { try $0.setOpenHour(Second(hour)) }
            #expect(try await test.store.read { try $0.openHour() } == Second(hour))
        }
    }
}
