import Billing
import Kernel
import Ledger
import Metering
import Money
import Pricing
import Rating
import Testing

/// The published examples of yearly/monthly orders, changes, refunds and cost accounting. Ids are those of the fact
/// sheet the project keeps of the public pages; the page is named beside each.
@Suite struct OrderTests {
    static let zone = BillingZone.beijing

    private func second(_ text: String) throws -> Second { try #require(Second(iso8601: text + "+08:00")) }
    private func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }
    private func price(_ text: String) throws -> UnitPrice { try #require(UnitPrice(text)) }
    private func amount(_ text: String) throws -> Amount { try #require(Amount(text)) }

    /// EX-01 (productsdesc-bms_6c01…support0), and EX-50, EX-48 (renewals_topic_00000001): "13 days left".
    @Test func termsEndAtTheLastSecondOfTheirDay() throws {
        let first = PaidTerm(boughtAt: try second("2023-03-08T15:50:04"), term: .month, zone: Self.zone)
        let next = first.renewed(for: .month, zone: Self.zone)
        #expect(first.expiry == (try second("2023-04-08T23:59:59")))
        #expect(next.start == first.expiry)
        #expect(next.expiry == (try second("2023-05-08T23:59:59")))
        let term = TermPrice(
            product: ProductID("pool"), flavor: FlavorID("8u32g"), term: .month, list: try price("1750"),
            validFrom: Second(0))
        #expect(term.order(nodes: 1, terms: 2).due == (try amount("3500")))

        let quarter = PaidTerm(
            boughtAt: try second("2024-03-01T10:00:00"), term: try #require(Term(months: 3)), zone: Self.zone)
        #expect(CivilDate(quarter.expiry, in: Self.zone) == (try date("2024-06-01")))
        #expect(quarter.days(zone: Self.zone) == 93)

        let volume = PaidTerm(boughtAt: try second("2024-03-31T10:00:00"), term: .month, zone: Self.zone)
        #expect(CivilDate(volume.expiry, in: Self.zone) == (try date("2024-04-30")))
        let renewed = volume.renewed(for: .month, zone: Self.zone)
        #expect(CivilDate(renewed.expiry, in: Self.zone) == (try date("2024-05-31")))
        #expect(renewed.daysLeft(on: try second("2024-05-18T12:00:00"), zone: Self.zone) == 13)
    }

    /// EX-08 (price-modelarts-0023): three months each time, tried first at 03:00 on the seventh day before.
    @Test func renewalIsTriedAWeekBefore() throws {
        let term = try #require(Term(months: 3))
        let order = PaidTerm(boughtAt: try second("2023-01-10T09:00:00"), term: term, zone: Self.zone)
        #expect(order.firstRenewalAttempt(zone: Self.zone) == (try second("2023-04-03T03:00:00")))
        #expect(CivilDate(order.renewed(for: term, zone: Self.zone).expiry, in: Self.zone) == (try date("2023-07-10")))
    }

    /// A change of specification: old and new price, what is left, what is due.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let old: String
        let new: String
        let remaining: Fraction
        var factor: String?
        let due: String
    }

    static let changes: [Change] = [
        // The page multiplies by 0.6581 and prints 1151.67; the rule asks for at least 8 decimals, which give 1151.61.
        Change(
            testDescription: "EX-02 one node added (productsdesc-bms_6c01…support1)", old: "1750", new: "3500",
            remaining: Fraction(numerator: 12, denominator: 30) + Fraction(numerator: 8, denominator: 31),
            factor: "0.65806452", due: "1151.61"),
        Change(
            testDescription: "EX-34 hours (codeartsagent_billing_0027)", old: "0", new: "39",
            remaining: Fraction(numerator: 154, denominator: 744) + Fraction(1), factor: "1.20698925", due: "47.07"),
        Change(
            testDescription: "EX-36 storage type (topic 510421)", old: "470", new: "534",
            remaining: Fraction(numerator: 15, denominator: 30), due: "32"),
        // The page prints 5,161.29, which is 10,000 × 16/31; its own difference is 15,000.
        Change(
            testDescription: "EX-38 seats (topic 1167971)", old: "20000", new: "35000",
            remaining: Fraction(numerator: 16, denominator: 31), due: "7741.93"),
        // The new price is cut from the page; 50,000 fits the 10,290 that it prints.
        Change(
            testDescription: "EX-39 (topic 1167971)", old: "35000", new: "50000",
            remaining: Fraction(numerator: 13, denominator: 31) + Fraction(numerator: 8, denominator: 30),
            due: "10290.32"),
        Change(
            testDescription: "P-06 (topic 1167971)", old: "3000", new: "6000",
            remaining: Fraction(numerator: 12, denominator: 31) + Fraction(numerator: 17, denominator: 30),
            due: "2861.29"),
        Change(
            testDescription: "a downgrade is refunded", old: "3500", new: "1750",
            remaining: Fraction(numerator: 1, denominator: 2), due: "-875"),
    ]

    @Test(arguments: changes) func changesCostTheDifference(_ change: Change) throws {
        if let factor = change.factor { #expect(change.remaining.text(decimals: 8, .halfUp) == factor) }
        let fee = SpecificationChange.fee(
            from: try price(change.old), to: try price(change.new), remaining: change.remaining)
        #expect(fee.description == change.due)
    }

    /// EX-02 again, EX-32 (2.75 on the old page, whose own figures give 2.7258), and years without their leap day.
    @Test func whatIsLeftIsCountedInDays() throws {
        let pool = SpecificationChange.remainingMonths(from: try date("2023-04-18"), to: try date("2023-05-08"))
        #expect(pool.text(decimals: 8, .towardZero) == "0.65806451")
        let quarter = SpecificationChange.remainingMonths(from: try date("2021-08-24"), to: try date("2021-11-15"))
        #expect(quarter.text(decimals: 4, .halfUp) == "2.7258")
        let year = SpecificationChange.remainingYears(from: try date("2024-01-31"), to: try date("2024-03-31"))
        #expect(year == Fraction(numerator: 59, denominator: 365))
        let hours = SpecificationChange.remainingHours(
            from: try second("2026-05-25T13:40:00"), to: try second("2026-05-31T23:59:59"),
            boughtOn: try date("2026-05-01"), zone: Self.zone)
        #expect(hours == Fraction(numerator: 154, denominator: 744))
    }

    /// EX-40, EX-42, EX-44, EX-45, EX-47 (usermanual-billing, unsubscription).
    @Test func refundsKeepWhatWasUsed() throws {
        let opened = try second("2022-11-24T14:30:30")
        #expect(Unsubscription.freeReturnEnds(openedAt: opened) == (try second("2022-11-29T14:30:30")))
        #expect(Unsubscription.freeReturns(ofResources: 10, returnedTogether: false) == 10)
        #expect(Unsubscription.freeReturns(ofResources: 10, returnedTogether: true) == 1)

        // EX-42: a renewal that has not begun goes back whole, 80.00 in cash and the coupon of 20.00.
        let order = PaidTerm(boughtAt: try second("2024-01-01T00:00:00"), term: .month, zone: Self.zone)
        let renewal = order.renewed(for: .month, zone: Self.zone)
        let back = Unsubscription(
            of: renewal, term: .month, paid: try amount("80"), at: try second("2024-01-10T00:00:00"), isFree: true,
            zone: Self.zone)
        #expect(back.refund + (try amount("20")) == (try amount("100")))

        // EX-44: the day of return is not counted.
        #expect(try date("2024-06-21") - date("2024-06-14") == 7)

        // 344 of 758 hours used, 10 % kept: the figures of huawei-docs-011 with 100.00 paid.
        let used = Unsubscription(
            of: PaidTerm(boughtAt: try second("2024-01-01T10:30:00"), term: .month, zone: Self.zone), term: .month,
            paid: try amount("100"), at: try second("2024-01-15T18:40:00"), zone: Self.zone)
        #expect((used.orderedHours, used.usedHours) == (758, 344))
        #expect(used.consumed.description == "45.38258575")
        #expect(used.handlingFee.description == "10")
        #expect(used.refund.description == "44.61")
    }

    /// es-us_topic_0083138805: by term, and by whole years used.
    @Test(arguments: [
        (36, 0, "15"), (36, 1, "10"), (36, 2, "5"), (24, 0, "15"), (24, 1, "10"), (12, 0, "10"), (1, 0, "10"),
    ])
    func handlingFees(_ months: Int64, _ years: Int64, _ percent: String) throws {
        let term = try #require(Term(months: months))
        #expect(Unsubscription.handlingPercentage(term: term, usedHours: years * 365 * 24).description == percent)
    }

    /// EX-54, EX-55, EX-56, EX-58 (cost centre, billing_faq_5100092); EX-56 follows the rule before July 2025.
    @Test func costsFallOnTheirDays() throws {
        let year = Amortisation(amount: try amount("365"), days: 365)
        #expect((0..<365).allSatisfy { year.share(ofDay: $0).description == "1" })
        let odd = Amortisation(amount: try amount("100"), days: 30)
        #expect((0..<30).map { odd.share(ofDay: $0) }.reduce(.zero, +) == (try amount("100")))

        let used = try second("2021-06-10T23:00:00")
        #expect(
            ExpenditureCycle.cycle(used: used, deducted: try second("2021-06-11T00:53:30"), zone: Self.zone)
                == "2021-06")
        let june = try second("2025-06-30T23:00:00")
        for (deducted, cycle) in [
            ("2025-07-01T00:53:30", "2025-06"), ("2025-07-01T23:59:59", "2025-06"), ("2025-07-02T00:00:00", "2025-07"),
        ] {
            #expect(ExpenditureCycle.cycle(used: june, deducted: try second(deducted), zone: Self.zone) == cycle)
        }
    }

    /// EX-59 (billing_qs_0000003_02): 80 % of 1,200 USD are 960 USD.
    @Test func budgetsAlertAtTheirShare() throws {
        let threshold = try amount("1200").times(Fraction(numerator: 80, denominator: 100), .towardZero)
        #expect(threshold == (try amount("960")))
    }

    /// EX-20, EX-21, EX-23, EX-24, EX-26: the parts that the pages print, added exactly.
    @Test(arguments: [
        (["8.6984", "0.4608", "161.58"], "170.7392"), (["8.6071", "0.441", "161.93"], "170.9781"),
        // The page of DRS adds to 309.92; its own parts give 309.02.
        (["18.01", "0.91", "290.1"], "309.02"), (["127.61", "37.91", "115560"], "115725.52"),
        (["1213.5", "265.5", "116.736"], "1595.736"),
    ])
    func wholeLivesAddUp(_ parts: [String], _ total: String) throws {
        #expect(try parts.map(amount).reduce(.zero, +) == amount(total))
    }
}
