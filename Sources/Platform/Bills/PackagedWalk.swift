import Billing
import Kernel
import Metering
import Money
import Pricing
import Rating

/// A stretch or a series of a product with packages, its use laid out by clock hours.
struct PackagedPart {
    let metered: MeteredSegment
    let book: PriceBook
    let close: HourClose
    let unit: UsageUnit
    private let use: CountedUse
    private let counts: [Second: [DatedCount]]

    init(_ metered: MeteredSegment, use: CountedUse, book: PriceBook, zone: BillingZone) {
        self.metered = metered
        self.book = book
        self.use = use
        close = HourClose(of: metered, book: book)
        unit = book.unit(of: metered.segment.product)
        if case .read(let counts) = use {
            self.counts = Dictionary(grouping: counts) { zone.startOfHour($0.since) }
        } else {
            counts = [:]
        }
    }

    /// What counts in a clock hour; nil where nothing does.
    func use(inHour hour: Second) -> CountedUse? {
        switch use {
        case .ran(let interval): interval.part(inHour: hour) == nil ? nil : use
        case .read: counts[hour].map { .read($0) }
        }
    }

    var start: Second? { use.start }

    func counted(within range: Range<Second>) -> Quantity {
        use.counted(within: range, quantity: metered.segment.quantity)
    }

    /// Whether something of it counts within a range.
    func counts(within range: Range<Second>) -> Bool {
        guard let start = use.start else { return false }
        return start < range.upperBound && !use.isOver(by: range.lowerBound)
    }

    /// Whether something is taken back at or behind a second.
    func takesBack(from second: Second) -> Bool {
        guard case .read(let counts) = use else { return false }
        return counts.contains { $0.since >= second && $0.counted < .zero }
    }
}

/// One clock hour of a stretch.
struct PackagedHour: Hashable {
    let segment: SegmentID
    let hour: Second
}

/// Goes through the hours of a product's use in order of time, with what its packages have left.
struct PackagedWalk {
    var balances: PackageBalances
    let parts: [PackagedPart]
    let billed: [PackagedHour: [BillLine]]
    let zone: BillingZone

    /// What the month has counted of each flavor.
    private var used: [FlavorID: Quantity] = [:]
    /// What the month has counted and packages have covered of series of which something is taken back.
    private var series: [SegmentID: (counted: Quantity, covered: [PackagePart])] = [:]

    init(
        balances: PackageBalances, parts: [PackagedPart], billed: [PackagedHour: [BillLine]], zone: BillingZone
    ) {
        self.balances = balances
        self.parts = parts
        self.billed = billed
        self.zone = zone
    }

    /// Takes what a month counted before the walk; lines are asked for only where something is taken back.
    mutating func begin(in past: Range<Second>, lines: (PackagedPart) throws -> [BillLine]) rethrows {
        for part in parts {
            used[part.metered.segment.flavor, default: .zero] += part.counted(within: past)
            if part.takesBack(from: past.upperBound) {
                let standing = past.isEmpty ? [] : try lines(part)
                series[part.metered.segment.id] = (
                    standing.reduce(.zero) { $0 + $1.counted }, standing.flatMap(\.packages).merged
                )
            }
        }
    }

    /// What the lines lack in hours, which begin where the walk stands.
    mutating func drafts(from first: Second, until end: Second) -> [(draft: BillLineDraft, book: PriceBook)] {
        var drafts: [(BillLineDraft, PriceBook)] = []
        var month = zone.month(of: first)
        var hour = first
        while hour < end {
            if hour >= month.upperBound {
                month = zone.month(of: hour)
                used = [:]
                for id in series.keys { series[id] = (.zero, []) }
            }
            for part in parts { drafts += self.drafts(of: part, hour: hour).map { ($0, part.book) } }
            if hour + 3_600 == month.upperBound { drafts += minimums(in: month, hour: hour) }
            hour = hour + 3_600
        }
        return drafts
    }

    private mutating func drafts(of part: PackagedPart, hour: Second) -> [BillLineDraft] {
        let segment = part.metered.segment
        let standing = billed[PackagedHour(segment: segment.id, hour: hour)] ?? []
        let use = part.use(inHour: hour)
        guard use != nil || !standing.isEmpty else { return [] }
        let before = part.close.dependsOnMonth ? used[segment.flavor] ?? .zero : .zero
        let drafts = part.close.lines(of: use ?? .read([]), hour: hour, billed: standing, before: before) {
            cover($1, of: part, at: $0)
        }
        if let use {
            let counted = use.counted(within: hour..<(hour + 3_600), quantity: segment.quantity)
            used[segment.flavor, default: .zero] += counted
        }
        return drafts
    }

    /// What packages cover of a quantity. Use that is taken back was priced last, so it is first taken from what was
    /// priced, and only then given back to packages.
    private mutating func cover(_ counted: Quantity, of part: PackagedPart, at second: Second) -> [PackagePart] {
        let segment = part.metered.segment
        let past = series[segment.id]
        var parts: [PackagePart] = []
        if counted > .zero {
            parts = balances.deduct(
                counted, product: segment.product, flavor: segment.flavor, unit: part.unit, at: second)
        } else if counted < .zero, let past {
            let priced = max(.zero, past.counted - past.covered.total)
            let back = .zero - counted - min(.zero - counted, priced)
            parts = balances.giveBack(back, of: past.covered, at: second)
        }
        if let past { series[segment.id] = (past.counted + counted, (past.covered + parts).merged) }
        return parts
    }

    /// What each flavor's fee lacks to its minimum, in the month's last hour.
    private func minimums(in month: Range<Second>, hour: Second) -> [(BillLineDraft, PriceBook)] {
        let last = Dictionary(
            parts.filter { $0.close.dependsOnMonth && $0.counts(within: month) }.map {
                ($0.metered.segment.flavor, $0)
            }, uniquingKeysWith: { $1 })
        return last.sorted { $0.key < $1.key }.compactMap { flavor, part in
            let standing = parts.filter { $0.metered.segment.flavor == flavor }.flatMap {
                billed[PackagedHour(segment: $0.metered.segment.id, hour: hour)] ?? []
            }
            return part.close.minimum(hour: hour, used: used[flavor] ?? .zero, billed: standing).map {
                ($0, part.book)
            }
        }
    }
}
