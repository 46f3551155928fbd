import Kernel
import Testing

@testable import API

@Suite struct QueryTests {
    @Test func readsPairsPercentDecoded() throws {
        let query = try Query(target: "/v3/projects?name=a%20b%2Fc&enabled=true&empty=")
        #expect(query.text("name") == "a b/c")
        #expect(try query.flag("enabled") == true)
        #expect(query.text("empty") == nil)
        #expect(query.text("absent") == nil)
    }

    @Test(arguments: ["/?a=%zz", "/?a=%e", "/?a=%ff%fe"])
    func refusesWhatIsNoText(target: String) {
        #expect(throws: Fault.self) { try Query(target: target) }
    }

    @Test(arguments: ["limit=0", "limit=1001", "limit=x", "offset=-1", "limit=1.0", "limit=99999999999999999999"])
    func refusesPagesBeyondTheLimit(pair: String) throws {
        let query = try Query(target: "/?\(pair)")
        let fault = #expect(throws: Fault.self) { try query.page(limit: 10, atMost: 1_000) }
        #expect(fault?.field == String(pair.prefix { $0 != "=" }))
    }

    @Test func boundsThePairs() {
        let target = "/?" + (0...Limits.queryPairs).map { "a\($0)=1" }.joined(separator: "&")
        #expect(throws: Fault.self) { try Query(target: target) }
    }
}
