public import Kernel
public import Money

/// Every price and discount of one use for one payer, in order of time: what a clock hour is cut by.
public struct PriceSchedule: Hashable, Sendable {
    private let zone: BillingZone
    /// Whether some price of the use, for whomever, depends on what else an account used in the month; then all use of
    /// it counts, whatever its own price.
    public let dependsOnMonth: Bool
    /// The first second of each era; from one to the next the same prices are in force.
    private let eras: [Era]

    /// A stretch of time in which the same prices and the same discount are in force.
    private struct Era: Hashable, Sendable {
        let from: Second
        /// The prices to look through for one that holds at a time of day: the narrowest scope first.
        let prices: [DatedPrice]
        let discount: DatedDiscount?
    }

    /// A stretch at one price.
    public struct Piece: Hashable, Sendable {
        public let span: Range<Second>
        /// Nil where there is no price, which is not zero (law 8).
        public let price: DatedPrice?
        public let discount: DatedDiscount?
    }

    init(prices: [DatedPrice], discounts: [DatedDiscount], dependsOnMonth: Bool, zone: BillingZone) {
        self.zone = zone
        self.dependsOnMonth = dependsOnMonth
        let bounds =
            prices.map(\.validFrom) + prices.compactMap(\.validUntil) + discounts.map(\.validFrom)
            + discounts.compactMap(\.validUntil)
        eras = Set(bounds).sorted().map { from in
            let inForce = prices.filter { $0.isInForce(at: from) }.sorted { Self.precedes($0, $1) }
            // Behind a price that holds all day nothing is ever looked at.
            let last = inForce.firstIndex { $0.daily == nil } ?? inForce.endIndex - 1
            let best = discounts.filter { $0.holds(at: from) }.max {
                ($0.percentage, $1.name) < ($1.percentage, $0.name)
            }
            return Era(from: from, prices: Array(inForce.prefix(last + 1)), discount: best)
        }
    }

    /// The seconds at which prices or discounts come into force or go.
    var bounds: [Second] { eras.map(\.from) }

    /// The price and the discount at a second.
    public func piece(at second: Second) -> Piece {
        pieces(over: second..<(second + 1)).first ?? Piece(span: second..<second, price: nil, discount: nil)
    }

    /// A stretch of time with one price of a unit, whoever and whenever in the day.
    public struct PlainEra: Hashable, Sendable {
        public let from: Second
        /// Nil where it has no end.
        public let until: Second?
        public let price: UnitPrice
        public let discount: Percentage
    }

    /// The eras that have one price of a unit, in order of time; the others are left out.
    public var plainEras: [PlainEra] {
        eras.indices.compactMap { index in
            guard eras[index].prices.count == 1, let price = eras[index].prices[0].unitPrice,
                eras[index].prices[0].daily == nil
            else { return nil }
            return PlainEra(
                from: eras[index].from, until: index + 1 < eras.count ? eras[index + 1].from : nil, price: price,
                discount: eras[index].discount?.percentage ?? .zero)
        }
    }

    /// Cuts an interval where price or discount change (law 5); the pieces cover it without gap or overlap.
    public func pieces(over interval: Range<Second>) -> [Piece] {
        guard !interval.isEmpty else { return [] }
        var pieces: [Piece] = []
        var start = interval.lowerBound
        var next = firstEra(after: start)
        while start < interval.upperBound {
            let end = next < eras.endIndex ? min(eras[next].from, interval.upperBound) : interval.upperBound
            append(to: &pieces, from: next > 0 ? eras[next - 1] : nil, over: start..<end)
            start = end
            next += 1
        }
        return pieces
    }

    private func append(to pieces: inout [Piece], from era: Era?, over interval: Range<Second>) {
        guard let era, era.prices.contains(where: { $0.daily != nil }) else {
            Self.append(Piece(span: interval, price: era?.prices.first, discount: era?.discount), to: &pieces)
            return
        }
        var start = interval.lowerBound
        while start < interval.upperBound {
            let local = (start.value + zone.offset) % 86_400
            let secondOfDay = local < 0 ? local + 86_400 : local
            let windows = era.prices.compactMap(\.daily)
            let edge = windows.map { $0.secondsToEdge(secondOfDay: secondOfDay) }.min() ?? 86_400
            let end = min(start + edge, interval.upperBound)
            let price = era.prices.first { $0.daily?.contains(secondOfDay: secondOfDay) ?? true }
            Self.append(Piece(span: start..<end, price: price, discount: era.discount), to: &pieces)
            start = end
        }
    }

    private static func append(_ piece: Piece, to pieces: inout [Piece]) {
        if let last = pieces.last, last.price == piece.price, last.discount == piece.discount {
            pieces[pieces.count - 1] = Piece(
                span: last.span.lowerBound..<piece.span.upperBound, price: last.price, discount: last.discount)
        } else {
            pieces.append(piece)
        }
    }

    /// The first era that begins after a second, by binary search.
    private func firstEra(after second: Second) -> Int {
        var (low, high) = (0, eras.count)
        while low < high {
            let middle = (low + high) / 2
            if eras[middle].from <= second { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The narrower scope first; in one scope the part of a day before the whole day.
    private static func precedes(_ left: DatedPrice, _ right: DatedPrice) -> Bool {
        (left.scope.rank, left.daily == nil ? 0 : 1) > (right.scope.rank, right.daily == nil ? 0 : 1)
    }
}
