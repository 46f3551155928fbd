import Kernel
import Metering
import Money
public import Pricing

/// The use of prices that depend on the month, gathered from a whole file and priced in order of time.
public struct UsageMonths: Sendable {
    private var entries: [Entry] = []
    /// By line.
    private var charges: [Int: [Charge]] = [:]
    private var refused: [Int: UsageFault] = [:]

    private struct Entry: Sendable {
        let payer: Payer
        let product: String
        let flavor: String
        let use: Range<Int64>
        let quantity: Quantity
        let line: Int
    }

    public init() {}

    mutating func add(_ row: borrowing UsageRow, use: Range<Int64>, line: Int) {
        func text(_ column: UsageColumn) -> String { String(decoding: row.bytes(column), as: UTF8.self) }
        entries.append(
            Entry(
                payer: Payer(account: text(.account), project: text(.project)), product: text(.product),
                flavor: text(.flavor), use: use, quantity: Quantity(units: Int128(row.quantity)), line: line))
    }

    /// Takes in what another worker gathered.
    public mutating func absorb(_ other: UsageMonths) { entries += other.entries }

    /// Prices everything that was gathered: for each account, product and flavor, hour by hour, in one hour line by
    /// line. What a month's fee lacks to its minimum goes to the month's last line.
    public mutating func settle(by book: PriceBook) {
        for group in Dictionary(
            grouping: entries, by: { Use(account: $0.payer.account, product: $0.product, flavor: $0.flavor) })
        {
            settle(group.value, product: ProductID(group.key.product), by: book)
        }
        entries = []
    }

    func charges(ofLine line: Int) -> Result<[Charge], UsageFault> {
        refused[line].map { .failure($0) } ?? .success(charges[line] ?? [])
    }

    private struct Use: Hashable {
        let account: String
        let product: String
        let flavor: String
    }

    private struct Part {
        let span: Range<Second>
        let entry: Entry
    }

    private mutating func settle(_ entries: [Entry], product: ProductID, by book: PriceBook) {
        let unit = book.unit(of: product)
        let flavor = FlavorID(entries[0].flavor)
        let schedules = Dictionary(
            entries.map { ($0.payer, book.schedule(product: product, flavor: flavor, payer: $0.payer)) }
        ) { first, _ in first }
        let sound = sound(entries, schedules: schedules, unit: unit)
        let parts = sound.flatMap { entry in
            RunInterval(start: Second(entry.use.lowerBound), provenUntil: Second(entry.use.upperBound), isEnded: true)
                .hourly(in: book.zone).map { Part(span: $0, entry: entry) }
        }.sorted { left, right in
            let hours = (book.zone.startOfHour(left.span.lowerBound), book.zone.startOfHour(right.span.lowerBound))
            return (hours.0, left.entry.line) < (hours.1, right.entry.line)
        }
        var used = Quantity.zero
        for (index, part) in parts.enumerated() {
            guard let schedule = schedules[part.entry.payer] else { continue }
            let month = book.zone.month(of: part.span.lowerBound)
            let hour = HourRating(
                part.span, quantity: part.entry.quantity, schedule: schedule, unit: unit, profile: book.profile,
                before: used)
            used += hour.counted
            let isLast = index + 1 == parts.count || parts[index + 1].span.lowerBound >= month.upperBound
            charges[part.entry.line, default: []] += hour.charges
            guard isLast else { continue }
            let end = part.span.upperBound
            let minimum = Charge.minimum(
                at: end..<end, ofMonthUntil: month.upperBound, used: used, schedule: schedule, unit: unit,
                profile: book.profile)
            if let minimum { charges[part.entry.line]?.append(minimum) }
            used = .zero
        }
    }

    /// The entries that can be rated whole: what is refused changes nothing for the others.
    private mutating func sound(
        _ entries: [Entry], schedules: [Payer: PriceSchedule], unit: UsageUnit
    ) -> [Entry] {
        var counted = Quantity.zero
        return entries.sorted { $0.line < $1.line }.filter { entry in
            let span = Second(entry.use.lowerBound)..<Second(entry.use.upperBound)
            let pieces = schedules[entry.payer]?.pieces(over: span) ?? []
            let seconds = unit.isTime ? Int128(entry.use.upperBound - entry.use.lowerBound) : 1
            let all = counted + Quantity(units: entry.quantity.units * seconds)
            if pieces.contains(where: { $0.price == nil }) {
                refused[entry.line] = .unpriced
            } else if !all.isInRange {
                refused[entry.line] = .tooMuch
            } else {
                counted = all
            }
            return refused[entry.line] == nil
        }
    }
}
