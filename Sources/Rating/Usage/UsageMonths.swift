import Kernel
import Metering
import Money
public import Pricing

/// The use of prices that depend on the month, gathered from a whole file and priced in order of time.
public struct UsageMonths: Sendable {
    private var entries: [Entry] = []
    private var outcomes: [Int: Result<[Charge], UsageFault>] = [:]

    private struct Entry: Sendable {
        let payer: Payer
        let product: String
        let flavor: String
        let use: Range<Int64>
        let quantity: Quantity
        let line: Int
    }

    public init() {}

    mutating func add(_ row: borrowing UsageRow, use: Range<Int64>, line: Int, zone: BillingZone) {
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

    func charges(ofLine line: Int) -> Result<[Charge], UsageFault> { outcomes[line] ?? .success([]) }

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
        let parts = entries.flatMap { entry in
            RunInterval(start: Second(entry.use.lowerBound), provenUntil: Second(entry.use.upperBound), isEnded: true)
                .hourly(in: book.zone).map { Part(span: $0, entry: entry) }
        }.sorted { left, right in
            let hours = (book.zone.startOfHour(left.span.lowerBound), book.zone.startOfHour(right.span.lowerBound))
            return (hours.0, left.entry.line) < (hours.1, right.entry.line)
        }
        var used = Quantity.zero
        var month = book.zone.month(of: parts[0].span.lowerBound)
        var schedules: [Payer: PriceSchedule] = [:]
        for (index, part) in parts.enumerated() {
            let schedule =
                schedules[part.entry.payer] ?? book.schedule(product: product, flavor: flavor, payer: part.entry.payer)
            schedules[part.entry.payer] = schedule
            let hour = HourRating(
                part.span, quantity: part.entry.quantity, schedule: schedule, unit: unit, profile: book.profile,
                before: used)
            used += hour.counted
            var charges = hour.charges
            let isLast = index + 1 == parts.count || parts[index + 1].span.lowerBound >= month.upperBound
            if isLast, let last = charges.last {
                let shortfall = last.price.formula.shortfall(of: used, unit: unit)
                if shortfall.numerator > 0 {
                    charges.append(
                        Charge(
                            span: last.span.upperBound..<last.span.upperBound, counted: .zero, fee: shortfall,
                            price: last.price, discount: last.discount, profile: book.profile))
                }
            }
            note(charges, isPriced: hour.unpriced.isEmpty && used.isInRange, line: part.entry.line)
            if isLast, index + 1 < parts.count {
                month = book.zone.month(of: parts[index + 1].span.lowerBound)
                used = .zero
            }
        }
    }

    private mutating func note(_ charges: [Charge], isPriced: Bool, line: Int) {
        guard isPriced, case .success(let former) = outcomes[line] ?? .success([]) else {
            outcomes[line] = .failure(.unpriced)
            return
        }
        outcomes[line] = .success(former + charges)
    }
}
