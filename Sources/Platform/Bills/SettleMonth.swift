import Billing
import Identity
import Kernel
import Metering
import Money
import Pricing

/// Bills a use whose price depends on the month: every stretch and series of one account, product and flavor together.
///
/// Each hour's part is priced by what the account had counted before it in the month, stretches of one hour in the
/// order of their ids. A late fact so changes every later line of its month, and the net is what on-time facts would
/// have given (law 6).
struct SettleMonth {
    let catalogue: Catalogue
    let zone: BillingZone
    let transaction: any StoreTransaction

    /// The first hour of which something is not settled; nil where all is.
    func firstUnsettled(of use: AccountUse, before end: Second) throws -> Second? {
        let stretches = try transaction.unsettledSegments(of: use.account).filter { AccountUse($0.metered) == use }
        var firsts = try stretches.compactMap { stretch in
            try stretch.settledThrough ?? stretch.countedInterval(book: catalogue.book(stretch.metered.book))?.start
        }
        for series in try transaction.unsettledSeries(of: use.account, before: end) {
            guard let metered = try transaction.meteredSegment(series.segment), AccountUse(metered) == use else {
                continue
            }
            firsts.append(series.first)
        }
        return firsts.min().map(zone.startOfHour)
    }

    /// What a month lacks, from an hour on, in order of time.
    func drafts(
        of use: AccountUse, in month: Range<Second>, from first: Second, through lastHour: Second
    ) throws -> [(draft: BillLineDraft, book: PriceBook)] {
        let start = max(first, month.lowerBound)
        let end = min(lastHour + 3_600, month.upperBound)
        let parts = try self.parts(of: use, in: month.lowerBound..<end)
        guard let last = parts.last, start < end else { return [] }
        let billed = Dictionary(
            grouping: try transaction.billLines(
                account: use.account, product: use.product, flavor: use.flavor, hours: start..<end)
        ) { BilledHour(segment: $0.segment, hour: $0.hour) }
        var used = parts.reduce(Quantity.zero) { $0 + $1.counted(within: month.lowerBound..<start) }
        var drafts: [(BillLineDraft, PriceBook)] = []
        var hour = start
        while hour < end {
            for part in parts {
                let standing = billed[BilledHour(segment: part.metered.segment.id, hour: hour)] ?? []
                drafts += part.close.lines(of: part.use, hour: hour, billed: standing, before: used)
                    .map { ($0, part.book) }
                used += part.counted(within: hour..<(hour + 3_600))
            }
            if hour + 3_600 == month.upperBound {
                let standing = billed.filter { $0.key.hour == hour }.flatMap(\.value)
                last.close.minimum(hour: hour, used: used, billed: standing).map { drafts.append(($0, last.book)) }
            }
            hour = hour + 3_600
        }
        return drafts
    }

    /// Until when all stretches of a use are settled: what is proven in part, or was told late, may still change it.
    func settledEnd(of use: AccountUse, before open: Second) throws -> Second {
        let stretches = try transaction.unsettledSegments(of: use.account).filter { AccountUse($0.metered) == use }
        let settled = try stretches.reduce(open) { end, stretch in
            let interval = try stretch.countedInterval(book: catalogue.book(stretch.metered.book))
            guard let first = stretch.settledThrough ?? interval?.start else { return end }
            return min(end, zone.startOfHour(first))
        }
        // Readings that came late stand in the next bill.
        return try min(settled, firstLateReading(of: use, before: open) ?? settled)
    }

    private func firstLateReading(of use: AccountUse, before open: Second) throws -> Second? {
        let late = try transaction.unsettledSeries(of: use.account, before: open).filter { series in
            try transaction.meteredSegment(series.segment).map(AccountUse.init) == use
        }
        return late.map(\.first).min().map(zone.startOfHour)
    }

    private struct BilledHour: Hashable {
        let segment: SegmentID
        let hour: Second
    }

    private struct Part {
        let metered: MeteredSegment
        let use: CountedUse
        let book: PriceBook
        let close: HourClose

        func counted(within range: Range<Second>) -> Quantity {
            use.counted(within: range, quantity: metered.segment.quantity)
        }
    }

    private func parts(of use: AccountUse, in range: Range<Second>) throws -> [Part] {
        try transaction.segments(of: use).compactMap { segment in
            let book = try catalogue.book(segment.metered.book)
            guard let counted = try transaction.countedUse(of: segment, within: range, book: book),
                let start = counted.start, start < range.upperBound, !counted.isOver(by: range.lowerBound)
            else { return nil }
            return Part(
                metered: segment.metered, use: counted, book: book, close: HourClose(of: segment.metered, book: book))
        }
    }
}

extension StoreTransaction {
    /// What a stretch counts, or a series within whole windows; nil where it has not begun.
    func countedUse(of segment: ProvenSegment, within range: Range<Second>, book: PriceBook) throws -> CountedUse? {
        guard let id = segment.metered.meter else { return segment.countedInterval(book: book).map { .ran($0) } }
        guard let meter = book.meters.first(where: { $0.id == id }) else {
            throw Fault(.internalFault, "Price book \(book.id) has no meter \(id); put it back.")
        }
        return .read(meter.counted(try readings(of: segment.metered.segment.id, in: range), in: book.zone))
    }
}
