import Kernel
import Metering
import Money
import Pricing

/// Rates the lines of usage files: cuts on the clock hour, prices, sums and writes.
///
/// One worker has its own and hands it over when its work is done; two never use one at the same time.
public final class UsageRater: @unchecked Sendable {
    private var engine: UsageEngine

    /// - Parameter months: what `gather` found, settled, where the book has prices that depend on the month.
    public init(_ rating: UsageRating, months: UsageMonths = UsageMonths()) {
        engine = UsageEngine(rating, months: months)
    }

    /// The hour pieces of the lines rated last, as CSV.
    public var lines: [UInt8] { engine.text.bytes }

    /// The refused ones among the lines rated last, as CSV.
    public var rejected: [UInt8] { engine.rejects.bytes }

    /// Rates whole lines; `lines` and `rejected` are then those of these lines.
    ///
    /// - Parameter firstLine: the number of the first of them in its file.
    public func rate(_ bytes: UnsafeRawBufferPointer, firstLine: Int) { engine.rate(bytes, firstLine: firstLine) }

    /// Notes the use of prices that depend on the month, without rating anything.
    public func gather(_ bytes: UnsafeRawBufferPointer, firstLine: Int, into months: inout UsageMonths) {
        engine.gather(bytes, firstLine: firstLine, into: &months)
    }

    /// Takes in what another worker summed.
    public func absorb(_ other: UsageRater) { engine.absorb(other.engine) }

    /// All that was seen and summed.
    public func summary() -> UsageSummary { engine.summary() }
}

/// What a rater keeps from line to line; a structure, so that nothing is counted or checked on the way.
struct UsageEngine: ~Copyable {
    let rating: UsageRating
    let months: UsageMonths
    private let zone: BillingZone
    private var row: UsageRow
    private var rates: UsageRates
    private var totals: UsageTotals
    private(set) var text = UsageText()
    private(set) var rejects = UsageText()
    private var last: WrittenPiece?
    private var rows: Int64 = 0
    private var refused: Int64 = 0
    /// By the place of the use.
    private var ofUses: [UsageSum] = []
    /// What other workers summed.
    private var absorbed: [UsageName: UsageSum] = [:]
    private let hasGroups: Bool
    /// Whether every hour must be taken by itself.
    private let takesHours: Bool

    init(_ rating: UsageRating, months: UsageMonths) {
        self.rating = rating
        self.months = months
        zone = rating.book.zone
        row = UsageRow(header: rating.header)
        rates = UsageRates(book: rating.book)
        totals = UsageTotals(groups: rating.groups)
        hasGroups = !rating.groups.isEmpty
        takesHours = rating.writesLines || totals.dependsOnTime
    }

    mutating func rate(_ bytes: UnsafeRawBufferPointer, firstLine: Int) {
        text.clear()
        rejects.clear()
        last = nil
        var (place, line) = (0, firstLine)
        while place < bytes.count {
            let (next, fault) = row.read(bytes, at: place)
            if fault?.hidesAccount == true ? isFirstShare : isMine {
                rows += 1
                if let fault = fault ?? rateRow(line) { reject(fault, line, bytes[place..<next]) }
            }
            place = next
            line += 1
        }
        totals.flush()
    }

    mutating func gather(_ bytes: UnsafeRawBufferPointer, firstLine: Int, into months: inout UsageMonths) {
        var (place, line) = (0, firstLine)
        while place < bytes.count {
            let (next, fault) = row.read(bytes, at: place)
            if fault == nil, isMine, let rate = rates.rate(of: row), rate.dependsOnMonth,
                case .success(let use) = span(at: rate), !use.isEmpty
            {
                months.add(row, use: use, line: line)
            }
            place = next
            line += 1
        }
    }

    mutating func absorb(_ other: borrowing UsageEngine) {
        totals.absorb(other.totals)
        rows += other.rows
        refused += other.refused
        for (use, sum) in other.uses() { absorbed[use, default: UsageSum()].add(sum) }
    }

    func summary() -> UsageSummary {
        UsageSummary(rows: rows, rejected: refused, uses: uses(), groups: totals.sorted(zone: zone))
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
    private var isMine: Bool {
        guard let partition = rating.partition else { return true }
        return partition.includes(row.bytes(.account))
    }

    /// The share that refuses what nobody can tell the account of.
    private var isFirstShare: Bool { rating.partition.map { $0.index == 1 } ?? true }

    @inline(never)
    private mutating func reject(_ fault: UsageFault, _ line: Int, _ bytes: Slice<UnsafeRawBufferPointer>) {
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

extension UsageEngine {
    /// Rates the row that was read last.
    @inline(__always)
    private mutating func rateRow(_ line: Int) -> UsageFault? {
        guard let rate = rates.rate(of: row) else { return .product }
        let use: Range<Int64>
        switch span(at: rate) {
        case .success(let span): use = span
        case .failure(let fault): return fault
        }
        if use.isEmpty { return nil }
        if hasGroups { totals.setNames(of: row) }
        if rate.isTime, let era = rate.era(from: use.lowerBound, until: use.upperBound), era.isBare,
            rateBare(rate, era, use, line)
        {
            return nil
        }
        return rate.dependsOnMonth ? rateMonth(rate, line) : rateCut(rate, use, line)
    }

    /// What the row used, in seconds of time, as its product counts it; a second for pieces.
    @inline(__always)
    private func span(at rate: UsageRate) -> Result<Range<Int64>, UsageFault> {
        if !rate.isTime { return .success(row.start..<(row.start + 1)) }
        guard let end = row.end ?? rating.until?.value else { return .failure(.open) }
        guard end > row.start else { return .success(row.start..<row.start) }
        guard end - row.start <= Limits.usageSeconds else { return .failure(.tooOld) }
        return .success(rate.isPerSecond ? row.start..<end : counted(row.start..<end, at: rate))
    }

    @inline(never)
    private func counted(_ use: Range<Int64>, at rate: UsageRate) -> Range<Int64> {
        let counted = rates.details[rate.details].metering.counted(
            Second(use.lowerBound)..<Second(use.upperBound), isEnded: row.end != nil, zone: zone)
        return counted.lowerBound.value..<counted.upperBound.value
    }

    /// At one bare price of a unit: a part of the first hour, whole hours, a part of the last.
    ///
    /// False where 64 bits do not hold it, and nothing was done.
    @inline(__always)
    private mutating func rateBare(
        _ rate: UsageRate, _ era: UsageRate.Era, _ use: Range<Int64>, _ line: Int
    ) -> Bool {
        let (quantity, millionths) = UInt64(bitPattern: row.quantity).quotientAndRemainder(dividingBy: 1_000_000)
        let seconds = use.upperBound - use.lowerBound
        guard millionths == 0,
            let bare = BareUse(
                price: era.price, quantity: quantity, divisor: rate.divisor, start: use.lowerBound + zone.offset,
                seconds: seconds)
        else { return false }
        let sum = UsageSum(
            lines: bare.pieces, counted: Int128(row.quantity) * Int128(seconds), bareList: bare.list)
        note(sum, use: rate.use)
        guard takesHours else { return true }
        let price = UnitPrice(units: Int128(era.price))
        var start = use.lowerBound
        while start < use.upperBound {
            let end = min(start - BareUse.secondOfHour(start + zone.offset) + 3_600, use.upperBound)
            let fee = start == use.lowerBound ? bare.firstFee : end - start == 3_600 ? bare.hourFee : bare.lastFee
            take(line, start..<end, row.quantity * (end - start), UsageRate.Fee(bare: fee), price: price)
            start = end
        }
        return true
    }

    /// Where prices change within the use, or are not bare.
    @inline(never)
    private mutating func rateCut(_ rate: UsageRate, _ use: Range<Int64>, _ line: Int) -> UsageFault? {
        let interval = RunInterval(
            start: Second(use.lowerBound), provenUntil: Second(use.upperBound), isEnded: true)
        let details = rates.details[rate.details]
        var charges: [Charge] = []
        for part in interval.hourly(in: zone) {
            let hour = HourRating(
                part, quantity: Quantity(units: Int128(row.quantity)), schedule: details.schedule, unit: details.unit,
                profile: rating.book.profile)
            guard hour.unpriced.isEmpty else { return .unpriced }
            guard hour.counted.isInRange else { return .tooMuch }
            charges += hour.charges
        }
        take(charges, at: rate, line)
        return nil
    }

    /// What the month's settlement found for this line.
    @inline(never)
    private mutating func rateMonth(_ rate: UsageRate, _ line: Int) -> UsageFault? {
        switch months.charges(ofLine: line) {
        case .success(let charges): take(charges, at: rate, line)
        case .failure(let fault): return fault
        }
        return nil
    }

    private mutating func take(_ charges: [Charge], at rate: UsageRate, _ line: Int) {
        var sum = UsageSum()
        for charge in charges {
            let (fee, counted) = (UsageRate.Fee(charge), Int64(truncatingIfNeeded: charge.counted.units))
            sum.add(UsageSum(fee, counted: counted))
            guard takesHours else { continue }
            let span = charge.span.lowerBound.value..<charge.span.upperBound.value
            take(line, span, counted, fee, price: charge.price.unitPrice)
        }
        note(sum, use: rate.use)
    }

    /// Adds a row's sum to its use, and to its group where all its pieces are of one.
    @inline(__always)
    private mutating func note(_ sum: UsageSum, use: Int) {
        while ofUses.count <= use { ofUses.append(UsageSum()) }
        ofUses[use].add(sum)
        if hasGroups, !totals.dependsOnTime { totals.add(sum) }
    }

    /// Takes one hour piece: to its group of time, and to the lines.
    private mutating func take(
        _ line: Int, _ span: Range<Int64>, _ counted: Int64, _ fee: UsageRate.Fee, price: UnitPrice?
    ) {
        if totals.dependsOnTime {
            totals.setTime(span.lowerBound, zone: zone)
            totals.add(UsageSum(fee, counted: counted))
        }
        if rating.writesLines { write(line, span, counted, fee, price) }
    }

    /// Writes one hour piece; what it shares with the piece before is copied.
    private mutating func write(
        _ line: Int, _ span: Range<Int64>, _ counted: Int64, _ fee: UsageRate.Fee, _ price: UnitPrice?
    ) {
        let former = last
        let start = text.count
        let isSameLine = former?.line == line
        if let former, isSameLine {
            text.again(former.head)
        } else {
            writeHead(line)
        }
        let head = start..<text.count
        if let former, isSameLine, former.end == span.lowerBound {
            text.again(former.until)
        } else {
            text.time(span.lowerBound)
        }
        text.separator()
        let until = text.count
        text.time(span.upperBound)
        let tail = text.count
        if let former, isSameLine, former.counted == counted, former.fee == fee, former.price == price {
            text.again(former.tail)
        } else {
            writeTail(counted, fee, price)
        }
        last = WrittenPiece(
            line: line, end: span.upperBound, counted: counted, fee: fee, price: price, head: head, until: until..<tail,
            tail: tail..<text.count)
    }

    private mutating func writeHead(_ line: Int) {
        text.whole(Int64(line))
        for column in [UsageColumn.account, .project, .resource, .product, .flavor] {
            text.separator()
            text.cell(row.bytes(column))
        }
        text.separator()
        text.decimal(Int128(row.quantity), scale: Quantity.scale)
        text.separator()
    }

    private mutating func writeTail(_ counted: Int64, _ fee: UsageRate.Fee, _ price: UnitPrice?) {
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

/// The piece written last, and where its parts stand in the text.
private struct WrittenPiece {
    let line: Int
    let end: Int64
    let counted: Int64
    let fee: UsageRate.Fee
    let price: UnitPrice?
    let head: Range<Int>
    let until: Range<Int>
    let tail: Range<Int>
}
