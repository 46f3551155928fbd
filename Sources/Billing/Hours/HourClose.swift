public import Kernel
public import Metering
import Money
public import Pricing
import Rating

/// What one clock hour of a stretch still has to put on the bill.
public enum HourClose {
    /// What the facts say of the hour, less what its lines have billed already: nothing where both agree.
    ///
    /// The first lines of an hour are usage; whatever a later fact adds or takes is a correction, so that the net is
    /// what on-time facts would have given (law 6), to the last decimal and the last rounding.
    public static func lines(
        for metered: MeteredSegment, interval: RunInterval, hour: Second, book: PriceBook, zone: BillingZone,
        billed: [BillLine]
    ) throws(Fault) -> [BillLineDraft] {
        let segment = metered.segment
        let charges = interval.part(inHour: hour).map { HourRating($0, of: segment, book: book).charges } ?? []
        let expected = charges.map { Tally(of: $0, version: book.version) }
        let standing = Tally.standing(billed, segment: segment, book: book)
        return Tally.prices(expected, standing).compactMap { price in
            let before = standing.first { $0.price == price }
            let after = expected.first { $0.price == price } ?? before?.emptied
            guard let after else { return nil }
            return after.draft(since: before, metered: metered, hour: hour)
        }
    }
}

/// Seconds and money of one hour at one dated price.
private struct Tally {
    let price: DatedPrice
    let version: String
    var span: Range<Second>
    var seconds: Int64
    var list: Amount
    var discount: Amount
    var truncated: Amount
    var due: Amount
    var dropped: DroppedFraction

    /// What should be.
    init(of charge: Charge, version: String) {
        price = charge.price
        self.version = version
        span = charge.span
        seconds = charge.seconds
        list = charge.list
        discount = .zero
        truncated = charge.truncated
        due = charge.due
        dropped = charge.dropped
    }

    /// What a line says.
    init(of line: BillLine, price: DatedPrice) {
        self.price = price
        version = line.priceVersion
        span = line.from..<max(line.from, line.until)
        seconds = line.seconds
        list = line.list
        discount = line.discount
        truncated = line.truncated
        due = line.due
        dropped = line.dropped
    }

    /// What the lines of an hour say, price by price.
    static func standing(_ lines: [BillLine], segment: Segment, book: PriceBook) -> [Tally] {
        var tallies: [Tally] = []
        for line in lines {
            // The past of a book never changes, so the price at a line's first second is the one it was billed at.
            let price =
                book.price(product: segment.product, flavor: segment.flavor, at: line.from)
                ?? DatedPrice(
                    product: segment.product, flavor: segment.flavor, perHour: line.unitPrice, validFrom: line.from)
            if let index = tallies.firstIndex(where: { $0.price == price }) {
                tallies[index].add(Tally(of: line, price: price))
            } else {
                tallies.append(Tally(of: line, price: price))
            }
        }
        return tallies
    }

    /// Every price of either, the earlier first.
    static func prices(_ expected: [Tally], _ standing: [Tally]) -> [DatedPrice] {
        (expected + standing).reduce(into: []) { prices, tally in
            if !prices.contains(tally.price) { prices.append(tally.price) }
        }
    }

    /// The same price with nothing used at it.
    var emptied: Tally {
        var tally = self
        (tally.seconds, tally.list, tally.discount, tally.truncated, tally.due) = (0, .zero, .zero, .zero, .zero)
        tally.dropped = .none
        return tally
    }

    private mutating func add(_ other: Tally) {
        span = min(span.lowerBound, other.span.lowerBound)..<max(span.upperBound, other.span.upperBound)
        seconds += other.seconds
        list += other.list
        discount += other.discount
        truncated += other.truncated
        due += other.due
        dropped = DroppedFraction(
            numerator: dropped.numerator + other.dropped.numerator, denominator: dropped.denominator)
    }

    /// The line that brings a bill from what stands to this; nil where nothing is missing.
    func draft(since before: Tally?, metered: MeteredSegment, hour: Second) -> BillLineDraft? {
        let seconds = self.seconds - (before?.seconds ?? 0)
        guard seconds != 0 else { return nil }
        let isGrowth = seconds > 0 && before != nil
        return BillLineDraft(
            metered: metered, hour: hour,
            from: isGrowth ? span.upperBound - seconds : span.lowerBound, until: span.upperBound,
            seconds: seconds, unitPrice: price.perHour, priceVersion: version,
            list: list - (before?.list ?? .zero), discount: discount - (before?.discount ?? .zero),
            truncated: truncated - (before?.truncated ?? .zero), due: due - (before?.due ?? .zero),
            dropped: dropped - (before?.dropped ?? .none), kind: before == nil ? .usage : .correction)
    }
}
