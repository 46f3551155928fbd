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
        guard let interval = try RunInterval.of(stretch.facts) else { return }
        let zone = ports.settings.zone
        let end = lastHour + 3_600
        guard interval.start < end else { return }
        var hour = zone.startOfHour(stretch.settledThrough ?? interval.start)
        while hour < end, hour < interval.provenUntil {
            try bill(stretch.metered, interval: interval, hour: hour, openHour: lastHour)
            hour = hour + 3_600
        }
        let isOver = interval.isEnded || stretch.isAbandoned
        let isFinal = isOver && interval.provenUntil <= end
        // An hour that is proven only in part stays open for what may still be told of it.
        let settledThrough = min(end, isFinal ? end : zone.startOfHour(interval.provenUntil))
        try transaction.settled(stretch.metered.segment.id, through: settledThrough, isFinal: isFinal)
        if isFinal { try transaction.delete(hold: HoldID(stretch.metered.segment.resource.text)) }
    }

    private func bill(_ metered: MeteredSegment, interval: RunInterval, hour: Second, openHour: Second) throws {
        let book = try ports.catalogue.book(metered.book)
        let billed = try transaction.billLines(of: metered.segment.id, hour: hour)
        let drafts = try HourClose.lines(
            for: metered, interval: interval, hour: hour, book: book, zone: ports.settings.zone, billed: billed)
        for draft in drafts {
            let split = try transaction.wallet(of: metered.account).paying(draft.due)
            let line = try BillLine(
                draft, id: ports.identifiers.hexadecimal(),
                cycle: ports.settings.zone.cycle(openHour), billedAt: ports.clock.now(), paid: split)
            try transaction.append(line)
            try transaction.append(
                try Posting.charge(for: line, id: ports.identifiers.hexadecimal(), currency: book.currency))
        }
    }
}
