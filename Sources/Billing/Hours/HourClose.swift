public import Kernel
public import Metering
public import Money
public import Pricing
public import Rating

/// What one clock hour of a stretch still has to put on the bill.
public struct HourClose: Sendable {
    private let metered: MeteredSegment
    private let book: PriceBook
    private let schedule: PriceSchedule
    private let unit: UsageUnit

    /// Takes a stretch and the book it is billed by.
    public init(of metered: MeteredSegment, book: PriceBook) {
        self.metered = metered
        self.book = book
        schedule = book.schedule(
            product: metered.segment.product, flavor: metered.segment.flavor,
            payer: Payer(account: metered.account.text, project: metered.project.text))
        unit = book.unit(of: metered.segment.product)
    }

    /// Whether what an hour costs depends on what else the account used that month.
    public var dependsOnMonth: Bool { schedule.dependsOnMonth }

    /// What the facts say of the hour, less what its lines have billed already: nothing where both agree.
    ///
    /// The first lines of an hour are usage; whatever a later fact adds or takes is a correction, so that the net is
    /// what on-time facts would have given (law 6), to the last decimal and the last rounding.
    /// - Parameters:
    ///   - use: what is counted, see `RunInterval.counted` and `Meter.counted`.
    ///   - before: what the account counted of this use in the month before this part.
    ///   - covered: what packages cover of a quantity that is used at a second.
    public func lines(
        of use: CountedUse, hour: Second, billed: [BillLine], before: Quantity = .zero,
        covered: HourRating.Covering = HourRating.nothing
    ) -> [BillLineDraft] {
        let charges = HourRating(
            of: use, inHour: hour, quantity: metered.segment.quantity, schedule: schedule, unit: unit,
            profile: book.profile, before: before, covered: covered
        ).charges
        let expected = Tally.merged(charges.map { Tally(of: $0, version: book.version, isTime: unit.isTime) })
        let standing = Tally.standing(billed.filter { $0.kind != .minimum }, schedule: schedule)
        return Tally.rates(expected, standing).compactMap { rate in
            let former = standing.first { $0.rate == rate }
            let present = expected.first { $0.rate == rate } ?? former?.emptied
            return present?.draft(since: former, metered: metered, hour: hour)
        }
    }

    /// The same for a stretch that ran.
    public func lines(
        interval: RunInterval, hour: Second, billed: [BillLine], before: Quantity = .zero
    ) -> [BillLineDraft] { lines(of: .ran(interval), hour: hour, billed: billed, before: before) }

    /// What a month's fee lacks to its minimum, less what minimum lines have billed already.
    ///
    /// - Parameters:
    ///   - hour: the last clock hour of the month.
    ///   - used: what the account counted of this use in the whole month.
    public func minimum(hour: Second, used: Quantity, billed: [BillLine]) -> BillLineDraft? {
        let end = hour + 3_600
        let charge = Charge.minimum(
            at: hour..<end, ofMonthUntil: end, used: used, schedule: schedule, unit: unit, profile: book.profile)
        let former = Tally.standing(billed.filter { $0.kind == .minimum }, schedule: schedule).first
        let present = charge.map { Tally(of: $0, version: book.version, isTime: unit.isTime) } ?? former?.emptied
        return present?.draft(since: former, metered: metered, hour: hour, kind: .minimum)
    }
}

/// What one rate is: a dated price and the discount on it.
private struct Rate: Hashable {
    let price: DatedPrice
    let discount: DatedDiscount?
}

/// Use and money of one hour at one rate.
private struct Tally {
    let rate: Rate
    let version: String
    var span: Range<Second>
    var counted: Quantity
    var seconds: Int64
    var list: Amount
    var discount: Amount
    var truncated: Amount
    var due: Amount
    var dropped: Fraction
    var packages: [PackagePart]

    /// What should be.
    init(of charge: Charge, version: String, isTime: Bool) {
        rate = Rate(price: charge.price, discount: charge.discount)
        self.version = version
        span = charge.span
        counted = charge.counted
        seconds = isTime && charge.counted != .zero ? charge.seconds : 0
        list = charge.list
        discount = charge.discounted
        truncated = charge.truncated
        due = charge.due
        dropped = charge.dropped
        packages = charge.packages
    }

    /// What a line says.
    init(of line: BillLine, rate: Rate) {
        self.rate = rate
        version = line.priceVersion
        span = line.from..<max(line.from, line.until)
        counted = line.counted
        seconds = line.seconds
        list = line.list
        discount = line.discount
        truncated = line.truncated
        due = line.due
        dropped = line.dropped
        packages = line.packages
    }

    /// What the lines of an hour say, rate by rate.
    ///
    /// The past of a book never changes, so the rate at a line's first second is the one it was billed at.
    static func standing(_ lines: [BillLine], schedule: PriceSchedule) -> [Tally] {
        let tallies = lines.map { line in
            let piece = schedule.piece(at: line.from)
            let price =
                piece.price
                ?? DatedPrice(
                    product: line.product, flavor: line.flavor, perUnit: line.unitPrice ?? UnitPrice(units: 0),
                    validFrom: line.from)
            return Tally(of: line, rate: Rate(price: price, discount: piece.discount))
        }
        return merged(tallies)
    }

    /// One tally a rate: a price that holds twice in an hour, as one of a part of the day may, has one line.
    static func merged(_ tallies: [Tally]) -> [Tally] {
        guard tallies.count > 1 else { return tallies }
        return tallies.reduce(into: []) { merged, tally in
            if let index = merged.firstIndex(where: { $0.rate == tally.rate }) {
                merged[index].add(tally)
            } else {
                merged.append(tally)
            }
        }
    }

    /// Every rate of either, the earlier first.
    static func rates(_ expected: [Tally], _ standing: [Tally]) -> [Rate] {
        (expected + standing).reduce(into: []) { rates, tally in
            if !rates.contains(tally.rate) { rates.append(tally.rate) }
        }
    }

    /// The same rate with nothing used at it.
    var emptied: Tally {
        var tally = self
        (tally.counted, tally.seconds, tally.dropped, tally.packages) = (.zero, 0, .none, [])
        (tally.list, tally.discount, tally.truncated, tally.due) = (.zero, .zero, .zero, .zero)
        return tally
    }

    private mutating func add(_ other: Tally) {
        span = min(span.lowerBound, other.span.lowerBound)..<max(span.upperBound, other.span.upperBound)
        counted += other.counted
        seconds += other.seconds
        list += other.list
        discount += other.discount
        truncated += other.truncated
        due += other.due
        dropped = dropped + other.dropped
        packages += other.packages
    }

    /// The line that brings a bill from what stands to this; nil where nothing is missing.
    func draft(
        since former: Tally?, metered: MeteredSegment, hour: Second, kind: BillLine.Kind? = nil
    ) -> BillLineDraft? {
        let seconds = self.seconds - (former?.seconds ?? 0)
        let counted = self.counted - (former?.counted ?? .zero)
        let list = self.list - (former?.list ?? .zero)
        let packages =
            self.packages.isEmpty && former?.packages.isEmpty ?? true ? [] : self.packages.less(former?.packages ?? [])
        guard counted != .zero || list != .zero || !packages.isEmpty else { return nil }
        let isGrowth = seconds > 0 && former != nil
        return BillLineDraft(
            metered: metered, hour: hour,
            from: isGrowth ? span.upperBound - seconds : span.lowerBound, until: span.upperBound,
            seconds: seconds, counted: counted, unitPrice: rate.price.unitPrice, discountName: rate.discount?.name,
            priceVersion: version, list: list, discount: discount - (former?.discount ?? .zero),
            truncated: truncated - (former?.truncated ?? .zero), due: due - (former?.due ?? .zero),
            dropped: dropped - (former?.dropped ?? .none), kind: kind ?? (former == nil ? .usage : .correction),
            packages: packages)
    }
}
