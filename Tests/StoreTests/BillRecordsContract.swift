import Billing
import Identity
import Kernel
import Ledger
import Metering
import Money
import Platform
import Testing

@Suite struct BillRecordsContract {
    /// Six lines: two resources, two cycles, two products, one line of nothing, one correction's hour twice.
    private static func billed(_ kind: StoreKind) async throws -> (test: TestStore, lines: [BillLine]) {
        let test = try await TestStore.populated(kind)
        let lines = [
            try Sample.line("1", hour: 3_600), try Sample.line("2", hour: 7_200, due: 50),
            try Sample.line("3", hour: 7_200, due: 0),
            try Sample.line("4", segment: "b/0", resource: "job-2", hour: 7_200, product: "notebook"),
            try Sample.line("5", hour: 10_800, cycle: "2026-04"),
            try Sample.line("6", segment: "o/0", account: Sample.other.id),
        ]
        try await test.store.write { transaction throws in
            try transaction.insert(Sample.metered("a/0"))
            try transaction.insert(Sample.metered("b/0", resource: "job-2"))
            try transaction.insert(Sample.metered("o/0", account: Sample.other.id))
            try transaction.append(lines)
        }
        return (test, lines)
    }

    @Test(arguments: StoreKind.allCases) func linesComeBackWhole(kind: StoreKind) async throws {
        let (test, lines) = try await Self.billed(kind)
        try await test.store.read { transaction throws in
            for line in lines { #expect(try transaction.billLine(line.id) == line) }
            #expect(try transaction.billLine(BillLineID("none")) == nil)
            #expect(try transaction.billLines(of: Sample.metered("a/0"), hour: Second(7_200)) == [lines[1], lines[2]])
            let own = try transaction.billLines(of: ResourceID("job"), account: Sample.account.id)
            #expect(own == [lines[0], lines[1], lines[2], lines[4]])
        }
        let fault = await #expect(throws: Fault.self) { try await test.store.write { try $0.append([lines[0]]) } }
        #expect(fault?.code == .conflict)
    }

    private static let queries: [(String, [String], @Sendable (inout BillLineQuery) -> Void)] = [
        ("all of an account, newest hour first", ["5", "4", "3", "2", "1"], { _ in }),
        ("of a cycle", ["4", "3", "2", "1"], { $0.cycle = "2026-03" }),
        ("of a resource", ["4"], { $0.resource = ResourceID("job-2") }),
        ("of a project", ["5", "4", "3", "2", "1"], { $0.project = Sample.project.id }),
        ("of another project", [], { $0.project = Sample.second.id }),
        ("of hours, the end left out", ["4", "3", "2"], { $0.hours = Second(7_200)..<Second(10_800) }),
        ("without lines of nothing", ["5", "4", "2", "1"], { $0.includesZero = false }),
        ("a page", ["4", "3"], { $0.page = PageRequest(offset: 1, limit: 2) }),
        ("behind the end", [], { $0.page = PageRequest(offset: 9, limit: 2) }),
        ("of nobody", [], { $0.account = AccountID("none") }),
    ]

    @Test(arguments: StoreKind.allCases) func queriesNarrowAndPage(kind: StoreKind) async throws {
        let (test, _) = try await Self.billed(kind)
        for (name, expected, narrow) in Self.queries {
            var query = BillLineQuery(account: Sample.account.id, page: PageRequest(limit: 100))
            narrow(&query)
            let asked = query
            let page = try await test.store.read { try $0.billLines(asked) }
            #expect(page.items.map(\.id.text) == expected, "\(name)")
            if name == "a page" || name == "behind the end" { #expect(page.total == 5, "\(name)") }
        }
    }

    @Test(arguments: StoreKind.allCases) func sumsAreThoseOfTheLines(kind: StoreKind) async throws {
        let (test, lines) = try await Self.billed(kind)
        let sums = try await test.store.read { try $0.billSums(account: Sample.account.id, cycle: "2026-03") }
        #expect(sums.map(\.product) == ["notebook", "training-job"])
        let own = [lines[0], lines[1], lines[2]]
        func sum(_ part: (BillLine) -> Amount) -> Amount { own.reduce(.zero) { $0 + part($1) } }
        #expect(
            sums.last
                == BillSum(
                    product: "training-job", lines: 3, seconds: own.reduce(0) { $0 + $1.seconds }, list: sum(\.list),
                    discount: sum(\.discount), truncated: sum(\.truncated), due: sum(\.due), cash: sum(\.paid.cash),
                    credit: sum(\.paid.credit), arrears: sum(\.paid.arrears)))
        let none = try await test.store.read { try $0.billSums(account: Sample.account.id, cycle: "2026-05") }
        #expect(none.isEmpty)
    }

    @Test(arguments: StoreKind.allCases) func aSumBeyond64BitsIsAFault(kind: StoreKind) async throws {
        let (test, _) = try await Self.billed(kind)
        let (great, greatest) = (Int128(Int64.max) / 3 * 2, Int128(Int64.max) - 6)
        try await test.store.write { try $0.append([try Sample.line("7", due: great)]) }
        for (id, due) in [("8", great), ("9", greatest)] {
            await #expect(throws: Fault.self) {
                try await test.store.write { try $0.append([try Sample.line(id, due: due)]) }
            }
        }
        #expect(try await test.store.read { try $0.wrongBillSum() } == nil)
    }
}
