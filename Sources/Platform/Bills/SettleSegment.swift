import Billing
import Identity
import Kernel
import Ledger
import Metering
import Pricing

/// Bills one stretch through an hour, inside a transaction: lines, how they are paid, and the postings.
struct SettleSegment {
    let ports: Ports
    let transaction: any StoreTransaction

    func callAsFunction(_ stretch: UnsettledSegment, through lastHour: Second) throws {
        let metered = stretch.metered
        let book = try ports.catalogue.book(metered.book)
        guard let interval = try metered.countedInterval(of: stretch.facts, book: book) else { return }
        let zone = ports.settings.zone
        let end = lastHour + 3_600
        guard interval.start < end else { return }
        let close = HourClose(of: metered, book: book)
        var hour = zone.startOfHour(stretch.settledThrough ?? interval.start)
        if close.dependsOnMonth {
            try SettleMonth(ports: ports, transaction: transaction)(
                metered, from: hour, through: lastHour, ports: ports)
        } else {
            while hour < end, hour < interval.provenUntil {
                let billed = try transaction.billLines(of: metered.segment.id, hour: hour)
                for draft in close.lines(interval: interval, hour: hour, billed: billed) {
                    try transaction.bill(draft, openHour: lastHour, book: book, ports: ports)
                }
                hour = hour + 3_600
            }
        }
        let isOver = interval.isEnded || stretch.isAbandoned
        let isFinal = isOver && interval.provenUntil <= end
        // An hour that is proven only in part stays open for what may still be told of it.
        let settledThrough = min(end, isFinal ? end : zone.startOfHour(interval.provenUntil))
        try transaction.settled(metered.segment.id, through: settledThrough, isFinal: isFinal)
        if isFinal { try transaction.delete(hold: HoldID(metered.segment.resource.text)) }
    }
}

extension MeteredSegment {
    /// What its product counts of what its facts prove; nil where there are none.
    func countedInterval(of facts: [Fact], book: PriceBook) throws(Fault) -> RunInterval? {
        let metering = book.product(segment.product)?.metering ?? .perSecond
        return try RunInterval.of(facts)?.counted(by: metering, in: book.zone)
    }
}

extension StoreTransaction {
    /// Puts a draft on the bill of the cycle that is open, pays it from the wallet, and posts it.
    func bill(_ draft: BillLineDraft, openHour: Second, book: PriceBook, ports: Ports) throws {
        let split = try wallet(of: draft.metered.account).paying(draft.due)
        let line = try BillLine(
            draft, id: ports.identifiers.hexadecimal(), cycle: ports.settings.zone.cycle(openHour),
            billedAt: ports.clock.now(), paid: split)
        try append(line)
        try post(
            try Posting.charge(for: line, id: ports.identifiers.hexadecimal(), currency: book.currency), line: line,
            ports: ports)
    }
}
