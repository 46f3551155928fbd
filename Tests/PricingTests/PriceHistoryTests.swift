import Kernel
import Money
import Pricing
import Testing

/// Law 5: a new edition never changes what was.
@Suite struct PriceHistoryTests {
    let old: PriceBook
    let now = Second(1_000)

    init() throws { old = try Sample.book([Sample.price("1", 0)]) }

    @Test func aPriceMayChangeFromNowOn() throws {
        let new = try Sample.book([Sample.price("1", 0, 1_000), Sample.price("2", 1_000)])
        #expect(new.faults(replacing: old, at: now).isEmpty)
        #expect(!new.faults(replacing: old, at: Second(1_001)).isEmpty)
    }

    @Test func thePastMayBeWrittenOtherwiseIfItSaysTheSame() throws {
        let new = try Sample.book([Sample.price("1", 0, 500), Sample.price("1.0", 500)])
        #expect(new.faults(replacing: old, at: now).isEmpty)
    }

    struct Change: CustomTestStringConvertible {
        let testDescription: String
        let prices: [DatedPrice]
    }

    static let changes = [
        Change(testDescription: "another price", prices: [Sample.price("2", 0)]),
        Change(testDescription: "a gap", prices: [Sample.price("1", 0, 500), Sample.price("1", 501)]),
        Change(testDescription: "an earlier start", prices: [Sample.price("1", -1)]),
        Change(testDescription: "a later start", prices: [Sample.price("1", 1)]),
        Change(testDescription: "an end in the past", prices: [Sample.price("1", 0, 999)]),
    ]

    @Test(arguments: changes) func thePastIsRefused(_ change: Change) throws {
        let faults = try Sample.book(change.prices).faults(replacing: old, at: now)
        #expect(faults.all.map(\.code) == [.conflict])
        #expect(faults.all.map(\.field) == ["prices"])
    }

    @Test func currencyAndSiteStay() throws {
        let new = try Sample.book([Sample.price("1", 0)], currency: .renminbi, site: .china)
        #expect(new.faults(replacing: old, at: now).all.map(\.field) == ["currency", "site"])
    }

    @Test func aBookCannotGo() throws {
        let other = try Sample.book([Sample.price("1", 0)], id: "other")
        let faults = try PriceBooks([other]).faults(replacing: PriceBooks([old]), at: now)
        #expect(faults.all.map(\.field) == ["sample"])
        #expect(try PriceBooks([old, other]).faults(replacing: PriceBooks([old]), at: now).isEmpty)
    }

    @Test func namesAreTakenOnce() {
        #expect(throws: Faults.self) { _ = try PriceBooks([old, old]) }
    }
}
