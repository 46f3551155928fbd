import Billing
import Identity
import Kernel
import Metering
import Money
import Pricing

/// Bills a use whose price depends on the month: every stretch of one account, product and flavor together.
///
/// Each hour's part is priced by what the account had counted before it in the month, stretches of one hour in the
/// order of their ids. A late fact so changes every later line of its month, and the net is what on-time facts would
/// have given (law 6).
struct SettleMonth {
    let catalogue: Catalogue
    let zone: BillingZone
    let transaction: any StoreTransaction

    init(ports: Ports, transaction: any StoreTransaction) {
        self.init(catalogue: ports.catalogue, zone: ports.settings.zone, transaction: transaction)
    }

    init(catalogue: Catalogue, zone: BillingZone, transaction: any StoreTransaction) {
        self.catalogue = catalogue
        self.zone = zone
        self.transaction = transaction
    }

    /// Bills what every month lacks from an hour on.
    func callAsFunction(
        _ metered: MeteredSegment, from first: Second, through lastHour: Second, ports: Ports
    ) throws {
        var month = zone.month(of: first)
        while month.lowerBound <= lastHour {
            for (draft, book) in try drafts(like: metered, in: month, from: first, through: lastHour) {
                try transaction.bill(draft, openHour: lastHour, book: book, ports: ports)
            }
            month = zone.month(of: month.upperBound)
        }
    }

    /// What a month lacks, from an hour on, in order of time.
    func drafts(
        like metered: MeteredSegment, in month: Range<Second>, from first: Second, through lastHour: Second
    ) throws -> [(draft: BillLineDraft, book: PriceBook)] {
        let stretches = try stretches(like: metered, in: month)
        guard let last = stretches.last else { return [] }
        let billed = Dictionary(
            grouping: try transaction.billLines(
                account: metered.account, product: metered.segment.product, flavor: metered.segment.flavor, hours: month
            )
        ) { BilledHour(segment: $0.segment, hour: $0.hour) }
        var drafts: [(BillLineDraft, PriceBook)] = []
        var used = Quantity.zero
        var hour = month.lowerBound
        while hour < month.upperBound, hour <= lastHour {
            for stretch in stretches {
                let standing = billed[BilledHour(segment: stretch.metered.segment.id, hour: hour)] ?? []
                if hour >= first {
                    drafts += stretch.close.lines(
                        interval: stretch.interval, hour: hour, billed: standing, before: used
                    )
                    .map { ($0, stretch.book) }
                }
                let part = stretch.interval.part(inHour: hour)
                used += Quantity((part.map { $0.upperBound - $0.lowerBound } ?? 0) * stretch.metered.segment.quantity)
            }
            if hour + 3_600 == month.upperBound {
                let standing = billed.filter { $0.key.hour == hour }.flatMap(\.value)
                last.close.minimum(hour: hour, used: used, billed: standing).map { drafts.append(($0, last.book)) }
            }
            hour = hour + 3_600
        }
        return drafts
    }

    /// Until when all stretches of a use are proven: an hour that is proven in part may still be told of.
    func provenEnd(like metered: MeteredSegment, before open: Second) throws -> Second {
        try transaction.unsettledSegments(of: metered.account).reduce(open) { end, stretch in
            let (mine, other) = (metered.segment, stretch.metered.segment)
            guard other.product == mine.product, other.flavor == mine.flavor, !stretch.isAbandoned,
                let interval = try stretch.metered.countedInterval(
                    of: stretch.facts, book: catalogue.book(stretch.metered.book)), !interval.isEnded
            else { return end }
            return min(end, zone.startOfHour(interval.provenUntil))
        }
    }

    private struct BilledHour: Hashable {
        let segment: SegmentID
        let hour: Second
    }

    private struct Stretch {
        let metered: MeteredSegment
        let interval: RunInterval
        let book: PriceBook
        let close: HourClose
    }

    private func stretches(like metered: MeteredSegment, in month: Range<Second>) throws -> [Stretch] {
        let all = try transaction.meteredSegments(
            account: metered.account, product: metered.segment.product, flavor: metered.segment.flavor)
        return try all.compactMap { metered in
            let book = try catalogue.book(metered.book)
            let facts = try transaction.facts(of: metered.segment.id)
            guard let interval = try metered.countedInterval(of: facts, book: book),
                interval.start < month.upperBound, interval.provenUntil > month.lowerBound
            else { return nil }
            return Stretch(
                metered: metered, interval: interval, book: book, close: HourClose(of: metered, book: book))
        }
    }
}
