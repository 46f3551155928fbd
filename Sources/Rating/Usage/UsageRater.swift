import Kernel
import Metering
import Money
import Pricing

/// Rates the lines of usage files: cuts on the clock hour, prices, sums and writes.
///
/// One worker has its own and hands it over when its work is done; two never use one at the same time.
public final class UsageRater: @unchecked Sendable {
    private let rating: UsageRating
    private let row: UsageRow
    private let rates: UsageRates
    private let totals: UsageTotals
    private let months: UsageMonths
    private let zone: BillingZone
    private var keys: [Int32]
    private var rows: Int64 = 0
    private var refused: Int64 = 0
    /// By the number of the use.
    private var ofUses: [UsageSum] = []
    /// What other workers summed.
    private var absorbed: [UsageName: UsageSum] = [:]
    private var text = UsageText()
    private var rejects = UsageText()

    /// - Parameter months: what `gather` found, settled, where the book has prices that depend on the month.
    public init(_ rating: UsageRating, months: UsageMonths = UsageMonths()) {
        self.rating = rating
        self.months = months
        row = UsageRow(header: rating.header)
        rates = UsageRates(book: rating.book)
        totals = UsageTotals(groups: rating.groups)
        zone = rating.book.zone
        keys = [Int32](repeating: 0, count: rating.groups.count)
    }

    /// The hour pieces of the lines rated last, as CSV.
    public var lines: [UInt8] { text.bytes }

    /// The refused ones among the lines rated last, as CSV.
    public var rejected: [UInt8] { rejects.bytes }

    /// Rates whole lines; `lines` and `rejected` are then those of these lines.
    ///
    /// - Parameter firstLine: the number of the first of them in its file.
    public func rate(_ bytes: UnsafeRawBufferPointer, firstLine: Int) {
        text.clear()
        rejects.clear()
        var (place, line) = (0, firstLine)
        while place < bytes.count {
            let (next, fault) = row.read(bytes, at: place)
            if fault != nil || isMine {
                rows += 1
                if let fault = fault ?? rateRow(line) { reject(fault, line, bytes[place..<next]) }
            }
            place = next
            line += 1
        }
    }

    /// Notes the use of prices that depend on the month, without rating anything.
    public func gather(_ bytes: UnsafeRawBufferPointer, firstLine: Int, into months: inout UsageMonths) {
        var (place, line) = (0, firstLine)
        while place < bytes.count {
            let (next, fault) = row.read(bytes, at: place)
            if fault == nil, isMine, let rate = rates.rate(of: row), rate.schedule.dependsOnMonth,
                case .success(let use) = span(at: rate)
            {
                months.add(row, use: use, line: line, zone: zone)
            }
            place = next
            line += 1
        }
    }

    /// Takes in what another worker summed.
    public func absorb(_ other: UsageRater) {
        totals.absorb(other.totals)
        rows += other.rows
        refused += other.refused
        for (use, sum) in other.uses() { absorbed[use, default: UsageSum()].add(sum) }
    }

    /// All that was seen and summed.
    public func summary() -> UsageSummary {
        UsageSummary(
            rows: rows, rejected: refused, uses: uses(),
            groups: totals.sorted(zone: zone).map { UsageSummary.Group(texts: $0.texts.map(Array.init), sum: $0.sum) })
    }

    private func uses() -> [UsageName: UsageSum] {
        var uses = absorbed
        for (index, sum) in ofUses.enumerated() where sum.lines > 0 {
            let names = rates.names(ofUse: index)
            uses[UsageName(product: names.product, flavor: names.flavor), default: UsageSum()].add(sum)
        }
        return uses
    }

    /// Whether the row's account is in the share that is rated.
    @inline(__always)
    private var isMine: Bool { rating.partition?.includes(row.bytes(.account)) ?? true }

    private func reject(_ fault: UsageFault, _ line: Int, _ bytes: Slice<UnsafeRawBufferPointer>) {
        refused += 1
        rejects.whole(Int64(line))
        rejects.separator()
        rejects.cell(fault.words.utf8)
        rejects.separator()
        let end = bytes.last == 0x0A ? bytes.count - 1 : bytes.count
        rejects.cell(bytes.prefix(min(end, Limits.usageLineBytes)))
        rejects.endLine()
    }
}

extension UsageRater {
    /// Rates the row that was read last.
    @inline(__always)
    private func rateRow(_ line: Int) -> UsageFault? {
        guard let rate = rates.rate(of: row) else { return .product }
        let use: Range<Int64>
        switch span(at: rate) {
        case .success(let span): use = span
        case .failure(let fault): return fault
        }
        if use.isEmpty { return nil }
        if rate.schedule.dependsOnMonth { return rateMonth(rate, line) }
        if rate.unit.isTime, let era = rate.era(from: use.lowerBound, until: use.upperBound) {
            return ratePlain(rate, era, use, line)
        }
        return rateCut(rate, use, line)
    }

    /// What the row used, in seconds of time, as its product counts it; a second for pieces.
    @inline(__always)
    private func span(at rate: UsageRate) -> Result<Range<Int64>, UsageFault> {
        if !rate.unit.isTime { return .success(row.start..<(row.start + 1)) }
        guard let end = row.end ?? rating.until?.value else { return .failure(.open) }
        guard end > row.start else { return .success(row.start..<row.start) }
        guard end - row.start <= Limits.usageSeconds else { return .failure(.tooOld) }
        guard rate.metering != .perSecond else { return .success(row.start..<end) }
        let counted = rate.metering.counted(
            Second(row.start)..<Second(end), isEnded: row.end != nil, zone: zone)
        return .success(counted.lowerBound.value..<counted.upperBound.value)
    }

    /// At one price for a unit: a part of the first hour, whole hours, a part of the last.
    @inline(__always)
    private func ratePlain(_ rate: UsageRate, _ era: UsageRate.Era, _ use: Range<Int64>, _ line: Int) -> UsageFault? {
        let quantity = row.quantity
        if quantity.multipliedReportingOverflow(by: 3_600).overflow { return .tooMuch }
        var sink = Sink(self, rate, line)
        let firstEnd = zone.startOfHour(Second(use.lowerBound)).value + 3_600
        guard use.upperBound > firstEnd else {
            let counted = quantity * (use.upperBound - use.lowerBound)
            sink.take(use.lowerBound, use.upperBound, counted, rate.fee(counted, era), price: era.unitPrice)
            sink.finish()
            return nil
        }
        let head = quantity * (firstEnd - use.lowerBound)
        sink.take(use.lowerBound, firstEnd, head, rate.fee(head, era), price: era.unitPrice)
        let (hours, rest) = (use.upperBound - firstEnd).quotientAndRemainder(dividingBy: 3_600)
        if hours > 0 {
            let counted = quantity * 3_600
            let fee = rate.fee(counted, era)
            if sink.takesHours {
                for hour in 0..<hours {
                    let start = firstEnd + hour * 3_600
                    sink.take(start, start + 3_600, counted, fee, price: era.unitPrice)
                }
            } else {
                sink.sum.add(fee, counted: counted, times: hours)
            }
        }
        if rest > 0 {
            let tail = quantity * rest
            sink.take(use.upperBound - rest, use.upperBound, tail, rate.fee(tail, era), price: era.unitPrice)
        }
        sink.finish()
        return nil
    }

    /// Where prices change within the use, or are not plain.
    private func rateCut(_ rate: UsageRate, _ use: Range<Int64>, _ line: Int) -> UsageFault? {
        let interval = RunInterval(
            start: Second(use.lowerBound), provenUntil: Second(use.upperBound), isEnded: true)
        var charges: [Charge] = []
        for part in interval.hourly(in: zone) {
            let hour = HourRating(
                part, quantity: Quantity(units: Int128(row.quantity)), schedule: rate.schedule, unit: rate.unit,
                profile: rating.book.profile)
            guard hour.unpriced.isEmpty else { return .unpriced }
            charges += hour.charges
        }
        return take(charges, at: rate, line)
    }

    /// What the month's settlement found for this line.
    private func rateMonth(_ rate: UsageRate, _ line: Int) -> UsageFault? {
        switch months.charges(ofLine: line) {
        case .success(let charges): take(charges, at: rate, line)
        case .failure(let fault): fault
        }
    }

    private func take(_ charges: [Charge], at rate: UsageRate, _ line: Int) -> UsageFault? {
        guard charges.allSatisfy({ $0.counted.isInRange }) else { return .tooMuch }
        var sink = Sink(self, rate, line)
        for charge in charges {
            sink.take(
                charge.span.lowerBound.value, charge.span.upperBound.value,
                Int64(truncatingIfNeeded: charge.counted.units), UsageRate.Fee(charge), price: charge.price.unitPrice)
        }
        sink.finish()
        return nil
    }

    /// Where the pieces of one row go: to sums, and to lines.
    private struct Sink {
        private let rater: UsageRater
        private let rate: UsageRate
        private let line: Int
        /// Whether every hour must be taken by itself.
        let takesHours: Bool
        private let dependsOnTime: Bool
        var sum = UsageSum()

        @inline(__always)
        init(_ rater: UsageRater, _ rate: UsageRate, _ line: Int) {
            self.rater = rater
            self.rate = rate
            self.line = line
            dependsOnTime = rater.totals.dependsOnTime
            takesHours = rater.rating.writesLines || dependsOnTime
            if !rater.totals.groups.isEmpty { rater.totals.setNames(of: rater.row, keys: &rater.keys) }
        }

        @inline(__always)
        mutating func take(_ start: Int64, _ end: Int64, _ counted: Int64, _ fee: UsageRate.Fee, price: UnitPrice?) {
            sum.add(fee, counted: counted)
            guard takesHours else { return }
            if dependsOnTime {
                rater.totals.setTime(start, zone: rater.zone, keys: &rater.keys)
                rater.totals.add(fee, counted: counted, at: rater.totals.place(of: rater.keys))
            }
            if rater.rating.writesLines { rater.write(line, start, end, counted, fee, price) }
        }

        @inline(__always)
        func finish() {
            while rater.ofUses.count <= rate.use { rater.ofUses.append(UsageSum()) }
            rater.ofUses[rate.use].add(sum)
            if !dependsOnTime, !rater.totals.groups.isEmpty {
                rater.totals.add(sum, at: rater.totals.place(of: rater.keys))
            }
        }
    }

    private func write(
        _ line: Int, _ start: Int64, _ end: Int64, _ counted: Int64, _ fee: UsageRate.Fee, _ price: UnitPrice?
    ) {
        text.whole(Int64(line))
        for column in [UsageColumn.account, .project, .resource, .product, .flavor] {
            text.separator()
            text.cell(row.bytes(column))
        }
        text.separator()
        text.decimal(Int128(row.quantity), scale: Quantity.scale)
        text.separator()
        text.time(start)
        text.separator()
        text.time(end)
        text.separator()
        text.decimal(Int128(counted), scale: Quantity.scale)
        text.separator()
        if let price { text.decimal(price.units, scale: UnitPrice.scale) }
        for amount in [fee.list, fee.discount, fee.truncated, fee.due] {
            text.separator()
            text.decimal(amount, scale: Amount.scale)
        }
        text.endLine()
    }
}
