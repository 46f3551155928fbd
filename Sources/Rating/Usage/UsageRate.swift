import Kernel
import Metering
import Money
import Pricing

/// How one use is priced for one payer: what rows need at once, in a few words that are copied for nothing.
struct UsageRate {
    /// A stretch of time at one price for a unit.
    struct Era {
        let from: Int64
        let until: Int64
        /// Units of 10^-10.
        let price: UInt64
        /// Whether the fee is the price times the count, cut, and nothing else: no discount, no cut to the cent.
        let isBare: Bool
    }

    /// The price by time where it is one number for a unit all day; the rest is left out.
    let eras: UnsafeBufferPointer<Era>
    /// What an amount of 10^-8 costs in price times whole counts.
    let divisor: UInt64
    /// The place of product and flavor among all uses.
    let use: Int
    let isTime: Bool
    /// Whether what is counted is what was used, to the second.
    let isPerSecond: Bool
    let dependsOnMonth: Bool
    /// Where `UsageRates.details` has the rest.
    let details: Int

    /// The era that holds a whole interval, if prices are plain there.
    @inline(__always)
    func era(from start: Int64, until end: Int64) -> Era? {
        for era in eras where era.from <= start && end <= era.until { return era }
        return nil
    }

    /// A fee in units of 10^-8: list, discount, truncated, due.
    struct Fee: Equatable {
        let list: Int128
        let discount: Int128
        let truncated: Int128
        let due: Int128

        /// A fee that nothing is taken off.
        @inline(__always)
        init(bare list: Int64) {
            (self.list, discount, truncated, due) = (Int128(list), 0, 0, Int128(list))
        }

        init(_ charge: Charge) {
            list = charge.list.units
            discount = charge.discounted.units
            truncated = charge.truncated.units
            due = charge.due.units
        }
    }
}

/// The rates of a book, found by what a row names.
struct UsageRates: ~Copyable {
    private let book: PriceBook
    private var products = NameTable()
    private var flavors = NameTable()
    private var uses = PairTable()
    /// By the place of product and flavor; nil where the book has no such product.
    private var rates: [UsageRate?] = []
    private var ofPayers: [PayerUse: UsageRate] = [:]
    private(set) var details: [Details] = []
    private let hasPayers: Bool

    /// What only rows with uncommon prices need.
    struct Details {
        let schedule: PriceSchedule
        let unit: UsageUnit
        let metering: TimeMetering
        fileprivate let eras: UnsafeMutableBufferPointer<UsageRate.Era>
    }

    private struct PayerUse: Hashable {
        let payer: Payer
        let use: Int32
    }

    init(book: PriceBook) {
        self.book = book
        hasPayers = book.hasPayers
    }

    deinit { for details in details { details.eras.deallocate() } }

    /// The rate of a row; nil where the book has no such product.
    @inline(__always)
    mutating func rate(of row: borrowing UsageRow) -> UsageRate? {
        let pair = PairTable.pair(
            products.number(of: row.bytes(.product)), flavors.number(of: row.bytes(.flavor)))
        let use = uses.number(of: pair)
        if hasPayers { return rateOfPayer(row, use) }
        return use < rates.count ? rates[Int(use)] : newRate(row, use)
    }

    /// The product and the flavor of a use's place.
    func names(ofUse use: Int) -> (product: String, flavor: String) {
        let pair = uses.pairs[use]
        return (
            products.text(of: Int32(truncatingIfNeeded: pair >> 32)),
            flavors.text(of: Int32(truncatingIfNeeded: pair & 0xffff_ffff))
        )
    }

    @inline(never)
    private mutating func newRate(_ row: borrowing UsageRow, _ use: Int32) -> UsageRate? {
        let rate = made(row, use, payer: .anyone)
        rates.append(rate)
        return rate
    }

    @inline(never)
    private mutating func rateOfPayer(_ row: borrowing UsageRow, _ use: Int32) -> UsageRate? {
        let payer = Payer(
            account: String(decoding: row.bytes(.account), as: UTF8.self),
            project: String(decoding: row.bytes(.project), as: UTF8.self))
        let key = PayerUse(payer: payer, use: use)
        if let rate = ofPayers[key] { return rate }
        let rate = made(row, use, payer: payer)
        ofPayers[key] = rate
        return rate
    }

    private mutating func made(_ row: borrowing UsageRow, _ use: Int32, payer: Payer) -> UsageRate? {
        let id = ProductID(String(decoding: row.bytes(.product), as: UTF8.self))
        guard let product = book.product(id) else { return nil }
        let flavor = FlavorID(String(decoding: row.bytes(.flavor), as: UTF8.self))
        let schedule = book.schedule(product: id, flavor: flavor, payer: payer)
        let plain = schedule.dependsOnMonth ? [] : schedule.plainEras
        let eras = UnsafeMutableBufferPointer<UsageRate.Era>.allocate(capacity: plain.count)
        _ = eras.initialize(
            from: plain.map { era in
                UsageRate.Era(
                    from: era.from.value, until: era.until?.value ?? .max,
                    price: UInt64(truncatingIfNeeded: era.price.units),
                    isBare: era.discount == .zero && book.profile == .international)
            })
        details.append(Details(schedule: schedule, unit: product.unit, metering: product.metering, eras: eras))
        return UsageRate(
            eras: UnsafeBufferPointer(eras), divisor: UInt64(product.unit.counted) * 100, use: Int(use),
            isTime: product.unit.isTime, isPerSecond: product.metering == .perSecond,
            dependsOnMonth: schedule.dependsOnMonth, details: details.count - 1)
    }
}
