import Billing
import Identity
import Kernel
import Ledger
import Metering
import Pricing

/// Bills stretches and series through an hour, inside a transaction: lines, how they are paid, and the postings.
struct SettleHour {
    private let ports: Ports
    private let transaction: any StoreTransaction
    private let lastHour: Second
    private let end: Second
    private let cycle: String
    private var books: [String: PriceBook] = [:]
    private var settlements: [AccountID: Settlement] = [:]
    /// Uses whose whole month is billed through the hour, in this transaction or one before.
    private(set) var settledUses: Set<AccountUse>

    init(through lastHour: Second, settledUses: Set<AccountUse>, transaction: any StoreTransaction, ports: Ports) {
        self.lastHour = lastHour
        end = lastHour + 3_600
        cycle = ports.settings.zone.cycle(lastHour)
        self.settledUses = settledUses
        self.transaction = transaction
        self.ports = ports
    }

    /// Bills what a stretch ran until the hour's end.
    mutating func settle(_ stretch: ProvenSegment) throws {
        let metered = stretch.metered
        let book = try book(metered.book)
        guard let interval = stretch.countedInterval(book: book), interval.start < end else { return }
        let close = HourClose(of: metered, book: book)
        let first = stretch.settledThrough ?? interval.start
        var hour = ports.settings.zone.startOfHour(first)
        if close.dependsOnMonth {
            try settleMonths(like: metered)
        } else {
            // Only an hour that was settled in part has lines, save where what is counted is not what ran.
            var mayBeBilled = stretch.settledThrough.map { $0 != hour } ?? false
            let countsOtherwise = book.product(metered.segment.product)?.metering != .perSecond
            while hour < end, hour < interval.provenUntil {
                let billed =
                    mayBeBilled || countsOtherwise ? try transaction.billLines(of: metered, hour: hour) : []
                for draft in close.lines(interval: interval, hour: hour, billed: billed) { try add(draft, book) }
                mayBeBilled = false
                hour = hour + 3_600
            }
        }
        let isFinal = (interval.isEnded || stretch.isAbandoned) && interval.provenUntil <= end
        try transaction.settled(
            metered, through: isFinal ? end : min(end, interval.provenUntil), isFinal: isFinal)
        if isFinal {
            // A hold is for a whole resource, such as a job, or for one stretch of it.
            try transaction.delete(hold: HoldID(metered.segment.resource.text))
            try transaction.delete(hold: HoldID(metered.segment.id.text))
        }
    }

    /// Bills what a meter read of a resource until the hour's end.
    mutating func settle(_ series: UnsettledSeries) throws {
        guard let metered = try transaction.meteredSegment(series.segment) else { return }
        let book = try book(metered.book)
        let close = HourClose(of: metered, book: book)
        if close.dependsOnMonth {
            try settleMonths(like: metered)
        } else {
            for (hour, use) in try transaction.unsettledHours(of: metered, before: end, book: book) {
                let billed = try transaction.billLines(of: metered, hour: hour)
                for draft in close.lines(of: use, hour: hour, billed: billed) { try add(draft, book) }
            }
        }
        try transaction.settleReadings(of: series.segment, before: end)
    }

    /// Bills every month of a use from the first hour that is not settled on.
    mutating func settleMonths(like metered: MeteredSegment) throws {
        let use = AccountUse(metered)
        guard settledUses.insert(use).inserted else { return }
        let settle = SettleMonth(catalogue: ports.catalogue, zone: ports.settings.zone, transaction: transaction)
        guard let first = try settle.firstUnsettled(of: use, before: end) else { return }
        var month = ports.settings.zone.month(of: first)
        while month.lowerBound <= lastHour {
            for (draft, book) in try settle.drafts(of: use, in: month, from: first, through: lastHour) {
                try add(draft, book)
            }
            month = ports.settings.zone.month(of: month.upperBound)
        }
    }

    /// At the end of a month, what its fees lack to their minimum, though nothing of the use may run any more.
    mutating func settleMinimum(of use: AccountUse) throws {
        let settle = SettleMonth(catalogue: ports.catalogue, zone: ports.settings.zone, transaction: transaction)
        let month = ports.settings.zone.month(of: lastHour)
        for (draft, book) in try settle.drafts(of: use, in: month, from: lastHour, through: lastHour) {
            try add(draft, book)
        }
    }

    /// Posts everything that was billed.
    func post() throws {
        for (_, settlement) in settlements.sorted(by: { $0.key < $1.key }) {
            try settlement.post(in: transaction, ports: ports)
        }
    }

    private mutating func add(_ draft: BillLineDraft, _ book: PriceBook) throws {
        let (account, cycle) = (draft.metered.account, self.cycle)
        let ports = self.ports
        if settlements[account] == nil {
            settlements[account] = try Settlement(
                of: account, currency: book.currency, transaction: transaction, ports: ports)
        }
        try settlements[account]?.add(draft, cycle: cycle, ports: ports)
    }

    private mutating func book(_ id: String) throws -> PriceBook {
        if let book = books[id] { return book }
        let book = try ports.catalogue.book(id)
        books[id] = book
        return book
    }
}

extension ProvenSegment {
    /// What its product counts of what its facts prove; nil where it has not begun.
    func countedInterval(book: PriceBook) -> RunInterval? {
        let metering = book.product(metered.segment.product)?.metering ?? .perSecond
        return interval?.counted(by: metering, in: book.zone)
    }
}

extension StoreTransaction {
    /// The hours of a series that no bill shows as they are, in order, and what its meter counts then.
    ///
    /// A reading that came late changes what the rest of its window counts, where that is the greatest or the latest.
    func unsettledHours(
        of metered: MeteredSegment, before end: Second, book: PriceBook
    ) throws -> [(hour: Second, use: CountedUse)] {
        guard let meter = book.meters.first(where: { $0.id == metered.meter }) else {
            throw Fault(.internalFault, "Price book \(book.id) has no meter \(metered.meter?.text ?? ""); put it back.")
        }
        var hours: [(hour: Second, use: CountedUse)] = []
        var done = Second(.min)
        for second in try unsettledReadings(of: metered.segment.id, before: end) where second >= done {
            let window = meter.window.range(around: second, in: book.zone)
            done = window.upperBound
            let readings = try readings(
                of: metered.segment.id, in: window.lowerBound..<min(window.upperBound, end))
            let use = CountedUse.read(meter.counted(readings, in: book.zone))
            let first = book.zone.startOfHour(second)
            for hour in Set(readings.map { book.zone.startOfHour($0.since) }).sorted() where hour >= first {
                hours.append((hour, use))
            }
        }
        return hours
    }
}
