public import Identity
public import Kernel
public import Metering
public import Money
public import Pricing
import Rating

/// A stretch and when it ran, or a series and what was read, to be priced again.
public struct PeriodUse: Hashable, Sendable {
    public let metered: MeteredSegment
    /// As it is proven, before the product's way of metering.
    public let use: CountedUse

    public init(metered: MeteredSegment, use: CountedUse) {
        self.metered = metered
        self.use = use
    }
}

/// What one account's use of one flavor for one product came to in a period.
public struct PeriodSum: Hashable, Sendable {
    public fileprivate(set) var counted = Quantity.zero
    public fileprivate(set) var list = Amount.zero
    public fileprivate(set) var discount = Amount.zero
    public fileprivate(set) var due = Amount.zero
    /// Whether the book has no price for some of it, which is not zero (law 8).
    public fileprivate(set) var isUnpriced = false

    public init() {}
}

/// Whose use of what.
public struct PeriodKey: Hashable, Sendable, Comparable {
    public let account: AccountID
    public let product: ProductID
    public let flavor: FlavorID

    public static func < (left: Self, right: Self) -> Bool {
        (left.account, left.product, left.flavor) < (right.account, right.product, right.flavor)
    }
}

/// Prices a past period by any book, without touching what was billed.
public enum PeriodPricing {
    /// Sums of all uses within a period; what the month used before it counts towards tiers.
    ///
    /// - Parameter book: the book each stretch is priced by.
    public static func sums(
        of uses: [PeriodUse], over period: Range<Second>, book: (MeteredSegment) throws -> PriceBook
    ) throws -> [PeriodKey: PeriodSum] {
        let groups = Dictionary(grouping: uses) { use in
            PeriodKey(
                account: use.metered.account, product: use.metered.segment.product, flavor: use.metered.segment.flavor)
        }
        return try groups.mapValues { uses in
            let stretches = try uses.map { Stretch($0, book: try book($0.metered)) }
            return sum(of: stretches, over: period)
        }
    }

    private static func sum(of stretches: [Stretch], over period: Range<Second>) -> PeriodSum {
        guard let zone = stretches.first?.book.zone else { return PeriodSum() }
        let parts = stretches.flatMap { stretch in
            stretch.parts(from: zone.month(of: period.lowerBound).lowerBound, within: period).map {
                Part(span: $0, stretch: stretch)
            }
        }.sorted { left, right in
            (zone.startOfHour(left.span.lowerBound), left.stretch.id)
                < (zone.startOfHour(right.span.lowerBound), right.stretch.id)
        }
        var sum = PeriodSum()
        var used = Quantity.zero
        for (index, part) in parts.enumerated() {
            let month = zone.month(of: part.span.lowerBound)
            let hour = part.stretch.rating(of: part.span, before: used)
            used += hour.counted
            if period.contains(part.span.lowerBound) { sum.add(hour) }
            let isLast = index + 1 == parts.count || parts[index + 1].span.lowerBound >= month.upperBound
            guard isLast else { continue }
            // It stands in the month's last hour, whenever the last use was.
            if period.contains(month.upperBound - 1) { sum.add(part.stretch.minimum(of: used, in: month)) }
            used = .zero
        }
        return sum
    }

    private struct Part {
        let span: Range<Second>
        let stretch: Stretch
    }
}

/// A stretch with what prices it.
private struct Stretch {
    let id: SegmentID
    let book: PriceBook
    private let counted: CountedUse
    private let quantity: Int64
    private let schedule: PriceSchedule
    private let unit: UsageUnit

    init(_ use: PeriodUse, book: PriceBook) {
        let segment = use.metered.segment
        id = segment.id
        self.book = book
        switch use.use {
        case .ran(let interval):
            counted = .ran(
                interval.counted(by: book.product(segment.product)?.metering ?? .perSecond, in: book.zone))
        case .read: counted = use.use
        }
        quantity = segment.quantity
        schedule = book.schedule(
            product: segment.product, flavor: segment.flavor,
            payer: Payer(account: use.metered.account.text, project: use.metered.project.text))
        unit = book.unit(of: segment.product)
    }

    /// Its hours from a second on until a period's end, cut where the period begins.
    func parts(from start: Second, within period: Range<Second>) -> [Range<Second>] {
        let from = schedule.dependsOnMonth ? start : period.lowerBound
        switch counted {
        case .ran(let interval):
            let clipped = RunInterval(
                start: max(interval.start, from), provenUntil: min(interval.provenUntil, period.upperBound),
                isEnded: true)
            guard clipped.start < clipped.provenUntil else { return [] }
            return clipped.hourly(in: book.zone).flatMap { part -> [Range<Second>] in
                guard part.contains(period.lowerBound), part.lowerBound < period.lowerBound else { return [part] }
                return [part.lowerBound..<period.lowerBound, period.lowerBound..<part.upperBound]
            }
        case .read(let counts):
            return counts.map(\.since).filter { from <= $0 && $0 < period.upperBound }.map { $0..<($0 + 1) }
        }
    }

    func rating(of span: Range<Second>, before: Quantity) -> HourRating {
        switch counted {
        case .ran:
            return HourRating(
                span, quantity: Quantity(quantity), schedule: schedule, unit: unit, profile: book.profile,
                before: before)
        case .read(let counts):
            let part = CountedUse.read(counts.filter { $0.since == span.lowerBound })
            return HourRating(
                of: part, inHour: book.zone.startOfHour(span.lowerBound), quantity: 1, schedule: schedule, unit: unit,
                profile: book.profile, before: before)
        }
    }

    /// What the month's fee lacks to its minimum.
    func minimum(of used: Quantity, in month: Range<Second>) -> Charge? {
        let end = month.upperBound
        return Charge.minimum(
            at: end..<end, ofMonthUntil: end, used: used, schedule: schedule, unit: unit, profile: book.profile)
    }
}

extension PeriodSum {
    /// Adds what another use came to.
    public mutating func add(_ other: PeriodSum) {
        counted += other.counted
        list += other.list
        discount += other.discount
        due += other.due
        isUnpriced = isUnpriced || other.isUnpriced
    }

    fileprivate mutating func add(_ hour: HourRating) {
        isUnpriced = isUnpriced || !hour.unpriced.isEmpty
        counted += hour.counted
        for charge in hour.charges { add(charge) }
    }

    fileprivate mutating func add(_ charge: Charge?) {
        guard let charge else { return }
        list += charge.list
        discount += charge.discounted
        due += charge.due
    }
}
