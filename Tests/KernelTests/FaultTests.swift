import Kernel
import Testing

@Suite struct FaultTests {
    @Test func codesAreTheirOwn() {
        #expect(Set(FaultCode.all.map(\.name)).count == FaultCode.all.count)
        #expect(Set(FaultCode.all.map(\.wire)).count == FaultCode.all.count)
        #expect(FaultCode.all.allSatisfy { (400..<600).contains($0.status) })
    }

    @Test func allFaultsAreToldAtOnce() {
        var faults = Faults()
        faults.require(false, "one", field: "a")
        faults.require(true, "two", field: "b")
        faults.add(.conflict, "three")
        let thrown = #expect(throws: Faults.self) { try faults.check() }
        #expect(thrown?.all.map(\.description) == ["a: one", "three"])
    }

    @Test func noFaultIsNotThrown() throws { try Faults().check() }
}
