import Billing
import Identity
import Kernel
import Metering
import Money
import Pricing
import Rating
import Testing

/// Published examples that a volume must come to, billed hour by hour as one is.
///
/// Of storage by the GB and the second the documentation gives two amounts (EX-28, EX-29), and one by the GiB and hour
/// of memory (EX-26); the other rows say how a use is cut on the clock hour, which is the same for every resource.
@Suite struct StorageExampleTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let id: String
        let source: String
        var perUnit = "0.00017"
        var gibibytes: Int64 = 10
        var start = "2023-04-01T00:00:00"
        var seconds: Int64 = 0
        var end: String?
        /// Seconds of each line; nil where the page does not say.
        var lines: [Int64]?
        /// What the whole comes to, rounded once.
        var expenditure: String?
        var monthly: String?
        var testDescription: String { id }
    }

    static let examples = [
        // As its result follows: 10 GB at 0.00017 USD per GB and hour.
        Example(
            id: "EX-28 with 10 GB", source: "DeductMont_faq_200010.html", perUnit: "0.0001700000", gibibytes: 10,
            seconds: 1_775_064, expenditure: "0.83822466", monthly: "0.84"),
        Example(
            id: "EX-29", source: "billing_faq_5100049.html", perUnit: "0.00006400", gibibytes: 1_000, seconds: 25_874,
            lines: [3_600, 3_600, 3_600, 3_600, 3_600, 3_600, 3_600, 674], expenditure: "0.45998222", monthly: "0.46"),
        // 30,000 GiB-hours at 0.00885 a month.
        Example(
            id: "EX-26 memory", source: "cae_09_0011.html", perUnit: "0.00885", gibibytes: 50, seconds: 600 * 3_600,
            lines: Array(repeating: 3_600, count: 600), expenditure: "265.5", monthly: "265.50"),
        Example(
            id: "EX-06", source: "price-modelarts-0018.html", start: "2023-04-18T15:29:16",
            end: "2023-04-18T16:30:30", lines: [1_844, 1_830]),
        Example(
            id: "EX-11", source: "workspace_01_0030.html", start: "2023-04-18T08:45:30",
            end: "2023-04-18T08:55:30", lines: [600]),
        Example(
            id: "EX-12", source: "productsdesc-bms_611148b05e406868819925abc937bf9e", start: "2023-03-10T08:45:30",
            end: "2023-03-10T09:30:00", lines: [870, 1_800]),
        Example(
            id: "EX-19", source: "cce_06_0020.html", start: "2023-04-08T10:09:06",
            end: "2023-04-08T12:09:06", lines: [3_054, 3_600, 546]),
        // 41.5 hours pay-per-use, as in the whole-life examples; the first hour holds half an hour.
        Example(
            id: "EX-20 span", source: "ecs_billing_4000.html", start: "2023-03-18T15:30:00",
            end: "2023-03-20T09:00:00", lines: [1_800] + Array(repeating: 3_600, count: 41)),
    ]

    @Test(arguments: examples)
    func costsWhatIsPublished(_ example: Example) throws {
        let (metered, book) = try Self.volume(example)
        let start = try #require(Second(iso8601: example.start + "+08:00"))
        let end = try example.end.map { try #require(Second(iso8601: $0 + "+08:00")) } ?? start + example.seconds
        let interval = RunInterval(start: start, provenUntil: end, isEnded: true)
        let drafts = interval.hourly(in: .beijing).flatMap { part in
            HourClose(of: metered, book: book).lines(
                interval: interval, hour: BillingZone.beijing.startOfHour(part.lowerBound), billed: [])
        }
        #expect(drafts.reduce(0) { $0 + $1.seconds } == end - start)
        if let lines = example.lines { #expect(drafts.map(\.seconds) == lines) }
        guard let expenditure = example.expenditure else { return }
        let price = try #require(UnitPrice(example.perUnit))
        let whole = SiteProfile.international.charge(
            for: price.times(Int128(end - start) * Int128(example.gibibytes), over: 3_600))
        #expect(whole.due.description == expenditure)
        #expect(SiteProfile.international.monthlyTotal(of: whole.due).text(decimals: 2) == example.monthly)
        // Hour by hour each line drops less than one unit of its eighth decimal.
        let sum = drafts.reduce(Amount.zero) { $0 + $1.due }
        #expect(sum <= whole.due && whole.due.units - sum.units < Int128(drafts.count))
        #expect(
            SiteProfile.international.monthlyTotal(of: sum) == SiteProfile.international.monthlyTotal(of: whole.due))
    }

    /// P-08: 10 GB at 0.35 a GB and month are 3.50 paid; a month's price is the hour's over the month's hours.
    @Test func aMonthInAdvanceIsSizeTimesPrice() throws {
        let price = try #require(UnitPrice("0.35"))
        #expect(SiteProfile.international.charge(for: price.times(10, over: 1)).due.description == "3.5")
    }

    /// EVSHELP (evs_help_second_0002): after an expansion several lines stand in one hour, each with its own size.
    @Test func anExpansionIsAnotherLineOfTheHour() throws {
        let hour = try #require(Second(iso8601: "2023-04-01T10:00:00+08:00"))
        var dues: [BillLineDraft] = []
        let stretches: [(Int64, Range<Second>)] = [
            (10, hour..<(hour + 1_500)), (40, (hour + 1_500)..<(hour + 3_600)),
        ]
        for (gibibytes, span) in stretches {
            let (metered, book) = try Self.volume(
                Example(id: "x", source: "x", perUnit: "0.000064", gibibytes: gibibytes))
            let interval = RunInterval(start: span.lowerBound, provenUntil: span.upperBound, isEnded: true)
            dues += HourClose(of: metered, book: book).lines(interval: interval, hour: hour, billed: [])
        }
        #expect(dues.map(\.due.description) == ["0.00026666", "0.00149333"])
        #expect(
            dues.map { $0.formula(unit: .gigabyteHour, currency: .usDollar) } == [
                "1500 s × 10 GB × 0.000064 USD/GB-hour ÷ 3600 = 0.00026666 USD",
                "2100 s × 40 GB × 0.000064 USD/GB-hour ÷ 3600 = 0.00149333 USD",
            ])
    }

    private static func volume(_ example: Example) throws -> (MeteredSegment, PriceBook) {
        let (product, type) = (ProductID("evs"), FlavorID("SSD"))
        guard let price = UnitPrice(example.perUnit) else { throw Fault(.invalidParameter, example.perUnit) }
        let book = try PriceBook(
            id: PriceBookID("test"), name: "Test", currency: .usDollar, profile: .international,
            products: [
                Product(
                    id: product, name: "EVS", serviceCode: "hws.service.type.ebs",
                    resourceCode: "hws.resource.type.volume", unit: .gigabyteHour, variants: [type])
            ], flavors: [], prices: [DatedPrice(product: product, flavor: type, perUnit: price, validFrom: Second(0))])
        let segment = Segment(
            id: SegmentID("volume/0"), resource: ResourceID("volume"), product: product, flavor: type,
            quantity: example.gibibytes)
        return (
            MeteredSegment(
                segment: segment, account: AccountID("account"), project: ProjectID("project"), resourceName: "data",
                book: "test", witness: .server), book
        )
    }
}
