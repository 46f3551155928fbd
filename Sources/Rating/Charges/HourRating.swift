public import Kernel
public import Metering
public import Money
public import Pricing

/// The charges of one part of a stretch within one clock hour: one for every dated price that held in it.
public struct HourRating: Hashable, Sendable {
    public let charges: [Charge]
    /// Seconds for which the book has no price: not billed, and never taken for zero (law 8).
    public let unpriced: [Range<Second>]
    /// All that was counted, priced or not.
    public let counted: Quantity

    /// Prices a part of a stretch that lies within one clock hour; it is cut where the price changes (law 5).
    ///
    /// - Parameters:
    ///   - quantity: what is used at every second, nodes or gigabytes; or the pieces, all used at the first second.
    ///   - before: what of the schedule's use the month counted before this part; only prices that depend on
    ///     the month look at it.
    ///   - covered: what packages cover of a quantity that is used at a second, asked in order of time.
    public init(
        _ part: Range<Second>, quantity: Quantity, schedule: PriceSchedule, unit: UsageUnit, profile: SiteProfile,
        before: Quantity = .zero, covered: Covering = Self.nothing
    ) {
        self.init(
            schedule.pieces(over: part).map { piece in
                let seconds = Int128(piece.span.upperBound - piece.span.lowerBound)
                return (piece, unit.isTime ? Quantity(units: quantity.units * seconds) : quantity)
            }, unit: unit, profile: profile, before: before, covered: covered)
    }

    /// Prices what a stretch or a series counts in the clock hour that begins at a second.
    ///
    /// - Parameters:
    ///   - quantity: nodes of a stretch.
    ///   - covered: what packages cover of a quantity that is used at a second, asked in order of time.
    public init(
        of use: CountedUse, inHour hour: Second, quantity: Int64, schedule: PriceSchedule, unit: UsageUnit,
        profile: SiteProfile, before: Quantity = .zero, covered: Covering = Self.nothing
    ) {
        switch use {
        case .ran(let interval):
            let part = interval.part(inHour: hour) ?? hour..<hour
            self.init(
                part, quantity: Quantity(quantity), schedule: schedule, unit: unit, profile: profile, before: before,
                covered: covered)
        case .read(let counts):
            let end = hour + 3_600
            let present = counts.filter { (hour..<end).contains($0.since) }
            self.init(
                present.compactMap { count in
                    schedule.pieces(over: count.since..<end).first.map { ($0, count.counted) }
                }, unit: unit, profile: profile, before: before, covered: covered)
        }
    }

    /// What packages cover of a quantity that is used at a second.
    public typealias Covering = (Second, Quantity) -> [PackagePart]

    /// No packages.
    public static func nothing(_ second: Second, _ counted: Quantity) -> [PackagePart] { [] }

    /// Prices quantities, each at the price of its piece; packages take their part first, and count towards tiers.
    private init(
        _ parts: [(piece: PriceSchedule.Piece, counted: Quantity)], unit: UsageUnit, profile: SiteProfile,
        before: Quantity, covered: Covering = Self.nothing
    ) {
        var charges: [Charge] = []
        var unpriced: [Range<Second>] = []
        var used = before
        for (piece, counted) in parts {
            if let price = piece.price {
                let packages = covered(piece.span.lowerBound, counted)
                charges.append(
                    Charge(
                        span: piece.span, counted: counted,
                        fee: price.formula.fee(from: used + packages.total, to: used + counted, unit: unit),
                        price: price, discount: piece.discount, profile: profile, packages: packages))
            } else {
                unpriced.append(piece.span)
            }
            used += counted
        }
        self.charges = charges
        self.unpriced = unpriced
        counted = used - before
    }
}

extension PriceBook {
    /// What the first hour from a second on costs at most, rounded away from zero: the amount of a reservation.
    ///
    /// Where the price depends on the month's use, it is the fee of an hour in the dearest place of the month.
    /// - Throws: `invalidParameter` where any second of it has no price.
    public func firstHour(
        of product: ProductID, flavor: FlavorID, payer: Payer, quantity: Int64, at start: Second
    ) throws(Fault) -> Amount {
        var amount = Amount.zero
        let unit = unit(of: product)
        for piece in schedule(product: product, flavor: flavor, payer: payer).pieces(over: start..<(start + 3_600)) {
            guard let price = piece.price else {
                throw Fault(
                    .invalidParameter,
                    "Flavor \(flavor) has no price for \(product) at \(piece.span.lowerBound); choose another flavor.",
                    field: "spec.resource.flavor_id")
            }
            let counted = Quantity((piece.span.upperBound - piece.span.lowerBound) * quantity)
            amount += price.formula.greatestFee(of: counted, unit: unit)
        }
        return amount
    }
}
