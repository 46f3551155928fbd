import Kernel
import Money
import Pricing
import Rating
import TestKit
import Testing

@Suite struct UsageRaterTests {
    /// 12,000 random uses, at whole and at broken hours, against walking their hours; about 70,000 hour pieces.
    @Test func everyPieceAgreesWithWalkingTheHours() throws {
        let prices = ["a": "0.66", "b": "6.93", "c": "0.0000000001", "d": "12.3456789012", "e": "900000000"]
        let fixture = UsageFixture(book: try UsageBook.book(prices))
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<4 {
            var rows: [String] = []
            var expected: [UsageOracle.Piece] = []
            for index in 0..<3_000 {
                let flavor = ["a", "b", "c", "d", "e"].randomElement(using: &generator) ?? "a"
                let quantity = Int64.random(in: 1...9, using: &generator)
                let isWhole = Int.random(in: 0...9, using: &generator) == 0
                let start = Int64.random(in: 400_000...500_000, using: &generator) * (isWhole ? 3_600 : 3_599)
                let end = start + Int64.random(in: 0...36_000, using: &generator)
                rows.append("acme,vision,job-\(index),training-job,\(flavor),\(quantity),\(start),\(end)")
                let price = try #require(UnitPrice(prices[flavor] ?? ""))
                expected += UsageOracle.pieces(
                    line: index + 2, price: price, quantity: quantity, from: start, until: end)
            }
            let outcome = try fixture.rate(rows, runs: 3)
            #expect(outcome.rejects.isEmpty && outcome.lines.count == expected.count)
            let ours = outcome.lines.map {
                UsageOracle.Piece(
                    line: Int($0[0]) ?? 0, from: Second(iso8601: $0[7])?.value ?? 0,
                    until: Second(iso8601: $0[8])?.value ?? 0, list: $0[11], due: $0[14])
            }
            #expect(ours == expected)
            let sum = expected.reduce(Amount.zero) { $0 + (Amount($1.due) ?? .zero) }
            #expect(outcome.summary.total.due == sum && outcome.summary.total.lines == Int64(expected.count))
        }
    }

    /// The fast way for bare prices and the exact way for all others say the same of the same use.
    @Test func allWaysAgree() throws {
        let bare = try UsageBook.book(["a": "6.93"])
        let spelled = try UsageBook.book(
            ["a": "6.93"], discounts: [DatedDiscount(name: "none", percentage: .zero, validFrom: Second(0))])
        let scoped = try UsageBook.book(
            ["a": "1"],
            extra: [
                DatedPrice(
                    product: UsageBook.product, flavor: FlavorID("a"), scope: .project("vision"),
                    formula: PriceFormula(.perUnit(try #require(UnitPrice("6.93")))), validFrom: Second(0))
            ])
        var generator = SeededGenerator(seed: 8)
        let rows = (0..<3_000).map { index in
            let start = Int64.random(in: 1_680_000_000...1_690_000_000, using: &generator)
            let end = start + Int64.random(in: 1...20_000, using: &generator)
            return "acme,vision,job-\(index),training-job,a,\(Int.random(in: 1...3, using: &generator)),\(start),\(end)"
        }
        let outcomes = try [bare, spelled, scoped].map { try UsageFixture(book: $0).rate(rows).bytes }
        #expect(outcomes[0] == outcomes[1] && outcomes[0] == outcomes[2])
    }

    @Test func refusedLinesSayWhyAndTheRestGoesOn() throws {
        var fixture = UsageFixture(book: try UsageBook.book(["a": "1"]))
        let good = "acme,vision,job,training-job,a,1,2026-03-01T08:00:00Z,2026-03-01T09:00:00Z"
        let bad: [(String, String)] = [
            ("", "empty"), ("a,b,c", "as many fields"), (good + ",more", "as many fields"),
            ("acme,vision,job,training-job,a,0,0,1", "quantity"), ("acme,vision,job,training-job,a,-1,0,1", "quantity"),
            ("acme,vision,job,training-job,a,1e3,0,1", "quantity"),
            ("acme,vision,job,training-job,a,1.,0,1", "quantity"),
            ("acme,vision,job,training-job,a,99999999999999999999,0,1", "quantity"),
            ("acme,vision,job,training-job,a,0.0000001,0,1", "quantity"),
            (",vision,job,training-job,a,1,0,1", "account is empty"),
            ("acme,vision,job,training-job,a,1,yesterday,1", "start is no time"),
            ("acme,vision,job,training-job,a,1,2026-02-30T00:00:00Z,", "start is no time"),
            ("acme,vision,job,training-job,a,1,5,4", "before start"), ("acme,vision,job,training-job,a,1,5,", "no end"),
            ("acme,vision,job,training-job,a,1,0,99999999999", "longer than"),
            ("acme,vision,job,notebook,a,1,0,1", "no such product"),
            ("acme,vision,job,training-job,z,1,0,1", "no price"),
            ("acme,vision,\"job,training-job,a,1,0,1", "quotes"), ("acme,vision,\"j\"x,training-job,a,1,0,1", "quotes"),
        ]
        let rows = [good] + bad.map(\.0) + [good]
        let outcome = try fixture.rate(rows)
        #expect(outcome.lines.map { $0[0] } == ["2", "\(rows.count + 1)"])
        #expect(outcome.rejects.map { $0[0] } == (0..<bad.count).map { "\($0 + 3)" })
        for (reject, (row, words)) in zip(outcome.rejects, bad) {
            #expect(reject.joined(separator: ",").contains(words), "\(row): \(reject)")
        }
        #expect((outcome.summary.rows, outcome.summary.rejected) == (Int64(rows.count), Int64(bad.count)))
        fixture.until = Second(7_205)
        #expect(try fixture.rate(["acme,vision,job,training-job,a,1,5,"]).lines.count == 3)
        #expect(
            try fixture.rate(["acme,vision,job,training-job,a,1,7205,", "acme,v,j,training-job,a,1,9999,"]).lines
                .isEmpty)
    }

    @Test func columnsMayStandInAnyOrderAndBeQuoted() throws {
        let fixture = UsageFixture(book: try UsageBook.book(["a": "1"]))
        let header = "end,tag,start,\"quantity\",flavor,product,resource,project,account\r\n"
        let row = "3600,\"a, \"\"b\"\"\",0,1.5,a,training-job,\"job, the first\",vision,acme\r"
        let outcome = try fixture.rate([row], header: header)
        let text = String(decoding: outcome.bytes, as: UTF8.self)
        #expect(
            text == """
                2,acme,vision,"job, the first",training-job,a,1.5,\
                1970-01-01T00:00:00Z,1970-01-01T01:00:00Z,5400,1,1.5,0,0,1.5

                """)
    }

    @Test func headersThatLackColumnsAreRefused() {
        let faults = #expect(throws: Faults.self) { try UsageHeader(line: Array("account,account,start".utf8)) }
        #expect(faults?.all.count == 7)
        #expect(throws: Faults.self) { try UsageHeader(line: []) }
    }

    /// The shares of the accounts hold every line once, and their sums are the whole's, whatever the number of shares.
    @Test(arguments: [1, 2, 3, 7, 16]) func sharesAreTheWhole(_ count: Int) throws {
        let book = try Self.rich()
        let rows = Self.rows(500, seed: 3)
        let whole = try UsageFixture(book: book, until: Second(1_681_050_000), groups: [.account, .day]).rate(
            rows, runs: 2)
        var lines: [[String]] = []
        var due = Amount.zero
        var groups = 0
        for index in 1...count {
            let share = UsageFixture(
                book: book, until: Second(1_681_050_000), partition: UsagePartition(index: index, count: count),
                groups: [.account, .day])
            let outcome = try share.rate(rows)
            lines += outcome.lines
            due += outcome.summary.total.due
            groups += outcome.summary.groups.count
        }
        // Stable: the pieces of one line stay in their order.
        let merged = lines.enumerated().sorted {
            (Int($0.element[0]) ?? 0, $0.offset) < (Int($1.element[0]) ?? 0, $1.offset)
        }
        #expect(merged.map(\.element) == whole.lines)
        #expect(due == whole.summary.total.due && groups == whole.summary.groups.count)
    }

    /// What the month's tiers, free quantity and minimum make of use in any order adds up to the fee of its total.
    @Test func monthsAddUpInAnyOrder() throws {
        let formula = PriceFormula(
            .graduated([
                PriceTier(upTo: Quantity(10), perUnit: try #require(UnitPrice("1"))),
                PriceTier(upTo: nil, perUnit: try #require(UnitPrice("0.5"))),
            ]), free: Quantity(2), minimum: Amount("20"))
        let book = try UsageBook.book(
            ["a": "1"], extra: [UsageBook.tokenPrice(formula)], products: [UsageBook.tokens])
        let rows = (0..<30).map { index in
            "acme,vision,call-\(index),tokens,small,1000,\(1_680_000_000 + (index * 7_919) % 100_000),"
        }
        var generator = SeededGenerator(seed: 1)
        for rows in [rows, rows.reversed(), rows.shuffled(using: &generator)] {
            let outcome = try UsageFixture(book: book).rate(rows)
            // 30 units, 2 free: 10 at 1 and 18 at 0.5 are 19, and the minimum adds 1.
            #expect(outcome.summary.total.due == Amount("20"))
            #expect(outcome.lines.count == 31)
        }
    }

    /// As in the books of a server: the price in force in the month's last second says what the month costs at least.
    @Test func aMinimumIsThatOfTheMonthsLastSecond() throws {
        let two = try #require(UnitPrice("2"))
        func price(minimum: String?, from: Int64, until: Int64? = nil) -> DatedPrice {
            DatedPrice(
                product: UsageBook.product, flavor: FlavorID("f"),
                formula: PriceFormula(.perUnit(two), minimum: minimum.flatMap { Amount($0) }), validFrom: Second(from),
                validUntil: until.map { Second($0) })
        }
        let change: Int64 = 1_773_936_000  // 20 March 2026, UTC+08:00
        let use = "acme,lab,x,training-job,f,1,2026-03-01T04:00:00Z,2026-03-01T05:00:00Z"
        for (first, later, due) in [(nil, "5", ["2", "3"]), ("5", nil, ["2"]), ("5", "4", ["2", "2"])] {
            let book = try Self.book(
                of: [price(minimum: first, from: 0, until: change), price(minimum: later, from: change)])
            let dues = try UsageFixture(book: book).rate([use]).lines.map { $0[14] }
            #expect(dues == due)
        }
    }

    /// A line that is refused, for a second without a price or for being too large, changes nothing for its neighbours.
    @Test func refusedLinesDoNotCountInTheMonth() throws {
        let price = DatedPrice(
            product: UsageBook.product, flavor: FlavorID("f"),
            formula: PriceFormula(.flat(try #require(UnitPrice("0.9")))), validFrom: Second(0),
            validUntil: Second(1_772_380_800))
        let book = try Self.book(of: [price])
        let outcome = try UsageFixture(book: book).rate([
            "acme,lab,gap,training-job,f,1,2026-03-01T04:00:00Z,2026-03-01T16:00:01Z",
            "acme,lab,huge,training-job,f,999999999999,2026-03-01T04:00:00Z,2026-03-01T06:00:00Z",
            "acme,lab,fine,training-job,f,2,2026-03-01T06:00:00Z,2026-03-01T06:01:00Z",
        ])
        #expect(outcome.rejects.map { $0[0] } == ["2", "3"])
        #expect(outcome.rejects.map { $0[1].prefix(9) } == ["the price", "the fee i"])
        #expect(outcome.lines.map { $0[14] } == ["0.9"])
    }

    /// A book of one product with variant f.
    private static func book(of prices: [DatedPrice]) throws -> PriceBook {
        try PriceBook(
            id: PriceBookID("f"), name: "F", currency: .usDollar, profile: .international,
            products: [
                Product(
                    id: UsageBook.product, name: "T", serviceCode: "s", resourceCode: "r", variants: [FlavorID("f")])
            ], flavors: [], prices: prices)
    }

    private static func rich() throws -> PriceBook {
        try UsageBook.book(
            ["a": "0.66", "b": "6.93"],
            extra: [
                UsageBook.tokenPrice(
                    PriceFormula(
                        .volume([
                            PriceTier(upTo: Quantity(50), perUnit: try #require(UnitPrice("0.2"))),
                            PriceTier(upTo: nil, perUnit: try #require(UnitPrice("0.1"))),
                        ]))),
                DatedPrice(
                    product: UsageBook.product, flavor: FlavorID("a"), scope: .account("account-3"),
                    daily: DailyWindow("22:00-06:00"),
                    formula: PriceFormula(.perUnit(try #require(UnitPrice("0.1")))), validFrom: Second(0)),
            ], products: [UsageBook.tokens],
            discounts: [
                DatedDiscount(
                    name: "commercial", percentage: try #require(Percentage("12.5")), scope: .account("account-5"),
                    validFrom: Second(1_680_500_000))
            ])
    }

    private static func rows(_ count: Int, seed: UInt64) -> [String] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            let account = "account-\(Int.random(in: 0...20, using: &generator))"
            let start = Int64.random(in: 1_680_000_000...1_681_000_000, using: &generator)
            let end = start + Int64.random(in: 0...30_000, using: &generator)
            if index.isMultiple(of: 5) {
                return
                    "\(account),p,call-\(index),tokens,small,\(Int.random(in: 1...9_000, using: &generator)),\(start),"
            }
            let flavor = Bool.random(using: &generator) ? "a" : "b"
            let last = index.isMultiple(of: 11) ? "" : "\(end)"
            return "\(account),p,job-\(index),training-job,\(flavor),2,\(start),\(last)"
        }
    }
}
