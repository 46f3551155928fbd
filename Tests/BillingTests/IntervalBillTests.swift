import Billing
import Kernel
import Ledger
import Metering
import Money
import Pricing
import Rating
import TestKit
import Testing

/// The bill of one interval as a function: packages, discounts, coupons and the wallet, in the documented order.
@Suite struct IntervalBillTests {
    static let hour = Second(1_680_314_400)
    static let wallet = Wallet(
        cash: Amount(units: 50_000_000), creditLimit: Amount(units: 20_000_000), creditDrawn: .zero, arrears: .zero,
        held: .zero)

    private func bill(
        seconds: Int64, book: PriceBook, packages: [ResourcePackage] = [], coupons: [Coupon] = [],
        wallet: Wallet = wallet, from start: Second = hour
    ) -> IntervalBill {
        IntervalBill(
            of: BookFixture.metered().segment, payer: Payer(account: "account", project: "project"),
            over: start..<(start + seconds), book: book, packages: packages, coupons: coupons, wallet: wallet)
    }

    private func package(_ id: String, hours: Int64, from: Second, until: Second, monthly: Bool = false)
        -> ResourcePackage
    {
        ResourcePackage(
            id: ResourcePackageID(id), product: BookFixture.product, size: Quantity(hours), isMonthly: monthly,
            effectiveFrom: from, expiresAt: until, createdAt: Instant(milliseconds: 0))
    }

    private func coupon(_ id: String, _ amount: String, product: String? = nil, until: Int64) -> Coupon {
        Coupon(
            id: CouponID(id), remaining: Amount(amount) ?? .zero, product: product, validFrom: Second(0),
            validUntil: Self.hour + until)
    }

    @Test func everyPartIsTakenInItsOrder() throws {
        let book = try BookFixture.book([("1", 0)])
        let packages = [
            package("later", hours: 1, from: Self.hour - 10, until: Self.hour + 9_999_999),
            package("sooner", hours: 1, from: Self.hour - 20, until: Self.hour + 9_999_999),
        ]
        let coupons = [
            coupon("open", "0.5", until: 500), coupon("bound", "0.3", product: "training-job", until: 999_999),
        ]
        // Four hours: two from packages, two priced at 1; 0.8 from coupons while they are valid, the rest by wallet.
        let result = bill(seconds: 4 * 3_600, book: book, packages: packages, coupons: coupons)
        #expect(result.lines.map { $0.deductions.map(\.package.text) } == [["sooner"], ["later"], [], []])
        #expect(result.list.description == "2")
        #expect(result.packaged == Quantity(7_200))
        #expect(result.lines.map { $0.coupons.map(\.coupon.text) } == [[], [], ["bound"], []])
        #expect(result.coupon.description == "0.3")
        #expect((result.paid.cash.description, result.paid.credit.description) == ("0.5", "0.2"))
        #expect(result.paid.arrears.description == "1")
    }

    /// Restricted coupons before free ones, then those that expire first (billing centre, cash coupons).
    @Test func couponsPayInTheDocumentedOrder() throws {
        let coupons = [
            coupon("free-late", "9", until: 9_000), coupon("free-soon", "0.1", until: 5_000),
            coupon("bound-late", "0.2", product: "training-job", until: 8_000),
            coupon("bound-soon", "0.1", product: "training-job", until: 7_000),
            coupon("other", "9", product: "notebook", until: 9_000), coupon("over", "9", until: 0),
        ]
        let result = bill(seconds: 3_600, book: try BookFixture.book([("1", 0)]), coupons: coupons)
        #expect(
            result.lines.flatMap(\.coupons).map(\.coupon.text) == [
                "bound-soon", "bound-late", "free-soon", "free-late",
            ])
        #expect(result.paid.total == .zero)
    }

    /// EX-52 and EX-53: a monthly quota is new on the first of the month in the billing zone, and what is left lapses.
    @Test func monthlyPackagesStartAnew() throws {
        let book = try BookFixture.book([("1", 0)])
        let month = BillingZone.beijing.month(of: Self.hour)
        let monthly = package("m", hours: 2, from: Self.hour - 99, until: month.upperBound + 99_999_999, monthly: true)
        let result = bill(
            seconds: 6 * 3_600, book: book, packages: [monthly], from: month.upperBound - 3 * 3_600)
        #expect(result.lines.map { $0.deductions.isEmpty } == [false, false, true, false, false, true])
        // Bought on 26 August at 18:00, a package of the calendar month ends on 1 September at 00:00.
        let bought = try #require(Second(iso8601: "2019-08-26T18:00:00+08:00"))
        #expect(BillingZone.beijing.month(of: bought).upperBound == Second(iso8601: "2019-09-01T00:00:00+08:00"))
    }

    /// list = discount + truncated + due and due = coupon + cash + credit + arrears, on every line and on the whole.
    @Test(arguments: SiteProfile.allCases) func theIdentityHolds(_ site: SiteProfile) throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            let book = try BookFixture.book(
                [("\(Int.random(in: 0...9, using: &generator)).\(Int.random(in: 0...9_999, using: &generator))", 0)],
                profile: site,
                discounts: [
                    DatedDiscount(
                        name: "commercial",
                        percentage: Percentage(units: Int128.random(in: 0...1_000_000, using: &generator)),
                        validFrom: Second(0))
                ])
            let start = Self.hour + Int64.random(in: 0...4_000, using: &generator)
            let result = bill(
                seconds: Int64.random(in: 1...40_000, using: &generator), book: book,
                packages: [
                    package(
                        "p", hours: Int64.random(in: 0...3, using: &generator), from: Self.hour,
                        until: Self.hour + 20_000)
                ],
                coupons: [coupon("c", "0.\(Int.random(in: 1...99, using: &generator))", until: 30_000)], from: start)
            for line in result.lines {
                let charge = line.charge
                #expect(charge.list == charge.discounted + charge.truncated + charge.due)
                #expect(charge.due >= .zero && charge.discounted >= .zero && charge.truncated >= .zero)
            }
            #expect(result.list == result.discount + result.truncated + result.due)
            #expect(result.due == result.coupon + result.paid.total)
        }
    }
}
