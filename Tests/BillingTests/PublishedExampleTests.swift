import Billing
import Kernel
import Metering
import Money
import Pricing
import Rating
import Testing

/// Published amounts of hourly metering and rounding, priced as a running job is.
@Suite struct PublishedExampleTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let id: String
        let source: String
        let perHour: String
        var quantity: Int64 = 1
        /// Each stretch from its start for so many seconds, on a full hour of 2023-04-01.
        let seconds: Int64
        let expenditure: String
        let monthly: String
        var testDescription: String { id }
    }

    /// Each use starts on a full hour; it is shown as one line where it fits in one, else as the lines' sum.
    static let examples = [
        // EX-04, the training part: 6.93 USD/h × 0.1 h. The page prints 10:06 to "11:12"; 0.1 h fits 10:06 to 10:12.
        Example(
            id: "EX-04 training", source: "price-modelarts-0008.html", perHour: "6.93", seconds: 360,
            expenditure: "0.693", monthly: "0.69"),
        // EX-04, the service part: 0.23 USD/h × 0.5 h; with the training it is the page's 0.808 USD.
        Example(
            id: "EX-04 service", source: "price-modelarts-0008.html", perHour: "0.23", seconds: 1_800,
            expenditure: "0.115", monthly: "0.12"),
        Example(
            id: "EX-09", source: "ecs_03_0103.html", perHour: "0.68", seconds: 1_800, expenditure: "0.34",
            monthly: "0.34"),
        // EX-28 as its result follows: 10 GB at 0.00017 USD per GB and hour; one use, so one rounding.
        Example(
            id: "EX-28 with 10 GB", source: "DeductMont_faq_200010.html", perHour: "0.0001700000", quantity: 10,
            seconds: 1_775_064, expenditure: "0.83822466", monthly: "0.84"),
        Example(
            id: "EX-29", source: "billing_faq_5100049.html", perHour: "0.00006400", quantity: 1_000, seconds: 25_874,
            expenditure: "0.45998222", monthly: "0.46"),
    ]

    @Test(arguments: examples)
    func costsWhatIsPublished(_ example: Example) throws {
        let price = try #require(UnitPrice(example.perHour))
        let exact = price.times(Int128(example.seconds) * Int128(example.quantity), over: 3_600)
        let due = SiteProfile.international.charge(for: exact).due
        #expect(due.description == example.expenditure)
        #expect(SiteProfile.international.monthlyTotal(of: due).text(decimals: 2) == example.monthly)
    }

    /// EX-04 whole: 6.93 × 0.1 h + 0.23 × 0.5 h = 0.808 USD.
    @Test func exeMLExampleAddsUp() throws {
        let start = try #require(Second(iso8601: "2023-04-01T10:06:00+08:00"))
        var training = Closing(book: try BookFixture.book([("6.93", 0)]), metered: BookFixture.metered())
        try training.closeAll(of: RunInterval(start: start, provenUntil: start + 360, isEnded: true))
        let deployed = try #require(Second(iso8601: "2023-04-01T11:30:00+08:00"))
        var service = Closing(book: try BookFixture.book([("0.23", 0)]), metered: BookFixture.metered())
        try service.closeAll(of: RunInterval(start: deployed, provenUntil: deployed + 1_800, isEnded: true))
        #expect((training.due + service.due).description == "0.808")
    }

    /// EX-31: 512.12456789 CNY are charged as 512.12; 0.00456789 is the truncated amount.
    @Test func chinaSiteCutsToTheCent() throws {
        let used = try #require(Amount("512.12456789"))
        let charge = SiteProfile.china.charge(for: ExactProduct(numerator: used.units, denominator: 1))
        #expect(charge.due.description == "512.12")
        #expect(charge.truncated.description == "0.00456789")
        #expect(charge.list == charge.due + charge.truncated)
        #expect(SiteProfile.china.monthlyTotal(of: charge.due) == charge.due)
    }

    /// A line of the China site keeps list = discount + truncated + due, and its posting holds the truncated amount.
    @Test func chinaLineCarriesTheTruncatedAmount() throws {
        let start = try #require(Second(iso8601: "2023-04-01T10:00:00+08:00"))
        var closing = Closing(
            book: try BookFixture.book([("3.3333333333", 0)], profile: .china), metered: BookFixture.metered())
        try closing.closeAll(of: RunInterval(start: start, provenUntil: start + 3_600, isEnded: true))
        let line = try #require(closing.lines.first)
        #expect(line.list.description == "3.33333333")
        #expect(line.due.description == "3.33")
        #expect(line.truncated.description == "0.00333333")
        #expect(line.dropped.numerator * 100 == line.dropped.denominator * 33)
    }
}
