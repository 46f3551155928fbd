public import Kernel
import Metering
public import Money
public import Pricing

/// Whether the nodes of one flavor would have cost less if some of them had been bought by the month or the year.
///
/// Nodes are looked at level by level: the first node is busy whenever anything runs, the second whenever two run at
/// once, and so on; each level takes what is cheapest for it.
public struct TermPlan: Hashable, Sendable {
    public let product: ProductID
    public let flavor: FlavorID
    /// Nodes at work at the same time, at most.
    public let peak: Int64
    /// Of all nodes.
    public let nodeSeconds: Int64
    /// What each way costs for all of the use: pay-per-use, and every term for every node at the peak.
    public let ways: [Way]
    /// Levels that each way is cheapest for, the ways in their order.
    public let levels: [Int64]
    /// What the cheapest mix costs.
    public let cheapest: Amount

    /// A way to pay.
    public struct Way: Hashable, Sendable {
        /// Nil for pay-per-use.
        public let term: Term?
        public let cost: Amount
        /// Hours a month from which the term costs less than pay-per-use; nil for pay-per-use.
        public let breakEven: Fraction?
    }

    /// Nil where the flavor has no plain price, or nothing ran.
    ///
    /// - Parameters:
    ///   - uses: of one product and flavor, of all accounts that share the nodes.
    ///   - book: its prices for everyone at the period's start.
    public init?(of uses: [PeriodUse], over period: Range<Second>, book: PriceBook) {
        guard let segment = uses.first?.metered.segment,
            let hourly = book.price(product: segment.product, flavor: segment.flavor, at: period.lowerBound)?.unitPrice
        else { return nil }
        product = segment.product
        flavor = segment.flavor
        let busy = Self.secondsAtLevel(uses, over: period)
        guard let most = busy.last.map({ _ in Int64(busy.count) }) else { return nil }
        peak = most
        nodeSeconds = busy.reduce(0, +)
        let unit = book.unit(of: product).counted
        let months = Self.months(in: period, zone: book.zone)
        let terms = book.terms.filter {
            $0.product == segment.product && $0.flavor == segment.flavor && $0.scope == .everyone
                && $0.holds(at: period.lowerBound)
        }
        // One month of each term, exactly: the order of a node less its discount, over its months.
        let monthly = terms.map { term in
            Fraction(numerator: term.order(nodes: 1, terms: 1).due.units, denominator: Int128(term.term.months))
        }
        let perUse = { (seconds: Int64) in
            hourly.times(Int128(seconds), over: Int128(unit)).rounded(decimals: Amount.scale, .halfUp).amount
        }
        let reserved = monthly.map { Self.amount($0, times: months) }
        ways =
            [Way(term: nil, cost: perUse(nodeSeconds), breakEven: nil)]
            + zip(terms, zip(monthly, reserved)).map { term, prices in
                Way(
                    term: term.term, cost: Amount(units: prices.1.units * Int128(most)),
                    breakEven: Self.breakEven(monthly: prices.0, hourly: hourly))
            }
        var levels = [Int64](repeating: 0, count: terms.count + 1)
        var cheapest = Amount.zero
        for seconds in busy {
            let costs = [perUse(seconds)] + reserved
            let best = costs.indices.min { costs[$0] < costs[$1] } ?? 0
            levels[best] += 1
            cheapest += costs[best]
        }
        self.levels = levels
        self.cheapest = cheapest
    }

    /// For each level, how many seconds at least so many nodes were at work.
    private static func secondsAtLevel(_ uses: [PeriodUse], over period: Range<Second>) -> [Int64] {
        var changes: [Second: Int64] = [:]
        for use in uses {
            guard case .ran(let interval) = use.use else { continue }
            let start = max(interval.start, period.lowerBound)
            let end = min(interval.provenUntil, period.upperBound)
            guard start < end else { continue }
            changes[start, default: 0] += use.metered.segment.quantity
            changes[end, default: 0] -= use.metered.segment.quantity
        }
        var seconds: [Int64] = []
        var (level, last) = (0, period.lowerBound)
        for (second, change) in changes.sorted(by: { $0.key < $1.key }) {
            for index in 0..<min(level, Limits.plannedNodes) {
                if index == seconds.count { seconds.append(0) }
                seconds[index] += second - last
            }
            (level, last) = (level + Int(change), second)
        }
        return seconds
    }

    /// Calendar months, each by the share of its seconds.
    private static func months(in period: Range<Second>, zone: BillingZone) -> Fraction {
        var sum = Fraction.none
        var start = period.lowerBound
        while start < period.upperBound {
            let month = zone.month(of: start)
            let end = min(month.upperBound, period.upperBound)
            sum += Fraction(numerator: Int128(end - start), denominator: Int128(month.upperBound - month.lowerBound))
            start = end
        }
        return sum
    }

    private static func amount(_ price: Fraction, times months: Fraction) -> Amount {
        Amount(
            units: Rounding.halfUp.quotient(
                price.numerator * months.numerator, price.denominator * months.denominator))
    }

    /// Hours at the hourly price that cost as much as a month of the term.
    private static func breakEven(monthly: Fraction, hourly: UnitPrice) -> Fraction? {
        guard hourly.units > 0 else { return nil }
        return Fraction(numerator: monthly.numerator * 100, denominator: monthly.denominator * hourly.units)
    }
}
