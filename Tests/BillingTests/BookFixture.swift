import Billing
import Identity
import Kernel
import Ledger
import Metering
import Money
import Pricing

/// A price book of one product and one flavor, and a stretch billed by it.
enum BookFixture {
    static let product = ProductID("training-job")
    static let flavor = FlavorID("test.flavor")

    static func book(
        _ prices: [(price: String, from: Int64)], profile: SiteProfile = .international,
        discounts: [DatedDiscount] = []
    ) throws -> PriceBook {
        let starts = prices.map(\.from)
        let dated = try prices.enumerated().map { index, price in
            guard let perHour = UnitPrice(price.price) else { throw Fault(.invalidParameter, price.price) }
            return DatedPrice(
                product: product, flavor: flavor, perUnit: perHour, validFrom: Second(price.from),
                validUntil: index + 1 < starts.count ? Second(starts[index + 1]) : nil)
        }
        return try PriceBook(
            id: PriceBookID("test"), name: "Test", currency: profile == .china ? .renminbi : .usDollar,
            profile: profile,
            products: [
                Product(
                    id: product, name: "Training", serviceCode: "hws.service.type.modelarts",
                    resourceCode: "hws.resource.type.modelarts.training")
            ],
            flavors: [
                Flavor(
                    id: flavor, name: "Test", kind: .cpu, architecture: .x86, cpuMillicores: 1_000,
                    memoryBytes: 1 << 30, accelerators: nil, products: [product])
            ], prices: dated, discounts: discounts)
    }

    static func metered(quantity: Int64 = 1) -> MeteredSegment {
        MeteredSegment(
            segment: Segment(
                id: SegmentID("attempt/0"), resource: ResourceID("job"), product: product, flavor: flavor,
                quantity: quantity),
            account: AccountID("account"), project: ProjectID("project"), resourceName: "digits", book: "test")
    }
}

/// Closes hours as the platform does, in memory: every draft becomes a line that is paid from a full purse.
struct Closing {
    let book: PriceBook
    let metered: MeteredSegment
    var lines: [BillLine] = []

    /// Bills one hour as an interval stands; gives the new lines.
    @discardableResult
    mutating func close(_ hour: Second, of interval: RunInterval) throws -> [BillLine] {
        let drafts = HourClose(of: metered, book: book).lines(
            interval: interval, hour: hour, billed: lines.filter { $0.hour == hour })
        let new = try drafts.map { draft in
            try BillLine(
                draft, id: BillLineID("line-\(lines.count)"), cycle: "2023-04", billedAt: Instant(hour + 3_600),
                paid: WalletSplit(cash: draft.due, credit: .zero, arrears: .zero))
        }
        lines += new
        return new
    }

    /// Bills every hour of an interval.
    mutating func closeAll(of interval: RunInterval) throws {
        for part in interval.hourly(in: .beijing) {
            try close(BillingZone.beijing.startOfHour(part.lowerBound), of: interval)
        }
    }

    var due: Amount { lines.reduce(.zero) { $0 + $1.due } }
    var seconds: Int64 { lines.reduce(0) { $0 + $1.seconds } }
}
