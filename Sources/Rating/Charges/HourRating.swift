public import Kernel
import Metering
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
    public init(
        _ part: Range<Second>, quantity: Quantity, schedule: PriceSchedule, unit: UsageUnit, profile: SiteProfile,
        before: Quantity = .zero
    ) {
        var charges: [Charge] = []
        var unpriced: [Range<Second>] = []
        var used = before
        for piece in schedule.pieces(over: part) {
            let seconds = Int128(piece.span.upperBound - piece.span.lowerBound)
            let counted = unit.isTime ? Quantity(units: quantity.units * seconds) : quantity
            if let price = piece.price {
                charges.append(
                    Charge(
                        span: piece.span, counted: counted,
                        fee: price.formula.fee(from: used, to: used + counted, unit: unit), price: price,
                        discount: piece.discount, profile: profile))
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
