import Billing
import Kernel
import Ledger
import Metering
import Money
import Pricing
import Rating
import TestKit
import Testing

/// Coupons and packages on bill lines: what pays, what is covered, and how corrections give both back.
@Suite struct BenefitTests {
    static let hour = HourCloseTests.hour

    private func coupon(_ id: String, _ amount: Int128, product: String? = nil, until: Int64 = 9_999) -> Coupon {
        Coupon(
            id: CouponID(id), remaining: Amount(units: amount), product: product, validFrom: Self.hour,
            validUntil: Self.hour + until)
    }

    private func line(due: Int128, coupons: [CouponPart], credit: Int128 = 0) throws -> BillLine {
        let amount = Amount(units: due)
        return try BillLine(
            id: BillLineID("l"), account: BookFixture.metered().account, project: BookFixture.metered().project,
            resource: ResourceID("job"), resourceName: "job", segment: SegmentID("attempt/0"),
            product: BookFixture.product, flavor: BookFixture.flavor, quantity: 1, hour: Self.hour, from: Self.hour,
            until: Self.hour + 9, seconds: 9, counted: Quantity(9), unitPrice: nil, priceVersion: "v", list: amount,
            discount: .zero, truncated: .zero, due: amount, dropped: .none, kind: .usage, cycle: "2023-11",
            billedAt: Instant(Self.hour + 3_600),
            paid: WalletSplit(
                cash: amount - coupons.total - Amount(units: credit), credit: Amount(units: credit), arrears: .zero),
            coupons: coupons)
    }

    private func parts(_ parts: (String, Int128)...) -> [CouponPart] {
        parts.map { CouponPart(coupon: CouponID($0.0), amount: Amount(units: $0.1)) }
    }

    /// Restricted before free, then the one that expires first; never more than is left, nor when it is not valid.
    @Test func aPursePaysInTheDocumentedOrder() throws {
        var purse = CouponPurse([
            coupon("free", 100, until: 10), coupon("bound", 30, product: "training-job"),
            coupon("other", 900, product: "notebook"),
        ])
        func pay(_ due: Int128, at second: Int64) -> [CouponPart] {
            purse.pay(Amount(units: due), product: BookFixture.product, at: Self.hour + second) { [] }
        }
        #expect(pay(50, at: -1).isEmpty)
        #expect(pay(50, at: 0) == parts(("bound", 30), ("free", 20)))
        #expect(pay(50, at: 9) == parts(("free", 50)))
        #expect(pay(50, at: 10).isEmpty)
        #expect(pay(50, at: 9) == parts(("free", 30)))
        #expect(purse.coupons.map(\.remaining.units) == [0, 0, 900])
    }

    /// What is taken back goes to the wallet first, then to the coupons that paid, the last first, even when expired.
    @Test func whatIsTakenBackReturnsToWhatPaid() throws {
        let standing = [
            try line(due: 100, coupons: parts(("a", 40), ("b", 20))), try line(due: -10, coupons: parts(("b", -5))),
        ]
        func back(_ amount: Int128) -> [CouponPart] {
            var purse = CouponPurse([coupon("a", 0), coupon("b", 0, until: 1)])
            return purse.pay(Amount(units: -amount), product: BookFixture.product, at: Self.hour + 500) { standing }
        }
        // The wallet paid 40 of the first line and was given 5 of the second.
        #expect(back(35).isEmpty)
        #expect(back(36) == parts(("b", -1)))
        #expect(back(60) == parts(("b", -15), ("a", -10)))
        #expect(back(500) == parts(("b", -15), ("a", -40)))
    }

    @Test func aPostingMovesEachCouponOnce() throws {
        let lines = [
            try line(due: 100, coupons: parts(("a", 40), ("b", 20)), credit: 7),
            try line(due: 5, coupons: parts(("a", 5))),
        ]
        let posting = try Posting.charge(
            for: lines, owner: "o", id: PostingID("p"), at: Instant(milliseconds: 0), reference: "r", currency: .euro)
        let coupons = posting.entries.filter { $0.account.kind == .coupon }
        #expect(coupons.map(\.account.owner) == ["a", "b"] && coupons.map(\.amount.units) == [-45, -20])
        #expect(posting.entries.last?.amount.units == 105)
    }

    @Test func partsAreReadAsTheyAreWritten() {
        let coupons = parts(("a", 40), ("b", -2_000_000_001))
        #expect(coupons.text == "a:0.0000004,b:-20.00000001" && [CouponPart](text: coupons.text) == coupons)
        let packages = [PackagePart(package: ResourcePackageID("p"), counted: Quantity(units: -1))]
        #expect([PackagePart](text: packages.text) == packages)
        for text in ["", "a", "a:", "a:1,", ":x"] {
            #expect([CouponPart](text: text) == nil && [PackagePart](text: text) == nil, "\(text)")
        }
    }

    /// An hour that a package covers in part is priced for the rest; a package that goes is a correction.
    @Test func aPackageCoversBeforeTheHourIsPriced() throws {
        let close = HourClose(of: BookFixture.metered(quantity: 2), book: try BookFixture.book([("0.36", 0)]))
        let use = CountedUse.ran(RunInterval(start: Self.hour, provenUntil: Self.hour + 3_600, isEnded: true))
        let part = [PackagePart(package: ResourcePackageID("p"), counted: Quantity(3_600))]
        let drafts = close.lines(of: use, hour: Self.hour, billed: []) { _, counted in
            counted == Quantity(7_200) ? part : []
        }
        #expect(drafts.map(\.list.description) == ["0.36"] && drafts.map(\.counted) == [Quantity(7_200)])
        #expect(drafts.map(\.packages) == [part])
        #expect(
            drafts[0].formula(unit: .hour, currency: .usDollar)
                == "(3600 s × 2 − 3600 from packages) × 0.36 USD/h ÷ 3600 = 0.36 USD")
        let standing = try BillLine(
            drafts[0], id: BillLineID("l"), cycle: "2023-11", billedAt: Instant(Self.hour),
            paid: WalletSplit(cash: drafts[0].due, credit: .zero, arrears: .zero))
        let same = close.lines(of: use, hour: Self.hour, billed: [standing]) { _, _ in part }
        #expect(same.isEmpty)
        let gone = close.lines(of: use, hour: Self.hour, billed: [standing])
        #expect(gone.map(\.kind) == [.correction] && gone.map(\.list.description) == ["0.36"])
        #expect(gone.map(\.packages.total) == [Quantity(-3_600)] && gone.map(\.counted) == [.zero])
    }

    /// Use that is taken back returns to packages, the last first, and can be covered anew.
    @Test func aPackageTakesBack() {
        let packages = ["a", "b"].map { id in
            ResourcePackage(
                id: ResourcePackageID(id), product: BookFixture.product, size: Quantity(1), isMonthly: id == "b",
                effectiveFrom: Self.hour, expiresAt: Self.hour + 7_200, createdAt: Instant(milliseconds: 0))
        }
        var balances = PackageBalances(packages, zone: .beijing)
        func deduct(_ seconds: Int64) -> [PackagePart] {
            balances.deduct(
                Quantity(seconds), product: BookFixture.product, flavor: BookFixture.flavor, unit: .hour, at: Self.hour)
        }
        let covered = deduct(5_000)
        #expect(covered.map(\.counted) == [Quantity(3_600), Quantity(1_400)])
        let back = balances.giveBack(Quantity(2_000), of: covered, at: Self.hour)
        #expect(back.map(\.package.text) == ["b", "a"] && back.map(\.counted) == [Quantity(-1_400), Quantity(-600)])
        #expect(deduct(9_000).map(\.counted) == [Quantity(600), Quantity(3_600)])
    }

    /// A latest value that shrinks gives money back also at a plain price, whose hours stand for themselves.
    @Test func aSmallerLatestValueGivesMoneyBack() throws {
        let close = HourClose(of: BookFixture.metered(), book: try BookFixture.book([("0.36", 0)]))
        let use = CountedUse.read([DatedCount(since: Self.hour, counted: Quantity(-3_600))])
        #expect(close.lines(of: use, hour: Self.hour, billed: []).map(\.list.description) == ["-0.36"])
    }
}
