import Kernel
import Metering
import Money
import Pricing
import Rating
import Testing

/// Rows of usage files as uses of a replay, and which uses a price book can bill.
@Suite struct UsageTraceTests {
    private func read(_ row: String) -> Result<TraceUse?, any Error> {
        Result {
            let header = "account,project,resource,product,flavor,quantity,start,end"
            let reader = try UsageTrace(header: Array(header.utf8))
            return try Array(row.utf8).withUnsafeBytes { try reader.read($0) }
        }
    }

    @Test("A row is a use")
    func row() throws {
        let use = try #require(try read(#""a,b",p,,training-job,cpu,3.0,2026-03-01T08:00:00+08:00,1772323260"#).get())
        #expect(use.account == "a,b" && use.resource == "" && use.quantity == 3)
        #expect(use.start.description == "2026-03-01T00:00:00Z" && use.seconds == 60)
    }

    @Test(
        "What a stretch cannot be is refused with its reason",
        arguments: [
            ("a,p,r,j,cpu,1.5,0,60", "whole number"), ("a,p,r,j,cpu,9999999,0,60", "whole number"),
            ("a,p,r,j,cpu,1,0,", "end is empty"), ("a,p,r,j,cpu,1,60,0", "end lies before"),
            ("a,p,r,j,cpu,1,0,99999999999", "longer than"), (",p,r,j,cpu,1,0,60", "account is empty"),
            ("a,p,r,j,cpu,1,0", "fields"), (String(repeating: "a", count: 65) + ",p,r,j,cpu,1,0,60", "64 bytes"),
        ])
    func refused(row: String, told: String) {
        #expect(throws: Fault.self) { try read(row).get() }
        if case .failure(let error) = read(row) { #expect("\(error)".contains(told)) }
    }
}
