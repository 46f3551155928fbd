import Kernel
import Metering
import Testing

/// Law 1 and law 8 as far as facts become intervals.
@Suite struct RunIntervalTests {
    static let segment = SegmentID("attempt/0")

    static func fact(_ sequence: Int64, _ at: Int64, _ kind: Fact.Kind) -> Fact {
        Fact(segment: segment, sequence: sequence, at: Second(at), kind: kind)
    }

    @Test func nothingIsKnownWithoutFacts() throws {
        #expect(try RunInterval.of([]) == nil)
    }

    @Test func startAloneProvesNoSecond() throws {
        let interval = try #require(try RunInterval.of([Self.fact(0, 100, .started)]))
        #expect(interval == RunInterval(start: Second(100), provenUntil: Second(100), isEnded: false))
        #expect(interval.hourly(in: .beijing).isEmpty)
    }

    @Test func lastProofOfLifeCounts() throws {
        let facts = [Self.fact(0, 100, .started), Self.fact(2, 190, .alive), Self.fact(1, 130, .alive)]
        #expect(try RunInterval.of(facts)?.provenUntil == Second(190))
        #expect(try RunInterval.of(facts)?.isEnded == false)
    }

    @Test func endCountsAsItStands() throws {
        let facts = [Self.fact(0, 100, .started), Self.fact(1, 190, .alive), Self.fact(2, 180, .ended)]
        #expect(try RunInterval.of(facts) == RunInterval(start: Second(100), provenUntil: Second(180), isEnded: true))
    }

    @Test func clockSetBackMakesAnEmptyInterval() throws {
        let facts = [Self.fact(0, 100, .started), Self.fact(1, 40, .ended)]
        #expect(try RunInterval.of(facts)?.seconds == 0)
    }

    @Test(arguments: [
        [fact(0, 1, .alive)],
        [fact(0, 1, .started), fact(1, 2, .started)],
        [fact(0, 1, .started), fact(1, 2, .ended), fact(2, 3, .ended)],
        [fact(0, 1, .started), Fact(segment: SegmentID("other/0"), sequence: 1, at: Second(2), kind: .ended)],
    ])
    func factsThatTellNoStoryAreRefused(_ facts: [Fact]) {
        #expect(throws: Fault.self) { try RunInterval.of(facts) }
    }
}
