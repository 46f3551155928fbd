public import Kernel
public import Metering
public import Pricing

/// Says whether a price book can bill a use of a trace whole: no price is not zero, so what lacks one is refused.
public struct TraceRules {
    private let book: PriceBook
    private var schedules: [Use: PriceSchedule] = [:]

    private struct Use: Hashable {
        let product: ProductID
        let flavor: FlavorID
        let payer: Payer
    }

    public init(book: PriceBook) { self.book = book }

    /// - Throws: `invalidParameter` with the reason.
    public mutating func check(_ use: TraceUse) throws(Fault) {
        guard let product = book.product(use.product) else {
            throw Fault(.invalidParameter, UsageFault.product.words)
        }
        guard product.unit.isTime else {
            throw Fault(.invalidParameter, "the product is counted in pieces; a replay takes what is used over time")
        }
        let span = product.metering.counted(use.start..<use.end, isEnded: true, zone: book.zone)
        guard schedule(of: use).pieces(over: span).allSatisfy({ $0.price != nil }) else {
            throw Fault(.invalidParameter, UsageFault.unpriced.words)
        }
    }

    private mutating func schedule(of use: TraceUse) -> PriceSchedule {
        let payer = book.hasPayers ? Payer(account: use.account, project: use.project) : .anyone
        let key = Use(product: use.product, flavor: use.flavor, payer: payer)
        if let known = schedules[key] { return known }
        if schedules.count >= Limits.knownProjects { schedules.removeAll() }
        let schedule = book.schedule(product: use.product, flavor: use.flavor, payer: payer)
        schedules[key] = schedule
        return schedule
    }
}
