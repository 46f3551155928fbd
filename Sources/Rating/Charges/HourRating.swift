public import Kernel
public import Metering
public import Money
public import Pricing

/// The charges of one part of a stretch within one clock hour: one for every dated price that held in it.
public struct HourRating: Hashable, Sendable {
    public let charges: [Charge]
    /// Seconds for which the book has no price: not billed, and never taken for zero (law 8).
    public let unpriced: [Range<Second>]

    /// Prices a part of a stretch that lies within one clock hour; it is cut where the price changes (law 5).
    public init(_ part: Range<Second>, of segment: Segment, book: PriceBook) {
        var charges: [Charge] = []
        var unpriced: [Range<Second>] = []
        for (span, price) in book.segments(product: segment.product, flavor: segment.flavor, over: part) {
            if let price {
                charges.append(Charge(span: span, quantity: segment.quantity, price: price, profile: book.profile))
            } else {
                unpriced.append(span)
            }
        }
        self.charges = charges
        self.unpriced = unpriced
    }
}

extension PriceBook {
    /// What the first hour from a second on costs, rounded away from zero: the amount of a reservation.
    ///
    /// - Throws: `invalidParameter` where any second of it has no price.
    public func firstHour(
        of product: ProductID, flavor: FlavorID, quantity: Int64, at start: Second
    ) throws(Fault) -> Amount {
        var amount = Amount.zero
        for (span, price) in segments(product: product, flavor: flavor, over: start..<(start + 3_600)) {
            guard let price else {
                throw Fault(
                    .invalidParameter,
                    "Flavor \(flavor) has no price for \(product) at \(span.lowerBound); choose another flavor.",
                    field: "spec.resource.flavor_id")
            }
            let seconds = Int128(span.upperBound - span.lowerBound)
            let exact = price.perHour.times(seconds * Int128(quantity), over: 3_600)
            amount += exact.rounded(decimals: Amount.scale, .awayFromZero).amount
        }
        return amount
    }
}
