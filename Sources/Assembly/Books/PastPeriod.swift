import Billing
import Kernel
import Metering
import Platform
import Pricing
import Store

/// The stretches of a data folder that ran in a period.
enum PastPeriod {
    static func uses(in books: OpenBooks, over period: Range<Second>, account: String?) async throws -> [PeriodUse] {
        try await books.store.read { transaction in
            var uses: [PeriodUse] = []
            try transaction.eachStretch { page in
                for metered in page where account.map({ $0 == metered.account.text }) ?? true {
                    let range = books.monthStart(of: period)..<period.upperBound
                    guard let use = try transaction.provenUse(of: metered, within: range, books: books),
                        let start = use.start, start < range.upperBound, !use.isOver(by: range.lowerBound)
                    else { continue }
                    uses.append(PeriodUse(metered: metered, use: use))
                }
            }
            return uses
        }
    }
}

extension OpenBooks {
    /// What counts towards a month's tiers may lie before the period.
    fileprivate func monthStart(of period: Range<Second>) -> Second {
        BillingZone.beijing.month(of: period.lowerBound).lowerBound
    }
}

extension StoreTransaction {
    /// What the facts of a stretch prove, or what was read of a series; nil where there is nothing.
    fileprivate func provenUse(
        of metered: MeteredSegment, within range: Range<Second>, books: OpenBooks
    ) throws -> CountedUse? {
        guard let id = metered.meter else {
            return try RunInterval.of(facts(of: metered.segment.id)).map { .ran($0) }
        }
        guard let meter = try books.catalogue.book(metered.book).meters.first(where: { $0.id == id }) else {
            throw Fault(.notFound, "Price book \(metered.book) has no meter \(id); put it back.", field: "meters")
        }
        return .read(meter.counted(try readings(of: metered.segment.id, in: range), in: .beijing))
    }
}
