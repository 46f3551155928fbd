import Kernel
import Metering
import Money
import Pricing

/// How one use is priced for one payer, made ready for many rows.
final class UsageRate {
    let schedule: PriceSchedule
    let unit: UsageUnit
    let metering: TimeMetering
    /// A number of its own for every product and flavor of the book.
    let use: Int
    /// The prices by time where each is one number for everyone all day; empty where some is not.
    private let eras: [Era]
    private let profile: SiteProfile

    /// A stretch of time at one price for a unit.
    struct Era {
        let from: Int64
        let until: Int64
        /// Units of 10^-10.
        let price: UInt64
        let unitPrice: UnitPrice
        let discount: Percentage
    }

    init(schedule: PriceSchedule, unit: UsageUnit, metering: TimeMetering, use: Int, profile: SiteProfile) {
        self.schedule = schedule
        self.unit = unit
        self.metering = metering
        self.use = use
        self.profile = profile
        eras = unit.rounding == nil ? schedule.plainEras.map(Era.init) : []
    }

    /// The era that holds a whole interval, if prices are plain there.
    @inline(__always)
    func era(from start: Int64, until end: Int64) -> Era? {
        for era in eras where era.from <= start && end <= era.until { return era }
        return nil
    }

    /// A fee in units of 10^-8: list, discount, truncated, due.
    struct Fee {
        let list: Int128
        let discount: Int128
        let truncated: Int128
        let due: Int128

        @inline(__always)
        init(list: Int128, discount: Int128, truncated: Int128, due: Int128) {
            (self.list, self.discount, self.truncated, self.due) = (list, discount, truncated, due)
        }

        init(_ charge: Charge) {
            self.init(
                list: charge.list.units, discount: charge.discounted.units, truncated: charge.truncated.units,
                due: charge.due.units)
        }
    }

    /// What a count at an era's price comes to, rounded as one line.
    ///
    /// - Parameter counted: millionths.
    @inline(__always)
    func fee(_ counted: Int64, _ era: Era) -> Fee {
        // Most prices and counts are small: 64 bits hold their product, and whole counts need no millionths.
        let (whole, rest) = UInt64(truncatingIfNeeded: counted).quotientAndRemainder(dividingBy: 1_000_000)
        let (product, isTooMuch) = era.price.multipliedReportingOverflow(by: whole)
        if rest == 0, !isTooMuch, era.discount == .zero, profile == .international {
            let list = Int128(product / (UInt64(truncatingIfNeeded: unit.counted) * 100))
            return Fee(list: list, discount: 0, truncated: 0, due: list)
        }
        return exactFee(counted, era)
    }

    @inline(never)
    private func exactFee(_ counted: Int64, _ era: Era) -> Fee {
        let exact = PriceFormula(.perUnit(era.unitPrice)).fee(of: Quantity(units: Int128(counted)), unit: unit)
        let charge = profile.charge(for: exact, less: era.discount)
        return Fee(
            list: charge.list.units, discount: charge.discount.units, truncated: charge.truncated.units,
            due: charge.due.units)
    }
}

extension UsageRate.Era {
    fileprivate init(_ plain: PriceSchedule.PlainEra) {
        self.init(
            from: plain.from.value, until: plain.until?.value ?? .max,
            price: UInt64(truncatingIfNeeded: plain.price.units), unitPrice: plain.price, discount: plain.discount)
    }
}

/// The rates of a book, found by what a row names.
final class UsageRates {
    private let book: PriceBook
    private let products = NameTable()
    private let flavors = NameTable()
    private let uses = PairTable()
    /// By the number of product and flavor; nil where the book has no such product.
    private var rates: [UsageRate?] = []
    private var ofPayers: [PayerUse: UsageRate] = [:]

    private struct PayerUse: Hashable {
        let payer: Payer
        let use: Int32
    }

    init(book: PriceBook) { self.book = book }

    /// The rate of a row; nil where the book has no such product.
    @inline(__always)
    func rate(of row: UsageRow) -> UsageRate? {
        let use = uses.number(of: products.number(of: row.bytes(.product)), flavors.number(of: row.bytes(.flavor)))
        if book.hasPayers { return rateOfPayer(row, use) }
        return use < rates.count ? rates[Int(use)] : newRate(row, use)
    }

    /// How many uses were seen.
    var count: Int { uses.pairs.count }

    /// The product and the flavor of a use's number.
    func names(ofUse use: Int) -> (product: String, flavor: String) {
        let pair = uses.pairs[use]
        return (
            products.text(of: Int32(truncatingIfNeeded: pair >> 32)),
            flavors.text(of: Int32(truncatingIfNeeded: pair & 0xffff_ffff))
        )
    }

    @inline(never)
    private func newRate(_ row: UsageRow, _ use: Int32) -> UsageRate? {
        let rate = made(row, use, payer: .anyone)
        rates.append(rate)
        return rate
    }

    private func rateOfPayer(_ row: UsageRow, _ use: Int32) -> UsageRate? {
        let payer = Payer(
            account: String(decoding: row.bytes(.account), as: UTF8.self),
            project: String(decoding: row.bytes(.project), as: UTF8.self))
        let key = PayerUse(payer: payer, use: use)
        if let rate = ofPayers[key] { return rate }
        let rate = made(row, use, payer: payer)
        ofPayers[key] = rate
        return rate
    }

    private func made(_ row: UsageRow, _ use: Int32, payer: Payer) -> UsageRate? {
        let id = ProductID(String(decoding: row.bytes(.product), as: UTF8.self))
        guard let product = book.product(id) else { return nil }
        let flavor = FlavorID(String(decoding: row.bytes(.flavor), as: UTF8.self))
        return UsageRate(
            schedule: book.schedule(product: id, flavor: flavor, payer: payer), unit: product.unit,
            metering: product.metering, use: Int(use), profile: book.profile)
    }
}
